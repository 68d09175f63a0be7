// Bundles the declarations of what the package exports, so that they name no module that is not published.
import { dts } from 'rollup-plugin-dts';

export default {
  input: { index: 'src/index.ts', eslint: 'src/eslint/index.ts' },
  external: ['eslint', '@eslint/plugin-kit', /^node:/],
  output: { dir: 'dist', format: 'es', chunkFileNames: 'types-[hash].d.ts' },
  plugins: [dts({ tsconfig: 'tsconfig.json', compilerOptions: { stripInternal: true } })],
};
