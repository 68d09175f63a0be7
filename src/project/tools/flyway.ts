import { basename, dirname, join } from 'node:path';
import { byText, byVersion } from '../order.ts';
import { statementByStatement } from '../runners.ts';
import type { Disk, Role, Tool } from '../types.ts';

const NAME = /^(?:V\d[\d._]*__|R__).*\.sql$/i;
const CONFIGS = ['flyway.toml', 'flyway.conf'];
const LOCATION = /locations\s*=[\s["']*filesystem:([^"',\s\]]+)/;

export const flyway: Tool = {
  name: 'flyway',
  title: 'Flyway',
  url: 'https://documentation.red-gate.com/flyway',
  read: '13.0.0',
  recognised: '`flyway.toml` or `flyway.conf`, a folder `db/migration`, or files `V1__name.sql`',
  find(folder, disk) {
    if (basename(folder) === 'migration' && basename(dirname(folder)) === 'db')
      return { root: dirname(dirname(folder)), folder };
    const config = CONFIGS.find((name) => disk.list(folder).files.has(name));
    if (!config) return undefined;
    const location = LOCATION.exec(disk.head(join(folder, config)) ?? '')?.[1];
    return { root: folder, folder: join(folder, location ?? 'sql') };
  },
  looksLike: (folder, disk) => [...disk.list(folder).files].some((name) => NAME.test(name)),
  deep: true,
  roleOf: (path) => roleOf(basename(path)),
  // Folders below the location do not count.
  compare: (a, b) => byVersion(basename(a), basename(b)) || byText(a, b),
  order: 'the parts of the version as numbers, whatever folder the file lies in; `R__` after all of them',
  runners: ({ path }, _, disk) => [
    isSwitchedOff(path, disk)
      ? statementByStatement('flyway', 'none')
      : { ...statementByStatement('flyway', 'file'), refusesMixture: true },
  ],
  transactionOff:
    'only statements that cannot run in one; or `executeInTransaction=false` in a file with the name of the ' +
    'script and `.conf` behind it',
  forbidden: [{ text: /\$\{/, why: 'Flyway takes it for a placeholder' }],
  sendsRows: true,
  begins: { path: (name, next) => `V${next('count')}__${name}.sql` },
  back: (path) =>
    /(?:^|\/)V[^/]*$/.test(path)
      ? { file: path.replace(/V([^/]*)$/, 'U$1') }
      : { none: 'Flyway undoes versioned migrations only' },
  edited: 'it refuses to run until `flyway repair`, or runs it again where the name begins with `R__`',
  refusesEdited: true,
};

function roleOf(name: string): Role {
  if (/^R__/i.test(name)) return 'repeatable';
  if (/^U\d/i.test(name)) return 'down';
  // What is left is passed over, and judged by itself: so is a baseline, which Flyway's free edition does not run, and
  // which otherwise runs on an empty database in the place of all files up to it.
  return NAME.test(name) ? 'up' : 'skipped';
}

const isSwitchedOff = (path: string, disk: Disk): boolean =>
  /^\s*executeInTransaction\s*=\s*false\b/m.test(disk.head(`${path}.conf`) ?? '');
