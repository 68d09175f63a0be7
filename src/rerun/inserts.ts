/** Tells whether an INSERT that runs again adds its rows again. */
import { blockBody } from '../catalog/body.ts';
import { resultValues } from '../catalog/columns.ts';
import { constantOf, isConstant, sameConstant } from '../catalog/constants.ts';
import {
  columnName,
  nameOfRange,
  namesRelation,
  nodeAs,
  replaceNodes,
  rowsOfValues,
  strings,
  walk,
} from '../catalog/nodes.ts';
import { isJsonObject, repeatedChange, type Change } from '../catalog/updates.ts';
import { assignmentsOf, constantsAskedFor } from '../catalog/update-conditions.ts';
import { isClock, VOLATILE, volatileCall } from '../catalog/volatility.ts';
import { flatMap } from '../lists.ts';
import type { Name, ObjectRef } from '../catalog/objects.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { perStatement, type Statement } from '../syntax/script.ts';
import type { Inserts, RowSource, World } from '../history/world.ts';
import type { LaterChanges } from './later-changes.ts';
import { leavesOutExisting } from './left-out.ts';
import { storedValue } from './stored-values.ts';

type Insert = NodeOf<'InsertStmt'>;

/**
 * The columns that an INSERT fills, by name; undefined where the statement leaves them out and history does not know
 * them. DEFAULT VALUES fills none.
 */
export function insertColumns(node: Insert, world: World): string[] | undefined {
  if (!node.selectStmt) return [];
  const named = namedColumns(node);
  if (named) return named;
  const table: ObjectRef = { kind: 'table', ...nameOfRange(node.relation) };
  if (!world.knowsTable(table)) return undefined;
  return world
    .parts(table)
    .filter((p) => p.kind === 'column')
    .map((p) => p.name);
}

/** The columns that an INSERT names; undefined where it names none. */
function namedColumns(node: Insert): string[] | undefined {
  const named = (node.cols ?? []).map((c) => nodeAs(c, 'ResTarget')?.name ?? '');
  return named.length > 0 ? named : undefined;
}

/** The rows of VALUES, each a list of expressions; undefined for a SELECT. */
export function insertRows(node: Insert): Node[][] | undefined {
  const lists = nodeAs(node.selectStmt, 'SelectStmt')?.valuesLists;
  return lists && rowsOfValues(lists);
}

/**
 * A unique key of the table that every inserted row fills with values that do not change from run to run.
 * @param hasVaryingVariables whether variables of the block around may hold another value at every run
 * @param passing the keys of those that do not count
 */
export function coveringKey(
  node: Insert,
  world: World,
  hasVaryingVariables = false,
  passing?: ReadonlySet<string>,
): ObjectRef | undefined {
  const columns = insertColumns(node, world);
  if (!columns) return undefined;
  const rows = insertRows(node);
  const targets = nodeAs(node.selectStmt, 'SelectStmt')?.targetList;
  const expressions = (position: number): (Node | undefined)[] =>
    rows ? rows.map((row) => row[position]) : [nodeAs(targets?.[position], 'ResTarget')?.val];
  const table: ObjectRef = { kind: 'table', ...nameOfRange(node.relation) };
  const settles = (column: string | undefined): boolean => {
    if (column === undefined) return false;
    const ref = world.get({ kind: 'column', name: column, of: table })?.ref;
    const hasConstantDefault = ref?.detail?.constantDefault !== undefined;
    const position = columns.indexOf(column);
    if (position < 0) return hasConstantDefault;
    // Two NULLs are not equal to a unique key, so a value must be known not to be one.
    const never =
      ref?.detail?.notNull === true ||
      world.parts(table).some((p) => p.detail?.contype === 'p' && p.detail.columns?.includes(column));
    return expressions(position).every((e) => {
      if (e && 'SetToDefault' in e) return hasConstantDefault;
      return (
        e !== undefined &&
        constantOf(e)?.kind !== 'null' &&
        volatileCall([e]) === undefined &&
        !readsChangingRows(e, nameOfRange(node.relation)) &&
        !(hasVaryingVariables && rows && readsColumns(e)) &&
        (never || isConstant(e))
      );
    });
  };
  return world
    .parts(table)
    .find(
      (p) =>
        (p.kind === 'constraint' || p.kind === 'index') &&
        p.detail?.unique &&
        !p.detail.partial &&
        (p.detail.columns?.length ?? 0) > 0 &&
        !passing?.has(world.key(p)) &&
        p.detail.columns!.every(settles),
    );
}

/** Whether a subquery gives another value once the statement has run: it reads the same table, or counts rows. */
export function readsChangingRows(value: Node, table: Name): boolean {
  let found = false;
  walk([value], (type, node) => {
    if (type === 'RangeVar' && node.relname === table.name) found = true;
    if (type === 'FuncCall' && AGGREGATES.has(strings(node.funcname as Node[]).at(-1)!)) found = true;
  });
  return found;
}

/** Whether an expression names columns, or in VALUES variables of the block around, outside of subqueries. */
export function readsColumns(value: Node): boolean {
  let found = false;
  walk([value], (type) => {
    if (type === 'SubLink') return false;
    if (type === 'ColumnRef') found = true;
    return undefined;
  });
  return found;
}

/** What may change from run to run in a DO block, and where. */
interface BlockVariables {
  /** Where the first word stands whose value differs from run to run. */
  varies: number;
  /** The words that may be names of variables, and where each first stands. */
  names: ReadonlyMap<string, number>;
}

const variablesOf = perStatement((block: Statement): BlockVariables => {
  const { tokens, words } = blockBody(block);
  const startOf = (k: number) => tokens[k]?.start ?? Infinity;
  const names = new Map<string, number>();
  const add = (k: number) => names.set(words[k]!, Math.min(startOf(k), names.get(words[k]!) ?? Infinity));
  const declared = words.indexOf('declare');
  const begin = words.indexOf('begin', declared);
  if (declared >= 0) for (let k = declared; k < begin; k++) add(k);
  words.forEach((word, k) => word === 'for' && k + 1 < words.length && add(k + 1));
  return { varies: startOf(words.findIndex((word) => VARYING.has(word))), names };
});

/** Whether variables of the block around a statement may hold another value at every run. */
export const hasVaryingVariables = ({ parent, embedded }: Statement): boolean =>
  parent !== undefined && variablesOf(parent).varies < embedded!.start;

/**
 * A column that a variable of the block around a statement is named like: in a query, PL/pgSQL cannot tell them apart.
 */
export function namedLikeVariable({ parent, embedded }: Statement, columns: readonly string[]): string | undefined {
  if (!parent) return undefined;
  const { names } = variablesOf(parent);
  return columns.find((column) => (names.get(column) ?? Infinity) < embedded!.start);
}

const VARYING = new Set([
  ...VOLATILE,
  'current_timestamp',
  'current_date',
  'current_time',
  'localtimestamp',
  'localtime',
]);

const AGGREGATES = new Set(['max', 'min', 'count', 'sum', 'avg']);

/** The table that an INSERT moves its rows from, with DELETE … RETURNING in WITH: a second run finds none there. */
export function movedFrom(node: Insert): Name | undefined {
  const [from, ...others] = nodeAs(node.selectStmt, 'SelectStmt')?.fromClause ?? [];
  const source = others.length === 0 ? nodeAs(from, 'RangeVar')?.relname : undefined;
  const ctes = flatMap(node.withClause?.ctes ?? [], (cte) => nodeAs(cte, 'CommonTableExpr') ?? []);
  const query = nodeAs(ctes.find(({ ctename }) => ctename === source)?.ctequery, 'DeleteStmt');
  return query && nameOfRange(query.relation);
}

/** Whether WITH writes rows too: they are written even where ON CONFLICT or a guard leaves out those of the INSERT. */
export const writesInWith = (node: Insert): boolean =>
  (node.withClause?.ctes ?? []).some(
    (cte) => nodeAs(nodeAs(cte, 'CommonTableExpr')?.ctequery, 'SelectStmt') === undefined,
  );

/** How ON CONFLICT DO UPDATE changes rows again in a second run. */
export function conflictChange(node: Insert): Change | undefined {
  const conflict = node.onConflictClause;
  return conflict?.action === 'ONCONFLICT_UPDATE'
    ? repeatedChange(withGivenObjects(conflict.targetList ?? [], node), conflict.whereClause, node.relation)
    : undefined;
}

/** What ON CONFLICT DO UPDATE sets, with the JSON objects of VALUES in place of EXCLUDED: `data || EXCLUDED.data`. */
function withGivenObjects(targets: readonly Node[], node: Insert): readonly Node[] {
  const columns = namedColumns(node) ?? [];
  const rows = insertRows(node) ?? [];
  const objectOf = (ref: readonly string[]): Node | undefined => {
    const position = ref.length === 2 && ref[0] === 'excluded' ? columns.indexOf(ref[1]!) : -1;
    return rows.length > 0 && rows.every((row) => isJsonObject(row[position])) ? rows[0]![position] : undefined;
  };
  return replaceNodes(targets, (node) => {
    const ref = nodeAs(node, 'ColumnRef');
    return ref && objectOf(strings(ref.fields));
  });
}

/** A column that ON CONFLICT names and that gets another value at every run: from its default, or from the row. */
function unfilledTarget(node: Insert, world: World): string | undefined {
  const columns = insertColumns(node, world);
  if (!columns) return undefined;
  const rows = insertRows(node);
  const table = nameOfRange(node.relation);
  return targetOf(node, world).find((name) => {
    const position = columns.indexOf(name);
    const isLeftOut = (value: Node | undefined) => value !== undefined && 'SetToDefault' in value;
    if (rows?.some((row) => row[position] && volatileCall([row[position]]))) return true;
    if (position >= 0 && !rows?.some((row) => isLeftOut(row[position]))) return false;
    return world.get({ kind: 'column', name, of: table })?.ref.detail?.constantDefault === undefined;
  });
}

/** The columns that ON CONFLICT names, or the constraint that it names has. */
function targetOf(node: Insert, world: World): string[] {
  const { indexElems = [], conname } = node.onConflictClause?.infer ?? {};
  const named =
    conname === undefined
      ? indexElems.map((element) => nodeAs(element, 'IndexElem')?.name)
      : world.get({ kind: 'constraint', name: conname, of: nameOfRange(node.relation) })?.ref.detail?.columns;
  return flatMap(named ?? [], (name) => name ?? []);
}

/** Whether all rows of a query have the same constants as their key: a second run finds the one that there is. */
export function hasConstantKey(node: Insert, world: World): boolean {
  const values = resultValues(nodeAs(node.selectStmt, 'SelectStmt'));
  const columns = insertColumns(node, world);
  const target = targetOf(node, world);
  const key = target.length > 0 ? target : (coveringKey(node, world)?.detail?.columns ?? []);
  const isConstantIn = (column: string | undefined) =>
    constantOf(values?.[columns?.indexOf(column ?? '') ?? -1]) !== undefined;
  return key.length > 0 && key.every(isConstantIn);
}

/** Whether ON CONFLICT can leave out none of the rows: each brings a new value for every key that it looks at. */
export function neverConflicts(node: Insert, world: World): boolean {
  const table: ObjectRef = { kind: 'table', ...nameOfRange(node.relation) };
  const columns = insertColumns(node, world);
  if (!columns || !world.knowsTable(table)) return false;
  const parts = world.parts(table);
  const isNew = (name: string | undefined) =>
    name !== undefined && !columns.includes(name) && hasNewDefault(name, table, world);
  if (node.onConflictClause?.infer) return targetOf(node, world).some(isNew);
  return parts
    .filter(({ detail }) => detail?.unique === true || detail?.contype === 'x')
    .every(({ detail }) => detail?.contype !== 'x' && detail?.columns?.some(isNew));
}

/** Whether the default of a column gives every row a value that no other row has. */
function hasNewDefault(name: string, table: ObjectRef, world: World): boolean {
  const call = world.get({ kind: 'column', name, of: table })?.ref.detail?.varies;
  if (call === undefined || isClock(call)) return false;
  // A sequence does not know the numbers that rows have brought themselves.
  const isGiven = (rows: RowSource) => !rows || (columnsGiven(rows)?.includes(name) ?? true);
  return call !== 'nextval()' || !world.inserts(table).some(({ list, length }) => list.slice(0, length).some(isGiven));
}

/** The columns that get values; undefined where they may be any. */
function columnsGiven(rows: NonNullable<RowSource>): readonly string[] | undefined {
  if ('insert' in rows) return rows.columns ?? namedColumns(rows.insert);
  return 'update' in rows ? [...assignmentsOf(rows.update.targetList).keys()] : rows.changed;
}

/** Whether later statements give one of the columns other values, so that a row is found by others then. */
export const isSetLater = ({ columns }: LaterChanges, asked: readonly string[]): boolean =>
  columns === undefined || asked.some((column) => columns.has(column));

/**
 * Whether an UPDATE asks for none of the rows of an INSERT: by a column that keeps its value, for another constant.
 * @param set the columns that later statements give other values
 */
export function asksForOthers(
  update: NodeOf<'UpdateStmt'>,
  node: Insert,
  set: ReadonlySet<string>,
  world: World,
): boolean {
  const columns = insertColumns(node, world);
  const rows = insertRows(node);
  const types = typesOf(nameOfRange(node.relation), world);
  return [...constantsAskedFor(update)].some(([column, constant]) => {
    const position = columns?.indexOf(column) ?? -1;
    const asked = position < 0 || set.has(column) ? undefined : storedValue(constant, types(column));
    return (
      asked !== undefined &&
      rows?.every((row) => ![undefined, asked].includes(storedValue(row[position], types(column))))
    );
  });
}

/**
 * A column that every row needs a value for by then, and that an INSERT gives none: PostgreSQL refuses the row before
 * it looks for a conflict.
 */
export function unfilledColumn(node: Insert, world: World): string | undefined {
  const table: ObjectRef = { kind: 'table', ...nameOfRange(node.relation) };
  const columns = insertColumns(node, world);
  if (!columns || !world.knowsTable(table)) return undefined;
  const parts = world.parts(table);
  if (parts.some(({ kind, detail }) => kind === 'trigger' && detail?.trigger?.onInsert !== false)) return undefined;
  const isRequired = ({ kind, detail = {} }: ObjectRef) =>
    kind === 'column' &&
    detail.notNull &&
    !detail.hasDefault &&
    !detail.varies &&
    !detail.isIdentity &&
    !detail.isGenerated;
  const hasDomain = ({ detail }: ObjectRef) => world.typeNamed(detail?.type)?.kind === 'domain';
  return parts.find((part) => isRequired(part) && !hasDomain(part) && !columns.includes(part.name))?.name;
}

/** Why a second run of an INSERT adds rows, or fails; undefined where it does not. */
export function insertProblem(statement: Statement, later: LaterChanges, world: World): string | undefined {
  const node = statement.as('InsertStmt')!;
  const key = coveringKey(node, world, hasVaryingVariables(statement));
  if (node.onConflictClause) return problemBesideConflict(node, key, later, world);
  if (!node.selectStmt && !key) return 'a second run inserts another row of defaults';
  if (leavesOutExisting(node, world) !== false) return undefined;
  const required = unfilledColumn(node, world);
  if (required !== undefined) return `a second run fails with 23502, since a later statement requires "${required}"`;
  return key
    ? `a second run fails with 23505 on the key (${key.detail!.columns!.join(', ')})`
    : 'a second run inserts the rows again';
}

/** Whether a query makes new keys from the rows of the table itself: `INSERT INTO t (id) SELECT id + 10 FROM t`. */
function addsToItself(node: Insert, key: readonly string[], world: World): boolean {
  const { fromClause, targetList = [] } = nodeAs(node.selectStmt, 'SelectStmt') ?? {};
  const table = nameOfRange(node.relation).name;
  if (!namesRelation(fromClause, table) || leavesOutExisting(node, world) !== false) return false;
  const columns = namedColumns(node) ?? [];
  const isNew = (column: string) => {
    const value = nodeAs(targetList[columns.indexOf(column)], 'ResTarget')?.val;
    return value !== undefined && !constantOf(value) && columnName(value) !== column;
  };
  return key.length > 0 && key.every((column) => columns.includes(column)) && key.some(isNew);
}

/** The same of an INSERT with ON CONFLICT. */
function problemBesideConflict(
  node: Insert,
  key: ObjectRef | undefined,
  later: LaterChanges,
  world: World,
): string | undefined {
  const conflict = node.onConflictClause!;
  const target = targetOf(node, world);
  const caught = target.length > 0 ? target : (key?.detail?.columns ?? []);
  if (addsToItself(node, caught as string[], world))
    return 'it reads the table that it adds rows to, so a second run adds rows for those of the first one';
  const required = unfilledColumn(node, world);
  if (required !== undefined)
    return `a later statement requires "${required}", so a second run fails with 23502 before ON CONFLICT applies`;
  const table: Name = nameOfRange(node.relation);
  // Without a target, DO NOTHING catches only what some unique key catches.
  if (!conflict.infer && (world.hasNoKey(table) || (world.knowsTable(table) && !key)))
    return 'no unique key covers its rows, so ON CONFLICT never fires and a second run inserts them again';
  if (isSetLater(later, caught as string[])) {
    const changed = caught.length > 0 ? `changes "${caught[0]}"` : 'may change its keys';
    return `a later statement ${changed}, so ON CONFLICT does not find the rows and a second run inserts them again`;
  }
  const unfilled = unfilledTarget(node, world);
  if (unfilled !== undefined)
    return (
      `the rows bring no lasting value for "${unfilled}", so ON ` +
      'CONFLICT never fires and a second run inserts them again'
    );
  if (later.isRefused)
    return (
      'a later statement makes a trigger that may refuse the rows, ' +
      'so a second run may fail before ON CONFLICT applies'
    );
  return undefined;
}

/**
 * Which of its rows a DELETE before the INSERT removes: `DELETE … WHERE k IN (1, 2)` removes all of them where every
 * row has 1 or 2 as k. Where the condition says nothing that can be compared, some of them.
 */
export function deletedBefore(node: Insert, where: Node | undefined, world: World): 'all' | 'some' | 'none' {
  const rows = insertRows(node);
  const columns = insertColumns(node, world);
  const expr = nodeAs(where, 'A_Expr');
  if (!rows || !columns || !expr || strings(expr.name).at(-1) !== '=') return 'some';
  const position = columns.indexOf(columnName(expr.lexpr) ?? '');
  const removed = expr.kind === 'AEXPR_IN' ? (nodeAs(expr.rexpr, 'List')?.items ?? []) : [expr.rexpr];
  if (position < 0 || !removed.every((value) => constantOf(value))) return 'some';
  // Undefined for a row of which the text does not tell.
  const isRemoved = rows.map((row) => {
    const found = removed.map((value) => sameConstant(value, row[position]));
    return found.includes(true) || (found.includes(undefined) ? undefined : false);
  });
  if (isRemoved.every(Boolean)) return 'all';
  return isRemoved.every((is) => is === false) ? 'none' : 'some';
}

/**
 * How rows differ that a second run removes and inserts again: in what they get at every run, from a call in the
 * statement or from a default of the table.
 * @param counting whether a sequence goes on counting, since it has not been made anew
 */
export function insertedAnew(node: Insert, counting: boolean, world: World): Change | undefined {
  const calls: { call: string; column?: string }[] = [];
  const written = volatileCall(node.selectStmt);
  if (written !== undefined) calls.push({ call: written });
  const columns = insertColumns(node, world);
  for (const part of columns ? world.parts({ kind: 'table', ...nameOfRange(node.relation) }) : [])
    if (part.kind === 'column' && part.detail?.varies && !columns!.includes(part.name))
      calls.push({ call: part.detail.varies, column: part.name });
  const differing = calls.filter(({ call }) => counting || call !== 'nextval()');
  const worst = differing.find(({ call }) => !isClock(call)) ?? differing[0];
  return (
    worst && {
      why:
        'it removes the rows and inserts them again, and ' +
        `${worst.column ?? `${worst.call} in them`} then has another value`,
      clock: isClock(worst.call),
    }
  );
}

/** Only constants can be compared. Any other expression may have any value. */
const UNKNOWN = '?';
const isUnknown = (value: string) => value === UNKNOWN;

/** The value of every column that is asked for, as text. */
type Values = readonly string[];

/** The rows of a list of INSERTs, as far as it has been read. */
interface Rows {
  read: number;
  /** The first INSERT in which the values stand, where all of them are constants. */
  constant: Map<string, number>;
  other: { at: number; values: Values | undefined }[];
}

/** By what the tables are like, the list of INSERTs, and the columns that are asked for. */
const rowsRead = new WeakMap<World, WeakMap<Inserts[number]['list'], Map<string, Rows>>>();

/** So many earlier rows are compared one by one; with more of them, the answer is that there may be one. */
const COMPARED = 2000;

const fits = (mine: Values, theirs: Values | undefined) =>
  !theirs || mine.every((value, k) => isUnknown(value) || isUnknown(theirs[k]!) || value === theirs[k]);

/** The values of a row as the columns store them. */
const valuesOf = (row: (column: string) => Node | undefined, asked: readonly string[], types: Types): Values =>
  asked.map((column) => storedValue(row(column), types(column)) ?? UNKNOWN);

/** The values of a row of VALUES by their columns. */
const inRow = (row: readonly (Node | undefined)[], columns: readonly string[]) => (column: string) =>
  row[columns.indexOf(column)];

/**
 * The rows that a query gives at most, as far as its text tells their values: those of VALUES, also where it takes them
 * from a subquery, and one for all that it reads elsewhere. Undefined where it does not tell how many values they have.
 */
function rowsOfQuery(select: NodeOf<'SelectStmt'> | undefined): (Node | undefined)[][] | undefined {
  if (select?.op === 'SETOP_UNION') {
    const [left, right] = [rowsOfQuery(select.larg), rowsOfQuery(select.rarg)];
    return left && right && [...left, ...right];
  }
  if (select?.valuesLists) return rowsOfValues(select.valuesLists);
  const values = resultValues(select);
  const { subquery, alias } = nodeAs(select?.fromClause?.[0], 'RangeSubselect') ?? {};
  const lists = nodeAs(subquery, 'SelectStmt')?.valuesLists;
  if (!values || !lists) return values && [values];
  const names = strings(alias?.colnames);
  return rowsOfValues(lists).map((row) =>
    values.map((value) => {
      const parts = strings(nodeAs(withoutPlainCast(value), 'ColumnRef')?.fields);
      const isOfList = parts.length === 1 || (parts.length === 2 && parts[0] === alias?.aliasname);
      return isOfList && names.includes(parts.at(-1)!) ? row[names.indexOf(parts.at(-1)!)] : value;
    }),
  );
}

/** An expression under a cast that does not shorten it. */
const withoutPlainCast = (value: Node): Node => {
  const cast = nodeAs(value, 'TypeCast');
  return cast?.arg && !cast.typeName?.typmods ? cast.arg : value;
};

/** What is known of a column of the table. */
type Types = (column: string) => ObjectRef | undefined;

const typesOf =
  (table: Name, world: World): Types =>
  (column) => {
    const ref = world.get({ kind: 'column', name: column, of: table })?.ref;
    // A value of an enum has one spelling, like a text.
    return ref && world.isEnum(ref.detail?.type) ? { ...ref, detail: { ...ref.detail, type: 'text' } } : ref;
  };

/** The rows of an INSERT or UPDATE; one of unknown values where they cannot be read. */
function valuesOfSource(source: RowSource, asked: readonly string[], types: Types): (Values | undefined)[] {
  if (!source) return [undefined];
  if ('changed' in source) return asked.some((column) => source.changed.includes(column)) ? [undefined] : [];
  if ('insert' in source) {
    const columns = namedColumns(source.insert) ?? source.columns;
    const rows = columns && rowsOfQuery(nodeAs(source.insert.selectStmt, 'SelectStmt'));
    return rows?.map((row) => valuesOf(inRow(row, columns!), asked, types)) ?? [undefined];
  }
  // Columns that an UPDATE leaves alone have the value that WHERE asks for, or any.
  const set = assignmentsOf(source.update.targetList);
  const had = constantsAskedFor(source.update);
  return [valuesOf((column) => (set.has(column) ? set.get(column) : had.get(column)), asked, types)];
}

/** @param table the name that the table has now; the statements may have known it under another one */
function readRows(list: Inserts[number]['list'], asked: readonly string[], table: Name, world: World): Rows {
  const lists = getOr(rowsRead, world, () => new WeakMap<Inserts[number]['list'], Map<string, Rows>>());
  const rows = getOr(
    getOr(lists, list, () => new Map<string, Rows>()),
    JSON.stringify(asked),
    () => ({ read: 0, constant: new Map<string, number>(), other: [] }),
  );
  const types = typesOf(table, world);
  for (; rows.read < list.length; rows.read++) {
    const at = rows.read;
    for (const row of valuesOfSource(list[at], asked, types)) {
      if (!row || row.some(isUnknown)) rows.other.push({ at, values: row });
      else if (!rows.constant.has(row.join('\n'))) rows.constant.set(row.join('\n'), at);
    }
  }
  return rows;
}

function getOr<K, V>(map: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/**
 * Whether an earlier INSERT may have put a row there that equals the first row of this one in the columns asked for:
 * false only where some of them hold different constants.
 */
export function sharesRow(node: Insert, earlier: Inserts, asked: readonly string[], world: World): boolean {
  const columns = insertColumns(node, world);
  const first = insertRows(node)?.[0];
  if (!columns || !first) return earlier.some(({ length }) => length > 0);
  const table = nameOfRange(node.relation);
  const mine = valuesOf(inRow(first, columns), asked, typesOf(table, world));
  return earlier.some(({ list, length }) => {
    const { constant, other } = readRows(list, asked, table, world);
    const before = <T extends { at: number }>(rows: readonly T[]) => rows.filter(({ at }) => at < length);
    if (other.length > COMPARED || (mine.some(isUnknown) && constant.size > COMPARED)) return true;
    if (before(other).some(({ values }) => fits(mine, values))) return true;
    if (!mine.some(isUnknown)) return (constant.get(mine.join('\n')) ?? length) < length;
    return before([...constant].map(([key, at]) => ({ at, values: key.split('\n') }))).some(({ values }) =>
      fits(mine, values),
    );
  });
}
