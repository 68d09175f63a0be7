import { quoteLiteral } from '../../catalog/names.ts';
import { deleteBy, insertInto, keyedBy } from './shared.ts';
import type { Records } from './types.ts';

export const dbmate: Records = {
  table: 'schema_migrations',
  rows: 'SELECT version::text AS key, NULL AS name, NULL AS checksum, false AS is_failed FROM {table}',
  entriesOf: keyedBy(/^(\d+).*\.sql$/),
  create: (table) => [`CREATE TABLE IF NOT EXISTS ${table} (version varchar PRIMARY KEY)`],
  insert: insertInto('version', ({ key }) => [quoteLiteral(key)]),
  forget: deleteBy('version'),
  refusesGaps: false,
};
