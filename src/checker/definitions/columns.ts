/** Definitions of columns: types with a length that they do not take, and defaults that the column does not take. */
import { lookup } from '../../lookup.ts';
import { SERIAL } from '../../catalog/columns.ts';
import { constantOf } from '../../catalog/constants.ts';
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import { nodeAs, strings, stringOf, typeText, walk } from '../../catalog/nodes.ts';
import { isKnownType } from '../../catalog/types.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { bracketsBehind, nameLike, nameRange, rangeWithBrackets, textOf, tokenRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { checkEnumValue } from './enum-values.ts';
import { CALLS, isText, refuses, takes, typeOfValue } from '../values.ts';

type TypeName = NodeOf<'TypeName'>;

/** The types without modifiers behind which people write one. Others that have none are keywords of the grammar. */
const TAKES_NONE: ReadonlySet<string> = new Set(
  `enum text uuid json jsonb bytea date bool int2 int4 int8 float4 float8 money inet cidr macaddr xml oid name tsvector
  tsquery point serial bigserial smallserial serial2 serial4 serial8`.split(/\s+/),
);

/** Whether a type has modifiers that it does not take, or a list of values. */
const hasWrongModifiers = ({ names, typmods }: TypeName): boolean =>
  typmods !== undefined && names?.length === 1 && TAKES_NONE.has(stringOf(names[0]));

/** Every type name in a statement that has a length which the type does not take. */
export function checkModifiers({ statement, report }: Checked): void {
  if (!statement.mentions.types.some(hasWrongModifiers)) return;
  walk(statement.node, (key, node) => {
    if (key === 'DefElem') return false;
    if (!('typemod' in node) || !hasWrongModifiers(node)) return true;
    const { names, location } = node as TypeName;
    const type = stringOf(names?.[0]);
    if (type === 'enum') {
      reportEnum(node, { statement, report });
      return true;
    }
    const { start, end } = rangeWithBrackets(statement, location);
    const name = textOf(statement, nameRange(statement, location));
    if (start + name.length === end) return true;
    report({
      family: 'definition',
      start,
      end,
      error: '42601',
      problem: `Type ${name} takes no length or precision`,
      advice: `Write ${name}.`,
      edits: [{ start: start + name.length, end, text: '' }],
      // A limit may be meant: varchar(n).
      certain: type !== 'text' && type !== 'bytea',
    });
    return true;
  });
}

/** `status enum('a', 'b')`, of other databases. */
function reportEnum(type: TypeName, { statement, report }: Pick<Checked, 'statement' | 'report'>): void {
  const column = columnOfType(statement.node, type);
  const { start, end } = rangeWithBrackets(statement, type.location);
  const values = bracketsBehind(statement, nameRange(statement, type.location).end);
  if (!values) return;
  const check = column && `text CHECK (${quoteIdent(column)} IN ${textOf(statement, values)})`;
  report({
    family: 'definition',
    start,
    end,
    error: '42704',
    problem: 'A list of values is no type: PostgreSQL has no type "enum"',
    advice: check
      ? `Write ${check}, or make a type with CREATE TYPE … AS ENUM first.`
      : 'Make a type with CREATE TYPE … AS ENUM first.',
    edits: check ? [{ start, end, text: check }] : undefined,
  });
}

function columnOfType(tree: unknown, type: TypeName): string | undefined {
  let found: string | undefined;
  walk(tree, (key, node) => {
    if (key === 'ColumnDef' && node.typeName === type) found = node.colname as string;
  });
  return found;
}

/** A column of CREATE TABLE or ADD COLUMN. */
export function checkColumn(column: NodeOf<'ColumnDef'>, checked: Checked): void {
  const { statement, report } = checked;
  const found: Said[] = SERIAL.has(typeText(column.typeName)) ? [SAID.serial!] : [];
  for (const node of column.constraints ?? []) {
    const constraint = nodeAs(node, 'Constraint')!;
    const type = constraint.contype ?? '';
    if (type === 'CONSTR_DEFAULT') checkDefault(constraint.raw_expr, column.typeName, checked);
    const said = SAID[type];
    if (!said) continue;
    const before = found.find(({ about, text }) => about === said.about && (about === 'value' || text !== said.text));
    found.push(said);
    if (before)
      report({
        family: 'definition',
        ...tokenRange(statement, constraint.location),
        error: '42601',
        problem: `Column "${column.colname ?? ''}" ${contradiction(before, said)}`,
        advice: 'Write one of the two.',
      });
  }
}

/** What a constraint says of a column, which can be said once. */
interface Said {
  about: 'null' | 'value';
  text: string;
}

const SAID: Readonly<Record<string, Said>> = {
  CONSTR_NULL: { about: 'null', text: 'NULL' },
  CONSTR_NOTNULL: { about: 'null', text: 'NOT NULL' },
  CONSTR_DEFAULT: { about: 'value', text: 'DEFAULT' },
  CONSTR_IDENTITY: { about: 'value', text: 'GENERATED AS IDENTITY' },
  CONSTR_GENERATED: { about: 'value', text: 'GENERATED AS (…)' },
  serial: { about: 'value', text: 'serial' },
};

const contradiction = (a: Said, b: Said): string =>
  a === b ? `has ${b.text} twice` : `is both ${a.text} and ${b.text}`;

/** What a column is by default: a value that its type takes, and no other column. */
export function checkDefault(value: Node | undefined, type: TypeName | string | undefined, checked: Checked): void {
  if (!value) return;
  const text = typeof type === 'string' ? type : typeText(type);
  if (typeof type === 'object') checkEnumValue(value, type, checked);
  if (checkNamedDefault(value, text, checked) || checkEmptyArray(value, text, checked)) return;
  const own = typeof type === 'object' && type.typmods ? '' : text;
  const given = typeOfValue(value);
  if (given === 'unknown') checkText(value, own || text, checked);
  else if (given !== undefined && takes(text, given) === false) checkMismatch(value, text, given, checked);
}

/** `DEFAULT now` and `DEFAULT "draft"` name columns. */
function checkNamedDefault(value: Node, type: string, { statement, report }: Checked): boolean {
  const column = nodeAs(value, 'ColumnRef') ?? columnWithin(value);
  if (!column) return false;
  const name = strings(column.fields).join('.');
  const { start, end } = nameRange(statement, column.location);
  const written = textOf(statement, { start, end });
  const isWhole = 'ColumnRef' in value;
  const called = CALLED[name];
  const isCall = called !== undefined && (!isWhole || takes(type, called) !== false);
  const isString = written.startsWith('"') || isText(type) || !isKnownType(type);
  const text = isCall ? `${nameLike(written, name)}()` : quoteLiteral(written.startsWith('"') ? name : written);
  report({
    family: 'definition',
    start,
    end,
    error: '0A000',
    problem: `A default names the column ${written}, which it cannot do`,
    advice: isCall || isString ? `Write ${text}.` : 'Write a value.',
    edits: isCall || isString ? [{ start, end, text }] : undefined,
    certain: isCall,
  });
  return true;
}

/** The first column that an expression names. */
function columnWithin(value: Node): NodeOf<'ColumnRef'> | undefined {
  let found: NodeOf<'ColumnRef'> | undefined;
  walk([value], (key, node) => {
    if (key === 'ColumnRef') found ??= node;
    return key !== 'SubLink' && !found;
  });
  return found;
}

/** Functions whose parentheses people leave out, and the types of their values. */
const CALLED = lookup<string>({
  ...CALLS,
  uuid_generate_v4: 'uuid',
  uuid_generate_v1: 'uuid',
  sysdate: 'timestamptz',
});

/** `ARRAY[]` has no type of its own. */
function checkEmptyArray(value: Node, type: string, checked: Checked): boolean {
  const cast = nodeAs(value, 'TypeCast');
  const array = nodeAs(cast ? cast.arg : value, 'A_ArrayExpr');
  const isTyped = cast?.typeName?.arrayBounds !== undefined;
  if (!array || isTyped || (array.elements ?? []).length > 0) return false;
  if (cast) {
    const { end } = rangeWithBrackets(checked.statement, cast.typeName?.location);
    const place = rangeWithBrackets(checked.statement, array.location);
    checked.report({
      family: 'definition',
      ...place,
      error: '42P18',
      problem: 'ARRAY[] is cast to a type that is no array',
      advice: 'Write [] behind the type.',
      edits: [{ start: end, end, text: '[]' }],
    });
    return true;
  }
  reportEmptyArray(checked, array.location, type);
  return true;
}

/** @param type the type of the column that gets it; undefined where it goes elsewhere */
function reportEmptyArray({ statement, report }: Checked, location: number | undefined, type?: string): void {
  const { start, end } = rangeWithBrackets(statement, location);
  const isArray = type === undefined || type.endsWith('[]');
  report({
    family: 'definition',
    start,
    end,
    error: '42P18',
    problem: 'ARRAY[] without a cast has no type',
    advice: isArray ? "Write '{}'." : `Write ARRAY[]::${type}[].`,
    edits: isArray ? [{ start, end, text: "'{}'" }] : undefined,
    certain: type !== undefined,
  });
}

/** The same anywhere else. */
export function checkArrays(checked: Checked): void {
  const { statement } = checked;
  if (!/\barray\s*\[\s*\]/i.test(statement.text)) return;
  const typed = new Set<unknown>();
  walk(statement.node, (key, node) => {
    // A cast gives its type to the arrays in an array, too.
    const arg = key === 'TypeCast' ? nodeAs(node.arg as Node, 'A_ArrayExpr') : undefined;
    if (arg) walk([{ A_ArrayExpr: arg }], (type, array) => type === 'A_ArrayExpr' && typed.add(array));
    if (key !== 'A_ArrayExpr' || typed.has(node) || ((node.elements as Node[] | undefined) ?? []).length > 0) return;
    reportEmptyArray(checked, node.location as number | undefined);
  });
}

/** `active boolean DEFAULT 0`. */
function checkMismatch(value: Node, type: string, given: string, { statement, report }: Checked): void {
  const constant = 'A_Const' in value ? value.A_Const : undefined;
  const number = constant && constantOf(value)?.kind === 'number' ? constantOf(value)!.text : undefined;
  const meant = type === 'bool' && (number === '0' || number === '1') ? String(number === '1') : undefined;
  const location = constant?.location ?? locationOf(value);
  const { start, end } = meant === undefined ? nameRange(statement, location) : tokenRange(statement, location);
  report({
    family: 'definition',
    start,
    end,
    error: '42804',
    problem: `A column of type ${nameOfType(type)} cannot have a default of type ${nameOfType(given)}`,
    advice: meant === undefined ? `Write a value of type ${nameOfType(type)}.` : `Write ${meant}.`,
    edits: meant === undefined ? undefined : [{ start, end, text: meant }],
    certain: true,
  });
}

/** `tags text[] DEFAULT '[]'`, and the same in VALUES. */
export function checkText(value: Node, type: string, { statement, report }: Checked): void {
  const constant = nodeAs(value, 'A_Const');
  const text = constantOf(value)?.text ?? '';
  const refused = refuses(type, text);
  if (!constant || !refused) return;
  const { start, end } = tokenRange(statement, constant.location);
  const meant = refused.meant === undefined ? undefined : quoteLiteral(refused.meant);
  report({
    family: 'definition',
    start,
    end,
    error: refused.error,
    problem: `${textOf(statement, { start, end })} is no value of type ${nameOfType(type)}`,
    advice: meant === undefined ? `Write a value of type ${nameOfType(type)}.` : `Write ${meant}.`,
    edits: meant === undefined ? undefined : [{ start, end, text: meant }],
    certain: refused.certain,
  });
}

/** How PostgreSQL's documentation calls the types whose short names are for its catalogs. */
const LONG_NAMES = lookup<string>({
  bool: 'boolean',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
});

export const nameOfType = (type: string): string =>
  LONG_NAMES[type] ?? type.replace(/^(\w+)\[/, (_, t: string) => `${LONG_NAMES[t] ?? t}[`);

/** Where an expression begins, as far as the parser says. */
export function locationOf(node: Node | undefined): number | undefined {
  if (!node) return undefined;
  const [fields] = Object.values(node) as Record<string, unknown>[];
  const cast = nodeAs(node, 'TypeCast');
  return cast ? (locationOf(cast.arg) ?? cast.location) : (fields?.location as number | undefined);
}
