/** Tells whether an UPDATE that runs a second time finds its own result and changes it once more. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { nodeAs, strings, walk } from './nodes.ts';

/** Functions whose value differs from call to call, or from run to run. */
export const VOLATILE = new Set(
  'random random_normal gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt clock_timestamp statement_timestamp transaction_timestamp timeofday now nextval txid_current pg_current_xact_id nanoid'.split(' '),
);

/** Functions that give the same when they are applied to their own result: f(f(x)) = f(x). */
const SETTLED = new Set('lower upper btrim ltrim rtrim trim initcap abs round floor ceil ceiling trunc date_trunc jsonb_set jsonb_strip_nulls json_strip_nulls to_jsonb coalesce nullif normalize unaccent array_remove array_replace'.split(' '));

const isConstant = (node: Node | undefined): boolean => {
  const cast = nodeAs(node, 'TypeCast');
  return cast ? isConstant(cast.arg) : node !== undefined && ('A_Const' in node || 'SetToDefault' in node);
};

/** Why an expression differs from call to call; undefined where it does not. */
export function volatileCall(expression: unknown): string | undefined {
  let found: string | undefined;
  walk(expression, (type, node) => {
    if (type === 'FuncCall') {
      const name = strings(node.funcname as Node[]).at(-1)!;
      if (VOLATILE.has(name)) found ??= `${name}()`;
    } else if (type === 'SQLValueFunction' && /CURRENT_(DATE|TIME)|LOCALTIME/.test(String(node.op))) found ??= String(node.op).replace(/^SVFOP_/, '').replace(/_N$/, '');
  });
  return found;
}

/** Whether WHERE leaves out the rows that the statement has already changed: a set column compared with its old value. */
function excludesDone(where: Node | undefined, targets: Map<string, Node | undefined>): boolean {
  const bool = nodeAs(where, 'BoolExpr');
  if (bool?.boolop === 'AND_EXPR') return (bool.args ?? []).some((arg) => excludesDone(arg, targets));
  if (bool?.boolop === 'OR_EXPR') return (bool.args ?? []).every((arg) => excludesDone(arg, targets));
  const columnOf = (node: Node | undefined) => strings(nodeAs(node, 'ColumnRef')?.fields).at(-1);
  const test = nodeAs(where, 'NullTest');
  if (test?.nulltesttype === 'IS_NULL') return targets.has(columnOf(test.arg) ?? '');
  // SET done = true WHERE done IS NOT TRUE, or WHERE NOT done.
  const isSetTo = (column: Node | undefined, value: boolean) => {
    const constant = nodeAs(targets.get(columnOf(column) ?? ''), 'A_Const')?.boolval;
    return constant !== undefined && (constant.boolval ?? false) === value;
  };
  const truth = nodeAs(where, 'BooleanTest');
  if (truth?.booltesttype === 'IS_NOT_TRUE' || truth?.booltesttype === 'IS_FALSE') return isSetTo(truth.arg, true);
  if (truth?.booltesttype === 'IS_NOT_FALSE' || truth?.booltesttype === 'IS_TRUE') return isSetTo(truth.arg, false);
  if (bool?.boolop === 'NOT_EXPR') return isSetTo(bool.args?.[0], true);
  if (nodeAs(where, 'ColumnRef')) return isSetTo(where, false);
  const expr = nodeAs(where, 'A_Expr');
  if (!expr) return false;
  const operator = strings(expr.name).at(-1);
  const column = columnOf(expr.lexpr);
  if (column === undefined || !targets.has(column)) return false;
  const value = targets.get(column);
  // SET a = 'x' WHERE a = 'y': the second run finds 'x'. A computed value may be 'y' again, so it must be a constant.
  if (!isConstant(value)) return false;
  if (operator === '=' && expr.kind === 'AEXPR_OP') return isConstant(expr.rexpr) && text(expr.rexpr) !== text(value);
  if (operator === '=' && expr.kind === 'AEXPR_IN') return (nodeAs(expr.rexpr, 'List')?.items ?? []).every((item) => isConstant(item) && text(item) !== text(value));
  if (operator === '<>' && expr.kind === 'AEXPR_OP') return text(expr.rexpr) === text(value);
  return expr.kind === 'AEXPR_DISTINCT' && text(expr.rexpr) === text(value);
}

const text = (node: Node | undefined): string => {
  let out = '';
  walk([node], (type, n) => {
    if (type === 'A_Const') out += JSON.stringify({ ...n, location: undefined });
  });
  return out;
};

/** Functions that read the clock: what they change is when a row was touched, not what it says. */
const CLOCK = /^(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)$|^(CURRENT|LOCAL)_?(DATE|TIME)/;

export const isClock = (call: string): boolean => CLOCK.test(call);

/** How a second run changes rows again; `clock` where only a time of change differs. */
export interface Change {
  why: string;
  clock: boolean;
}

/**
 * How a second run of an UPDATE changes rows again; undefined where it does not.
 * @param relation the updated table, to tell its columns from those of joined ones
 */
export function repeatedChange(targetList: readonly Node[] | undefined, where: Node | undefined, relation?: NodeOf<'RangeVar'>): Change | undefined {
  const targets = new Map((targetList ?? []).flatMap((t) => nodeAs(t, 'ResTarget') ?? []).map((t) => [t.name ?? '', t.val]));
  if (excludesDone(where, targets)) return undefined;
  const self = relation?.alias?.aliasname ?? relation?.relname;
  let clock: Change | undefined;
  for (const [name, value] of targets) {
    const call = volatileCall(value);
    if (call && isClock(call)) {
      clock ??= { why: `${name} gets the time of every run`, clock: true };
      continue;
    }
    if (call) return { why: `${name} gets another value of ${call} at every run`, clock: false };
    let changed: string | undefined;
    const look = (tree: unknown, settled: boolean) =>
      walk(tree, (type, node) => {
        if (type === 'SubLink') return false;
        if (type === 'FuncCall' && SETTLED.has(strings(node.funcname as Node[]).at(-1)!)) {
          look(node.args, settled);
          return false;
        }
        if (type === 'CoalesceExpr') {
          look(node.args, settled);
          return false;
        }
        if (type === 'FuncCall' || type === 'A_Expr') {
          // `a || b` of jsonb objects and replace() with constants settle; the rest is taken to change again.
          if (type === 'FuncCall' && strings(node.funcname as Node[]).at(-1) === 'replace' && settlesReplace(node.args as Node[])) return false;
          const kind = String(node.kind);
          if (type === 'A_Expr' && kind !== 'AEXPR_OP') return undefined;
          if (type === 'A_Expr' && /^([<>=]|<>|!=|<=|>=|->>?|#>>?)$/.test(strings(node.name as Node[]).at(-1)!)) return undefined;
          if (type === 'A_Expr' && strings(node.name as Node[]).at(-1) === '||' && isJsonObject(node.rexpr as Node)) return undefined;
          for (const argument of type === 'FuncCall' ? ((node.args as Node[] | undefined) ?? []) : [node.lexpr, node.rexpr]) look([argument], false);
          return false;
        }
        if (type === 'ColumnRef') {
          const parts = strings(node.fields as Node[]);
          if (parts.length > 1 && self !== undefined && parts.at(-2) !== self) return undefined;
          const column = parts.at(-1)!;
          // SET a = a + 1 reads itself; SET a = b, b = a reads what the first run has set.
          if (targets.has(column) && (column !== name || !settled)) changed ??= column;
        }
        return undefined;
      });
    look([value], true);
    if (changed !== undefined) return { why: changed === name ? `${name} is computed from itself` : `${name} is computed from ${changed}, which the same statement sets`, clock: false };
  }
  return clock;
}

function settlesReplace(args: readonly Node[]): boolean {
  const constant = (node: Node | undefined) => nodeAs(node, 'A_Const')?.sval?.sval;
  const [from, to] = [constant(args[1]), constant(args[2]) ?? ''];
  return from !== undefined && from !== '' && !to.includes(from);
}

function isJsonObject(node: Node | undefined): boolean {
  const cast = nodeAs(node, 'TypeCast');
  const value = nodeAs(cast?.arg ?? node, 'A_Const')?.sval?.sval ?? '';
  return value.trimStart().startsWith('{');
}
