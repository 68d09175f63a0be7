import { quoteLiteral } from '../../catalog/names.ts';
import { asNumber, deleteBy, digest, insertInto, keyedBy } from './shared.ts';
import type { Records } from './types.ts';

const keyed = keyedBy(/^(\d+)_(.*?)(?:\.up)?\.sql$/, (text) => digest('sha384', text));

const bytes = (hex: string): string => `decode(${quoteLiteral(hex)}, 'hex')`;

export const sqlx: Records = {
  table: '_sqlx_migrations',
  rows: `SELECT version::text AS key, description AS name, encode(checksum, 'hex') AS checksum, NOT success AS is_failed
    FROM {table}`,
  entriesOf: (files) =>
    keyed(files).map((entry) => entry && { ...entry, key: asNumber(entry.key), name: entry.name.replaceAll('_', ' ') }),
  create: (table) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  version BIGINT PRIMARY KEY,
  description TEXT NOT NULL,
  installed_on TIMESTAMPTZ NOT NULL DEFAULT now(),
  success BOOLEAN NOT NULL,
  checksum BYTEA NOT NULL,
  execution_time BIGINT NOT NULL
)`,
  ],
  insert: insertInto('version, description, success, checksum, execution_time', (row) => [
    row.key,
    quoteLiteral(row.name),
    'true',
    bytes(row.checksum ?? ''),
    String(row.duration * 1_000_000),
  ]),
  repair: (table, row, { checksum = '' }) =>
    `UPDATE ${table} SET checksum = ${bytes(checksum)} WHERE version = ${row.key}`,
  settle: (table, { key }) => `DELETE FROM ${table} WHERE version = ${key} AND NOT success`,
  forget: deleteBy('version'),
  refusesGaps: false,
};
