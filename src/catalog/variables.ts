/** Reads what the variables of a DO block hold. */
import { flatMap, lastWhere, pushTo } from '../lists.ts';
import { parseFragment, type Node, type NodeOf } from '../syntax/parse.ts';
import type { Embedded, Guard } from '../syntax/plpgsql.ts';
import { perStatement, type Statement } from '../syntax/script.ts';
import { readIdent } from './names.ts';
import { assignmentsOf } from './update-conditions.ts';
import { columnName, containsColumn, nodeAs, replaceNodes, strings } from './nodes.ts';

/** What a variable of the body holds, or FOUND says: what a query has put into it, or the value of an expression. */
export type Variable = { query: NodeOf<'SelectStmt'> } | { expression: string };

/** A statement of a block that puts something into a variable. */
interface Assignment {
  at: Embedded;
  /** Undefined where the text does not say what. */
  value: Variable | undefined;
  /** The query that fills several variables, and which of its columns this one gets. */
  shared?: { query: NodeOf<'SelectStmt'>; column: number };
}

/** A name as PL/pgSQL writes it. */
const NAME = String.raw`("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?![\p{L}\p{N}_$])`;
const INTO = new RegExp(String.raw`\binto\s+(?:strict\s+)?${NAME}((?:\s*[,.]\s*${NAME})*)`, 'giu');
const ONE_NAME = new RegExp(NAME, 'gu');
/** `variable := …`, or a declaration with a value. */
const ASSIGNS = new RegExp(String.raw`^${NAME}(?:[^:='"(]*[^:='"(<>!])?(?::?=|\bdefault\b)\s*([^]*)$`, 'iu');
/** The header of `FOR variable IN …`. */
const RECORD = new RegExp(String.raw`^\s*${NAME}\s+in\s+([^]*)$`, 'iu');
const DIAGNOSTICS = /^get\b.*?\bdiagnostics\b/isu;

/** Statements that say with FOUND whether they have touched rows. */
const SETS_FOUND = new Set<string | undefined>(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The assignments of a block by the names of its variables, each list in the order of the text. */
const assignmentsIn = perStatement((block: Statement): ReadonlyMap<string, readonly Assignment[]> => {
  const all = new Map<string, Assignment[]>();
  const add = (name: string, at: Embedded, value?: Variable, shared?: Assignment['shared']) => {
    pushTo(all, name, { at, value, ...(shared && { shared }) });
  };
  const { text } = block.script;
  for (const { type, node, embedded: at } of block.children ?? []) {
    if (!at) continue;
    const value = type === 'SelectStmt' && at.kind !== 'execute' ? { query: node } : undefined;
    for (const [, first, more] of text.slice(at.start, at.end).matchAll(INTO)) {
      const others = [...more!.matchAll(ONE_NAME)];
      const shared = (column: number) => (value && others.length > 0 ? { query: value.query, column } : undefined);
      add(readIdent(first!), at, others.length === 0 ? value : undefined, shared(0));
      for (const [k, [name]] of others.entries()) add(readIdent(name), at, undefined, shared(k + 1));
    }
    if (SETS_FOUND.has(type) && at.kind !== 'execute') add('found', at, value);
  }
  for (const at of block.assignments) {
    const own = text.slice(at.start, at.end);
    const [, assigned, expression] = ASSIGNS.exec(own) ?? [];
    const names = DIAGNOSTICS.test(own) || /^fetch\b/i.test(own) ? own.matchAll(ONE_NAME) : [];
    for (const [name] of names) add(readIdent(name), at);
    if (assigned !== undefined) add(readIdent(assigned), at, { expression: expression! });
  }
  for (const list of all.values()) list.sort((a, b) => a.at.start - b.at.start);
  return all;
});

/** The records of the loops around a statement, with the queries that they go through. */
export const recordsAround = ({ guards }: Pick<Statement, 'guards'>): ReadonlyMap<string, object> =>
  new Map(
    flatMap(guards, (guard): [string, object][] => {
      const [, name, query] = (guard.kind === 'loop' && RECORD.exec(guard.text)) || [];
      const parsed = name && query ? parseFragment(query) : undefined;
      return parsed?.ok ? [[readIdent(name!), parsed.node]] : [];
    }),
  );

/**
 * What a variable of a DO block holds where a condition asks for it, and what FOUND says there: what was put into it
 * last, if that happens whenever the condition is reached.
 */
export function variableAt(
  name: string,
  guard: Extract<Guard, { kind: 'if' }>,
  { parent, guards }: Pick<Statement, 'parent' | 'guards'>,
): Variable | undefined {
  const assignments = parent && assignmentsIn(parent).get(name);
  const last = assignments && lastWhere(assignments, ({ at }) => at.end <= guard.start);
  // A statement under another condition may not have run.
  return last?.at.guards.every((g) => g.kind === 'handler' || guards.includes(g)) ? last.value : undefined;
}

/**
 * The statement of a block of which a branch waits to find no rows, where it finds none in a second run that it found
 * in the first: a DELETE, an UPDATE that sets what it asks for, an INSERT that leaves out what is there.
 */
export function findsOnlyOnce({ parent, guards }: Pick<Statement, 'parent' | 'guards'>): Statement | undefined {
  for (const guard of guards) {
    if (guard.kind !== 'if' || !(guard.negated ? FOUND : NOT_FOUND).test(guard.text)) continue;
    const before = (parent?.children ?? []).filter(
      ({ type, embedded }) => embedded && embedded.end <= guard.start && SETS_FOUND.has(type),
    );
    const last = before.at(-1);
    if (last && last.embedded!.kind !== 'execute' && leavesNone(last)) return last;
  }
  return undefined;
}

const FOUND = /^\s*found\s*$/i;
const NOT_FOUND = /\bnot\s+found\b/i;

function leavesNone(statement: Statement): boolean {
  const update = statement.as('UpdateStmt');
  if (update) {
    const set = assignmentsOf(update.targetList);
    return containsColumn(update.whereClause, (parts) => set.has(parts.at(-1)!));
  }
  const insert = statement.as('InsertStmt');
  if (insert) return insert.onConflictClause?.action === 'ONCONFLICT_NOTHING';
  return statement.type === 'DeleteStmt' || statement.type === 'MergeStmt';
}

/**
 * A tree of a statement in a block with what its variables hold in their place: expressions, and queries for what a
 * SELECT INTO or a loop puts into them. What is not in the text stays.
 */
export function withVariables<T>(tree: T, { parent, guards }: Pick<Statement, 'parent' | 'guards'>): T {
  if (!parent) return tree;
  const records = flatMap(guards, (guard) => (guard.kind === 'loop' ? (recordOf(guard.text) ?? []) : []));
  const assignments = assignmentsIn(parent);
  /** @param open the variables whose values are being filled in */
  const fill = <V>(value: V, open: readonly string[]): V =>
    replaceNodes(value, (node) => heldBy(nodeAs(node, 'ColumnRef'), open));
  const heldBy = (column: NodeOf<'ColumnRef'> | undefined, open: readonly string[]): Node | undefined => {
    const [name, field, ...more] = strings(column?.fields);
    if (name === undefined || more.length > 0 || open.includes(name)) return undefined;
    const ofLoops = flatMap(records, (record) => (record.name === name ? columnOf(record.query, field) : []));
    const assigned = flatMap(assignments.get(name) ?? [], ({ value, shared }): Node[] => {
      if (shared) return [columnOf(shared.query, shared.column)];
      if (!value) return [];
      if ('query' in value) return [columnOf(value.query, field ?? 0)];
      const parsed = field === undefined ? parseFragment(`SELECT ${value.expression}`) : undefined;
      if (!parsed?.ok || parsed.type !== 'SelectStmt') return [];
      const expression = nodeAs((parsed.node as NodeOf<'SelectStmt'>).targetList?.[0], 'ResTarget')?.val;
      return expression ? [fill(expression, [...open, name])] : [];
    });
    const values = [...ofLoops, ...assigned];
    return values.length > 1 ? { CoalesceExpr: { args: values } } : values[0];
  };
  return fill(tree, []);
}

/** The variable of FOR … IN query LOOP. */
function recordOf(header: string): { name: string; query: NodeOf<'SelectStmt'> } | undefined {
  const [, name, text] = RECORD.exec(header) ?? [];
  const parsed = name === undefined ? undefined : parseFragment(text!.replace(/^\s*\(([^]*)\)\s*$/, '$1'));
  if (!parsed?.ok || parsed.type !== 'SelectStmt') return undefined;
  return { name: readIdent(name!), query: parsed.node };
}

/** A query for one of its columns, as an expression: the column of a number or a name; all where that is not known. */
function columnOf(query: NodeOf<'SelectStmt'>, column: number | string | undefined): Node {
  const { targetList = [] } = query;
  const targets = flatMap(targetList, (target) => nodeAs(target, 'ResTarget') ?? []);
  const isIt = ({ name, val }: NodeOf<'ResTarget'>, k: number) =>
    typeof column === 'number' ? k === column : (name ?? columnName(val)) === column;
  const at = targets.findIndex(isIt);
  const only = at < 0 ? ofStar(targets, column) : [targetList[at]!];
  return { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: { SelectStmt: { ...query, targetList: only } } } };
}

/** The column of a name among those that `*` stands for. */
function ofStar(targets: readonly NodeOf<'ResTarget'>[], column: number | string | undefined): Node[] {
  const own = targets.map((target): Node => ({ ResTarget: target }));
  const hasStar = targets.some(({ val }) => nodeAs(val, 'ColumnRef')?.fields?.some((field) => 'A_Star' in field));
  if (!hasStar || typeof column !== 'string') return own;
  return [{ ResTarget: { val: { ColumnRef: { fields: [{ String: { sval: column } }] } } } }];
}
