import { hasCrate } from '../disk.ts';
import { byNumber } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Tool } from '../types.ts';

const NAME = /^\d+_[^/]*\.sql$/;
/** The tool asks whether the text begins with these bytes. */
const NO_TRANSACTION = '-- no-transaction';

export const sqlx: Tool = {
  name: 'sqlx',
  title: 'sqlx',
  url: 'https://docs.rs/sqlx/latest/sqlx/macro.migrate.html',
  read: '0.8.6 and 0.9.0-alpha.1',
  recognised: 'files `1_name.sql` or `1_name.up.sql` below a Cargo.toml that names sqlx',
  looksLike: (folder, disk) =>
    [...disk.list(folder).files].some((name) => NAME.test(name)) && hasCrate(folder, 'sqlx', disk),
  roleOf: (path) => (!NAME.test(path) ? 'skipped' : path.endsWith('.down.sql') ? 'down' : 'up'),
  compare: byNumber,
  order: 'the number before the first `_`',
  runners: ({ text }) => [oneMessage('sqlx', text.startsWith(NO_TRANSACTION) ? 'none' : 'file')],
  transactionOff:
    'a text that begins with `-- no-transaction`; it is still sent as one message, so it must be one statement',
  pinned: /^-- no-transaction.*\n/,
  begins: { path: (name, next) => `${next('time')}_${name}.sql` },
  back: (path) =>
    path.endsWith('.up.sql')
      ? { file: path.replace(/\.up\.sql$/, '.down.sql') }
      : { none: 'sqlx runs a file without .up in its name forward only' },
  edited: 'it refuses to run: every byte is in its checksum',
  refusesEdited: true,
};
