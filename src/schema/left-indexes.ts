/** Invalid indexes that an earlier run has left, which IF NOT EXISTS takes for done. */
import type { Live } from '../database/live.ts';
import { quoteLiteral, quoteName } from '../catalog/names.ts';
import { nameOfRange } from '../catalog/nodes.ts';
import { parseFragment, type NodeOf } from '../syntax/parse.ts';

const MAY_LEAVE = /^\s*create\s+(?:unique\s+)?index\s+concurrently\s+if\s+not\s+exists\b/i;

/**
 * The invalid indexes, as SQL, that stand where a statement is about to make one: a run that was ended in the middle
 * of CREATE INDEX CONCURRENTLY leaves them. One that somebody else is building just now is none of them.
 */
export async function leftIndexes(live: Live, sql: string): Promise<string[]> {
  if (!MAY_LEAVE.test(sql)) return [];
  const parsed = parseFragment(sql);
  const statement = parsed.ok && parsed.type === 'IndexStmt' ? (parsed.node as NodeOf<'IndexStmt'>) : undefined;
  if (!statement?.idxname || !statement.relation) return [];
  const table = quoteName(nameOfRange(statement.relation));
  const [rows = []] = await live.ask(`SELECT i.indexrelid::regclass::text
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE i.indrelid = to_regclass(${quoteLiteral(table)}) AND NOT i.indisvalid
      AND c.relname = ${quoteLiteral(statement.idxname)}
      AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid)`);
  return rows.map(([name]) => name as string);
}
