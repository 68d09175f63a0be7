import { quoteLiteral } from '../../catalog/names.ts';
import { deleteBy, insertInto, keyedBy, textArray } from './shared.ts';
import type { Records } from './types.ts';

export const supabase: Records = {
  table: 'supabase_migrations.schema_migrations',
  rows: "SELECT version, to_jsonb(r) ->> 'name' AS name, NULL AS checksum, false AS is_failed FROM {table} AS r",
  entriesOf: keyedBy(/^(\d+)_(.*)\.sql$/),
  create: (table) => [
    'CREATE SCHEMA IF NOT EXISTS supabase_migrations',
    `CREATE TABLE IF NOT EXISTS ${table} (version text NOT NULL PRIMARY KEY)`,
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS statements text[]`,
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS name text`,
  ],
  insert: insertInto('version, name, statements', ({ key, name, statements }) => [
    quoteLiteral(key),
    quoteLiteral(name),
    textArray(statements),
  ]),
  // An assistant that applies a migration gives it the time at which it did.
  repair: (table, row, { key }) =>
    `UPDATE ${table} SET version = ${quoteLiteral(key)} WHERE version = ${quoteLiteral(row.key)}`,
  forget: deleteBy('version'),
  refusesGaps: true,
};
