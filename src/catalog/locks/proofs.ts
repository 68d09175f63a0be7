/** What CHECK constraints prove of the rows that are there, as PostgreSQL reads them (`predicate_implied_by`). */
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';
import { constantOf, type Constant } from '../constants.ts';
import { columnName, nodeAs, strings } from '../nodes.ts';
import type { ObjectRef } from '../objects.ts';
import { constraintsOf } from './relations.ts';
import type { Known } from './types.ts';

/** The CHECK constraints of a table that hold for every row. */
export const provenChecks = (table: ObjectRef, known: Known, dropped: ReadonlySet<string> = NONE): ObjectRef[] =>
  constraintsOf(table, known).filter(
    ({ name, detail }) => detail?.contype === 'c' && detail.unproven === undefined && !dropped.has(name),
  );

const NONE: ReadonlySet<string> = new Set();

/** Whether a check that holds says that a column is not NULL. */
export const provesNotNull = (table: ObjectRef, column: string, known: Known, dropped?: ReadonlySet<string>): boolean =>
  provenChecks(table, known, dropped).some(({ detail }) => notNullIn(detail?.check, true).includes(column));

/** The columns that a condition says are not NULL, where it is true or, otherwise, where it is false. */
function notNullIn(condition: Node | undefined, isTrue: boolean): string[] {
  const bool = nodeAs(condition, 'BoolExpr');
  if (bool) {
    const args = bool.args ?? [];
    if (bool.boolop === 'NOT_EXPR') return notNullIn(args[0], !isTrue);
    const lists = args.map((arg) => notNullIn(arg, isTrue));
    if ((bool.boolop === 'AND_EXPR') === isTrue) return lists.flat();
    return (lists[0] ?? []).filter((column) => lists.every((list) => list.includes(column)));
  }
  const test = nodeAs(condition, 'NullTest');
  if (test) {
    const column = columnName(test.arg);
    return column !== undefined && (test.nulltesttype === 'IS_NOT_NULL') === isTrue ? [column] : [];
  }
  return notNullInOperator(nodeAs(condition, 'A_Expr'), isTrue);
}

/** `a IS DISTINCT FROM NULL`, and `(a IS NOT NULL) = true`. */
function notNullInOperator(operator: NodeOf<'A_Expr'> | undefined, isTrue: boolean): string[] {
  if (!operator) return [];
  const right = constantOf(operator.rexpr);
  const column = columnName(operator.lexpr);
  const isDistinct = operator.kind === 'AEXPR_DISTINCT';
  if ((isDistinct || operator.kind === 'AEXPR_NOT_DISTINCT') && right?.kind === 'null' && column !== undefined)
    return isDistinct === isTrue ? [column] : [];
  const isEqual = operator.kind === 'AEXPR_OP' && strings(operator.name)[0] === '=';
  return isEqual && right?.kind === 'boolean' && columnName(operator.lexpr) === undefined
    ? notNullIn(operator.lexpr, (right.text === 'true') === isTrue)
    : [];
}

/** A stretch of values: from one, with it or without, to another. No end means that it goes on. */
interface Stretch {
  from?: Constant | undefined;
  withFrom: boolean;
  to?: Constant | undefined;
  withTo: boolean;
}

const EVERYTHING: Stretch = { withFrom: false, withTo: false };

/** Which of two constants is the greater one; undefined where that depends on their type. */
function compare(a: Constant, b: Constant): number | undefined {
  if (a.kind === 'number' && b.kind === 'number') return Number(a.text) - Number(b.text);
  if (a.text === b.text && a.kind === b.kind) return 0;
  const isDate = ({ kind, text }: Constant) =>
    kind === 'string' && /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d)?$/.test(text);
  return isDate(a) && isDate(b) ? (a.text.slice(0, 19) < b.text.slice(0, 19) ? -1 : 1) : undefined;
}

/** Whether all values of a stretch are in another one. */
function isWithin(inner: Stretch, outer: Stretch): boolean {
  const starts = !outer.from || (inner.from && follows(inner.from, inner.withFrom, outer.from, outer.withFrom, 1));
  const ends = !outer.to || (inner.to && follows(inner.to, inner.withTo, outer.to, outer.withTo, -1));
  return starts === true && ends === true;
}

function follows(inner: Constant, withInner: boolean, outer: Constant, withOuter: boolean, sign: number): boolean {
  const order = compare(inner, outer);
  if (order === undefined) return false;
  return order * sign > 0 || (order === 0 && (withOuter || !withInner));
}

/** Whether two stretches have no value in common. */
function isApart(a: Stretch, b: Stretch): boolean {
  const ends = (x: Stretch, y: Stretch): boolean => {
    if (!x.to || !y.from) return false;
    const order = compare(x.to, y.from);
    return order !== undefined && (order < 0 || (order === 0 && !(x.withTo && y.withFrom)));
  };
  return ends(a, b) || ends(b, a);
}

function both(a: Stretch, b: Stretch): Stretch {
  const from = later(a, b);
  const to = earlier(a, b);
  return { from: from.from, withFrom: from.withFrom, to: to.to, withTo: to.withTo };
}

function later(a: Stretch, b: Stretch): Stretch {
  if (!a.from || !b.from) return a.from ? a : b;
  return follows(a.from, a.withFrom, b.from, b.withFrom, 1) ? a : b;
}

function earlier(a: Stretch, b: Stretch): Stretch {
  if (!a.to || !b.to) return a.to ? a : b;
  return follows(a.to, a.withTo, b.to, b.withTo, -1) ? a : b;
}

/** The stretches in which a column lies where a condition is not false; undefined where it does not say. */
function stretchesIn(condition: Node | undefined, column: string, isTrue = true): Stretch[] | undefined {
  const bool = nodeAs(condition, 'BoolExpr');
  if (bool) {
    const args = bool.args ?? [];
    if (bool.boolop === 'NOT_EXPR') return stretchesIn(args[0], column, !isTrue);
    const parts = args.map((arg) => stretchesIn(arg, column, isTrue));
    if ((bool.boolop === 'AND_EXPR') === isTrue) return intersection(parts);
    // One that says nothing lets every value pass.
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  const operator = nodeAs(condition, 'A_Expr');
  return operator && columnName(operator.lexpr) === column ? ofOperator(operator, isTrue) : undefined;
}

function intersection(parts: readonly (Stretch[] | undefined)[]): Stretch[] | undefined {
  const told = parts.filter((part) => part !== undefined);
  if (told.length === 0) return undefined;
  return told.reduce((all, part) => flatMap(all, (a) => part.map((b) => both(a, b))));
}

const NEGATED: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '=': '<>', '<>': '=' };

function ofOperator({ kind, name, rexpr }: NodeOf<'A_Expr'>, isTrue: boolean): Stretch[] | undefined {
  const items = nodeAs(rexpr, 'List')?.items?.map(constantOf);
  const [low, high] = items ?? [];
  if (kind === 'AEXPR_BETWEEN' && low && high)
    return isTrue
      ? [{ from: low, withFrom: true, to: high, withTo: true }]
      : [
          { to: low, withFrom: false, withTo: false },
          { from: high, withFrom: false, withTo: false },
        ];
  const written = strings(name)[0] ?? '';
  const operator = isTrue ? written : (NEGATED[written] ?? '');
  if (kind === 'AEXPR_IN' && items && operator === '=')
    return items.every((item) => item !== undefined) ? items.map(point) : undefined;
  const value = kind === 'AEXPR_OP' ? constantOf(rexpr) : undefined;
  return value && value.kind !== 'null' ? ofComparison(operator, value) : undefined;
}

const point = (value: Constant): Stretch => ({ from: value, withFrom: true, to: value, withTo: true });

function ofComparison(operator: string, value: Constant): Stretch[] | undefined {
  switch (operator) {
    case '=':
      return [point(value)];
    case '<>':
      return [
        { to: value, withFrom: false, withTo: false },
        { from: value, withFrom: false, withTo: false },
      ];
    case '<':
    case '<=':
      return [{ to: value, withFrom: false, withTo: operator === '<=' }];
    case '>':
    case '>=':
      return [{ from: value, withFrom: operator === '>=', withTo: false }];
    default:
      return undefined;
  }
}

type Bound = NodeOf<'PartitionBoundSpec'>;

/** The stretches that a bound of one column lets in; undefined for hash partitions and bounds of several columns. */
function stretchesOf({ strategy, lowerdatums, upperdatums, listdatums }: Bound): Stretch[] | undefined {
  if (strategy === 'l') {
    const values = (listdatums ?? []).map(constantOf);
    return values.every((value) => value !== undefined)
      ? flatMap(values, (value) => (value.kind === 'null' ? [] : point(value)))
      : undefined;
  }
  if (strategy !== 'r' || lowerdatums?.length !== 1 || upperdatums?.length !== 1) return undefined;
  const from = constantOf(lowerdatums[0]);
  const to = constantOf(upperdatums[0]);
  const isOpen = (node: Node) => /^(?:minvalue|maxvalue)$/.test(columnName(node) ?? '');
  if ((!from && !isOpen(lowerdatums[0]!)) || (!to && !isOpen(upperdatums[0]!))) return undefined;
  return [{ ...EVERYTHING, from, withFrom: true, to, withTo: false }];
}

const stretchesOfChecks = (checks: readonly ObjectRef[], column: string): Stretch[] | undefined =>
  intersection(checks.map(({ detail }) => stretchesIn(detail?.check, column)));

/** Whether checks prove that every row is within the bound of a partition. */
export function proveBound(checks: readonly ObjectRef[], column: string, bound: Bound): boolean {
  const allowed = stretchesOf(bound);
  const proven = stretchesOfChecks(checks, column);
  return (
    allowed !== undefined &&
    proven !== undefined &&
    proven.every((inner) => allowed.some((outer) => isWithin(inner, outer)))
  );
}

/** Whether checks prove that no row is within the bound of a partition. */
export function proveOutside(checks: readonly ObjectRef[], column: string, bound: Bound): boolean {
  const taken = stretchesOf(bound);
  const proven = stretchesOfChecks(checks, column);
  return (
    taken !== undefined && proven !== undefined && proven.every((own) => taken.every((other) => isApart(own, other)))
  );
}

/** Whether a list partition takes NULL. */
export const takesNull = ({ listdatums }: Bound): boolean =>
  (listdatums ?? []).some((node) => constantOf(node)?.kind === 'null');

/** Whether a condition compares columns with constants, or asks whether they are NULL, so that it may be a proof. */
export function isProof(condition: Node | undefined): boolean {
  const bool = nodeAs(condition, 'BoolExpr');
  if (bool) return (bool.args ?? []).some(isProof);
  if (nodeAs(condition, 'NullTest')) return true;
  const operator = nodeAs(condition, 'A_Expr');
  if (!operator) return false;
  const isOfColumn = columnName(operator.lexpr) !== undefined || isProof(operator.lexpr);
  return isOfColumn && (constantOf(operator.rexpr) !== undefined || nodeAs(operator.rexpr, 'List') !== undefined);
}
