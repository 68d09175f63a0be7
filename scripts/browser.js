// What stands for the parts of Node.js in a bundle for browsers: one table for the package and for the playground.
import { fileURLToPath } from 'node:url';

const own = (name) => fileURLToPath(new URL(`../src/browser/node/${name}.ts`, import.meta.url));

/** By the module that is imported. */
export const inBrowsers = {
  'node:buffer': own('buffer'),
  'node:crypto': own('crypto'),
  'node:path': 'path-browserify',
};

/** Constants of the build, as the command has them. */
export const definitions = (/** @type {string} */ version, /** @type {boolean} */ isLearned) => ({
  'process.env.SQL_LINT_VERSION': JSON.stringify(version),
  'process.env.SQL_LINT_TREES': JSON.stringify(isLearned ? 'memory' : 'json'),
});
