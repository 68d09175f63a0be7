import { basename, dirname } from 'node:path';
import { byNumber } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Disk, Tool } from '../types.ts';
import { hasFolders } from './diesel.ts';

const NAME = /^[^/]+\/(up|down)\.sql$/;

export const hasura: Tool = {
  name: 'hasura',
  title: 'Hasura',
  url: 'https://hasura.io/docs/2.0/migrations-metadata-seeds/overview/',
  read: '2',
  recognised:
    'folders `1700000000000_name` with `up.sql` in them, below `migrations/`, with `config.yaml` or `nhost.toml`',
  find(folder, disk) {
    const above = dirname(folder);
    const migrations =
      basename(folder) === 'migrations' ? folder : basename(above) === 'migrations' ? above : undefined;
    if (migrations === undefined || !isProject(dirname(migrations), disk)) return undefined;
    return hasFolders(folder, /^\d+_/, disk) ? { root: dirname(migrations), folder } : undefined;
  },
  looksLike: (folder, disk) => hasFolders(folder, /^\d{13}_/, disk),
  roleOf: (path) => (NAME.exec(path)?.[1] as 'up' | 'down' | undefined) ?? 'skipped',
  compare: byNumber,
  order: 'the number of the folder',
  runners: () => [oneMessage('hasura', 'file')],
  transactionOff: 'a first line `-- hasura:no-transaction`, which older versions take for a comment',
  pinned: /^-- hasura:no-transaction\r?\n/,
  begins: { path: (name, next) => `${next('milliseconds')}_${name}/up.sql` },
  back: (path) => ({ file: path.replace(/up\.sql$/, 'down.sql') }),
  edited: 'nothing: it knows a migration by its version alone',
  refusesEdited: false,
};

function isProject(folder: string, disk: Disk): boolean {
  const { files, folders } = disk.list(folder);
  return (
    (files.has('config.yaml') && folders.has('metadata')) || files.has('nhost.toml') || basename(folder) === 'nhost'
  );
}
