// Bundles the declarations of what the package exports, so that they name no module that is not published.
import { dts } from 'rollup-plugin-dts';

const types = (input, tsconfig) => ({
  input,
  external: ['eslint', '@eslint/plugin-kit', /^node:/],
  output: { dir: 'dist', format: 'es', chunkFileNames: 'types-[hash].d.ts' },
  plugins: [dts({ tsconfig, compilerOptions: { stripInternal: true } })],
});

export default [
  types({ index: 'src/index.ts', eslint: 'src/eslint/index.ts' }, 'tsconfig.json'),
  types({ browser: 'src/browser/index.ts' }, 'tsconfig.browser.json'),
];
