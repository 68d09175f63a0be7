import { basename } from 'node:path';
import { quoteLiteral } from '../../catalog/names.ts';
import { byLocale } from '../order.ts';
import { digest } from './shared.ts';
import type { Entry, RecordedFile, Records } from './types.ts';

const COMMITTED = /^committed\/\d+(?:-[-\w]*)?\.sql$/;
const HEADER = /^(?:--! [A-Z][^\n]*\n)*\s*/;
const PREVIOUS = /^--! Previous: (\S+)/m;

/** A file has run that stands not behind the last row. Only files that are about to run are compared. */
export const graphileMigrate: Records = {
  table: 'graphile_migrate.migrations',
  rows: 'SELECT filename AS key, hash AS name, hash AS checksum, false AS is_failed FROM {table} ORDER BY filename',
  entriesOf: (files) => files.map(entryOf),
  covers: (row, { key }) => byLocale(key, row.key) <= 0,
  create: (table) => [
    'CREATE SCHEMA IF NOT EXISTS graphile_migrate',
    `CREATE TABLE IF NOT EXISTS ${table} (
  hash text PRIMARY KEY,
  previous_hash text REFERENCES ${table},
  filename text NOT NULL,
  date timestamptz NOT NULL DEFAULT now()
)`,
  ],
  insert: (table, rows) =>
    rows.map(({ key, name, checksum = '' }) => {
      const values = [quoteLiteral(checksum), name === '-' ? 'NULL' : quoteLiteral(name), quoteLiteral(key)];
      return `INSERT INTO ${table} (hash, previous_hash, filename) VALUES (${values.join(', ')})`;
    }),
  repair: (table, row, { checksum = '' }) =>
    `UPDATE ${table} SET hash = ${quoteLiteral(checksum)} WHERE filename = ${quoteLiteral(row.key)}`,
  refusesGaps: true,
  passesOverGaps: true,
};

/** The name is the hash of the file before it, `-` for the first. */
function entryOf({ path, text }: RecordedFile): Entry | undefined {
  if (!COMMITTED.test(path)) return undefined;
  const previous = PREVIOUS.exec(text)?.[1] ?? '-';
  const body = text.replace(HEADER, '').trim();
  const hashed = `${`${previous === '-' ? '' : previous}\n${body}`.trim()}\n`;
  return { key: basename(path), name: previous, checksum: `sha1:${digest('sha1', hashed)}` };
}
