import { quoteLiteral } from '../../catalog/names.ts';
import { deleteBy, digest, insertInto } from './shared.ts';
import type { Records } from './types.ts';

/** For a folder of plain files: a table of sql-lint's own, in a schema that no API shows. */
export const psql: Records = {
  table: 'sql_lint.migrations',
  rows: 'SELECT name AS key, name, hash AS checksum, false AS is_failed FROM {table} ORDER BY applied_at, name',
  entriesOf: (files) => files.map(({ path, text }) => ({ key: path, name: path, checksum: digest('sha256', text) })),
  create: (table) => [
    'CREATE SCHEMA IF NOT EXISTS sql_lint',
    `CREATE TABLE IF NOT EXISTS ${table} (
  name text PRIMARY KEY,
  hash text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  duration_ms bigint NOT NULL
)`,
  ],
  insert: insertInto('name, hash, duration_ms', ({ key, checksum = '', duration }) => [
    quoteLiteral(key),
    quoteLiteral(checksum),
    String(duration),
  ]),
  repair: (table, row, { checksum = '' }) =>
    `UPDATE ${table} SET hash = ${quoteLiteral(checksum)} WHERE name = ${quoteLiteral(row.key)}`,
  forget: deleteBy('name'),
  refusesGaps: false,
};
