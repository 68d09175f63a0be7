import { join, relative, sep } from 'node:path';
import { atLeast, packageVersion } from '../disk.ts';
import { byText } from '../order.ts';
import { plainStatements } from '../plain-quotes.ts';
import type { Disk, Role, Runner, Site, Tool } from '../types.ts';

const FOLDER = 'supabase';
const NAME = /^\d+_.*\.sql$/;
/** `[db.seed] sql_paths` in config.toml; without it, seed.sql. */
const SEEDS = /^\s*sql_paths\s*=\s*\[([^\]]*)\]/m;
/** `[db.migrations] schema_paths`: what `supabase db diff` compares with, and nothing runs. */
const SCHEMAS = /^\s*schema_paths\s*=\s*\[([^\]]*)\]/m;
const NO_MIGRATIONS = ['schemas/**', 'tests/**', 'snippets/**'];

/** The statements that it sends alone from 2.109 on: its own list, not all that PostgreSQL refuses. */
const ALONE = [
  'create\\s+(?:unique\\s+)?index\\s+concurrently\\b',
  'reindex\\b[^;]*\\bconcurrently\\b',
  '(?:vacuum|alter\\s+system|cluster)\\b',
];
/** From 2.116 on. */
const ALONE_NOW = [...ALONE, 'drop\\s+index\\s+concurrently\\b'];

/** Up to 2.108: every statement in one pipeline, which is one implicit transaction. */
const PIPELINE: Runner = { tool: 'supabase', sending: 'pipeline', cut: 'plain-quotes', transaction: 'none' };
/** From 2.109 to 2.114: BEGIN, a message a statement, COMMIT; statements that cannot run so go alone. */
const BATCHES: Runner = {
  tool: 'supabase',
  sending: 'simple',
  cut: 'plain-quotes',
  transaction: 'file',
  isolates: ALONE,
};
/** From 2.115: the batches are pipelines. */
const PIPELINES: Runner = { ...PIPELINE, isolates: ALONE_NOW };
/** From 2.115, for a file with its own BEGIN or COMMIT, or with the line that switches transactions off. */
const SEQUENTIAL: Runner = { tool: 'supabase', sending: 'simple', cut: 'plain-quotes', transaction: 'none' };

const OWN_TRANSACTION = new RegExp(
  `^(?:${[
    'begin|start\\s+transaction',
    'commit|end|abort|prepare\\s+transaction',
    'rollback(?!\\s+(?:(?:work|transaction)\\s+)?to\\b)',
  ].join('|')})\\b`,
  'i',
);
/** What such a file has somewhere; most have nothing of it. */
const MAY_OWN = /^[ \t]*(?:begin|start|commit|end|abort|prepare|rollback)\b[^$;]*;/im;
const SWITCHED_OFF = /^-- pg-delta: transaction=false\r?$/m;

export const supabase: Tool = {
  name: 'supabase',
  title: 'Supabase',
  url: 'https://supabase.com/docs/guides/deployment/database-migrations',
  read: '2.104 to 2.117',
  recognised: 'a folder `supabase` with `config.toml` or `migrations/` in it',
  find(folder, disk) {
    if (!disk.list(folder).folders.has(FOLDER)) return undefined;
    const home = join(folder, FOLDER);
    const { files, folders } = disk.list(home);
    if (!files.has('config.toml') && !folders.has('migrations')) return undefined;
    const version = packageVersion(folder, 'supabase', disk);
    return {
      root: folder,
      folder: join(home, 'migrations'),
      beside: { folders: [home], roleOf: (path) => roleBeside(home, relative(home, path).split(sep).join('/'), disk) },
      ...(version && { version }),
    };
  },
  // Files with another name are passed over with a message, and folders without one.
  roleOf: (path) => (NAME.test(path) ? 'up' : 'skipped'),
  compare: byText,
  order: 'the file name, as text; `seed.sql` after all of them',
  runners: ({ text }, site) => runnersOf(text, site),
  transactionOff: 'a first line `-- pg-delta: transaction=false`, which older versions take for a comment',
  pinned: /^-- pg-delta: transaction=false\r?\n/,
  begins: { path: (name, next) => `${next('time')}_${name}.sql` },
  back: () => ({ none: 'Supabase runs forward only' }),
  edited: 'nothing: it knows a migration by its version alone',
  refusesEdited: false,
};

function roleBeside(home: string, path: string, disk: Disk): Role | undefined {
  if (path.startsWith('../')) return undefined;
  const config = disk.head(join(home, 'config.toml')) ?? '';
  if ((namedBy(SEEDS, config) ?? ['./seed.sql']).some((seed) => matches(seed, path))) return 'seed';
  const schemas = [...NO_MIGRATIONS, ...(namedBy(SCHEMAS, config) ?? [])];
  return schemas.some((schema) => matches(schema, path)) ? 'other' : undefined;
}

/** The paths in a list of config.toml. */
const namedBy = (list: RegExp, config: string): string[] | undefined =>
  list
    .exec(config)?.[1]
    ?.match(/"[^"]+"|'[^']+'/g)
    ?.map((quoted) => quoted.slice(1, -1));

/** Whether a path is one that a glob of config.toml names; `*` stands for anything but a folder's end. */
function matches(glob: string, path: string): boolean {
  const pattern = glob
    .replace(/^\.\//, '')
    .replace(/[.+^${}()|[\]\\?]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*');
  return new RegExp(`^${pattern}$`).test(path);
}

function runnersOf(text: string, { version }: Site): Runner[] {
  const newest = SWITCHED_OFF.exec(text)?.index === 0 || hasOwnTransaction(text) ? SEQUENTIAL : PIPELINES;
  if (!version) return [PIPELINE, BATCHES, newest];
  if (!atLeast(version, 2, 109)) return [PIPELINE];
  if (!atLeast(version, 2, 115)) return [BATCHES];
  return [newest === PIPELINES && !atLeast(version, 2, 116) ? { ...PIPELINES, isolates: ALONE } : newest];
}

/** Whether the file begins or ends a transaction by itself. The words in the body of a function are none of that. */
const hasOwnTransaction = (text: string): boolean =>
  MAY_OWN.test(text) &&
  plainStatements(text, { start: 0, end: text.length }).some(({ start, end }) =>
    OWN_TRANSACTION.test(text.slice(start, end)),
  );
