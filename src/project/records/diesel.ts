import { quoteLiteral } from '../../catalog/names.ts';
import { deleteBy, insertInto, keyedBy } from './shared.ts';
import type { Records } from './types.ts';

const keyed = keyedBy(/^([^/_]+)[^/]*\/up\.sql$/);

export const diesel: Records = {
  table: '__diesel_schema_migrations',
  rows: 'SELECT version::text AS key, NULL AS name, NULL AS checksum, false AS is_failed FROM {table}',
  entriesOf: (files) => keyed(files).map((entry) => entry && { ...entry, key: entry.key.replaceAll('-', '') }),
  create: (table) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  version VARCHAR(50) PRIMARY KEY NOT NULL,
  run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)`,
  ],
  insert: insertInto('version', ({ key }) => [quoteLiteral(key)]),
  forget: deleteBy('version'),
  refusesGaps: false,
};
