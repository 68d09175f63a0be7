import { randomUUID } from 'node:crypto';
import { quoteLiteral } from '../../catalog/names.ts';
import { deleteBy, digest, insertInto, keyedBy } from './shared.ts';
import type { Records } from './types.ts';

export const prisma: Records = {
  table: '_prisma_migrations',
  rows: `SELECT migration_name AS key, migration_name AS name, checksum, finished_at IS NULL AS is_failed FROM {table}
    WHERE rolled_back_at IS NULL ORDER BY started_at`,
  entriesOf: keyedBy(/^([^/]+)\/migration\.sql$/, (text) => digest('sha256', text)),
  create: (table) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`,
  ],
  insert: insertInto('id, checksum, finished_at, migration_name, logs', ({ key, checksum = '' }) => [
    quoteLiteral(randomUUID()),
    quoteLiteral(checksum),
    'now()',
    quoteLiteral(key),
    "''",
  ]),
  repair: (table, { key }, { checksum = '' }) =>
    `UPDATE ${table} SET checksum = ${quoteLiteral(checksum)}
WHERE migration_name = ${quoteLiteral(key)} AND rolled_back_at IS NULL`,
  settle: (table, { key }) =>
    `UPDATE ${table} SET rolled_back_at = now()
WHERE migration_name = ${quoteLiteral(key)} AND finished_at IS NULL AND rolled_back_at IS NULL`,
  forget: deleteBy('migration_name'),
  refusesGaps: false,
};
