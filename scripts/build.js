// Bundles the command and the library, and puts the parser's WebAssembly beside them.
import { build } from 'esbuild';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitions, inBrowsers, isLearned, wasm } from './browser.js';
import { bundleCommand } from './command.js';

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
if (!isLearned)
  console.warn(
    `${wasm} is not the one that src/syntax/pg-query/tree.ts was made from: trees are read from JSON, which is slower. ` +
      'See src/syntax/pg-query/README.md.',
  );
/** @type {import('esbuild').BuildOptions} */
const options = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // What only some runs need stays outside and is imported when it is needed.
  external: ['@electric-sql/*', 'pg', 'diff'],
  loader: { '.sql': 'text', '.css': 'text' },
  define: definitions,
  // Bundled CommonJS packages ask for require(), which an ES module does not have.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      "import { fileURLToPath as __fileURLToPath } from 'node:url';",
      "import { dirname as __pathDirname } from 'node:path';",
      'const require = __createRequire(import.meta.url);',
      'const __filename = __fileURLToPath(import.meta.url);',
      'const __dirname = __pathDirname(__filename);',
    ].join(' '),
  },
  logLevel: 'warning',
};
await build({ ...options, entryPoints: { index: 'src/index.ts', eslint: 'src/eslint/index.ts' } });
// Files that need no loader of modules: so V8 can keep what it has compiled of them.
const texts = await bundleCommand(
  {
    ...options,
    format: 'cjs',
    // Comments and indentation need reading too, at every start; names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    define: { ...options.define, 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  },
  'src/cli/main.ts',
);
for (const [name, text] of Object.entries(texts)) {
  // They are read as Latin-1, which is faster. esbuild escapes strings, and leaves regular expressions alone.
  const foreign = /[^\0-\x7f]/.exec(text);
  if (foreign) {
    const place = text.slice(Math.max(0, foreign.index - 40), foreign.index + 40);
    console.error(`dist/${name}.cjs must be ASCII. Write ${JSON.stringify(foreign[0])} as an escape: … ${place} …`);
    process.exit(1);
  }
  writeFileSync(`dist/${name}.cjs`, text);
}
// A script that is started so has no import() of its own.
writeFileSync('dist/import.cjs', 'module.exports = (name) => import(name);\n');
await build({ ...options, entryPoints: { cli: 'src/cli/launch.ts' }, banner: {} });
copyFileSync(wasm, 'dist/libpg-query.wasm');
await build({ ...options, entryPoints: ['src/database/database-worker.js'], banner: {} });
/** Pages do without the comments of SQL files. Their lines stay, so that each statement keeps its place. */
const withoutComments = {
  name: 'sql-without-comments',
  setup({ onLoad }) {
    onLoad({ filter: /\.sql$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(/^[ \t]*--.*$/gm, ''),
      loader: 'text',
    }));
  },
};
// The same sources for browsers: what a page needs is in the file, but for PostgreSQL.
await build({
  ...options,
  plugins: [withoutComments],
  platform: 'browser',
  target: 'es2023',
  banner: {},
  alias: inBrowsers,
  external: ['@electric-sql/*'],
  minify: true,
  entryPoints: { browser: 'src/browser/index.ts', 'browser-database-worker': 'src/browser/database-worker.ts' },
});
writeFileSync('dist/browser-database-worker.d.ts', 'export {};\n');
copyFileSync('src/cli/lint-worker.js', join('dist', 'lint-worker.js'));
chmodSync('dist/cli.js', 0o755);
// Editors check and complete configurations by it.
const { configSchema } = await import('../dist/index.js');
writeFileSync('dist/schema.json', `${JSON.stringify(configSchema, null, 2)}\n`);
