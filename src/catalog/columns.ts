/**
 * The columns, keys and constraints that CREATE TABLE and ADD COLUMN bring along, with the names that PostgreSQL gives
 * them.
 */
import { flatMap } from '../lists.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { chooseName, indexColumnNames, joinColumnNames, truncateName } from './names.ts';
import { constantOf, isJsonArray } from './constants.ts';
import { digestOf } from './digest.ts';
import { namesIn, needsOf, typeNeeds, type Names } from './needs.ts';
import {
  columnsIn,
  contains,
  nameOfParts,
  nameOfRange,
  nodeAs,
  optionOf,
  stringOf,
  strings,
  typeText,
} from './nodes.ts';
import type { Detail, Name, ObjectRef } from './objects.ts';
import { isProof } from './locks/proofs.ts';
import { volatileCall } from './volatility.ts';

type ColumnDef = NodeOf<'ColumnDef'>;
type Constraint = NodeOf<'Constraint'>;

/** The types that the serial types stand for. Each column of them gets a sequence too. */
export const SERIAL: ReadonlyMap<string, string> = new Map([
  ['smallserial', 'int2'],
  ['serial2', 'int2'],
  ['serial', 'int4'],
  ['serial4', 'int4'],
  ['bigserial', 'int8'],
  ['serial8', 'int8'],
]);

/** Whether a name is already used, by constraints of the table or relations of its schema. */
export type Taken = (kind: 'constraint' | 'relation' | 'statistics', name: string) => boolean;
export const nothingTaken: Taken = () => false;

/** What is remembered of a default. */
export function defaultDetail(value: Node | undefined): Detail {
  const constant = constantOf(value);
  return {
    hasDefault: value !== undefined && constant?.kind !== 'null',
    ...(constant && constant.kind !== 'null' && { constantDefault: value }),
    ...(isJsonArray(value) && { isJsonArray: true }),
  };
}

/** A column as history remembers it. */
export function columnRef(table: Name, column: ColumnDef): ObjectRef {
  const detail = typeDetail(column.typeName);
  const integer = SERIAL.get(detail.type!);
  let varies = integer === undefined ? undefined : 'nextval()';
  let notNull = integer !== undefined;
  const needs = typeNeeds(column.typeName);
  if (column.collClause) needs.push(...needsOf({ collClause: column.collClause }));
  let defaultNeeds: ObjectRef[] = [];
  for (const node of column.constraints ?? []) {
    const { contype, raw_expr: value } = nodeAs(node, 'Constraint')!;
    if (contype === 'CONSTR_IDENTITY') {
      varies = 'nextval()';
      detail.identity = nodeAs(node, 'Constraint')!.generated_when === 'a' ? 'always' : 'by default';
    } else if (contype === 'CONSTR_DEFAULT') {
      Object.assign(detail, defaultDetail(value));
      varies ??= volatileCall(value);
      defaultNeeds = needsOf(value);
    } else if (contype === 'CONSTR_GENERATED') {
      detail.generated = nodeAs(node, 'Constraint')!.generated_kind === 's' ? 'stored' : 'virtual';
      detail.reads = columnNamesIn(value);
      needs.push(...needsOf(value), ...detail.reads.map((name) => ({ kind: 'column' as const, name, of: table })));
    }
    notNull ||= contype === 'CONSTR_NOTNULL' || contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_IDENTITY';
  }
  if (integer !== undefined) detail.type = integer;
  detail.varies = varies;
  detail.notNull = notNull;
  detail.isIdentity = has(column, 'CONSTR_IDENTITY');
  detail.isGenerated = has(column, 'CONSTR_GENERATED');
  if (needs.length > 0) detail.needs = needs;
  if (defaultNeeds.length > 0) detail.defaultNeeds = defaultNeeds;
  if (column.collClause) {
    detail.collated = true;
    detail.collation = strings(column.collClause.collname).at(-1);
  }
  return { kind: 'column', name: column.colname ?? '', of: table, detail };
}

/**
 * The columns of a view's query, as far as their names stand in it (`FigureColname`); undefined where one does not.
 * @param aliases the names that stand behind that of the view, for the first columns
 */
export function resultNames(query: Node | undefined, aliases: readonly Node[] = []): string[] | undefined {
  const targets = firstQuery(query)?.targetList;
  if (!targets) return undefined;
  const names: string[] = [];
  for (const [k, target] of targets.entries()) {
    const name = stringOf(aliases[k]) || resultName(nodeAs(target, 'ResTarget'));
    if (name === undefined || name === '') return undefined;
    names.push(name);
  }
  return names;
}

/** The query that names the columns of a result: of a UNION, the first. */
export function firstQuery(query: Node | undefined): NodeOf<'SelectStmt'> | undefined {
  let select = nodeAs(query, 'SelectStmt');
  while (select?.larg) select = select.larg;
  return select;
}

/** The values of a query's result; undefined where `*` stands for some, or several queries give them. */
export function resultValues(select: NodeOf<'SelectStmt'> | undefined): Node[] | undefined {
  if (!select || select.larg) return undefined;
  const values = (select.targetList ?? []).map((target) => nodeAs(target, 'ResTarget')?.val);
  const isPlain = (node: Node | undefined): node is Node =>
    node !== undefined && !contains(node, (type) => type === 'A_Star');
  return values.every(isPlain) ? values : undefined;
}

/** How a column of a result is called: empty for `*`, undefined where that takes more than the text. */
export function resultName({ name, val }: NodeOf<'ResTarget'> = {}): string | undefined {
  if (name !== undefined) return name;
  const column = nodeAs(val, 'ColumnRef');
  if (column) return stringOf(column.fields?.at(-1));
  const call = nodeAs(val, 'FuncCall');
  return call && stringOf(call.funcname?.at(-1));
}

/** What an expression needs, as part of a `Detail`. */
export const withNeeds = (expression: unknown): Pick<Detail, 'needs'> => needsIn(namesIn(expression));

/** The same, of the names in it. */
export const needsIn = ({ needs }: Names): Pick<Detail, 'needs'> => (needs.length > 0 ? { needs } : {});

/** A type as history remembers it: without its modifiers, with them, and the modifiers where they are plain numbers. */
export function typeDetail(typeName: NodeOf<'TypeName'> | undefined): Detail {
  const text = typeText(typeName);
  const modifiers = typeName?.typmods;
  if (!modifiers) return { type: text, definition: text };
  const detail: Detail = { type: text, definition: text + digestOf(modifiers) };
  const numbers = modifiers.map((node) => nodeAs(node, 'A_Const')?.ival);
  if (numbers.includes(undefined)) return detail;
  detail.modifiers = `(${numbers.map((number) => number?.ival ?? 0).join(', ')})`;
  return detail;
}

/**
 * What OWNED BY says of a sequence: the table and the column that it needs, and what history keeps of it; nothing where
 * it is not there. OWNED BY NONE needs nothing, and takes back what was said before.
 */
export function ownerOfSequence(options: readonly Node[] | undefined): { needs: ObjectRef[]; detail?: Detail } {
  const parts = strings(nodeAs(optionOf(options, 'owned_by'), 'List')?.items);
  if (parts.length === 0) return { needs: [] };
  if (parts.length === 1) return { needs: [], detail: { ownedBy: undefined, columns: [] } };
  const [table, column] = [nameOfParts(parts.slice(0, -1)), parts.at(-1)!];
  const needs: ObjectRef[] = [
    { kind: 'table', ...table },
    { kind: 'column', name: column, of: table },
  ];
  return { needs, detail: { ownedBy: table, columns: [column] } };
}

/** Whether a column has its values from a sequence that comes with it. */
const hasSequence = (column: ColumnDef): boolean =>
  SERIAL.has(typeText(column.typeName)) || has(column, 'CONSTR_IDENTITY');

const has = ({ constraints }: ColumnDef, type: string): boolean =>
  constraints?.some((c) => nodeAs(c, 'Constraint')?.contype === type) ?? false;

/** The distinct column names in an expression, in order of appearance. */
const columnNamesIn = (expression: unknown): string[] => [
  ...new Set(flatMap(columnsIn(expression), (parts) => parts.filter(Boolean).at(-1) ?? [])),
];

/** The key columns of an index; expressions are undefined. */
export const indexColumns = (params: readonly Node[] | undefined): (string | undefined)[] =>
  (params ?? []).map((p) => nodeAs(p, 'IndexElem')?.name);

/**
 * What `FigureIndexColname` (parse_target.c) calls an expression in an index's name: a column's or a function's own
 * name, `coalesce` and its like, the innermost of casts, otherwise `expr`.
 */
const expressionName = (node: Node | undefined): string => figure(node) ?? 'expr';

function figure(node: Node | undefined): string | undefined {
  if (!node) return undefined;
  const column = nodeAs(node, 'ColumnRef');
  if (column) return strings(column.fields).filter(Boolean).at(-1);
  const call = nodeAs(node, 'FuncCall');
  if (call) return strings(call.funcname).at(-1);
  const cast = nodeAs(node, 'TypeCast');
  if (cast) return figure(cast.arg) ?? strings(cast.typeName?.names).at(-1);
  const collate = nodeAs(node, 'CollateClause');
  if (collate) return figure(collate.arg);
  const indirection = nodeAs(node, 'A_Indirection');
  if (indirection) return strings(indirection.indirection).filter(Boolean).at(-1) ?? figure(indirection.arg);
  return keywordName(node);
}

/** The name of an expression that begins with a keyword. */
function keywordName(node: Node): string | undefined {
  if ('CoalesceExpr' in node) return 'coalesce';
  if ('A_ArrayExpr' in node) return 'array';
  if ('RowExpr' in node) return 'row';
  if ('CaseExpr' in node) return figure(node.CaseExpr.defresult) ?? 'case';
  if ('MinMaxExpr' in node) return node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest';
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? 'nullif' : undefined;
  const value = nodeAs(node, 'SQLValueFunction')?.op;
  return value
    ?.replace(/^SVFOP_/, '')
    .replace(/_N$/, '')
    .toLowerCase();
}

/** The name that PostgreSQL gives an index that has none. */
export function indexName(
  table: Name,
  params: readonly Node[] | undefined,
  options: {
    unique?: boolean;
    primary?: boolean;
    exclusion?: boolean;
    including?: readonly Node[] | undefined;
    taken: Taken;
  },
): string {
  const taken = (name: string) => options.taken('relation', name);
  if (options.primary) return chooseName(table.name, undefined, 'pkey', taken);
  // The columns of INCLUDE are part of the name too.
  const names = [...(params ?? []), ...(options.including ?? [])].map((p) => {
    const element = nodeAs(p, 'IndexElem');
    return element?.indexcolname ?? element?.name ?? expressionName(element?.expr);
  });
  const label = options.exclusion ? 'excl' : options.unique ? 'key' : 'idx';
  return chooseName(table.name, joinColumnNames(indexColumnNames(names)), label, taken);
}

/** What the actions of a foreign key do to its columns, and to the rows that it points to (`FKCONSTR_ACTION_*`). */
const actionsOf = ({ fk_upd_action: update = '', fk_del_action: remove = '' }: Constraint): Detail => ({
  ...(('cnd'.includes(update || '-') || 'nd'.includes(remove || '-')) && { rewrites: true }),
  ...(!'cnd'.includes(remove || '-') && { keepsTarget: true }),
});

function checkDetail(condition: Node | undefined): Detail {
  return {
    contype: 'c',
    columns: columnNamesIn(condition),
    ...withNeeds(condition),
    ...(condition && isProof(condition) && { check: condition }),
  };
}

/** NOT VALID leaves the rows unread that are there, NOT ENFORCED those that come as well. */
function unprovenDetail({ contype, is_enforced: isEnforced, skip_validation: isSkipped }: Constraint): Detail {
  const isOfRows = contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN';
  if (isOfRows && !isEnforced) return { unproven: 'not enforced' };
  return isOfRows && isSkipped ? { unproven: 'not valid' } : {};
}

/** The identity of a constraint, with the name that PostgreSQL gives it where the statement gives none. */
export function constraintRef(
  table: Name,
  constraint: Constraint,
  taken: Taken,
  column?: string,
): ObjectRef | undefined {
  const keys = column === undefined ? strings(constraint.keys) : [column];
  const included = strings(constraint.including);
  const constraintTaken = (name: string) => taken('constraint', name);
  // A unique constraint's name is the name of its index, so it must be free among relations too.
  const bothTaken = (name: string) => taken('relation', name) || constraintTaken(name);
  const ref = (name: string, detail: Detail): ObjectRef => {
    if (constraint.conname === undefined) detail.implicit = true;
    if (constraint.indexname !== undefined) detail.usingIndex = constraint.indexname;
    if (constraint.deferrable === true) detail.deferrable = true;
    if (constraint.initdeferred === true) detail.isDeferred = true;
    Object.assign(detail, unprovenDetail(constraint));
    return { kind: 'constraint', name: constraint.conname ?? truncateName(name), of: table, detail };
  };
  switch (constraint.contype) {
    case 'CONSTR_PRIMARY':
      return ref(constraint.indexname ?? chooseName(table.name, undefined, 'pkey', bothTaken), {
        contype: 'p',
        unique: true,
        columns: keys,
      });
    case 'CONSTR_UNIQUE':
      return ref(
        constraint.indexname ??
          chooseName(table.name, joinColumnNames(indexColumnNames([...keys, ...included])), 'key', bothTaken),
        { contype: 'u', unique: true, columns: keys },
      );
    case 'CONSTR_EXCLUSION': {
      const params = (constraint.exclusions ?? []).map((pair) => nodeAs(pair, 'List')!.items![0]!);
      const names = params.map((p) => nodeAs(p, 'IndexElem')?.name ?? expressionName(nodeAs(p, 'IndexElem')?.expr));
      return ref(
        chooseName(table.name, joinColumnNames(indexColumnNames([...names, ...included])), 'excl', bothTaken),
        { contype: 'x', columns: indexColumns(params), ...withNeeds([params, constraint.where_clause]) },
      );
    }
    case 'CONSTR_FOREIGN': {
      const columns = column === undefined ? strings(constraint.fk_attrs) : [column];
      return ref(chooseName(table.name, joinColumnNames(columns), 'fkey', constraintTaken), {
        contype: 'f',
        columns,
        ...actionsOf(constraint),
        ...(constraint.pktable && {
          references: { table: nameOfRange(constraint.pktable), columns: strings(constraint.pk_attrs) },
        }),
      });
    }
    case 'CONSTR_CHECK': {
      const detail = checkDetail(constraint.raw_expr);
      // A check on one column carries its name, any other only the table's (ChooseConstraintName in heap.c).
      const [first, ...others] = detail.columns!;
      return ref(chooseName(table.name, others.length === 0 ? first : undefined, 'check', constraintTaken), detail);
    }
    default:
      return undefined;
  }
}

interface ConstraintOf {
  constraint: Constraint;
  /** The column that a constraint stands behind. */
  column?: string;
}

/**
 * Of two equal keys in one statement PostgreSQL makes one, the primary key first, with the first name given
 * (`transformIndexConstraints`).
 */
function mergedKeys(constraints: readonly ConstraintOf[]): ConstraintOf[] {
  const isKey = ({ constraint: { contype, indexname } }: ConstraintOf) =>
    (contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_EXCLUSION') &&
    indexname === undefined;
  const identity = ({ constraint: c, column }: ConstraintOf) =>
    digestOf([
      column === undefined ? strings(c.keys) : [column],
      c.including,
      c.exclusions,
      c.access_method,
      c.where_clause,
      c.deferrable,
      c.initdeferred,
      c.nulls_not_distinct,
    ]);
  if (constraints.filter(isKey).length < 2)
    return [...constraints.filter((c) => !isKey(c)), ...constraints.filter(isKey)];
  const keys = new Map<number, ConstraintOf>();
  for (const item of constraints
    .filter(isKey)
    .sort(
      (a, b) => Number(b.constraint.contype === 'CONSTR_PRIMARY') - Number(a.constraint.contype === 'CONSTR_PRIMARY'),
    )) {
    const known = keys.get(identity(item));
    if (!known) keys.set(identity(item), item);
    else if (known.constraint.conname === undefined && item.constraint.conname !== undefined)
      keys.set(identity(item), { ...known, constraint: { ...known.constraint, conname: item.constraint.conname } });
  }
  return [...constraints.filter((c) => !isKey(c)), ...keys.values()];
}

/** The constraints behind a column. DEFERRABLE and INITIALLY DEFERRED stand behind theirs as nodes of their own. */
function withAttributes(nodes: readonly Node[]): Constraint[] {
  const constraints: Constraint[] = [];
  for (const node of nodes) {
    const constraint = nodeAs(node, 'Constraint')!;
    const isDeferral = constraint.contype === 'CONSTR_ATTR_DEFERRABLE' || constraint.contype === 'CONSTR_ATTR_DEFERRED';
    const last = constraints.pop();
    const initdeferred = last?.initdeferred === true || constraint.contype === 'CONSTR_ATTR_DEFERRED';
    if (last) constraints.push(isDeferral ? { ...last, deferrable: true, initdeferred } : last);
    if (!isDeferral) constraints.push(constraint);
  }
  return constraints;
}

/** The parts that come with a table: columns, the constraints on them, and sequences of serial columns. */
export function columnParts(table: Name, elements: readonly Node[] | undefined, outerTaken: Taken): ObjectRef[] {
  const parts: ObjectRef[] = [];
  const taken: Taken = (kind, name) =>
    outerTaken(kind, name) ||
    parts.some(
      (p) =>
        p.name === name &&
        (kind === 'constraint'
          ? p.kind === 'constraint'
          : p.kind === 'sequence' || (p.kind === 'constraint' && 'pux'.includes(p.detail?.contype ?? '-'))),
    );
  const add = (ref: ObjectRef | undefined) => ref && parts.push(ref);
  // Named constraints first: they occupy their names before PostgreSQL chooses others.
  const order = (c: Constraint) =>
    c.conname === undefined ? (c.contype === 'CONSTR_CHECK' ? 1 : c.contype === 'CONSTR_FOREIGN' ? 3 : 2) : 0;
  const constraints: ConstraintOf[] = [];
  for (const element of elements ?? []) {
    const column = nodeAs(element, 'ColumnDef');
    if (column) {
      add(columnRef(table, column));
      if (hasSequence(column))
        add({
          kind: 'sequence',
          schema: table.schema,
          name: chooseName(table.name, column.colname, 'seq', (n) => taken('relation', n)),
          of: undefined,
          detail: { columns: [column.colname ?? ''] },
        });
      for (const constraint of withAttributes(column.constraints ?? []))
        constraints.push({ constraint, column: column.colname ?? '' });
    }
    const constraint = nodeAs(element, 'Constraint');
    if (constraint) constraints.push({ constraint });
  }
  for (const { constraint, column } of mergedKeys(constraints).sort(
    (a, b) => order(a.constraint) - order(b.constraint),
  ))
    add(constraintRef(table, constraint, taken, column));
  return parts;
}
