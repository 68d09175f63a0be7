import { quoteName } from '../catalog/names.ts';
import { nameOfRange } from '../catalog/nodes.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import type { Finding } from '../rerun/finding.ts';
import {
  coveringKey,
  hasVaryingVariables,
  insertColumns,
  insertRows,
  isSetLater,
  neverConflicts,
  namedLikeVariable,
  readsChangingRows,
  readsColumns,
  sharesRow,
  unfilledColumn,
  writesInWith,
} from '../rerun/inserts.ts';
import { RESTART_BEHIND } from '../rerun/restarts.ts';
import { fieldsAssignedBy, isAfterRow, mayRefuse, type LaterChanges } from '../rerun/later-changes.ts';
import type { NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { comparison } from './comparison.ts';
import { guardFor } from './guard.ts';
import { isAtomic } from './runner.ts';
import { splitTopLevel } from '../syntax/nesting.ts';
import { findPhrase } from '../syntax/tokens.ts';
import { inCaseOf, lineIndent } from './style.ts';
import { whyNotKnown } from './not-known.ts';
import type { Fix, Fixer } from './types.ts';

type Insert = NodeOf<'InsertStmt'>;

/**
 * ON CONFLICT DO NOTHING where a unique key covers the rows; otherwise a guard that asks for the first of them, which
 * is there if and only if the statement ran, provided that nothing else has put an equal row there.
 */
export const insert: Fixer<'insert'> = (finding, _, { runners }): Fix | undefined => {
  const { unit } = finding.at;
  const node = unit.statement.as('InsertStmt');
  if (!node) return { why: 'the statement that WITH is part of cannot be guarded row by row' };
  const table: ObjectRef = { kind: 'table', ...nameOfRange(node.relation) };
  const required = unfilledColumn(node, finding.after);
  if (node.onConflictClause && required !== undefined)
    return { why: `give the row a value for "${required}", or put the statement behind the one that requires it` };
  const isConflicting = node.onConflictClause !== undefined && !neverConflicts(node, finding.after);
  const later = (finding.kind === 'repeats' && finding.later) || NOTHING_LATER;
  if (isConflicting && !later.isRefused)
    return { why: 'name a unique key after ON CONFLICT, and create that key if there is none' };
  if (!finding.after.knowsTable(table))
    return {
      why:
        `${whyNotKnown(table, finding.after)}, so its ` + 'keys are not known; add ON CONFLICT for the key that it has',
    };
  if (writesInWith(node)) return { why: 'ON CONFLICT would lose the rows that WITH takes from another table' };
  const site: Site = { finding, node, table, later };
  const block = obstacleInBlock(unit.statement);
  if (block !== undefined) return { why: block };
  // ON CONFLICT finds no key where the run stops before a later statement makes it.
  const passing = isAtomic(unit.statement, runners) ? undefined : later.passing;
  const key = coveringKey(node, finding.after, hasVaryingVariables(unit.statement), passing);
  if (isConflicting && (!key || insertRows(node)?.length !== 1))
    return { why: 'put it behind the statement that makes the trigger, or ask for each row first' };
  return key ? byKey(site, key.detail!.columns as string[]) : byRow(site);
};

const NOTHING_LATER: LaterChanges = {
  columns: new Set(),
  isDeleted: false,
  isReshaped: false,
  isRefused: false,
  converted: [],
  passing: new Set(),
};

/** An INSERT that is to be made repeatable. */
interface Site {
  finding: Finding;
  node: Insert;
  table: ObjectRef;
  /** What later statements of the file do to the rows. */
  later: LaterChanges;
}

/** Why an INSERT in PL/pgSQL must run, or fail, as it stands: what follows reads what it has done. */
function obstacleInBlock(statement: Statement): string | undefined {
  const { parent, embedded, guards } = statement;
  if (!parent || !embedded) return undefined;
  if (/\breturning\b[^;]*\binto\b/i.test(statement.script.text.slice(statement.outer.start, statement.outer.stop)))
    return (
      'the block goes on with what RETURNING … INTO puts into ' +
      'a variable, which it would not if the row were left out'
    );
  const behind = parent.script.text.slice(statement.stop, parent.stop);
  if (/\b(?:not\s+)?found\b|\brow_count\b/i.test(behind)) return 'the block asks afterwards whether rows were inserted';
  if (guards.some((guard) => guard.kind === 'handler' && guard.conditions.length > 0))
    return 'the block catches its error and rolls back what ran before it, which it would not if the row were left out';
  return undefined;
}

const LATER_KEY = 'a later statement changes the columns by which its rows are found; write what they are in the end';
const LATER_DELETED = 'a later statement deletes rows of the table, so that asking for them proves nothing';

/** ON CONFLICT for a unique key; where the table may refuse the row by then, a question for the key. */
function byKey(site: Site, key: readonly string[]): Fix | undefined {
  const { finding, table, later } = site;
  const { after } = finding;
  if (isSetLater(later, key)) return { why: LATER_KEY };
  if (after.parts(table).some(({ kind }) => kind === 'rule'))
    return { why: 'the table has rules, which ON CONFLICT does not go with' };
  const isRefused = after.parts(table).some((part) => part.kind === 'trigger' && mayRefuse(part, after));
  const isDeferrable = after.parts(table).some(({ detail }) => detail?.deferrable && detail.unique);
  const isStricter = later.isReshaped || unfilledColumn(site.node, after) !== undefined;
  const isTaken = site.node.onConflictClause !== undefined;
  if (!isStricter && !isRefused && !isDeferrable && !isTaken) return { edits: [onConflict(finding.at.unit.statement)] };
  if (later.isDeleted) return { why: LATER_DELETED };
  if (isRefused && !isStricter && !isDeferrable)
    return { why: 'a trigger runs before ON CONFLICT sees the row, and may do more than to change it' };
  return askForRow(site, key) ?? { why: 'its first row has no constants as its key' };
}

/** A question for the first row, by all of its values that can be compared. */
function byRow(site: Site): Fix | undefined {
  const { finding, node, table, later } = site;
  const { after } = finding;
  const rows = insertRows(node);
  if (!rows)
    return {
      why:
        'no unique key covers the rows; add one and ON CONFLICT, or ' +
        'leave out the rows that are there with WHERE NOT EXISTS',
    };
  if (node.withClause) return { why: 'no unique key covers the rows; add one and ON CONFLICT' };
  if (later.isDeleted) return { why: LATER_DELETED };
  const others = otherSourceOfRows(table, after);
  if (others !== undefined) return { why: `${others}; add a unique key and ON CONFLICT` };
  const stored = storedByTriggers(table, after);
  const columns = (insertColumns(node, after) ?? []).filter((column) => !stored.includes(column));
  return (
    askForRow(site, columns) ?? {
      why:
        'no value in its first row is the same at every run, so the ' +
        'row cannot be asked for; add a unique key and ON CONFLICT',
    }
  );
}

/** Why rows of the table may come from elsewhere, or be stored otherwise than they are written. */
function otherSourceOfRows(table: ObjectRef, world: World): string | undefined {
  const parts = world.parts(table);
  if (parts.some(({ kind }) => kind === 'rule'))
    return 'the table has rules, which may store other rows than those written';
  const isUnknown = ({ kind, detail }: ObjectRef) =>
    kind === 'trigger' &&
    !(detail?.trigger && isAfterRow(detail.trigger)) &&
    detail?.trigger?.onInsert !== false &&
    (!detail?.trigger || fieldsAssignedBy(detail.trigger.calls, world) === undefined);
  if (parts.some(isUnknown)) return 'the table has triggers, which may store other values than those written';
  if (world.settings(table)['shares rows'] === true)
    return 'the table is a partition or inherits, so that its rows may come from another table';
  return undefined;
}

/** The columns that triggers of the table assign. */
const storedByTriggers = (table: ObjectRef, world: World): string[] =>
  flatMap(world.parts(table), ({ kind, detail }) =>
    kind === 'trigger' && detail?.trigger?.onInsert ? [...(fieldsAssignedBy(detail.trigger.calls, world) ?? [])] : [],
  );

/** Why the variables in a row cannot be asked for. */
function obstacleOfVariables(statement: Statement): string | undefined {
  if (statement.guards.some(({ kind }) => kind === 'loop'))
    return 'it runs in a loop, which may write equal rows; add a unique key and ON CONFLICT';
  if (hasVaryingVariables(statement))
    return 'a variable in it may have another value at every run; add a unique key and ON CONFLICT';
  return undefined;
}

/** A guard that asks for the first row by some of its columns; undefined where none of them can be compared. */
function askForRow({ finding, node, table, later }: Site, among: readonly string[]): Fix | undefined {
  if (finding.kind === 'repeats' && finding.isRestarted)
    return { why: `a second run would set the sequence back behind the numbers of its rows; ${RESTART_BEHIND}` };
  const { at, after } = finding;
  const { statement } = at.unit;
  const rows = insertRows(node);
  if (!rows) return undefined;
  const columns = insertColumns(node, after);
  const confused = namedLikeVariable(statement, columns ?? []);
  if (confused !== undefined)
    return { why: `a variable is named like the column "${confused}", so that a question for the row is ambiguous` };
  if (rows[0]!.some(readsColumns)) {
    const obstacle = obstacleOfVariables(statement);
    if (obstacle !== undefined) return { why: obstacle };
  }
  const texts = firstRow(statement);
  const rewritten = flatMap(after.parts(table), ({ detail }) => (detail?.rewrites ? [...(detail.columns ?? [])] : []));
  const terms: string[] = [];
  const asked: string[] = [];
  let converted: string | undefined;
  rows[0]!.forEach((value, k) => {
    const column = columns?.[k];
    const text = texts?.[k];
    if (column === undefined || text === undefined || !among.includes(column) || rewritten.includes(column)) return;
    const ref = after.get({ kind: 'column', name: column, of: table })?.ref;
    const term = ref && !readsChangingRows(value, table) ? comparison(ref, value, text) : undefined;
    if (term === undefined) return;
    // The first run asks a column of the type that it has before.
    const isAskedAlike = (as: ObjectRef) => as.name !== column || comparison(as, value, text) === term;
    if (!later.converted.every(isAskedAlike)) converted = column;
    terms.push(term);
    asked.push(column);
  });
  if (terms.every((t) => t.endsWith(' IS NULL'))) return undefined;
  if (converted !== undefined)
    return { why: `a later statement changes the type of "${converted}", by which the row would be asked for` };
  if (isSetLater(later, asked)) return { why: LATER_KEY };
  if (sharesRow(node, at.before.inserts, asked, after))
    return {
      why:
        'an earlier statement may have written an equal row, so asking ' +
        'for the row proves nothing; add a unique key and ON CONFLICT',
    };
  return guardFor(statement, `NOT EXISTS (SELECT 1 FROM ${quoteName(table)} WHERE ${terms.join(' AND ')})`);
}

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

/** The texts of the values in the first row of VALUES. */
function firstRow(statement: Statement): string[] | undefined {
  const { script, tokens } = statement;
  const { text } = script;
  const values = findPhrase(text, tokens, 'VALUES')?.[0];
  if (!values) return undefined;
  const open = tokens.indexOf(values) + 1;
  const row = splitTopLevel(text, tokens, ',', open + 1).map(({ from, to }) =>
    text.slice(tokens[from]!.start, tokens[to - 1]!.end),
  );
  // Quotes that are doubled in the string of EXECUTE mean something else outside of it.
  return statement.embedded?.kind === 'execute' && row.some((value) => value.includes("''")) ? undefined : row;
}
