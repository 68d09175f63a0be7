// Bundles the command and the library, and puts the parser's WebAssembly beside them.
import { build } from 'esbuild';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const { version } = require('../package.json');

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
const main = resolve('src/cli/main.ts');
const options = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // What only some runs need stays outside and is imported when it is needed.
  external: ['@electric-sql/*', 'pg', 'diff'],
  loader: { '.sql': 'text' },
  define: { 'process.env.SQL_LINT_VERSION': JSON.stringify(version) },
  // Bundled CommonJS packages ask for require(), which an ES module does not have.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; import { fileURLToPath as __fileURLToPath } from 'node:url'; import { dirname as __pathDirname } from 'node:path'; const require = __createRequire(import.meta.url); const __filename = __fileURLToPath(import.meta.url); const __dirname = __pathDirname(__filename);" },
  logLevel: 'warning',
};
await build({ ...options, entryPoints: { index: 'src/index.ts', eslint: 'src/eslint/index.ts' } });
await build({
  ...options,
  entryPoints: { cli: main },
  splitting: true,
  chunkNames: 'cli-[name]-[hash]',
  // Comments and indentation need reading too, at every start; names stay, for stack traces.
  minifyWhitespace: true,
  plugins: [{
    /**
     * Puts everything that linting needs into one file, and whatever is imported only when it is used into files of its
     * own. Left to itself, esbuild cuts linting up by which commands share what, and a start reads a dozen files.
     */
    name: 'two-kinds-of-files',
    setup({ onResolve, onLoad }) {
      const late = new Set();
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind === 'dynamic-import') late.add(resolve(resolveDir, path));
        return undefined;
      });
      onLoad({ filter: /\.ts$/ }, ({ path }) => (late.has(path) ? { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(main)};`, loader: 'ts' } : undefined));
    },
  }],
});
copyFileSync(join(dirname(require.resolve('libpg-query')), 'libpg-query.wasm'), 'dist/libpg-query.wasm');
copyFileSync('src/verify/verify-worker.js', 'dist/verify-worker.js');
chmodSync('dist/cli.js', 0o755);
// Editors check and complete configurations by it.
const { configSchema } = await import('../dist/index.js');
writeFileSync('dist/schema.json', `${JSON.stringify(configSchema, null, 2)}\n`);
