import { basename, dirname, join } from 'node:path';
import { flatMap } from '../../lists.ts';
import { byFolder, byText } from '../order.ts';
import type { Disk, Tool } from '../types.ts';

const BREAKPOINT = '--> statement-breakpoint';
const JOURNAL = '_journal.json';
const MIGRATION = 'migration.sql';
const FOLDER = /^\d{14}_/;

interface Journal {
  entries?: readonly { tag?: unknown }[];
}

export const drizzle: Tool = {
  name: 'drizzle',
  title: 'Drizzle',
  url: 'https://orm.drizzle.team/docs/migrations',
  read: 'drizzle-orm 0.45.3 and 1.0.0-rc.4',
  recognised:
    '`meta/_journal.json` beside the files (0.x), folders with `migration.sql` and `snapshot.json` (1.0), or `--> ' +
    'statement-breakpoint` in them',
  find(folder, disk) {
    const { folders } = disk.list(folder);
    // Drizzle can write its files for the CLI of Supabase, which then runs them.
    if (basename(dirname(folder)) === 'supabase') return undefined;
    const journal = folders.has('meta') && disk.list(join(folder, 'meta')).files.has(JOURNAL);
    return journal || isNew(folder, disk) ? { root: dirname(folder), folder } : undefined;
  },
  speaks: /-->[ \t]*statement-breakpoint/,
  roleOf: (path) => (!path.includes('/') || path.endsWith(`/${MIGRATION}`) ? 'up' : 'skipped'),
  compare: (a, b) => (a.includes('/') && b.includes('/') ? byFolder(a, b) : byText(a, b)),
  order: 'that of `meta/_journal.json` (0.x), or the folder name (1.0)',
  listed({ folder }, disk) {
    const text = disk.read(join(folder, 'meta', JOURNAL));
    if (text === undefined) return undefined;
    try {
      const { entries = [] } = JSON.parse(text) as Journal;
      return flatMap(entries, ({ tag }) => (typeof tag === 'string' ? [`${tag}.sql`] : []));
    } catch {
      return undefined;
    }
  },
  marks: { breakpoint: { line: BREAKPOINT, mark: /-->[ \t]*statement-breakpoint/g } },
  runners: () => [{ tool: 'drizzle', sending: 'simple', cut: 'breakpoints', transaction: 'all' }],
  begins: 'drizzle-kit generate --custom --name NAME',
  back: () => ({ none: 'Drizzle runs forward only' }),
  edited: 'nothing: it never compares the hash that it stores',
  refusesEdited: false,
};

/** Whether a folder is laid out as version 1.0 does. */
function isNew(folder: string, disk: Disk): boolean {
  for (const name of disk.list(folder).folders) {
    if (!FOLDER.test(name)) continue;
    const { files } = disk.list(join(folder, name));
    return files.has(MIGRATION) && files.has('snapshot.json');
  }
  return false;
}
