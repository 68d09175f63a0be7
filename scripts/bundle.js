// Bundles a TypeScript file of the tests for Node.js versions that cannot run it as it is.
import { build } from 'esbuild';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @returns {Promise<URL>} the address of the bundle */
export async function bundle(entry) {
  // Under node_modules, so that what stays outside of the bundle is found.
  const folder = join('node_modules', '.cache', 'sql-lint');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(entry, '.ts')}.${process.pid}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    packages: 'external',
    loader: { '.sql': 'text', '.css': 'text' },
    logLevel: 'warning',
  });
  return pathToFileURL(outfile);
}
