// Bundles the command and the library, each into one file, and puts the parser's WebAssembly beside them.
import { build } from 'esbuild';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const { version } = require('../package.json');

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await build({
  entryPoints: { cli: 'src/cli/main.ts', index: 'src/index.ts', eslint: 'src/eslint/index.ts' },
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
});
copyFileSync(join(dirname(require.resolve('libpg-query')), 'libpg-query.wasm'), 'dist/libpg-query.wasm');
copyFileSync('src/verify/verify-worker.js', 'dist/verify-worker.js');
chmodSync('dist/cli.js', 0o755);
// Editors check and complete configurations by it.
const { configSchema } = await import('../dist/index.js');
writeFileSync('dist/schema.json', `${JSON.stringify(configSchema, null, 2)}\n`);
