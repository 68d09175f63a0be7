/**
 * Evaluates an expression for all rows and all states at once: what it can be for one kind of caller. What is not
 * known can be anything, so that a value that is missing from the result is proven never to come.
 */
import { digestOf } from '../catalog/digest.ts';
import { contains, nodeAs, strings } from '../catalog/nodes.ts';
import type { Node, NodeOf, NodeTag } from '../syntax/parser.ts';
import { flatMap } from '../lists.ts';
import { callValue, isStableCall } from './calls.ts';
import { compared, jsonValue, JSON_OPERATORS } from './operators.ts';
import type { Scope } from './scope.ts';
import { subqueryValue } from './subqueries.ts';
import {
  and,
  ANY,
  asBoolean,
  canBeNull,
  coalesce,
  constant,
  distinct,
  equal,
  FALSE,
  not,
  NULL,
  nothing,
  nullIf,
  or,
  present,
  PRESENT,
  strict,
  truth,
  TRUE,
  union,
  unknown,
  type Value,
} from './value.ts';

/** What an expression can be. */
export function valueOf(node: Node | undefined, scope: Scope): Value {
  if (!node) return nothing;
  const tag = Object.keys(node)[0] as NodeTag;
  const read = READERS[tag] as ((fields: unknown, scope: Scope) => Value) | undefined;
  return read ? assume(read((node as Record<string, unknown>)[tag], scope), tag, node, scope) : unknown;
}

/** What a condition can be. */
export const bitsOf = (node: Node | undefined, scope: Scope): number => asBoolean(valueOf(node, scope)).bits;

/** The nodes that are assumed to be one value after the other, where one evaluation does not decide. */
const ASSUMED = new Set<NodeTag>(['ColumnRef', 'A_Expr']);

/** Applies what is assumed of a part that can be more than one. */
function assume(value: Value, tag: NodeTag, node: Node, { isInner, assumed, open }: Scope): Value {
  const { bits } = value;
  if (isInner || !ASSUMED.has(tag) || bits === TRUE || bits === FALSE || bits === NULL || !isRepeatable(node))
    return value;
  const digest = digestOf(node);
  const only = assumed.get(digest);
  if (only !== undefined && bits & only) return { ...value, bits: bits & only };
  open.set(digest, bits);
  return value;
}

/** Whether an expression has the same value wherever it stands: it calls nothing that may change its mind. */
const isRepeatable = (node: Node): boolean =>
  !contains(node, (type, inner) => type === 'SubLink' || (type === 'FuncCall' && !isStableCall(inner)));

type Readers = { [T in NodeTag]?: (node: NodeOf<T>, scope: Scope) => Value };

const READERS: Readers = {
  A_Const: constantValue,
  A_Expr: operatorValue,
  BoolExpr: ({ boolop, args = [] }, scope) => {
    const operands = args.map((arg) => bitsOf(arg, scope));
    if (boolop === 'NOT_EXPR') return truth(not(operands[0] ?? ANY));
    return truth(operands.reduce(boolop === 'AND_EXPR' ? and : or));
  },
  NullTest: ({ arg, nulltesttype }, scope) => {
    // A row is neither null nor not null where only some of its fields are.
    if (nodeAs(arg, 'RowExpr')) return truth(PRESENT);
    const { bits } = valueOf(arg, scope);
    const isNull = (bits & NULL ? TRUE : 0) | (bits & PRESENT ? FALSE : 0);
    return truth(nulltesttype === 'IS_NULL' ? isNull : not(isNull));
  },
  BooleanTest: ({ arg, booltesttype = '' }, scope) => {
    const bits = bitsOf(arg, scope);
    const asked = booltesttype.endsWith('TRUE') ? TRUE : booltesttype.endsWith('FALSE') ? FALSE : NULL;
    const is = (bits & asked ? TRUE : 0) | (bits & ~asked ? FALSE : 0);
    return truth(booltesttype.startsWith('IS_NOT') ? not(is) : is);
  },
  CoalesceExpr: ({ args = [] }, scope) => coalesce(args.map((arg) => valueOf(arg, scope))),
  CaseExpr: caseValue,
  CollateClause: ({ arg }, scope) => valueOf(arg, scope),
  TypeCast: ({ arg, typeName }, scope) => castValue(valueOf(arg, scope), typeName),
  ColumnRef: ({ fields }, scope) => {
    const name = columnOfRow(fields, scope);
    return name !== undefined && scope.isNotNull(name) ? present : unknown;
  },
  SQLValueFunction: ({ op }, { caller }) => {
    if (op === 'SVFOP_CURRENT_USER' || op === 'SVFOP_CURRENT_ROLE' || op === 'SVFOP_USER') return constant(caller.role);
    return op === 'SVFOP_CURRENT_SCHEMA' ? unknown : present;
  },
  A_ArrayExpr: ({ elements = [] }, scope) => ({ ...present, items: elements.map((item) => valueOf(item, scope)) }),
  FuncCall: (call, scope) =>
    callValue(
      call,
      (call.args ?? []).map((arg) => valueOf(arg, scope)),
      scope.caller,
    ),
  SubLink: subqueryValue,
};

function constantValue({ isnull, boolval, ival, fval, sval }: NodeOf<'A_Const'>): Value {
  if (isnull) return nothing;
  // The parser omits a field that is empty.
  if (boolval) return truth(boolval.boolval ? TRUE : FALSE);
  if (ival) return { ...constant(String(ival.ival ?? 0)), isNumber: true };
  if (fval) return { ...constant(fval.fval ?? '0'), isNumber: true };
  return sval ? constant(sval.sval ?? '') : present;
}

/** The name of a column of the policy's own row; undefined where it may be another one. */
function columnOfRow(fields: readonly Node[] | undefined, { isInner, table }: Scope): string | undefined {
  const names = strings(fields).filter(Boolean);
  const isOwn = names.length === 1 || (names.length > 1 && names.at(-2) === table);
  return isInner || names.length !== fields?.length || !isOwn ? undefined : names.at(-1);
}

/** Types whose texts are equal where the texts before the cast are. */
const TEXTS = new Set(['text', 'varchar']);

function castValue(value: Value, type: NodeOf<'TypeName'> | undefined): Value {
  const name = strings(type?.names).at(-1) ?? '';
  if (type?.arrayBounds) return castToArray(value);
  if (name === 'bool') {
    const boolean = asBoolean(value);
    return { bits: boolean.bits, isBoolean: true };
  }
  if (TEXTS.has(name) && !type?.typmods && !value.isBoolean && !value.items) return { ...value, isNumber: false };
  if ((name === 'json' || name === 'jsonb') && value.claims) return value;
  return { bits: (value.bits & NULL) | (value.bits & PRESENT ? PRESENT : 0) };
}

/** '{a,b}'::text[] */
function castToArray({ bits, text, items }: Value): Value {
  const list = text === undefined ? undefined : /^\{([\w, -]*)\}$/.exec(text)?.[1];
  if (list === undefined) return { bits, items };
  const elements = list.trim() === '' ? [] : list.split(',').map((item) => item.trim());
  return { bits, items: elements.map((item) => (/^null$/i.test(item) ? nothing : constant(item))) };
}

function caseValue({ arg, args = [], defresult }: NodeOf<'CaseExpr'>, scope: Scope): Value {
  const results: Value[] = [];
  const subject = arg && valueOf(arg, scope);
  for (const when of flatMap(args, (node) => nodeAs(node, 'CaseWhen') ?? [])) {
    const bits = subject ? equal(subject, valueOf(when.expr, scope)) : bitsOf(when.expr, scope);
    if (bits & TRUE) results.push(valueOf(when.result, scope));
    if (bits === TRUE) return union(results);
  }
  return union([...results, valueOf(defresult, scope)]);
}

function operatorValue(node: NodeOf<'A_Expr'>, scope: Scope): Value {
  const { kind, lexpr, rexpr } = node;
  const operator = strings(node.name).at(-1) ?? '';
  if (nodeAs(lexpr, 'RowExpr') || nodeAs(rexpr, 'RowExpr')) return unknown;
  switch (kind) {
    case 'AEXPR_IN':
      return listValue(lexpr, nodeAs(rexpr, 'List')?.items ?? [], operator === '<>', scope);
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return arrayValue(node, operator, scope);
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return truth(valueOf(lexpr, scope).bits === NULL ? NULL | FALSE : ANY);
    default:
      return pairValue(node, operator, scope);
  }
}

/** An operator between two expressions, or before one. */
function pairValue({ kind, lexpr, rexpr }: NodeOf<'A_Expr'>, operator: string, scope: Scope): Value {
  const left = lexpr && valueOf(lexpr, scope);
  const right = valueOf(rexpr, scope);
  if (!left) return operator === '-' || operator === '+' ? { bits: strict([right]) } : unknown;
  switch (kind) {
    case 'AEXPR_NULLIF':
      return isSame(lexpr, rexpr, scope) ? nothing : nullIf(left, right);
    case 'AEXPR_DISTINCT':
      return truth(isSame(lexpr, rexpr, scope) ? FALSE : distinct(left, right));
    case 'AEXPR_NOT_DISTINCT':
      return truth(isSame(lexpr, rexpr, scope) ? TRUE : not(distinct(left, right)));
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR': {
      const isWhole = right.text !== undefined && /^%+$/.test(right.text);
      return truth(strict([left, right], isWhole ? (operator.startsWith('!') ? FALSE : TRUE) : PRESENT));
    }
    default:
      if (JSON_OPERATORS.has(operator)) return jsonValue(operator, left, right);
      return compared(operator, left, right, isSame(lexpr, rexpr, scope));
  }
}

/** Whether two expressions are the same one, which has one value. Columns that are the same are remembered. */
function isSame(a: Node | undefined, b: Node | undefined, scope: Scope): boolean {
  const [x, y] = [nodeAs(a, 'ColumnRef'), nodeAs(b, 'ColumnRef')];
  if (x && y) {
    const name = columnOfRow(x.fields, scope);
    if (name === undefined || name !== columnOfRow(y.fields, scope)) return false;
    scope.sameColumns.add(name);
    return true;
  }
  return a !== undefined && b !== undefined && isRepeatable(a) && isRepeatable(b) && digestOf(a) === digestOf(b);
}

/** a IN (b, c), a NOT IN (b, c) */
function listValue(lexpr: Node | undefined, items: readonly Node[], negated: boolean, scope: Scope): Value {
  const left = valueOf(lexpr, scope);
  const bits = items.map((item) => compared('=', left, valueOf(item, scope), isSame(lexpr, item, scope)).bits);
  const found = bits.reduce(or, FALSE);
  return truth(negated ? not(found) : found);
}

/** a = ANY (array), a <> ALL (array) */
function arrayValue({ kind, lexpr, rexpr }: NodeOf<'A_Expr'>, operator: string, scope: Scope): Value {
  const left = valueOf(lexpr, scope);
  const array = valueOf(rexpr, scope);
  const { items } = array.text === undefined ? array : castToArray(array);
  const isAny = kind === 'AEXPR_OP_ANY';
  if (!items || canBeNull(array)) {
    if (array.bits === NULL) return truth(NULL);
    // No row of the array: ANY is false and ALL is true, whatever stands before it.
    return truth(left.bits === NULL && operator === '=' ? NULL | (isAny ? FALSE : TRUE) : ANY);
  }
  const each = items.map((item) => compared(operator, left, item, false).bits);
  return truth(isAny ? each.reduce(or, FALSE) : each.reduce(and, TRUE));
}
