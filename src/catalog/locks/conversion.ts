/**
 * What ALTER COLUMN … TYPE does to the rows, by PostgreSQL's own rules: `ATColumnChangeRequiresRewrite` in tablecmds.c,
 * the casts of pg_cast that change no byte, and the support functions by which a wider length is no change.
 */
import { lookup } from '../../lookup.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { typeDetail } from '../columns.ts';
import { nodeAs, strings } from '../nodes.ts';
import { nameInString, nameOfType } from '../names.ts';
import type { Detail } from '../objects.ts';
import { domainOf, isConstrained } from './relations.ts';
import type { ColumnType as Type, Known } from './types.ts';

/** What a conversion costs: nothing, a look at every row, or not known. The time zone decides for some. */
export type Conversion = 'free' | 'rewrite' | 'unknown' | 'time zone';

/** Types of extensions, which stand in a schema that people choose. */
const OF_EXTENSIONS = new Set(['citext', 'hstore', 'ltree', 'vector', 'halfvec', 'geometry', 'geography']);

/** A type as `typeText` writes it, without the schema of an extension. */
function plain(type: string): string {
  const name = nameOfType(type)?.name;
  return name !== undefined && OF_EXTENSIONS.has(name) ? name + '[]'.repeat(type.split('[]').length - 1) : type;
}

export const typeOf = ({ type = '', modifiers }: Detail): Type => ({
  name: plain(type),
  modifiers: (modifiers?.match(/-?\d+/g) ?? []).map(Number),
});

export const typeOfNode = (node: NodeOf<'TypeName'> | undefined): Type => typeOf(typeDetail(node));

const isReg = (name: string): boolean =>
  /^reg(class|collation|config|dictionary|namespace|oper|operator|proc|procedure|role|type)$/.test(name);

/** Casts that change no byte (`castmethod = 'b'` in pg_cast), from each type. */
const BINARY = lookup<readonly string[]>({
  text: ['varchar', 'bpchar', 'citext'],
  varchar: ['text', 'bpchar', 'citext'],
  citext: ['text', 'varchar'],
  xml: ['text', 'varchar', 'bpchar'],
  cidr: ['inet'],
  bit: ['varbit'],
  varbit: ['bit'],
  int4: ['oid'],
  oid: ['int4'],
  pg_node_tree: ['text'],
});

function isBinary(from: string, to: string): boolean {
  if (BINARY[from]?.includes(to)) return true;
  // The names of objects are numbers.
  const isNumber = (name: string) => name === 'oid' || name === 'int4';
  if ((isReg(from) && isNumber(to)) || (isNumber(from) && isReg(to))) return true;
  return [`regproc`, 'regoper'].some((name) => {
    const pair = [name, name === 'regproc' ? 'regprocedure' : 'regoperator'];
    return from !== to && pair.includes(from) && pair.includes(to);
  });
}

/** Types that take the text of any value (`typcategory = 'S'`). */
const TEXTS = new Set(['text', 'varchar', 'bpchar', 'name', 'citext']);

/** Casts of pg_cast that an assignment makes, from each type that has some, besides those to text. */
const ASSIGNED = lookup<string>({
  bit: 'varbit',
  box: 'polygon',
  bpchar: '"char"',
  cidr: 'inet',
  date: 'timestamp timestamptz',
  float4: 'float8 int2 int4 int8 numeric',
  float8: 'float4 int2 int4 int8 numeric',
  inet: 'cidr',
  int2: 'float4 float8 int4 int8 numeric oid',
  int4: 'float4 float8 int2 int8 money numeric oid',
  int8: 'float4 float8 int2 int4 money numeric oid',
  interval: 'time',
  json: 'jsonb',
  jsonb: 'json',
  macaddr: 'macaddr8',
  macaddr8: 'macaddr',
  money: 'numeric',
  numeric: 'float4 float8 int2 int4 int8 money',
  oid: 'int4 int8',
  path: 'polygon',
  point: 'box',
  polygon: 'path',
  text: '"char"',
  time: 'interval timetz',
  timestamp: 'date time timestamptz',
  timestamptz: 'date time timestamp timetz',
  timetz: 'time',
  varbit: 'bit',
  varchar: '"char"',
});

/** Types of PostgreSQL that no assignment makes another type of, besides text. */
const ALONE = new Set(
  'bool uuid bytea xml jsonpath tsvector tsquery pg_lsn lseg circle line "char" xid cid tid xid8'.split(' '),
);

/**
 * Whether an assignment converts values of one type into another one, as ALTER COLUMN … TYPE does without USING;
 * otherwise PostgreSQL refuses the statement (42804). True where it is not known.
 */
export function isAssigned(from: Type, to: Type, known: Known): boolean {
  const old = baseOf(from, known).type.name;
  const wanted = baseOf(to, known).type.name;
  if (old === wanted || TEXTS.has(wanted) || isBinary(old, wanted)) return true;
  if (old.endsWith('[]') && wanted.endsWith('[]')) return isAssigned(elementOf(old), elementOf(wanted), known);
  if (hasCast(old, wanted, known)) return true;
  if (isReg(wanted) && ['int2', 'int8'].includes(old)) return true;
  if (wanted === 'regclass' && ['text', 'varchar'].includes(old)) return true;
  if (isReg(old) && wanted === 'int8') return true;
  const isOfPostgres = (name: string) =>
    isReg(name) || ASSIGNED[name] !== undefined || ALONE.has(name) || TEXTS.has(name);
  const isOwn = (name: string) => {
    const parts = nameInString(name);
    return parts !== undefined && known.get({ kind: 'type', ...parts }) !== undefined;
  };
  const isKnown = (name: string) => name.endsWith('[]') || isOfPostgres(name) || isOwn(name);
  if (!isKnown(old) || !isKnown(wanted)) return true;
  return ASSIGNED[old]?.split(' ').includes(wanted) ?? false;
}

const elementOf = (name: string): Type => ({ name: name.replaceAll('[]', ''), modifiers: [] });

/** Whether migrations have made a cast between two types. */
const hasCast = (from: string, to: string, known: Known): boolean =>
  known.ofKind('cast').some(({ args }) => args?.[0] === from && args[1] === to);

/** The largest precision of a time: one microsecond. */
const FINEST = 6;

/** The types with a precision of fractions of a second. */
const TIMES = new Set(['timestamp', 'timestamptz', 'time', 'timetz']);

/** A type's modifiers that stand for none. */
const isUnlimited = ({ name, modifiers }: Type): boolean =>
  modifiers.length === 0 || (TIMES.has(name) && modifiers[0]! >= FINEST);

const isSame = (a: Type, b: Type): boolean =>
  a.name === b.name && a.modifiers.length === b.modifiers.length && a.modifiers.every((m, k) => m === b.modifiers[k]);

/** `INTERVAL_MASK` of each field (`datetime.h`), of which the finest decides. */
const FIELDS = { second: 1 << 12, minute: 1 << 11, hour: 1 << 10, day: 1 << 3, month: 1 << 1, year: 1 << 2 };
const FULL_RANGE = 0x7fff;

/** How fine the last field of an interval is; 0 for seconds. */
function fieldOf(mask: number): number {
  const fields = Object.values(FIELDS);
  const finest = fields.findIndex((field) => mask & field);
  return mask === FULL_RANGE || finest < 0 ? 0 : finest;
}

function fitsInterval(from: readonly number[], to: readonly number[]): boolean {
  const [fromRange = FULL_RANGE, fromPrecision = FINEST] = from;
  const [toRange = FULL_RANGE, toPrecision = FINEST] = to;
  const isRange = fieldOf(toRange) <= fieldOf(fromRange);
  return isRange && (fieldOf(fromRange) > 0 || toPrecision >= FINEST || toPrecision >= fromPrecision);
}

/**
 * Whether every value of a type already has the length or precision of another one with the same name, so that the
 * support function of its length coercion leaves the call out. `bpchar` and `bit` have none.
 */
function fits(from: Type, to: Type): boolean {
  if (isUnlimited(to) || isSame(from, to)) return true;
  const [old = -1, oldScale = 0] = from.modifiers;
  const [wanted = -1, scale = 0] = to.modifiers;
  switch (to.name) {
    case 'varchar':
    case 'varbit':
      return old >= 0 && old <= wanted;
    case 'numeric':
      return old >= 0 && oldScale === scale && old <= wanted;
    case 'timestamp':
    case 'timestamptz':
    case 'time':
    case 'timetz':
      return old >= 0 && wanted >= old;
    case 'interval':
      return fitsInterval(from.modifiers, to.modifiers);
    default:
      return false;
  }
}

/** The type below domains; a domain hides the modifiers of the type that it stands for. */
function baseOf(type: Type, known: Known): { type: Type; isDomain: boolean } {
  let at = type;
  let isDomain = false;
  for (let depth = 0; depth < 8; depth++) {
    const base = domainOf(at.name, known)?.detail?.base;
    if (!base) break;
    at = typeOf({ type: base.type, modifiers: base.modifiers });
    isDomain = true;
  }
  return { type: at, isDomain };
}

/** What it costs to make values of one type values of another. */
export function conversionOf(from: Type, to: Type, known: Known, isUtc?: boolean): Conversion {
  if (isSame(from, to)) return 'free';
  const target = domainOf(to.name, known);
  if (target && isConstrained(target, known)) return 'rewrite';
  const { type: old, isDomain } = baseOf(from, known);
  const wanted = baseOf(to, known).type;
  if (old.name === wanted.name) return fits(isDomain ? { ...old, modifiers: [] } : old, wanted) ? 'free' : 'rewrite';
  if (isBinary(old.name, wanted.name)) return isUnlimited(wanted) ? 'free' : 'rewrite';
  const isTimestamp = ({ name }: Type) => name === 'timestamp' || name === 'timestamptz';
  if (!isTimestamp(old) || !isTimestamp(wanted) || !isUnlimited(wanted)) return 'rewrite';
  return isUtc === true ? 'free' : 'time zone';
}

/**
 * What ALTER COLUMN … TYPE … USING costs: the casts of USING one after the other, and then the one to the new type.
 * Anything but casts of the column itself is computed for every row.
 */
export function conversionBy(
  using: Node | undefined,
  column: string,
  from: Type | undefined,
  to: Type,
  known: Known,
  isUtc?: boolean,
): Conversion {
  if (!using) return from ? conversionOf(from, to, known, isUtc) : 'unknown';
  const steps = castsOf(using, column);
  if (!steps) return 'rewrite';
  if (!from) return 'unknown';
  let at = from;
  let worst: Conversion = 'free';
  for (const step of [...steps, to]) {
    const cost = conversionOf(at, step, known, isUtc);
    if (cost === 'rewrite') return 'rewrite';
    if (cost !== 'free') worst = cost;
    at = step;
  }
  return worst;
}

/** The types of the casts around a column, the innermost first; undefined where there is anything else. */
function castsOf(node: Node, column: string): Type[] | undefined {
  const cast = nodeAs(node, 'TypeCast');
  if (cast) {
    const inner = cast.arg && castsOf(cast.arg, column);
    return inner && [...inner, typeOfNode(cast.typeName)];
  }
  const collate = nodeAs(node, 'CollateClause');
  if (collate?.arg) return castsOf(collate.arg, column);
  const fields = strings(nodeAs(node, 'ColumnRef')?.fields);
  return fields.at(-1) === column ? [] : undefined;
}

/** Whether USING casts values to a shorter type: an explicit cast cuts what is too long, without an error. */
export const cutsBy = (using: Node | undefined): boolean => {
  const type = typeOfNode(nodeAs(using, 'TypeCast')?.typeName);
  return ['varchar', 'bpchar', 'bit', 'varbit'].includes(type.name) && type.modifiers.length > 0;
};

/** Types that share the operator class of another one. */
const CLASS_OF = lookup<string>({ varchar: 'text', cidr: 'inet' });

/** The operator class that an index of a type has where the statement names none. */
export function classOf(type: Type, known: Known): string {
  const { name } = baseOf(type, known).type;
  return isReg(name) ? 'oid' : (CLASS_OF[name] ?? name);
}
