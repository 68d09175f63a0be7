// Builds the command as one file, build/sql-lint, which needs no Node.js: npm run build && npm run sea. It is for the
// machine that it is built on. See https://nodejs.org/api/single-executable-applications.html.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import glob from 'fast-glob';
import { inject } from 'postject';

const OUT = 'build';
const isWindows = process.platform === 'win32';
const program = join(OUT, isWindows ? 'sql-lint.exe' : 'sql-lint');
/** The mark in Node.js's own program that says whether something was put into it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The folders of the packages that are needed at run time, by the lock file. */
function packages() {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional, optional, peer }]) => path !== '' && !dev && !devOptional && !optional && !peer)
    .map(([path]) => path);
}

/** All files that the command may read: a list of paths and sizes, and then the files. */
function archive() {
  const paths = glob
    .sync(['package.json', 'dist/**', 'docs/rules/**', ...packages().map((path) => `${path}/**`)], {
      ignore: ['**/*.map', '**/*.d.{ts,cts,mts}', '**/node_modules/**/*.md', 'dist/*.cjs.*'],
    })
    .sort();
  const files = paths.map((path) => readFileSync(path));
  const list = Buffer.from(JSON.stringify(paths.map((path, k) => [path, files[k].length])));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(list.length);
  return gzipSync(Buffer.concat([length, list, ...files]));
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
const files = archive();
const inOut = (name, content) => {
  writeFileSync(join(OUT, name), content);
  return join(OUT, name);
};
// Node.js puts no ES module into a program.
const main = join(OUT, 'main.cjs');
buildSync({ entryPoints: ['scripts/sea-main.js'], outfile: main, bundle: true, platform: 'node', format: 'cjs' });
const config = inOut(
  'sea.json',
  JSON.stringify({
    main,
    output: join(OUT, 'sea.blob'),
    disableExperimentalSEAWarning: true,
    assets: {
      files: inOut('files', files),
      digest: inOut('digest', createHash('sha256').update(files).digest('hex').slice(0, 16)),
    },
  }),
);
execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] });
copyFileSync(process.execPath, program);
chmodSync(program, 0o755);
const isMac = process.platform === 'darwin';
// What is changed has to be signed anew.
if (isMac) execFileSync('codesign', ['--remove-signature', program]);
await inject(program, 'NODE_SEA_BLOB', readFileSync(join(OUT, 'sea.blob')), {
  sentinelFuse: FUSE,
  ...(isMac && { machoSegmentName: 'NODE_SEA' }),
});
if (isMac) execFileSync('codesign', ['--sign', '-', program]);
for (const name of ['main.cjs', 'sea.json', 'sea.blob', 'files', 'digest']) rmSync(join(OUT, name));
console.log(`${program}: ${Math.round(statSync(program).size / 1e6)} MB`);
