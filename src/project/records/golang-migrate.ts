import { asNumber, keyedBy } from './shared.ts';
import type { Records } from './types.ts';

const keyed = keyedBy(/^(\d+)_.*\.up\.sql$/);

/** One row: the number of the last file. */
export const golangMigrate: Records = {
  table: 'schema_migrations',
  rows: 'SELECT version::text AS key, NULL AS name, NULL AS checksum, dirty AS is_failed FROM {table}',
  entriesOf: (files) => keyed(files).map((entry) => entry && { ...entry, key: asNumber(entry.key) }),
  covers: (row, { key }) => BigInt(key) <= BigInt(row.key),
  create: (table) => [
    `CREATE TABLE IF NOT EXISTS ${table} (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)`,
  ],
  insert: (table, rows) => {
    const last = rows.at(-1);
    return last ? [`DELETE FROM ${table}`, `INSERT INTO ${table} (version, dirty) VALUES (${last.key}, false)`] : [];
  },
  refusesGaps: false,
  passesOverGaps: true,
};
