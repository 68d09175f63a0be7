// Makes build/sql-lint.vsix: the client, bundled, and the server as the package is published, with what a proof needs.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HOME = fileURLToPath(new URL('..', import.meta.url));
const PROJECT = resolve(HOME, '../..');
const BUILD = join(HOME, 'build');
/** What will be in the .vsix. */
const STAGE = join(BUILD, 'extension');
/** What the server loads when something is proven; `pg` is for databases on servers, which it never asks. */
const PACKAGES = {
  '@electric-sql/pglite': ['dist'],
  '@electric-sql/pglite-tools': ['dist'],
  diff: ['libesm', 'libcjs'],
};
/** What is only for those who import the package, for ESLint, and for assistants. */
const UNUSED = [
  ...['dist/index.js', 'dist/eslint.js', 'dist/assistants.cjs', 'dist/diagrams.cjs'],
  ...['dist/browser.js', 'dist/browser-database-worker.js', 'README.md', 'CHANGELOG.md'],
];
const IMAGES = 'https://github.com/idempotent-sql-lint/idempotent-sql-lint/raw/main/editors/vscode';

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The package as npm would publish it. */
function unpackServer(folder) {
  const packed = join(BUILD, 'packed');
  mkdirSync(packed, { recursive: true });
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', packed], { cwd: PROJECT, stdio: 'ignore' });
  execFileSync('tar', ['-xzf', readdirSync(packed)[0]], { cwd: packed });
  const own = join(packed, 'package');
  for (const name of UNUSED) rmSync(join(own, name));
  // Nobody compiles against it.
  cpSync(own, folder, { recursive: true, filter: (path) => !path.endsWith('.d.ts') });
  rmSync(packed, { recursive: true });
  // Nobody installs it, so it needs to say no more than what it is.
  const { name, version, type, license } = manifestOf(folder);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, type, license }, null, 2)}\n`);
  for (const [name, folders] of Object.entries(PACKAGES)) {
    const from = join(PROJECT, 'node_modules', name);
    const to = join(folder, 'node_modules', name);
    for (const part of ['package.json', 'LICENSE', ...folders])
      cpSync(join(from, part), join(to, part), {
        recursive: true,
        filter: (path) => !/\.(?:map|min\.js|d\.[cm]?ts)$/.test(path),
      });
  }
}

if (!existsSync(join(PROJECT, 'dist', 'cli.js'))) throw new Error('run npm run build first');
const { version } = manifestOf(HOME);
if (version !== manifestOf(PROJECT).version)
  throw new Error(`the version ${version} of the extension is not that of the package`);
rmSync(BUILD, { recursive: true, force: true });
mkdirSync(STAGE, { recursive: true });
await build({
  entryPoints: [join(HOME, 'src', 'extension.ts')],
  outfile: join(STAGE, 'dist', 'extension.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode'],
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});
for (const name of ['package.json', 'README.md', 'media'])
  cpSync(join(HOME, name), join(STAGE, name), { recursive: true });
cpSync(join(PROJECT, 'LICENSE'), join(STAGE, 'LICENSE'));
unpackServer(join(STAGE, 'server'));
const vsce = join(HOME, 'node_modules', '@vscode', 'vsce', 'vsce');
const out = join(BUILD, 'sql-lint.vsix');
const images = ['--baseImagesUrl', IMAGES, '--baseContentUrl', IMAGES.replace('/raw/', '/blob/')];
execFileSync(process.execPath, [vsce, 'package', '--no-dependencies', '--out', out, ...images], {
  cwd: STAGE,
  stdio: ['ignore', 'inherit', 'inherit'],
});
