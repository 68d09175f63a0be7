import { crc32 } from 'node:zlib';
import { quoteLiteral } from '../../catalog/names.ts';
import { byVersion } from '../order.ts';
import type { Entry, RecordedFile, Records, Row } from './types.ts';

const NAME = /^(?:.*\/)?(?:V([\d._]+)|R)__(.*)\.sql$/i;

const COLUMNS = 'installed_rank, version, description, type, script, checksum, installed_by, execution_time, success';

export const flyway: Records = {
  table: 'flyway_schema_history',
  rows: `SELECT coalesce(version, 'R ' || description) AS key, description AS name, checksum::text AS checksum,
    NOT success AS is_failed FROM {table} WHERE type NOT IN ('SCHEMA', 'DELETE') ORDER BY installed_rank`,
  entriesOf: (files) => files.map(entryOf),
  covers: (row, { key }) =>
    row.key.startsWith('R ') || key.startsWith('R ') ? row.key === key : byVersion(`V${row.key}__`, `V${key}__`) === 0,
  create: (table) => [
    `CREATE TABLE IF NOT EXISTS ${table} (
  installed_rank INT NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
  version VARCHAR(50),
  description VARCHAR(200) NOT NULL,
  type VARCHAR(20) NOT NULL,
  script VARCHAR(1000) NOT NULL,
  checksum INTEGER,
  installed_by VARCHAR(100) NOT NULL,
  installed_on TIMESTAMP NOT NULL DEFAULT now(),
  execution_time INTEGER NOT NULL,
  success BOOLEAN NOT NULL
)`,
    `CREATE INDEX IF NOT EXISTS flyway_schema_history_s_idx ON ${table} (success)`,
  ],
  insert: (table, rows) =>
    rows.map(({ key, name, path, checksum = 'NULL', duration }) => {
      const version = key.startsWith('R ') ? 'NULL' : quoteLiteral(key);
      const said = [version, quoteLiteral(name), "'SQL'", quoteLiteral(path), checksum, 'current_user', duration, true];
      return `INSERT INTO ${table} (${COLUMNS})
SELECT coalesce(max(installed_rank), 0) + 1, ${said.join(', ')} FROM ${table}`;
    }),
  repair: (table, row, { checksum = 'NULL', name }) =>
    `UPDATE ${table} SET checksum = ${checksum}, description = ${quoteLiteral(name)} WHERE ${conditionOf(row)}`,
  settle: (table, row) => `DELETE FROM ${table} WHERE NOT success AND ${conditionOf(row)}`,
  forget: (table, row) => `DELETE FROM ${table} WHERE ${conditionOf(row)}`,
  refusesGaps: true,
};

/** Which row it is. */
const conditionOf = ({ key, name = '' }: Row): string =>
  key.startsWith('R ') ? `version IS NULL AND description = ${quoteLiteral(name)}` : `version = ${quoteLiteral(key)}`;

function entryOf({ path, text }: RecordedFile): Entry | undefined {
  const match = NAME.exec(path);
  if (!match) return undefined;
  const name = match[2]!.replaceAll('_', ' ');
  return { key: match[1]?.replaceAll('_', '.') ?? `R ${name}`, name, checksum: checksumOf(text) };
}

/** CRC32 over the lines without what ends them, as a signed number. */
const checksumOf = (text: string): string =>
  String(text.split(/\r\n|\r|\n/).reduce((sum, line) => crc32(Buffer.from(line), sum), 0) | 0);
