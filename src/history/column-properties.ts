/** Reads what a condition asks of a column besides its name, and tells whether history knows it to be so. */
import { stringConstant, uncast } from '../catalog/constants.ts';
import { columnName, conjuncts, nodeAs, strings, walk } from '../catalog/nodes.ts';
import type { Detail, ObjectRef } from '../catalog/objects.ts';
import { flatMap } from '../lists.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { typeFromText, valueOf } from './catalog-values.ts';
import type { World } from './world.ts';

/** A property that a column must have, or must not have, to answer a question; undefined for one that is not known. */
export type Property =
  | { is: boolean; what: 'identity' | 'generated' | 'not null' | 'default' }
  /** `character_maximum_length`. */
  | { is: boolean; what: 'length'; length: number }
  /** The type by `data_type`, by its name alone, or as `format_type` writes it. */
  | { is: boolean; what: 'type'; words?: string; name?: string; written?: string }
  | undefined;

/** The columns of the catalogs that say which column is meant, or what no migration changes. */
const IDENTIFYING = new Set(
  (
    'attname attrelid relname oid nspname relnamespace typnamespace column_name table_name table_schema ' +
    'table_catalog attnum attisdropped relkind ordinal_position'
  ).split(' '),
);

/** The properties that the conditions of a query ask for. */
export function propertiesIn(where: readonly (Node | undefined)[]): Property[] {
  return flatMap(flatMap(where, conjuncts), (part) => (isIdentifying(part) ? [] : [propertyOf(part)]));
}

/** Whether a condition only says which column is meant, or joins catalogs. */
function isIdentifying(part: Node): boolean {
  const expr = nodeAs(part, 'A_Expr');
  if (expr && nodeAs(expr.lexpr, 'ColumnRef') && nodeAs(expr.rexpr, 'ColumnRef')) return true;
  let is = true;
  walk([part], (type, node) => {
    if (type === 'SubLink') return false;
    if (type === 'ColumnRef' && !IDENTIFYING.has(strings(node.fields as Node[]).at(-1) ?? '')) is = false;
    return undefined;
  });
  return is;
}

/** What a condition asks of a column; undefined where that is not known here. */
function propertyOf(part: Node, is = true): Property {
  const bool = nodeAs(part, 'BoolExpr');
  if (bool?.boolop === 'NOT_EXPR') return propertyOf(bool.args![0]!, !is);
  const column = columnOf(part);
  if (column === 'attnotnull') return { is, what: 'not null' };
  if (column === 'atthasdef') return { is, what: 'default' };
  const test = nodeAs(part, 'NullTest');
  const what = test && NULL_WITHOUT.get(columnOf(test.arg) as 'column_default');
  if (what) return { is: is === (test.nulltesttype === 'IS_NOT_NULL'), what };
  const expr = nodeAs(part, 'A_Expr');
  return expr && comparison(expr, is);
}

/** The columns that are NULL where a column has no such property. */
const NULL_WITHOUT = new Map([
  ['generation_expression', 'generated'],
  ['column_default', 'default'],
] as const);

function comparison({ kind, name, lexpr, rexpr }: NodeOf<'A_Expr'>, is: boolean): Property {
  const operator = strings(name).at(-1)!;
  if (operator !== '=' && operator !== '<>') return undefined;
  const equals = is === (operator === '=');
  const list = kind === 'AEXPR_IN' ? nodeAs(rexpr, 'List')?.items : undefined;
  if (list) return oneOf(columnOf(lexpr), list.map(stringConstant), equals);
  return kind === 'AEXPR_OP' ? (equality(lexpr, rexpr, equals) ?? equality(rexpr, lexpr, equals)) : undefined;
}

/** `attidentity IN ('a', 'd')`; other lists are not read. */
const oneOf = (column: string | undefined, values: readonly (string | undefined)[], is: boolean): Property =>
  column === 'attidentity' && values.length === 2 && values.includes('a') && values.includes('d')
    ? { is, what: 'identity' }
    : undefined;

/** What `column = value` asks. */
function equality(side: Node | undefined, other: Node | undefined, is: boolean): Property {
  if (isFormattedType(side)) {
    const written = stringConstant(other);
    return written === undefined ? undefined : { is, what: 'type', written };
  }
  const length = columnOf(side) === 'character_maximum_length' ? nodeAs(other, 'A_Const')?.ival : undefined;
  if (length) return { is, what: 'length', length: length.ival ?? 0 };
  const value = valueOf(other);
  if (value === undefined || value === 'current-schema') return undefined;
  const column = columnOf(side);
  if ('written' in value) return column === 'atttypid' ? { is, what: 'type', written: value.written } : undefined;
  return byText(column, value.text, is);
}

function byText(column: string | undefined, text: string, is: boolean): Property {
  switch (column) {
    case 'is_nullable':
      return { is: is === (text === 'NO'), what: 'not null' };
    case 'is_identity':
      return { is: is === (text === 'YES'), what: 'identity' };
    case 'is_generated':
      return { is: is === (text !== 'NEVER'), what: 'generated' };
    case 'attidentity':
    case 'attgenerated':
      // 'a' and 'd' are two kinds of identity: only that there is none is told.
      if (text !== '' && column === 'attidentity') return undefined;
      return { is: is === (text !== ''), what: column === 'attidentity' ? 'identity' : 'generated' };
    case 'data_type':
      return { is, what: 'type', words: text };
    case 'udt_name':
    case 'typname':
      return { is, what: 'type', name: text };
    default:
      return undefined;
  }
}

/** The column that an expression names, under casts: `atttypid::regtype`. */
const columnOf = (node: Node | undefined): string | undefined => columnName(uncast(node));

const isFormattedType = (node: Node | undefined): boolean => {
  if (nodeAs(node, 'TypeCast')) return columnOf(node) === 'atttypid';
  return strings(nodeAs(node, 'FuncCall')?.funcname).at(-1) === 'format_type';
};

/** Whether a column has a property; undefined where that is not known. */
export function holds(property: Property, column: ObjectRef, world: World): boolean | undefined {
  const has = property && state(property, column, world);
  return has === undefined ? undefined : has === property!.is;
}

function state(property: NonNullable<Property>, column: ObjectRef, world: World): boolean | undefined {
  const detail = world.get(column)?.ref.detail;
  switch (property.what) {
    case 'identity':
      return isMade({ ...column, kind: 'identity' }, world) ?? detail?.isIdentity;
    case 'generated':
      return isMade({ ...column, kind: 'expression' }, world) ?? detail?.isGenerated;
    case 'not null':
      return isNotNull(column, detail, world);
    case 'default':
      return detail?.hasDefault ?? isMadeWithDefault(detail);
    case 'length': {
      const type = typeOf(column, world);
      const isText = type?.type === 'varchar' || type?.type === 'bpchar';
      return isText ? type.modifiers === `(${property.length})` : undefined;
    }
    case 'type': {
      const type = typeOf(column, world);
      return type?.type === undefined ? undefined : hasType(type, property, world);
    }
  }
}

/** What the statement that made a column, or the last that converted it, says of its type. */
const typeOf = (column: ObjectRef, world: World): Detail | undefined =>
  (world.get({ ...column, kind: 'column type' })?.ref ?? world.get(column)?.ref)?.detail;

/** Whether a column has the default of a serial type, or an expression, which stands in the same place. */
const isMadeWithDefault = ({ isIdentity, isGenerated, varies }: Detail = {}): boolean | undefined =>
  isIdentity === undefined ? undefined : isGenerated === true || (varies === 'nextval()' && !isIdentity);

const isMade = (ref: ObjectRef, world: World): boolean | undefined =>
  world.get(ref) ? true : world.isGone(ref) ? false : undefined;

function isNotNull(column: ObjectRef, detail: Detail | undefined, world: World): boolean | undefined {
  const table: ObjectRef = { kind: 'table', ...column.of! };
  if (world.parts(table).some((part) => part.detail?.contype === 'p' && part.detail.columns?.includes(column.name)))
    return true;
  return (world.settings(column)['not null'] as boolean | undefined) ?? detail?.notNull;
}

function hasType(
  { type = '', modifiers }: Detail,
  { words, name, written }: Property & { what: 'type' },
  world: World,
): boolean | undefined {
  const last = type.replace(/^.*\./, '').replaceAll('"', '');
  if (name !== undefined) return (last.endsWith('[]') ? `_${last.slice(0, -2)}` : last) === name;
  if (words === 'ARRAY') return type.endsWith('[]');
  const isOwn = world.get({ kind: 'type', name: last }) !== undefined;
  if (words === 'USER-DEFINED') return isOwn || (BUILT_IN.has(type) || type.endsWith('[]') ? false : undefined);
  const asked = words ?? written!;
  const [, base = asked, ofAsked] = /^(.*?)\s*(\([\d, ]+\))(.*)$/.exec(asked) ?? [];
  const canonical = typeFromText(base);
  if (canonical === undefined) return undefined;
  if (canonical !== type) return words !== undefined && isOwn ? false : isOther(canonical, type);
  if (words !== undefined || ofAsked === undefined) return true;
  return ofAsked.replaceAll(' ', '') === (modifiers ?? '').replaceAll(' ', '');
}

/** Types of one schema and of another may be the same, under a name with its schema and one without. */
const isOther = (a: string, b: string): false | undefined =>
  BUILT_IN.has(a) || BUILT_IN.has(b) || a.replace(/^.*\./, '') !== b.replace(/^.*\./, '') ? false : undefined;

/** Types of PostgreSQL's own that columns have. */
const BUILT_IN = new Set(
  (
    'int2 int4 int8 text varchar bpchar bool uuid json jsonb date time timetz timestamp timestamptz interval numeric ' +
    'float4 float8 bytea inet cidr macaddr money xml name oid tsvector tsquery bit varbit point'
  ).split(' '),
);
