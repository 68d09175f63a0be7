// Parses files with libpg-query and does nothing else: what history is compared with.
import { readFileSync } from 'node:fs';
import { loadModule, parseSync } from 'libpg-query';

await loadModule();
for (const path of process.argv.slice(2)) parseSync(readFileSync(path, 'utf8'));
