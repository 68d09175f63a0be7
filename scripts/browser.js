// What the bundles of the package and of the playground have in common.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { version } = require('../package.json');
const source = (name) => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));

/** The parser's WebAssembly. */
export const wasm = join(dirname(require.resolve('libpg-query')), 'libpg-query.wasm');

const learned = /WASM_SHA256 = '(\w+)'/.exec(readFileSync(source('syntax/pg-query/tree'), 'utf8'))?.[1];
/** Parse trees are read from its memory by a layout that was learned from one build of it: whether it is this one. */
export const isLearned = createHash('sha256').update(readFileSync(wasm)).digest('hex') === learned;

/** Constants, as the command has them. */
export const definitions = {
  'process.env.SQL_LINT_VERSION': JSON.stringify(version),
  'process.env.SQL_LINT_TREES': JSON.stringify(isLearned ? 'memory' : 'json'),
};

/** What stands for the parts of Node.js in a browser, by the module that is imported. */
export const inBrowsers = {
  'node:buffer': source('browser/node/buffer'),
  'node:crypto': source('browser/node/crypto'),
  'node:path': 'path-browserify',
};
