import { dirname, join } from 'node:path';
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import { flatMap } from '../../lists.ts';
import { digest, insertInto } from './shared.ts';
import type { Entry, RecordedFile, Records, Surroundings } from './types.ts';

interface Journal {
  entries?: readonly { tag?: unknown; when?: unknown }[];
}

const CONFIGS = ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.mjs', 'drizzle.config.json'];
const TABLE = '__drizzle_migrations';

/** Both versions: 0.x knows a file by the time in its journal, 1.0 by the name of its folder. */
export const drizzle: Records = {
  table: `drizzle.${TABLE}`,
  tableOf,
  rows: `SELECT coalesce(to_jsonb(r) ->> 'name', created_at::text) AS key, to_jsonb(r) ->> 'name' AS name,
    hash AS checksum, false AS is_failed FROM {table} AS r`,
  entriesOf,
  // The table of 1.0 may still have rows of 0.x, which have no name.
  covers: (row, { key, name }) => row.key === key || row.key === name,
  create: (table) => [
    `CREATE SCHEMA IF NOT EXISTS ${table.slice(0, table.lastIndexOf('.'))}`,
    `CREATE TABLE IF NOT EXISTS ${table} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
  ],
  insert: (table, rows) =>
    flatMap(rows, (row) =>
      row.path.includes('/')
        ? [
            `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS name text`,
            `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS applied_at timestamp with time zone DEFAULT now()`,
            ...insertInto('hash, created_at, name', ({ key, name, checksum = '' }) => [
              quoteLiteral(checksum),
              name,
              quoteLiteral(key),
            ])(table, [row]),
          ]
        : insertInto('hash, created_at', ({ key, checksum = '' }) => [quoteLiteral(checksum), key])(table, [row]),
    ),
  repair: (table, row, { checksum = '' }) => {
    const column = /^\d+$/.test(row.key) ? 'created_at' : 'name';
    return `UPDATE ${table} SET hash = ${quoteLiteral(checksum)} WHERE ${column} = ${quoteLiteral(row.key)}`;
  },
  refusesGaps: false,
  // So do the versions before 1.0.
  passesOverGaps: true,
};

function entriesOf(files: readonly RecordedFile[], { site, disk }: Surroundings): (Entry | undefined)[] {
  const times = new Map<string, string>();
  for (const { tag, when } of journalOf(disk.read(join(site.folder, 'meta', '_journal.json'))))
    if (typeof tag === 'string' && typeof when === 'number') times.set(`${tag}.sql`, String(when));
  return files.map(({ path, text }) => {
    const checksum = digest('sha256', text);
    const key = path.includes('/') ? dirname(path) : times.get(path);
    return key === undefined ? undefined : { key, name: path.includes('/') ? millisecondsOf(key) : key, checksum };
  });
}

function journalOf(text: string | undefined): NonNullable<Journal['entries']> {
  try {
    return (JSON.parse(text ?? '{}') as Journal).entries ?? [];
  } catch {
    return [];
  }
}

/** The time in the name of a folder, as 1.0 stores it. */
function millisecondsOf(folder: string): string {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(folder);
  if (!parts) return '0';
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return String(Date.UTC(year, month - 1, day, hour, minute, second));
}

/** `migrations: { schema, table }` of drizzle.config. */
function tableOf({ site, disk }: Surroundings): string | undefined {
  for (const folder of [site.root, dirname(site.root)])
    for (const name of CONFIGS) {
      const section = /\bmigrations["']?\s*:\s*\{([^}]*)\}/.exec(disk.read(join(folder, name)) ?? '')?.[1];
      if (section === undefined) continue;
      const value = (key: string) => new RegExp(`\\b${key}["']?\\s*:\\s*["'\`]([^"'\`]+)["'\`]`).exec(section)?.[1];
      return `${quoteIdent(value('schema') ?? 'drizzle')}.${quoteIdent(value('table') ?? TABLE)}`;
    }
  return undefined;
}
