/** Tells whether an UPDATE that runs a second time finds its own result and changes it once more. */
import type { Node, NodeOf } from '../syntax/parser.ts';
import { isConstant, isEmptyConstant, sameConstants, stringConstant } from './constants.ts';
import { nodeAs, strings, walk } from './nodes.ts';
import { flatMap } from '../lists.ts';

/** Functions whose value differs from call to call, or from run to run. */
export const VOLATILE = new Set(
  'random random_normal gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt clock_timestamp statement_timestamp transaction_timestamp timeofday now nextval txid_current pg_current_xact_id nanoid'.split(
    ' ',
  ),
);

/** Functions that give the same when they are applied to their own result: f(f(x)) = f(x). */
const SETTLED = new Set(
  'lower upper btrim ltrim rtrim trim initcap abs round floor ceil ceiling trunc date_trunc jsonb_set jsonb_strip_nulls json_strip_nulls to_jsonb coalesce nullif normalize unaccent array_remove array_replace left right lpad rpad'.split(
    ' ',
  ),
);

/** Functions that give something else when they are applied to their own result; of the rest, nobody can tell. */
const GROWING = new Set(
  'concat concat_ws repeat reverse md5 sha224 sha256 sha384 sha512 digest crypt encode decode hmac array_append array_prepend array_cat jsonb_insert json_build_object jsonb_build_object json_build_array jsonb_build_array row_to_json format quote_literal quote_ident power timezone'.split(
    ' ',
  ),
);

/** Why an expression differs from call to call; undefined where it does not. */
export function volatileCall(expression: unknown): string | undefined {
  let found: string | undefined;
  walk(expression, (type, node) => {
    if (type === 'FuncCall') {
      const name = strings(node.funcname as Node[]).at(-1)!;
      if (VOLATILE.has(name)) found ??= `${name}()`;
    } else if (type === 'SQLValueFunction' && /CURRENT_(DATE|TIME)|LOCALTIME/.test(String(node.op)))
      found ??= String(node.op)
        .replace(/^SVFOP_/, '')
        .replace(/_N$/, '');
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
  if (bool?.boolop === 'NOT_EXPR' && isSetTo(bool.args?.[0], true)) return true;
  if (nodeAs(where, 'ColumnRef')) return isSetTo(where, false);
  const negated = bool?.boolop === 'NOT_EXPR' ? nodeAs(bool.args?.[0], 'A_Expr') : undefined;
  if (negated && addsWhatLacks(negated, targets, columnOf)) return true;
  const expr = nodeAs(where, 'A_Expr');
  if (!expr) return false;
  const operator = strings(expr.name).at(-1);
  if (
    expr.kind === 'AEXPR_OP_ALL' &&
    operator === '<>' &&
    addsElement(targets.get(columnOf(expr.rexpr) ?? ''), columnOf(expr.rexpr), expr.lexpr)
  )
    return true;
  if (
    expr.kind === 'AEXPR_LIKE' &&
    operator === '!~~' &&
    bringsAffix(targets.get(columnOf(expr.lexpr) ?? ''), stringConstant(expr.rexpr))
  )
    return true;
  const column = columnOf(expr.lexpr);
  if (column === undefined || !targets.has(column)) return false;
  const value = targets.get(column);
  // SET a = 'x' WHERE a = 'y': the second run finds 'x'. A computed value may be 'y' again, so it must be a constant.
  if (!isConstant(value)) return false;
  if (operator === '=' && expr.kind === 'AEXPR_OP') return isConstant(expr.rexpr) && !sameConstants(expr.rexpr, value);
  if (operator === '=' && expr.kind === 'AEXPR_IN')
    return (nodeAs(expr.rexpr, 'List')?.items ?? []).every((item) => isConstant(item) && !sameConstants(item, value));
  if (operator === '<>' && expr.kind === 'AEXPR_OP') return sameConstants(expr.rexpr, value);
  return expr.kind === 'AEXPR_DISTINCT' && sameConstants(expr.rexpr, value);
}

/** What is joined by ||, from left to right. */
function joined(node: Node | undefined): (Node | undefined)[] {
  const expr = nodeAs(node, 'A_Expr');
  return expr?.kind === 'AEXPR_OP' && strings(expr.name).at(-1) === '||'
    ? [...joined(expr.lexpr), ...joined(expr.rexpr)]
    : [node];
}

/** SET a = 'x' || a WHERE a NOT LIKE 'x%', or the same at its end. */
function bringsAffix(value: Node | undefined, pattern: string | undefined): boolean {
  const affix = pattern?.replace(/^%|%$/, '');
  if (affix === undefined || affix === '' || /[%_\\]/.test(affix) || affix === pattern) return false;
  const parts = joined(value);
  return (
    parts.length > 1 &&
    (pattern!.endsWith('%')
      ? stringConstant(parts[0])?.startsWith(affix) === true
      : stringConstant(parts.at(-1))?.endsWith(affix) === true)
  );
}

/** SET a = array_append(a, 'x') or a || 'x'. */
function addsElement(value: Node | undefined, column: string | undefined, element: Node | undefined): boolean {
  if (column === undefined || !isConstant(element)) return false;
  const call = nodeAs(value, 'FuncCall');
  const added =
    call && /^array_(append|prepend)$/.test(strings(call.funcname).at(-1)!) ? (call.args ?? []) : joined(value);
  return added.length > 1 && added.some((part) => part && sameConstants(part, element));
}

/** SET … WHERE NOT 'x' = ANY(a), where a gets the x, or WHERE NOT a ? 'key', where a gets the key. */
function addsWhatLacks(
  test: NodeOf<'A_Expr'>,
  targets: Map<string, Node | undefined>,
  columnOf: (node: Node | undefined) => string | undefined,
): boolean {
  const operator = strings(test.name).at(-1);
  if (test.kind === 'AEXPR_OP_ANY' && operator === '=')
    return addsElement(targets.get(columnOf(test.rexpr) ?? ''), columnOf(test.rexpr), test.lexpr);
  if (test.kind === 'AEXPR_LIKE' && operator === '~~')
    return bringsAffix(targets.get(columnOf(test.lexpr) ?? ''), stringConstant(test.rexpr));
  return false;
}

/** Whether WHERE may leave out what has been changed: it looks at the column by more than whether it is there or how great it is. */
function looksAt(where: Node | undefined, column: string): boolean {
  let found = false;
  const mentions = (node: unknown) => {
    let inside = false;
    walk([node], (type, ref) => {
      if (type === 'ColumnRef' && strings(ref.fields as Node[]).at(-1) === column) inside = true;
    });
    return inside;
  };
  walk([where], (type, node) => {
    if (type === 'NullTest') return false;
    if (type === 'FuncCall' && mentions(node.args)) found = true;
    if (type !== 'A_Expr') return undefined;
    const operator = strings(node.name as Node[]).at(-1)!;
    const sides = [node.lexpr as Node | undefined, node.rexpr as Node | undefined];
    if (/^[<>]=?$/.test(operator)) return false;
    if (operator === '<>' && sides.some(isEmptyConstant)) return false;
    if (operator === '<>' && sides.every((side) => isConstant(side) || nodeAs(side, 'ColumnRef'))) return false;
    if (mentions(sides)) found = true;
    return undefined;
  });
  return found;
}

/** Functions that read the clock: what they change is when a row was touched, not what it says. */
const CLOCK =
  /^(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)$|^(CURRENT|LOCAL)_?(DATE|TIME)/;

export const isClock = (call: string): boolean => CLOCK.test(call);

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
 */
export function repeatedChange(
  targetList: readonly Node[] | undefined,
  where: Node | undefined,
  relation?: NodeOf<'RangeVar'>,
): Change | undefined {
  const targets = new Map(
    flatMap(targetList ?? [], (t) => nodeAs(t, 'ResTarget') ?? []).map((t) => [t.name ?? '', t.val]),
  );
  if (excludesDone(where, targets)) return undefined;
  const self = relation?.alias?.aliasname ?? relation?.relname;
  let clock: Change | undefined;
  let maybe: Change | undefined;
  for (const [name, value] of targets) {
    const call = volatileCall(value);
    if (call && isClock(call)) {
      clock ??= { why: `${name} gets the time of every run`, clock: true };
      continue;
    }
    if (call) return { why: `${name} gets another value of ${call} at every run`, clock: false };
    let changed: string | undefined;
    let perhaps: string | undefined;
    const look = (tree: unknown, result: 'settled' | 'unknown' | 'other') =>
      walk(tree, (type, node) => {
        if (type === 'SubLink') return false;
        if (type === 'CoalesceExpr') {
          look(node.args, result);
          return false;
        }
        if (type === 'FuncCall') {
          const called = strings(node.funcname as Node[]).at(-1)!;
          if (called === 'replace' && settlesReplace(node.args as Node[])) return false;
          look(
            node.args,
            SETTLED.has(called) ? result : GROWING.has(called) || result === 'other' ? 'other' : 'unknown',
          );
          return false;
        }
        if (type === 'A_Expr') {
          // `a || b` of jsonb objects and taking a key away settle; the rest is taken to change again.
          if (String(node.kind) !== 'AEXPR_OP') return undefined;
          const operator = strings(node.name as Node[]).at(-1)!;
          if (/^([<>=]|<>|!=|<=|>=|->>?|#>>?)$/.test(operator)) return undefined;
          if (operator === '||' && isJsonObject(node.rexpr as Node)) return undefined;
          if ((operator === '-' || operator === '#-') && takesKeyAway(operator, node.rexpr as Node)) return undefined;
          look([node.lexpr, node.rexpr], 'other');
          return false;
        }
        if (type === 'ColumnRef') {
          const parts = strings(node.fields as Node[]);
          if (parts.length > 1 && self !== undefined && parts.at(-2) !== self) return undefined;
          const column = parts.at(-1)!;
          // SET a = a + 1 reads itself; SET a = b, b = a reads what the first run has set.
          if (targets.has(column) && (column !== name || result === 'other')) changed ??= column;
          else if (column === name && result === 'unknown') perhaps ??= column;
        }
        return undefined;
      });
    look([value], 'settled');
    if (changed === name && looksAt(where, name))
      maybe ??= {
        why: `${name} is computed from itself, and the text does not tell whether WHERE leaves out what has been changed`,
        clock: false,
        maybe: true,
      };
    else if (changed !== undefined)
      return {
        why:
          changed === name
            ? `${name} is computed from itself`
            : `${name} is computed from ${changed}, which the same statement sets`,
        clock: false,
      };
    else if (perhaps !== undefined)
      maybe ??= {
        why: `${name} is computed from itself, and the text does not tell whether the same comes out when that is done again`,
        clock: false,
        maybe: true,
      };
  }
  return maybe ?? clock;
}

function settlesReplace(args: readonly Node[]): boolean {
  const [from, to] = [stringConstant(args[1]), stringConstant(args[2])];
  return from !== undefined && from !== '' && to?.includes(from) === false;
}

/** Words that PostgreSQL reads as a date or a number, so that `-` would take an amount away. */
const AMOUNT = /^(now|today|tomorrow|yesterday|epoch|infinity|allballs|nan)$/i;

/** `data - 'key'` and `data #- '{a,b}'`: what is gone is not taken away again. A number would count through an array. */
function takesKeyAway(operator: string, right: Node): boolean {
  const cast = nodeAs(right, 'TypeCast');
  const key = nodeAs(cast?.arg ?? right, 'A_Const')?.sval?.sval;
  if (key === undefined || (cast && strings(cast.typeName?.names).at(-1) !== 'text')) return false;
  return operator === '#-' || cast?.typeName?.arrayBounds
    ? /^\{[a-z_][\w-]*(,[a-z_][\w-]*)*\}$/i.test(key)
    : /^[a-z_][\w-]*$/i.test(key) && !AMOUNT.test(key);
}

function isJsonObject(node: Node | undefined): boolean {
  if (/^(jsonb?_build_object|hstore)$/.test(strings(nodeAs(node, 'FuncCall')?.funcname).at(-1) ?? '')) return true;
  const cast = nodeAs(node, 'TypeCast');
  const value = nodeAs(cast?.arg ?? node, 'A_Const')?.sval?.sval ?? '';
  return value.trimStart().startsWith('{');
}
