import { dirname, join } from 'node:path';
import { byText } from '../order.ts';
import { statementByStatement } from '../runners.ts';
import type { Tool } from '../types.ts';

/** The unbroken block of comments at the first byte; it is one only where a blank line follows. */
const HEADER = /^(?:(?:--|#)[^\n]*\n)+(?=\r?\n)/;

export const atlas: Tool = {
  name: 'atlas',
  title: 'Atlas',
  url: 'https://atlasgo.io/versioned/intro',
  read: '1.2.3',
  recognised: '`atlas.sum` beside the files',
  find: (folder, disk) => (disk.list(folder).files.has('atlas.sum') ? { root: dirname(folder), folder } : undefined),
  roleOf: (path) => (/^[^/]*\.down\.sql$/.test(path) ? 'down' : /^[^/]*\.sql$/.test(path) ? 'up' : 'skipped'),
  compare: byText,
  order: 'the file name, as text',
  runners: ({ text }) => [
    statementByStatement('atlas', /atlas:txmode[ \t]+none\b/.test(HEADER.exec(text)?.[0] ?? '') ? 'none' : 'file'),
  ],
  transactionOff: '`-- atlas:txmode none` in the comments at the top, with a blank line below them',
  missesTransaction: 'pq: unexpected transaction status idle',
  forbidden: [{ text: /atlas:/, why: 'Atlas takes it for a directive' }],
  pinned: HEADER,
  recorded: (path, { folder }, disk) =>
    disk.read(join(folder, 'atlas.sum'))?.includes(`\n${path} h1:`) ? 'checksum' : undefined,
  begins: { path: (name, next) => `${next('time')}_${name}.sql`, then: 'atlas migrate hash' },
  back: () => ({ none: 'Atlas runs forward only; atlas migrate down plans its own way back' }),
  edited: 'it refuses to run until `atlas migrate hash` has written `atlas.sum` anew',
  refusesEdited: true,
};
