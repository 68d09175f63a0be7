/** Tells whether an UPDATE changes its own result if it runs a second time. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { constantOf, isJsonArray, sameConstant, stringConstant, uncast } from './constants.ts';
import { nextPicked } from './deletes.ts';
import { isMappedAgain, type Lookup } from './mapped-values.ts';
import { meets } from './met-rows.ts';
import {
  columnName,
  contains,
  containsColumn,
  equals,
  namesRelation,
  nodeAs,
  queriesInWith,
  strings,
  walk,
} from './nodes.ts';
import { assignmentsOf, excludesDone, integerFrom, mayExcludeDone, type Assignments } from './update-conditions.ts';
import { isClock, volatileCall } from './volatility.ts';
import { flatMap } from '../lists.ts';

/** Functions that give the same when they are applied to their own result: f(f(x)) = f(x). */
const SETTLED: ReadonlySet<string> = new Set([
  ...['lower', 'upper', 'initcap', 'btrim', 'ltrim', 'rtrim', 'trim', 'lpad', 'rpad', 'unaccent'],
  ...['abs', 'round', 'floor', 'ceil', 'ceiling', 'trunc', 'date_trunc', 'coalesce', 'nullif', 'normalize'],
  ...['jsonb_set', 'jsonb_strip_nulls', 'json_strip_nulls', 'to_jsonb', 'array_remove', 'array_replace'],
]);

/** Functions that return another value if they are applied to their own result. For other functions it is not known. */
const GROWING: ReadonlySet<string> = new Set([
  ...['concat', 'concat_ws', 'repeat', 'reverse', 'format', 'quote_literal', 'quote_ident', 'power', 'timezone'],
  ...['md5', 'sha224', 'sha256', 'sha384', 'sha512', 'digest', 'crypt', 'encode', 'decode', 'hmac'],
  ...['array_append', 'array_prepend', 'array_cat', 'jsonb_insert', 'row_to_json'],
  ...['json_build_object', 'jsonb_build_object', 'json_build_array', 'jsonb_build_array'],
]);

/** How a second run changes rows again; `clock` where only a time of change differs. */
export interface Change {
  why: string;
  clock: boolean;
  /** Whether the text does not tell if anything changes. */
  maybe?: boolean;
}

/**
 * How a second run of an UPDATE changes rows again; undefined where it does not.
 * @param relation the updated table, to tell its columns from those of joined ones
 * @param joined the condition by which MERGE finds rows
 */
export function repeatedChange(
  targetList: readonly Node[] | undefined,
  where: Node | undefined,
  relation?: NodeOf<'RangeVar'>,
  from: readonly Node[] = [],
  withClause?: NodeOf<'WithClause'>,
  joined?: Node,
): Change | undefined {
  const set = assignmentsOf(targetList);
  if (excludesDone(where, set)) return undefined;
  const self = relation?.alias?.aliasname ?? relation?.relname;
  // FROM may name the updated table again: its columns are those of the same rows.
  const others = flatMap(from, (node) => nodeAs(node, 'RangeVar') ?? []).filter(
    (other) => other.relname === relation?.relname && other.schemaname === relation?.schemaname,
  );
  const aliases = flatMap(others, (other) => other.alias?.aliasname ?? []);
  const names = flatMap([self, ...aliases], (name) => name ?? []);
  const queries = queriesIn(from, withClause);
  const lookup = { self, conditions: [where, joined], from, others: aliases };
  const table = { names, queries, relation: relation?.relname, lookup };
  const picked = nextPicked(
    { relation, where, from, withClause },
    (column) => set.has(column),
    (condition) => excludesDone(condition, set),
  );
  const changes = flatMap([...set.keys()], (column) => changeOf(column, set, where, table) ?? []);
  if (picked) changes.push(picked);
  // Report a certain change before a possible one, and a timestamp last.
  return changes.find(({ maybe, clock }) => !maybe && !clock) ?? changes.find(({ maybe }) => maybe) ?? changes[0];
}

/** The queries in FROM, and those of WITH that are named there, by what the statement calls them. */
function queriesIn(from: readonly Node[], withClause?: NodeOf<'WithClause'>): Map<string, Node | undefined> {
  const named = queriesInWith(withClause);
  return new Map(
    flatMap(from, (node): [string, Node | undefined][] => {
      const [query, range] = [nodeAs(node, 'RangeSubselect'), nodeAs(node, 'RangeVar')];
      if (query) return [[query.alias?.aliasname ?? '', query.subquery]];
      const name = range?.schemaname === undefined ? range?.relname : undefined;
      return name !== undefined && named.has(name) ? [[range?.alias?.aliasname ?? name, named.get(name)]] : [];
    }),
  );
}

/** The updated table. */
interface Updated {
  relation: string | undefined;
  /** What the statement calls it. */
  names: readonly string[];
  /** The queries in FROM by their aliases. */
  queries: ReadonlyMap<string, Node | undefined>;
  lookup: Lookup;
}

/** How a second run changes one column again. */
function changeOf(column: string, set: Assignments, where: Node | undefined, table: Updated): Change | undefined {
  const value = set.get(column);
  const call = volatileCall(value);
  if (call && isClock(call)) return { why: `${column} gets the time of every run`, clock: true };
  if (call) return { why: `${column} gets another value of ${call} at every run`, clock: false };
  const { certain, possible } = new Reads(column, set, table).of(value);
  const unclear = `${column} is computed from itself, and the text does not tell whether`;
  if (certain === column && mayExcludeDone(where, column))
    return { why: `${unclear} WHERE leaves out what has been changed`, clock: false, maybe: true };
  if (certain === column) return { why: `${column} is computed from itself`, clock: false };
  if (certain !== undefined)
    return { why: `${column} is computed from ${certain}, which the same statement sets`, clock: false };
  if (possible) return { why: `${unclear} the same comes out when that is done again`, clock: false, maybe: true };
  const isMapped = isMappedAgain(column, value, table.lookup, (name) => set.has(name));
  if (isMapped === false) return undefined;
  const why = `${column} gets what its old value is looked up as`;
  return isMapped
    ? { why: `${why}, and new values are looked up again`, clock: false }
    : { why: `${why}, and the text does not tell whether new values are looked up again`, clock: false, maybe: true };
}

/** The result of applying a function or an operator to its own result: the same, something else, or not known. */
type Repeated = 'same' | 'other' | 'unknown';

/** A branch of CASE; ELSE has no condition. */
interface Branch {
  condition: Node | undefined;
  result: Node | undefined;
}

/** Which columns that an UPDATE sets the new value of one of them is computed from. */
class Reads {
  /** The first column that makes the value another one in a second run. */
  certain: string | undefined;
  /** Whether a function with an unknown result reads the column itself. */
  possible = false;
  private readonly column: string;
  private readonly set: Assignments;
  private readonly table: Updated;

  constructor(column: string, set: Assignments, table: Updated) {
    this.column = column;
    this.set = set;
    this.table = table;
  }

  of(value: Node | undefined): this {
    this.look([value], 'same');
    this.possible ||= outcomes(value).some((outcome) => this.isAsked(outcome) || this.isPart(outcome));
    return this;
  }

  /** A question for the column itself, such as `done = false`: the answer is another one the second time. */
  private isAsked(value: Node): boolean {
    const { booltesttype, arg } = nodeAs(value, 'BooleanTest') ?? {};
    if (booltesttype === 'IS_TRUE' || booltesttype === 'IS_NOT_FALSE') return false;
    const { kind, name, lexpr, rexpr } = nodeAs(value, 'A_Expr') ?? {};
    const isComparison = kind !== undefined && (kind !== 'AEXPR_OP' || COMPARING.test(strings(name).at(-1) ?? ''));
    const sides = [arg, nodeAs(value, 'NullTest')?.arg, ...(isComparison ? [lexpr, rexpr] : [])];
    return sides.some((side) => columnName(side) === this.column && this.isOwn(side));
  }

  /** A part of the column itself, such as `data -> 'inner'` or `tags[2:]`, of which a second run takes a part again. */
  private isPart(value: Node): boolean {
    const { name, lexpr } = nodeAs(value, 'A_Expr') ?? {};
    const whole = ACCESSING.test(strings(name).at(-1) ?? '') ? lexpr : undefined;
    const { arg, indirection = [] } = nodeAs(value, 'A_Indirection') ?? {};
    const [lower] = indirection.map((node) => nodeAs(node, 'A_Indices'));
    const isBeginning = lower?.is_slice === true && (lower.lidx === undefined || integerFrom(lower.lidx) === 1);
    const found = whole ?? (isBeginning ? undefined : arg);
    return found !== undefined && this.readsColumn(found);
  }

  private isOwn(node: Node | undefined): boolean {
    const parts = strings(nodeAs(node, 'ColumnRef')?.fields);
    return parts.length === 1 || this.table.names.includes(parts.at(-2) ?? '');
  }

  private look(tree: unknown, repeated: Repeated): void {
    walk(tree, (type, node) => this.visit(type, node, repeated));
  }

  /** Returns false where the node's children have been looked at, or need not be. */
  private visit(type: string, node: Record<string, unknown>, repeated: Repeated): boolean {
    switch (type) {
      case 'SubLink':
        this.visitSubquery(node, repeated);
        return false;
      case 'CaseExpr':
        this.visitCase(node);
        return true;
      case 'BoolExpr':
        if (node.boolop === 'NOT_EXPR') this.look(node.args, 'other');
        return node.boolop !== 'NOT_EXPR';
      case 'CoalesceExpr':
        this.look(node.args, repeated);
        return false;
      case 'FuncCall':
        this.visitCall(node, repeated);
        return false;
      case 'A_Expr':
        return this.visitOperator(node);
      case 'ColumnRef':
        this.visitColumn(strings(node.fields as Node[]), repeated);
        return true;
      default:
        return true;
    }
  }

  /**
   * A subquery on the same table that reads the column, such as `(SELECT max(n) FROM t) + 1`, or one on another table
   * that reads a column which the statement sets, such as `(SELECT m.new FROM map m WHERE m.old = t.n)`.
   */
  private visitSubquery({ subselect }: Record<string, unknown>, repeated: Repeated): void {
    const query = nodeAs(subselect as Node, 'SelectStmt');
    const readsItself = (query?.fromClause ?? []).every((from) => nodeAs(from, 'RangeFunction'));
    // A column that the statement sets, with the name of its table.
    const isOther = (parts: readonly string[]) =>
      parts.length > 1 &&
      parts.at(-2) === this.table.lookup.self &&
      this.set.has(parts.at(-1)!) &&
      !(readsItself && parts.at(-1) === this.column);
    const isChanged =
      this.readsTable(subselect) || (readsItself && (repeated === 'other' || computes(query?.targetList)));
    this.possible ||= isChanged && this.readsColumn(subselect);
    this.possible ||= containsColumn(subselect, isOther);
    this.possible ||= contains(subselect, (type, node) => this.isOwnBeside(type, node));
  }

  /** Whether a node compares the column, without the name of its table, with a column of a table of the subquery. */
  private isOwnBeside(type: string, { lexpr, rexpr }: Record<string, unknown>): boolean {
    if (type !== 'A_Expr') return false;
    const [left, right] = [lexpr, rexpr].map((side) => strings(nodeAs(side as Node, 'ColumnRef')?.fields));
    const isBeside = (name: readonly string[], other: readonly string[]) =>
      name.length === 1 && name[0] === this.column && other.length > 1 && other.at(-2) !== this.table.lookup.self;
    return isBeside(left!, right!) || isBeside(right!, left!);
  }

  private readsTable(tree: unknown): boolean {
    const { relation } = this.table;
    return relation !== undefined && namesRelation(tree, relation);
  }

  private readsColumn(tree: unknown): boolean {
    return containsColumn(tree, (parts) => parts.at(-1) === this.column);
  }

  /** A column of a query in FROM that is computed from the column in the same table; a number of a row is not. */
  private visitQuery(query: Node, name: string): void {
    const targets = flatMap(nodeAs(query, 'SelectStmt')?.targetList ?? [], (t) => nodeAs(t, 'ResTarget') ?? []);
    const value = targets.find((target) => target.name === name)?.val;
    const over = nodeAs(value, 'FuncCall')?.over;
    // In the order of the column, the numbers come out the same again.
    const isReversed = contains(
      over?.orderClause,
      (type, node) => type === 'SortBy' && (node.sortby_dir === 'SORTBY_DESC' || !columnName(node.node as Node)),
    );
    if ((over === undefined || isReversed) && this.readsTable(query) && this.readsColumn(value ?? query))
      this.possible = true;
  }

  /** CASE that asks for the column itself: the value of one branch may lead into another branch the second time. */
  private visitCase({ args = [], arg, defresult }: NodeOf<'CaseExpr'>): void {
    const branches = flatMap(args, (node) => nodeAs(node, 'CaseWhen') ?? []).map(({ expr, result }) => ({
      condition: arg && expr ? equals(arg, expr) : expr,
      result,
    }));
    const all = [...branches, { condition: undefined, result: defresult }];
    for (const [k, { condition, result }] of all.entries()) {
      if (!constantOf(result) || !condition) continue;
      const isSame = this.givesAgain(all, k, result!);
      if (isSame === false) this.certain ??= this.column;
      else if (isSame === undefined) this.possible = true;
    }
  }

  /** Whether the branches of a CASE leave a value of the column that one of them has given; undefined if not known. */
  private givesAgain(branches: readonly Branch[], given: number, value: Node): boolean | undefined {
    const row = (name: string) => (name === this.column ? value : undefined);
    let isKnown = true;
    let isSame = true;
    for (const [k, { condition, result }] of branches.entries()) {
      // What asks for other columns holds as it did.
      const asks = condition === undefined || this.readsColumn(condition);
      const holds = asks
        ? meets(condition, row, this.table.relation ?? '')
        : k < given
          ? false
          : k === given || undefined;
      if (holds === false) continue;
      const own = columnName(result);
      const leaves = result === undefined ? false : own === this.column || sameConstant(result, value) === true;
      if (holds === true && isKnown) return leaves;
      isKnown = false;
      isSame &&= leaves;
      if (holds === true) break;
    }
    return isSame ? true : undefined;
  }

  private visitCall({ funcname, args }: NodeOf<'FuncCall'>, repeated: Repeated): void {
    const name = strings(funcname).at(-1)!;
    if (name === 'replace' && settlesReplace(args ?? [])) return;
    // A negative number of characters is taken away again.
    if ((name === 'left' || name === 'right') && (integerFrom(args?.[1]) ?? -1) >= 0) this.look(args, repeated);
    else this.visitOtherCall(name, args, repeated);
  }

  private visitOtherCall(name: string, args: readonly Node[] | undefined, repeated: Repeated): void {
    if (SETTLED.has(name)) this.look(args, repeated);
    else this.look(args, GROWING.has(name) || repeated === 'other' ? 'other' : 'unknown');
  }

  private visitOperator({ kind, name, lexpr, rexpr }: NodeOf<'A_Expr'>): boolean {
    if (kind !== 'AEXPR_OP') return true;
    const operator = strings(name).at(-1)!;
    if (COMPARING.test(operator) || ACCESSING.test(operator)) return true;
    // `a || b` of jsonb objects and taking a key away settle; the rest is taken to change again.
    if (operator === '||' && isJsonObject(rexpr) && !isArrayElse(lexpr)) return true;
    if (operator === '||' && capitalises(lexpr, rexpr)) return false;
    if ((operator === '-' || operator === '#-') && takesKeyAway(operator, rexpr)) return true;
    this.look([lexpr, rexpr], 'other');
    return false;
  }

  private visitColumn(parts: string[], repeated: Repeated): void {
    const column = parts.at(-1)!;
    const { names, queries } = this.table;
    if (parts.length > 1 && names.length > 0 && !names.includes(parts.at(-2)!)) {
      const query = queries.get(parts.at(-2)!);
      if (query) this.visitQuery(query, column);
      return;
    }
    // SET a = a + 1 reads itself; SET a = b, b = a reads what the first run has set.
    if (this.set.has(column) && (column !== this.column || repeated === 'other')) this.certain ??= column;
    else if (column === this.column && repeated === 'unknown') this.possible = true;
  }
}

const COMPARING = /^([<>=]|<>|!=|<=|>=|!?~\*?|!?~~\*?)$/;
const ACCESSING = /^(->>?|#>>?)$/;

/** The expressions that a value may come to, without casts: the branches of CASE and coalesce(). */
function outcomes(value: Node | undefined): Node[] {
  const node = uncast(value);
  const choice = nodeAs(node, 'CaseExpr');
  if (choice)
    return flatMap(
      [...(choice.args ?? []).map((branch) => nodeAs(branch, 'CaseWhen')?.result), choice.defresult],
      outcomes,
    );
  const first = nodeAs(node, 'CoalesceExpr')?.args;
  if (first) return flatMap(first, outcomes);
  return node ? [node] : [];
}

/** Functions that take a value apart or put one together, and leave its elements as they are. */
const KEEPS_ELEMENTS = new Set([
  ...['unnest', 'array_agg', 'json_agg', 'jsonb_agg', 'string_agg', 'json_object_agg', 'jsonb_object_agg'],
  ...['jsonb_array_elements', 'jsonb_array_elements_text', 'jsonb_each', 'string_to_table', 'regexp_split_to_table'],
]);

/** Whether the results of a query are computed, and not only taken. */
const computes = (targets: readonly Node[] | undefined): boolean =>
  contains(targets, (type, node) => {
    const name = strings((type === 'FuncCall' ? node.funcname : node.name) as Node[] | undefined).at(-1) ?? '';
    if (type === 'FuncCall') return !SETTLED.has(name) && !KEEPS_ELEMENTS.has(name);
    return type === 'A_Expr' && node.kind === 'AEXPR_OP' && !COMPARING.test(name) && !ACCESSING.test(name);
  });

/** Functions of a text that give the same of their own result. */
const OF_CASE: ReadonlySet<string> = new Set(['upper', 'lower', 'initcap']);

/** `upper(left(a, 1)) || lower(substr(a, 2))`: the whole of a column, in which only the case of letters changes. */
function capitalises(left: Node | undefined, right: Node | undefined): boolean {
  const [head, tail] = [partOf(left), partOf(right)];
  return head?.to !== undefined && head.from === 1 && tail?.from === head.to + 1 && tail.column === head.column;
}

/** The characters of a column that an expression gives, counted from 1; `to` is undefined up to the end. */
function partOf(node: Node | undefined): { column: string; from: number; to: number | undefined } | undefined {
  const { funcname, args = [] } = nodeAs(node, 'FuncCall') ?? {};
  const name = strings(funcname).at(-1) ?? '';
  if (OF_CASE.has(name) && args.length === 1) return partOf(args[0]);
  const column = columnName(args[0]);
  const [first, count] = args.slice(1).map((arg) => integerFrom(arg));
  if (column === undefined || first === undefined) return undefined;
  if (name === 'left' && first > 0) return { column, from: 1, to: first };
  if (name === 'right' && first < 0) return { column, from: 1 - first, to: undefined };
  if (!/^substr(ing)?$/.test(name) || first < 1 || (args.length > 2 && count === undefined)) return undefined;
  return { column, from: first, to: count === undefined ? undefined : first + count - 1 };
}

function settlesReplace(args: readonly Node[]): boolean {
  const [from, to] = [stringConstant(args[1]), stringConstant(args[2])];
  return from !== undefined && from !== '' && to?.includes(from) === false;
}

/** Words that PostgreSQL reads as a date or a number, so that `-` would take an amount away. */
const AMOUNT = /^(now|today|tomorrow|yesterday|epoch|infinity|allballs|nan)$/i;

/**
 * `data - 'key'` and `data #- '{a,b}'`: what is gone is not taken away again. A number would count through an array.
 */
function takesKeyAway(operator: string, right: Node | undefined): boolean {
  const cast = nodeAs(right, 'TypeCast');
  const key = stringConstant(right);
  if (key === undefined || (cast && strings(cast.typeName?.names).at(-1) !== 'text')) return false;
  return operator === '#-' || cast?.typeName?.arrayBounds
    ? /^\{[a-z_][\w-]*(,[a-z_][\w-]*)*\}$/i.test(key)
    : /^[a-z_][\w-]*$/i.test(key) && !AMOUNT.test(key);
}

/** `coalesce(a, '[]')`, to which an object is added as an element. */
const isArrayElse = (node: Node | undefined): boolean =>
  nodeAs(node, 'CoalesceExpr')?.args?.some((arg) => isJsonArray(arg)) === true;

/**
 * The columns to which an UPDATE adds a JSON object by ||. Where one holds an array, it gets one more element at every
 * run; in an object, the same keys are set again.
 */
export const columnsWithObjectAdded = (targets: readonly Node[] | undefined): string[] =>
  flatMap([...assignmentsOf(targets)], ([name, value]) => {
    const { name: operator, lexpr, rexpr } = nodeAs(value, 'A_Expr') ?? {};
    const isAdded = strings(operator).at(-1) === '||' && isJsonObject(rexpr) && columnName(lexpr) === name;
    return isAdded ? name : [];
  });

/** Whether a value is a JSON object, or an hstore. */
export function isJsonObject(node: Node | undefined): boolean {
  if (/^(jsonb?_build_object|hstore)$/.test(strings(nodeAs(node, 'FuncCall')?.funcname).at(-1) ?? '')) return true;
  return stringConstant(node)?.trimStart().startsWith('{') === true;
}
