import { defineConfig } from 'vite';
import { bundling } from './bundle.ts';

export default defineConfig({
  ...bundling,
  root: import.meta.dirname,
  base: './',
  logLevel: 'warn',
  build: { outDir: '../build/playground', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 4000 },
});
