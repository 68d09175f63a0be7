import { join } from 'node:path';
import { byNumber } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Tool } from '../types.ts';

const NAME = /^\d+\.(do|undo)(?:\..*)?\.sql$/;
const CONFIG = /^(?:\.postgratorrc(?:\.\w+)?|postgrator\.config\.\w+)$/;
const PATTERN = /migrationPattern["']?\s*:\s*["'](?:\.\/)?([\w./-]*?)\/?\*/;

export const postgrator: Tool = {
  name: 'postgrator',
  title: 'postgrator',
  url: 'https://github.com/rickbergfalk/postgrator',
  read: '8.0.0',
  recognised: '`.postgratorrc`, or files `001.do.name.sql` and `001.undo.name.sql`',
  find(folder, disk) {
    const config = [...disk.list(folder).files].find((name) => CONFIG.test(name));
    if (!config) return undefined;
    return {
      root: folder,
      folder: join(folder, PATTERN.exec(disk.head(join(folder, config)) ?? '')?.[1] ?? 'migrations'),
    };
  },
  looksLike: (folder, disk) => [...disk.list(folder).files].some((name) => NAME.test(name)),
  roleOf: (path) =>
    (({ do: 'up', undo: 'down' })[NAME.exec(path)?.[1] ?? ''] as 'up' | 'down' | undefined) ?? 'skipped',
  compare: byNumber,
  order: 'the number before the first `.`',
  runners: () => [oneMessage('postgrator', 'none')],
  transactionOff: 'one statement a file',
  begins: { path: (name, next) => `${next('count', 3)}.do.${name}.sql` },
  back: (path) => ({ file: path.replace(/^(\d+)\.do\b/, '$1.undo') }),
  edited: 'it refuses to run, unless `validateChecksums` is false',
  refusesEdited: true,
};
