import { dirname, join } from 'node:path';
import { byText } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Disk, Tool } from '../types.ts';

const NAME = /^[^/]+\/(up|down)\.sql$/;
const CONFIGURED = /^\[migrations_directory\][^[]*?^\s*dir\s*=\s*"([^"]+)"/ms;

/** A time as diesel writes it: `2026-11-29-150542`. */
const dashedTime = (now: Date): string => now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');

export const diesel: Tool = {
  name: 'diesel',
  title: 'diesel',
  url: 'https://diesel.rs/guides/getting-started',
  read: '2.3.12',
  recognised: '`diesel.toml`, or folders `2024-01-31-120000_name` with `up.sql` in them',
  find(folder, disk) {
    if (!disk.list(folder).files.has('diesel.toml')) return undefined;
    const configured = CONFIGURED.exec(disk.head(join(folder, 'diesel.toml')) ?? '')?.[1];
    return { root: folder, folder: join(folder, configured ?? 'migrations') };
  },
  looksLike: (folder, disk) => hasFolders(folder, /^(?:\d{4}-\d\d-\d\d-\d{6}|0{14})_/, disk),
  roleOf: (path) => (NAME.exec(path)?.[1] as 'up' | 'down' | undefined) ?? 'skipped',
  compare: (a, b) => byText(versionOf(a), versionOf(b)) || byText(a, b),
  order: 'the part of the folder name before the first `_`, as text without `-`',
  runners: ({ path }, _, disk) => [oneMessage('diesel', runsInTransaction(path, disk) ? 'file' : 'none')],
  transactionOff:
    '`run_in_transaction = false` in the `metadata.toml` beside it; it is still sent as one message, so it must ' +
    'be one statement',
  missesTransaction: 'Cannot perform this operation outside of a transaction',
  begins: { path: (name, _, now) => `${dashedTime(now)}_${name}/up.sql` },
  back: (path) => ({ file: path.replace(/up\.sql$/, 'down.sql') }),
  edited: 'nothing: it knows a migration by its version alone',
  refusesEdited: false,
};

/** The version of a path below the folder of migrations. */
const versionOf = (path: string): string => path.split('/', 1)[0]!.split('_', 1)[0]!.replaceAll('-', '');

/** Whether a folder holds folders of such a name with up.sql in them. */
export function hasFolders(folder: string, name: RegExp, disk: Disk): boolean {
  for (const one of disk.list(folder).folders)
    if (name.test(one)) return disk.list(join(folder, one)).files.has('up.sql');
  return false;
}

/**
 * A metadata.toml that says nothing of the transaction means none: the key's default is false, that of a missing file
 * true.
 */
function runsInTransaction(path: string, disk: Disk): boolean {
  const metadata = disk.head(join(dirname(path), 'metadata.toml'));
  return metadata === undefined || /^\s*run_in_transaction\s*=\s*true\b/m.test(metadata);
}
