import { basename, join } from 'node:path';
import { byLocale } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Disk, Role, Tool } from '../types.ts';

const CONFIGS = ['.gmrc', '.gmrc.js', '.gmrc.cjs'];
const COMMITTED = /^committed\/\d+(?:-[-\w]*)?\.sql$/;
/** The header of a committed file; what follows it is the body. */
const HEADER = /^(?:--! [A-Z][^\n]*\n)*\s*/;

export const graphileMigrate: Tool = {
  name: 'graphile-migrate',
  title: 'graphile-migrate',
  url: 'https://github.com/graphile/migrate',
  read: '2.0.0-rc.3',
  recognised: '`.gmrc`, or a folder `committed` with `current.sql` beside it',
  find(folder, disk) {
    const { files } = disk.list(folder);
    if (CONFIGS.some((name) => files.has(name)) && disk.list(folder).folders.has('migrations'))
      return { root: folder, folder: join(folder, 'migrations') };
    return isItsFolder(folder, disk) ? { root: folder, folder } : undefined;
  },
  speaks: /^--! Previous: /m,
  deep: true,
  roleOf: (path) => roleOf(path),
  compare: (a, b) => Number(isCurrent(a)) - Number(isCurrent(b)) || byLocale(a, b),
  order: '`committed/` by file name, then `current.sql` or `current/`',
  runners: ({ text }) => [
    oneMessage('graphile-migrate', /^--!\s*no-transaction\b/.test(text.replace(HEADER, '')) ? 'none' : 'file'),
  ],
  transactionOff:
    '`--! no-transaction` as the first line below the header; it is still sent as one message, so it must be one ' +
    'statement',
  forbidden: [{ text: /^--! /m, why: 'graphile-migrate takes it for a header' }],
  pinned: /^(?:--! [A-Z][^\n]*\n)*\s*(?:--!\s*no-transaction.*\n)?/,
  recorded: (path) => (COMMITTED.test(path) ? 'final' : undefined),
  begins: 'graphile-migrate watch, and write into current.sql',
  back: () => ({ none: 'graphile-migrate runs forward only' }),
  edited:
    'a committed file that has run is not looked at; one that has not is refused, because the hashes in the ' +
    'headers form a chain. `current.sql` is there to be edited',
  refusesEdited: false,
};

const isItsFolder = (folder: string, disk: Disk): boolean => {
  const { files, folders } = disk.list(folder);
  return (
    folders.has('committed') &&
    (files.has('current.sql') || folders.has('current') || basename(folder) === 'migrations')
  );
};

const isCurrent = (path: string): boolean => path === 'current.sql' || path.startsWith('current/');

function roleOf(path: string): Role {
  if (COMMITTED.test(path)) return 'up';
  if (isCurrent(path)) return 'repeatable';
  return path.startsWith('fixtures/') ? 'other' : 'skipped';
}
