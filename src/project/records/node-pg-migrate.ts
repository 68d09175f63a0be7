import { quoteLiteral } from '../../catalog/names.ts';
import { deleteBy, insertInto, keyedBy } from './shared.ts';
import type { Records } from './types.ts';

export const nodePgMigrate: Records = {
  table: 'pgmigrations',
  rows: 'SELECT name AS key, name, NULL AS checksum, false AS is_failed FROM {table} ORDER BY run_on, id',
  entriesOf: keyedBy(/^([^/]+?)(?:\.up)?\.sql$/),
  create: (table) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  id SERIAL PRIMARY KEY,
  name varchar(255) NOT NULL,
  run_on timestamp NOT NULL
)`,
  ],
  insert: insertInto('name, run_on', ({ key }) => [quoteLiteral(key), 'now()']),
  forget: deleteBy('name'),
  refusesGaps: true,
};
