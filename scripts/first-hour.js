// Writes docs/first-hour.md: what the packed command prints in three projects. A test says where it is stale.
import { writeFileSync } from 'node:fs';
import { bundle } from './bundle.js';

const { tell } = await import((await bundle('test/first-hour/tell.ts')).href);
writeFileSync('docs/first-hour.md', await tell());
