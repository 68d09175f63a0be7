import { join } from 'node:path';
import { partsBy } from '../marks.ts';
import { byNumber } from '../order.ts';
import { statementByStatement } from '../runners.ts';
import type { Tool } from '../types.ts';

const CONFIG = 'dbconfig.yml';
/** Each mark says it for its own part. */
const SWITCHED_OFF = {
  up: /^-- \+migrate up[ \t]+notransaction\b/im,
  down: /^-- \+migrate down[ \t]+notransaction\b/im,
};

export const sqlMigrate: Tool = {
  name: 'sql-migrate',
  title: 'sql-migrate',
  url: 'https://github.com/rubenv/sql-migrate',
  read: '1.8.0',
  recognised: '`dbconfig.yml`, or `-- +migrate Up` in the files',
  find(folder, disk) {
    if (!disk.list(folder).files.has(CONFIG)) return undefined;
    const named = /^\s+dir:\s*["']?([^"'\s#]+)/m.exec(disk.head(join(folder, CONFIG)) ?? '')?.[1];
    return { root: folder, folder: join(folder, named ?? 'migrations') };
  },
  speaks: /^--[ \t]*\+migrate[ \t]+up\b/im,
  roleOf: (path) => (/^[^/]*\.sql$/.test(path) ? 'up' : 'skipped'),
  compare: byNumber,
  order: 'the number at the beginning, then the name',
  marks: {
    parts: partsBy(/^--[ \t]*\+migrate[ \t]+(up|down)\b.*$/gim),
    block: {
      begin: '-- +migrate StatementBegin',
      end: '-- +migrate StatementEnd',
      mark: /^--[ \t]*\+migrate[ \t]+statement(begin|end)\b.*$/gim,
    },
  },
  runners: ({ text, direction = 'up' }) => [
    statementByStatement('sql-migrate', SWITCHED_OFF[direction].test(text) ? 'none' : 'file', 'line-ends'),
  ],
  transactionOff: '`-- +migrate Up notransaction`',
  missesTransaction: 'pq: unexpected transaction status idle',
  forbidden: [{ text: /\+migrate(?![ \t]+statement(?:begin|end)\b)/i, why: 'sql-migrate takes it for a mark' }],
  begins: {
    path: (name, next) => `${next('time')}-${name}.sql`,
    frame: { above: '-- +migrate Up', below: '-- +migrate Down' },
  },
  back: () => ({ section: '-- +migrate Down' }),
  edited: 'nothing: it knows a migration by its file name alone',
  refusesEdited: false,
};
