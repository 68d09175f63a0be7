import { quoteIdent, quoteName } from '../catalog/names.ts';
import { nameOfRange, nodeAs, walk } from '../catalog/nodes.ts';
import { volatileCall } from '../catalog/volatility.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import { coveringKey, insertColumns, insertRows, sharesRow } from '../rerun/inserts.ts';
import type { Statement } from '../syntax/script.ts';
import { guardFor } from './guard.ts';
import { splitTopLevel } from '../syntax/nesting.ts';
import { findPhrase } from '../syntax/tokens.ts';
import { inCaseOf, lineIndent } from './style.ts';
import type { Fix, Fixer } from './types.ts';

/** Types that have no equality, or whose stored value is not the one that was written. */
const INCOMPARABLE = /^(json|xml|point|line|lseg|box|path|polygon|circle|float4|refcursor|txid_snapshot|pg_.*)(\[\])*$/;
/** Types that round to their modifier. */
const ROUNDED = /^(numeric|timestamp|timestamptz|time|timetz|interval|bit|bpchar)\[?/;

/**
 * ON CONFLICT DO NOTHING where a unique key covers the rows; otherwise a guard that asks for the first of them, which is
 * there if and only if the statement ran, provided that nothing else has put an equal row there.
 */
export const insert: Fixer<'insert'> = ({ at: { unit, before }, after }): Fix | undefined => {
  const { statement } = unit;
  const node = statement.as('InsertStmt');
  if (!node) return { why: 'the statement that WITH is part of cannot be guarded row by row' };
  const table: ObjectRef = { kind: 'table', ...nameOfRange(node.relation) };
  if (node.onConflictClause)
    return { why: 'name a unique key after ON CONFLICT, and create that key if there is none' };
  if (!after.knowsTable(table))
    return {
      why: `no earlier migration shows the table "${table.name}", so its keys are not known; add ON CONFLICT for the key that it has`,
    };
  if (coveringKey(node, after)) return { edits: [onConflict(statement)] };
  const rows = insertRows(node);
  if (!rows)
    return {
      why: 'no unique key covers the rows; add one and ON CONFLICT, or leave out the rows that are there with WHERE NOT EXISTS',
    };
  if (node.withClause) return { why: 'no unique key covers the rows; add one and ON CONFLICT' };
  if (after.parts(table).some((p) => p.kind === 'trigger' || p.kind === 'rule'))
    return {
      why: 'the table has triggers or rules, which may store other values than those written; add a unique key and ON CONFLICT',
    };
  const columns = insertColumns(node, after);
  const texts = firstRow(statement);
  const terms: string[] = [];
  const asked: string[] = [];
  rows[0]!.forEach((value, k) => {
    const column = columns?.[k];
    const text = texts?.[k];
    if (column === undefined || text === undefined || 'SetToDefault' in value || volatileCall([value])) return;
    const detail = after.get({ kind: 'column', name: column, of: table })?.ref.detail;
    if (
      !detail?.type ||
      INCOMPARABLE.test(detail.type) ||
      (ROUNDED.test(detail.type) && detail.definition !== detail.type)
    )
      return;
    if (readsColumns(value)) return;
    terms.push(
      nodeAs(value, 'A_Const')?.isnull
        ? `${quoteIdent(column)} IS NULL`
        : 'SubLink' in value
          ? `${quoteIdent(column)} IS NOT DISTINCT FROM ${text}`
          : `${quoteIdent(column)} = ${text}`,
    );
    asked.push(column);
  });
  if (terms.every((t) => t.endsWith(' IS NULL')))
    return {
      why: 'no value in its first row is the same at every run, so the row cannot be asked for; add a unique key and ON CONFLICT',
    };
  if (sharesRow(node, before.inserts, asked, after))
    return {
      why: 'an earlier statement may have inserted an equal row, so asking for the row proves nothing; add a unique key and ON CONFLICT',
    };
  return guardFor(statement, `NOT EXISTS (SELECT 1 FROM ${quoteName(table)} WHERE ${terms.join(' AND ')})`);
};

/** ON CONFLICT DO NOTHING behind the rows, before RETURNING. */
function onConflict(statement: Statement): { start: number; end: number; text: string } {
  const { script, tokens } = statement;
  const node = statement.as('InsertStmt');
  const returning = (node as { returningList?: unknown; returningClause?: unknown } | undefined) ?? {};
  let at = statement.end;
  if (returning.returningList ?? returning.returningClause) {
    const index = tokens.findLastIndex(
      (t) => t.kind === 'word' && /^returning$/i.test(script.text.slice(t.start, t.end)),
    );
    if (index > 0) at = tokens[index - 1]!.end;
  } else if (statement.embedded) {
    // … INTO variable stands behind the rows in PL/pgSQL only together with RETURNING.
    at = statement.end;
  }
  const multiline = script.text.slice(statement.start, at).includes('\n');
  const gap = multiline ? script.eol + lineIndent(script, statement.start) : ' ';
  return { start: at, end: at, text: gap + inCaseOf(statement, 'ON CONFLICT DO NOTHING') };
}

function readsColumns(value: unknown): boolean {
  let found = false;
  walk([value], (type) => {
    if (type === 'SubLink') return false;
    if (type === 'ColumnRef') found = true;
    return undefined;
  });
  return found;
}

/** The texts of the values in the first row of VALUES. */
function firstRow(statement: Statement): string[] | undefined {
  const { script, tokens } = statement;
  const { text } = script;
  const values = findPhrase(text, tokens, 'VALUES')?.[0];
  if (!values) return undefined;
  const open = tokens.indexOf(values) + 1;
  return splitTopLevel(text, tokens, ',', open + 1).map(({ from, to }) =>
    text.slice(tokens[from]!.start, tokens[to - 1]!.end),
  );
}
