/** The types of simple expressions, and which columns take them. */
import { lookup } from '../lookup.ts';
import { constantOf } from '../catalog/constants.ts';
import { nameOf, nodeAs, typeText } from '../catalog/nodes.ts';
import type { SqlState } from '../catalog/sqlstates.ts';
import type { Node } from '../syntax/parser.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** What `SQLValueFunction` gives; `CURRENT_USER` and its like give names. */
const KEYWORD_VALUES: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'date',
  SVFOP_CURRENT_TIME: 'timetz',
  SVFOP_CURRENT_TIME_N: 'timetz',
  SVFOP_CURRENT_TIMESTAMP: 'timestamptz',
  SVFOP_CURRENT_TIMESTAMP_N: 'timestamptz',
  SVFOP_LOCALTIME: 'time',
  SVFOP_LOCALTIME_N: 'time',
  SVFOP_LOCALTIMESTAMP: 'timestamp',
  SVFOP_LOCALTIMESTAMP_N: 'timestamp',
};

/** PostgreSQL's functions without arguments that defaults call, with the types of their values. */
export const CALLS = lookup<string>({
  now: 'timestamptz',
  clock_timestamp: 'timestamptz',
  statement_timestamp: 'timestamptz',
  transaction_timestamp: 'timestamptz',
  gen_random_uuid: 'uuid',
  random: 'float8',
});

/** The type of a simple expression, `unknown` for a string without a cast; undefined where it is not known. */
export function typeOfValue(node: Node | undefined): string | undefined {
  const cast = nodeAs(node, 'TypeCast');
  if (cast) return typeText(cast.typeName);
  const keyword = nodeAs(node, 'SQLValueFunction');
  if (keyword) return KEYWORD_VALUES[keyword.op ?? ''];
  const call = nodeAs(node, 'FuncCall');
  if (call) {
    const { schema, name } = nameOf(call.funcname);
    const isOwn = schema === undefined || schema === 'pg_catalog';
    return isOwn && !call.args ? CALLS[name] : undefined;
  }
  const negated = nodeAs(node, 'A_Expr');
  if (negated) return !negated.lexpr && isNumber(negated.rexpr) ? typeOfValue(negated.rexpr) : undefined;
  return typeOfConstant(node);
}

function typeOfConstant(node: Node | undefined): string | undefined {
  const constant = node && 'A_Const' in node ? constantOf(node) : undefined;
  switch (constant?.kind) {
    case 'number':
      return /^-?\d{1,9}$/.test(constant.text) ? 'int4' : 'numeric';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'unknown';
    default:
      return undefined;
  }
}

const isNumber = (node: Node | undefined): boolean =>
  node !== undefined && 'A_Const' in node && constantOf(node)?.kind === 'number';

/** Types into which PostgreSQL writes a value of any type. */
const STRINGS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name', '"char"']);
const NUMBERS: ReadonlySet<string> = new Set(words('int2 int4 int8 numeric float4 float8'));

/** The assignments between other types that PostgreSQL does by itself (`pg_cast`), by the type that is assigned. */
const ASSIGNED = lookup<readonly string[]>({
  bool: [],
  int2: ['money', 'oid'],
  int4: ['money', 'oid'],
  int8: ['money', 'oid'],
  numeric: ['money'],
  float4: [],
  float8: [],
  uuid: [],
  json: ['jsonb'],
  jsonb: ['json'],
  date: ['timestamp', 'timestamptz'],
  time: ['timetz', 'interval'],
  timetz: ['time'],
  timestamp: ['timestamptz', 'date', 'time'],
  timestamptz: ['timestamp', 'date', 'time', 'timetz'],
  interval: ['time'],
  bytea: [],
  text: [],
  varchar: [],
  bpchar: [],
});

/** The types of columns that are judged: PostgreSQL's own of which all assignments are in the table. */
const JUDGED: ReadonlySet<string> = new Set([...Object.keys(ASSIGNED), 'money', 'inet', 'cidr', 'tsvector']);

/** Whether a column of a type takes a value of another; undefined where that is not known. */
export function takes(column: string, value: string): boolean | undefined {
  if (value === column || STRINGS.has(column)) return true;
  const allowed = ASSIGNED[value];
  if (!allowed) return undefined;
  if (column.endsWith('[]')) return false;
  if (!JUDGED.has(column)) return undefined;
  return (NUMBERS.has(value) && NUMBERS.has(column)) || allowed.includes(column);
}

/** The casts that PostgreSQL does by itself for the arguments of a call (`pg_cast`), by the type that is given. */
const IMPLICIT = lookup<readonly string[]>({
  bool: [],
  int2: words('int4 int8 numeric float4 float8 oid'),
  int4: words('int8 numeric float4 float8 oid'),
  int8: words('numeric float4 float8 oid'),
  numeric: words('float4 float8'),
  float4: ['float8'],
  float8: [],
  text: words('varchar bpchar name'),
  varchar: words('text bpchar name'),
  bpchar: words('text varchar name'),
  uuid: [],
  json: [],
  jsonb: [],
  date: words('timestamp timestamptz'),
  timestamp: ['timestamptz'],
  timestamptz: [],
  time: words('timetz interval'),
  timetz: [],
  interval: [],
  bytea: [],
});

/** Whether a parameter takes an argument of another type; undefined where that is not known. */
export function takesArgument(parameter: string, argument: string): boolean | undefined {
  if (argument === parameter || argument === 'unknown') return true;
  const allowed = IMPLICIT[argument];
  return allowed && IMPLICIT[parameter] ? allowed.includes(parameter) : undefined;
}

/** Whether two columns can be compared by the `=` of a foreign key; undefined where that is not known. */
export function comparable(a: string, b: string): boolean | undefined {
  if (a === b) return true;
  const [x, y] = [groupOf(a), groupOf(b)];
  return x === undefined || y === undefined ? undefined : x === y;
}

/** Whether a type is one of those for texts. */
export const isText = (type: string): boolean => type === 'text' || type === 'varchar' || type === 'bpchar';

function groupOf(type: string): string | undefined {
  if (NUMBERS.has(type)) return 'number';
  if (isText(type)) return 'text';
  if (['date', 'timestamp', 'timestamptz'].includes(type)) return 'date';
  return ['bool', 'uuid', 'bytea', 'inet', 'jsonb'].includes(type) ? type : undefined;
}

/** A string that a type does not take, with the SQLSTATE of the attempt. */
export interface Refused {
  error: SqlState;
  /** What it may stand for; undefined where that is anybody's guess. */
  meant?: string;
  /** Whether it can stand for nothing else. */
  certain?: boolean;
}

/** Whether a type refuses a string; undefined where it takes it, or where that is not known. */
export function refuses(type: string, text: string): Refused | undefined {
  return type.endsWith('[]') ? refusesArray(text) : REFUSES[type]?.(text);
}

const refusedUnless =
  (form: RegExp) =>
  (text: string): Refused | undefined =>
    form.test(text) ? undefined : { error: '22P02' };

const refusesInteger = refusedUnless(/^\s*[+-]?\d+\s*$|^\s*[+-]?0[xob]|_/i);

const refusesJson = (text: string): Refused | undefined =>
  isJson(text) ? undefined : { error: '22P02', ...(text.trim() === '' && { meant: '{}' }) };

/** What the types refuse whose values are judged. */
const REFUSES = lookup<(text: string) => Refused | undefined>({
  bool: refusedUnless(/^\s*(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)\s*$/i),
  int2: refusesInteger,
  int4: refusesInteger,
  int8: refusesInteger,
  uuid: refusedUnless(/^[\s0-9a-f{}-]{32,}$/i),
  json: refusesJson,
  jsonb: refusesJson,
  date: refusesTime,
  timestamp: refusesTime,
  timestamptz: refusesTime,
  interval: (text) => (isNoUnit(text) ? { error: '22007' } : undefined),
  // All four parts of an IPv4 address.
  inet: (text) => (/^\s*\d+(\.\d+){0,2}\s*$/.test(text) ? { error: '22P02' } : undefined),
});

function refusesArray(text: string): Refused | undefined {
  const inner = text.trim();
  if (inner.startsWith('{') ? inner.endsWith('}') : /^\[[\d:[\]+-]+=/.test(inner)) return undefined;
  return inner === '[]' || inner === '' ? { error: '22P02', meant: '{}', certain: inner === '[]' } : { error: '22P02' };
}

/** The units of time that an interval takes (`deltatktbl` of PostgreSQL's datetime.c). */
const UNITS: ReadonlySet<string> = new Set(
  words(`s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day days w week weeks mon mons
    month months y yr yrs year years dec decs decade decades c cent century centuries mil mils millennium millennia
    ms msec msecs millisecond milliseconds us usec usecs microsecond microseconds qtr quarter ago`),
);

/** Whether an interval is one number and a word that is no unit of time. */
function isNoUnit(text: string): boolean {
  const unit = /^\s*[+-]?\d+\s*([a-z]+)\s*$/i.exec(text)?.[1];
  return unit !== undefined && !UNITS.has(unit.toLowerCase());
}

/** A day that is in no month. */
function isNoDay(text: string): boolean {
  const [, year, month, day] = /^\s*(\d{4})-(\d{2})-(\d{2})(?!\d)/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  return month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function refusesTime(text: string): Refused | undefined {
  if (isNoDay(text)) return { error: '22008' };
  return /^\s*$|^\s*(current_timestamp|current_date|sysdate|getdate\(\))\s*$/i.test(text)
    ? { error: '22007' }
    : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
