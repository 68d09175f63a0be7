/** Evaluates conditions in DO blocks, as far as history can answer what they ask of the catalogs. */
import { stringConstant } from '../catalog/constants.ts';
import { nodeAs, strings } from '../catalog/nodes.ts';
import { lookupKinds } from '../catalog/objects.ts';
import type { Variable } from '../catalog/variables.ts';
import { parseFragment, type Node, type NodeOf } from '../syntax/parse.ts';
import { ask, type Answer } from './catalog-queries.ts';
import { refFromText } from './catalog-values.ts';

/** Looks up a variable; undefined where its value is not in the text. */
export type Variables = (name: string) => Variable | undefined;

interface Scope {
  answer: Answer;
  variables: Variables;
  /** The query whose target is evaluated, of which count(*) speaks. */
  query?: NodeOf<'SelectStmt'>;
}

/**
 * Evaluates a PL/pgSQL condition with the answers given; undefined where it depends on anything else.
 * @param text the condition as written between IF and THEN
 */
export function evaluate(text: string, answer: Answer, variables: Variables = () => undefined): boolean | undefined {
  const parsed = parseFragment(`SELECT ${text}`);
  if (!parsed.ok || parsed.type !== 'SelectStmt') return undefined;
  return truth(nodeAs((parsed.node as NodeOf<'SelectStmt'>).targetList?.[0], 'ResTarget')?.val, { answer, variables });
}

/** The truth of the first thing that a query selects: SELECT EXISTS (…). */
function truthOfTarget(query: NodeOf<'SelectStmt'>, scope: Scope): boolean | undefined {
  const target = nodeAs(query.targetList?.[0], 'ResTarget')?.val;
  const value = truth(target, { ...scope, query });
  // Without a row it is NULL.
  return query.fromClause && !isAggregate(target) && ask(query, scope.answer) !== true ? undefined : value;
}

const isAggregate = (node: Node | undefined): boolean => {
  const expr = nodeAs(node, 'A_Expr');
  return expr ? isAggregate(expr.lexpr) : isCount(node);
};

const isCount = (node: Node | undefined): boolean => strings(nodeAs(node, 'FuncCall')?.funcname).at(-1) === 'count';

/** The variable that a plain name stands for. */
function variableOf(column: NodeOf<'ColumnRef'> | undefined, { variables }: Scope): Variable | undefined {
  const fields = strings(column?.fields);
  return fields.length === 1 ? variables(fields[0]!.toLowerCase()) : undefined;
}

function truth(node: Node | undefined, scope: Scope): boolean | undefined {
  const bool = nodeAs(node, 'BoolExpr');
  if (bool) return truthOfBoolean(bool, scope);
  const column = nodeAs(node, 'ColumnRef');
  if (column) return truthOfVariable(column, scope);
  const nullTest = nodeAs(node, 'NullTest');
  if (nullTest) {
    const exists = existence(nullTest.arg, scope);
    return nullTest.nulltesttype === 'IS_NOT_NULL' ? exists : not(exists);
  }
  const link = nodeAs(node, 'SubLink');
  if (link) return truthOfSubquery(link, scope);
  const constant = nodeAs(node, 'A_Const')?.boolval;
  if (constant) return constant.boolval ?? false;
  const truthTest = nodeAs(node, 'BooleanTest');
  if (truthTest) return truthOfTest(truthTest, scope);
  const comparison = nodeAs(node, 'A_Expr');
  return comparison?.kind === 'AEXPR_OP' ? truthOfComparison(comparison, scope) : undefined;
}

const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

function truthOfBoolean({ boolop, args = [] }: NodeOf<'BoolExpr'>, scope: Scope): boolean | undefined {
  const values = args.map((arg) => truth(arg, scope));
  if (boolop === 'NOT_EXPR') return not(values[0]);
  const decisive = boolop === 'OR_EXPR';
  if (values.includes(decisive)) return decisive;
  return values.includes(undefined) ? undefined : !decisive;
}

function truthOfVariable(column: NodeOf<'ColumnRef'>, scope: Scope): boolean | undefined {
  const variable = variableOf(column, scope);
  if (!variable) return undefined;
  if ('expression' in variable) return evaluate(variable.expression, scope.answer);
  return strings(column.fields)[0]!.toLowerCase() === 'found'
    ? ask(variable.query, scope.answer)
    : truthOfTarget(variable.query, scope);
}

function truthOfSubquery({ subLinkType, subselect }: NodeOf<'SubLink'>, scope: Scope): boolean | undefined {
  if (subLinkType === 'EXISTS_SUBLINK') return ask(subselect, scope.answer);
  const query = subLinkType === 'EXPR_SUBLINK' ? nodeAs(subselect, 'SelectStmt') : undefined;
  return query && truthOfTarget(query, scope);
}

/** IS [NOT] TRUE, IS [NOT] FALSE. */
function truthOfTest({ booltesttype, arg }: NodeOf<'BooleanTest'>, scope: Scope): boolean | undefined {
  const value = truth(arg, scope);
  if (value === undefined || booltesttype === 'IS_UNKNOWN' || booltesttype === 'IS_NOT_UNKNOWN') return undefined;
  return (booltesttype === 'IS_TRUE' || booltesttype === 'IS_NOT_FALSE') === value;
}

/** … = true, count(*) = 0, count(*) > 0. */
function truthOfComparison({ name, lexpr, rexpr }: NodeOf<'A_Expr'>, scope: Scope): boolean | undefined {
  const operator = strings(name).at(-1)!;
  const right = nodeAs(rexpr, 'A_Const');
  if (right?.boolval && operator === '=') {
    const value = truth(lexpr, scope);
    return value === undefined ? undefined : value === (right.boolval.boolval ?? false);
  }
  if (right?.sval && (operator === '=' || operator === '<>')) return truthOfProperty(lexpr, name, rexpr, scope);
  if (!right?.ival) return undefined;
  const some = isSome(lexpr, scope);
  // The parser writes != as <>.
  const comparison = `${operator} ${right.ival.ival ?? 0}`;
  if (comparison === '= 0' || comparison === '< 1') return not(some);
  return comparison === '> 0' || comparison === '<> 0' || comparison === '>= 1' ? some : undefined;
}

/** `(SELECT data_type FROM …) = 'text'`, or of a variable: whether the query finds a row for which it holds. */
function truthOfProperty(
  node: Node | undefined,
  operator: Node[] | undefined,
  compared: Node | undefined,
  scope: Scope,
): boolean | undefined {
  const link = nodeAs(node, 'SubLink');
  const variable = variableOf(nodeAs(node, 'ColumnRef'), scope);
  const ofVariable = variable && 'query' in variable ? variable.query : undefined;
  const query = link?.subLinkType === 'EXPR_SUBLINK' ? nodeAs(link.subselect, 'SelectStmt') : ofVariable;
  const target = nodeAs(query?.targetList?.[0], 'ResTarget')?.val;
  if (!query?.fromClause || !target || query.targetList!.length > 1) return undefined;
  const condition = { A_Expr: { kind: 'AEXPR_OP', name: operator, lexpr: target, rexpr: compared } } as Node;
  const where = { BoolExpr: { boolop: 'AND_EXPR', args: [query.whereClause ?? condition, condition] } } as Node;
  return ask({ ...query, whereClause: where }, scope.answer);
}

/** Whether a count is more than nothing: `(SELECT count(*) FROM …)`, or a variable that holds one. */
function isSome(node: Node | undefined, scope: Scope): boolean | undefined {
  const counted = (query: NodeOf<'SelectStmt'> | undefined) =>
    query && isCount(nodeAs(query.targetList?.[0], 'ResTarget')?.val) ? ask(query, scope.answer) : undefined;
  if (isCount(node)) return scope.query && ask(scope.query, scope.answer);
  const link = nodeAs(node, 'SubLink');
  if (link) return link.subLinkType === 'EXPR_SUBLINK' ? counted(nodeAs(link.subselect, 'SelectStmt')) : undefined;
  const variable = variableOf(nodeAs(node, 'ColumnRef'), scope);
  return variable && 'query' in variable ? counted(variable.query) : undefined;
}

/** For `x IS [NOT] NULL`: whether what x looks up exists. */
function existence(node: Node | undefined, scope: Scope): boolean | undefined {
  const { answer } = scope;
  const variable = variableOf(nodeAs(node, 'ColumnRef'), scope);
  if (variable && 'query' in variable) return ask(variable.query, answer);
  const link = nodeAs(node, 'SubLink');
  if (link?.subLinkType === 'EXPR_SUBLINK') {
    const query = nodeAs(link.subselect, 'SelectStmt');
    return query?.fromClause ? ask(query, answer) : existence(nodeAs(query?.targetList?.[0], 'ResTarget')?.val, scope);
  }
  const call = nodeAs(node, 'FuncCall');
  const kind = call && lookupKinds.get(strings(call.funcname).at(-1)!);
  const text = call && stringConstant(call.args?.[0]);
  if (!kind || text === undefined) return undefined;
  const ref = refFromText(kind, text);
  return ref && answer({ kind: 'object', ref, ownerKnown: true });
}
