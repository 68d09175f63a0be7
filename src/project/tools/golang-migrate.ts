import { dirname, join } from 'node:path';
import { upwards } from '../disk.ts';
import { byNumber } from '../order.ts';
import { oneMessage, statementByStatement } from '../runners.ts';
import type { Disk, Site, Tool } from '../types.ts';

const NAME = /^\d+_[^/]*\.(up|down)\.sql$/;
/** Where a project says with which URL it calls the tool. */
const SAYS_URL = /^(?:\.env.*|makefile|justfile|taskfile\.ya?ml|package\.json|(?:docker-)?compose.*\.ya?ml)$/i;
const MULTI_STATEMENT = /x-multi-statement=true/;

export const golangMigrate: Tool = {
  name: 'golang-migrate',
  title: 'golang-migrate',
  url: 'https://github.com/golang-migrate/migrate',
  read: '4.19.1',
  recognised: 'pairs of files `1_name.up.sql` and `1_name.down.sql`, without a Cargo.toml that names sqlx above them',
  looksLike: (folder, disk) => [...disk.list(folder).files].some((name) => NAME.test(name)),
  roleOf: (path) => (NAME.exec(path)?.[1] as 'up' | 'down' | undefined) ?? 'skipped',
  compare: byNumber,
  order: 'the number before the first `_`',
  runners: (_, site, disk) =>
    isMultiStatement(site, disk)
      ? [statementByStatement('golang-migrate', 'none', 'every-semicolon')]
      : [oneMessage('golang-migrate', 'none')],
  transactionOff: 'one statement a file; or `x-multi-statement=true` in the URL, which cuts at every `;`',
  begins: { path: (name, next) => `${next('count', 6)}_${name}.up.sql` },
  back: (path) => ({ file: path.replace(/\.up\.sql$/, '.down.sql') }),
  edited: 'nothing: it remembers the number of the last file alone',
  refusesEdited: false,
};

function isMultiStatement({ folder, switches }: Site, disk: Disk): boolean {
  if (switches) return switches.includes('x-multi-statement');
  for (const at of upwards(dirname(folder), disk))
    for (const name of disk.list(at).files)
      if (SAYS_URL.test(name) && MULTI_STATEMENT.test(disk.head(join(at, name)) ?? '')) return true;
  return false;
}
