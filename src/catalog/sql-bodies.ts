/** What PostgreSQL looks up in the body of a routine in SQL when the routine is made. */
import { parseStatement, type Node, type NodeOf, type NodeTag } from '../syntax/parse.ts';
import { split } from '../syntax/split.ts';
import { flatMap } from '../lists.ts';
import { bodyText } from './body.ts';
import type { Effect } from './effects.ts';
import { namesIn } from './needs.ts';
import { nameOfRange, nodeAs, optionOf } from './nodes.ts';
import { targetUses, usesOfQuery } from './uses.ts';

/** Statements that are analysed with the body; of others, the names are looked up when they run. */
const ANALYSED: readonly NodeTag[] = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'];

/** The tables and columns that the body names; the names of parameters may stand for these. */
export function usesOfBody(node: NodeOf<'CreateFunctionStmt'>): Effect[] {
  const parameters = new Set((node.parameters ?? []).map((p) => nodeAs(p, 'FunctionParameter')?.name));
  return flatMap(queriesOf(node), (query) => [
    ...usesOfQuery(namesIn(query)),
    ...targets(nodeAs(query, 'InsertStmt')?.relation, nodeAs(query, 'InsertStmt')?.cols),
    ...targets(nodeAs(query, 'UpdateStmt')?.relation, nodeAs(query, 'UpdateStmt')?.targetList),
  ]).filter(
    (effect) => effect.action !== 'use' || effect.object.kind !== 'column' || !parameters.has(effect.object.name),
  );
}

const targets = (relation: NodeOf<'RangeVar'> | undefined, columns: readonly Node[] | undefined): Effect[] =>
  relation ? targetUses(columns, nameOfRange(relation)) : [];

/** The longest body that is looked at for whether it is one expression: those that are, are short. */
const MAX_EXPRESSION = 2000;

/** Whether a body may be `SELECT expression`: no other clause stands in it. */
const MAY_BE_EXPRESSION = /^\s*select\b(?!.*\b(?:from|where|limit|union|with)\b)/is;

/**
 * The expression that a function in SQL is, which PostgreSQL puts in the place of a call (`inline_function`); undefined
 * where it does not.
 */
export function inlinedExpression(node: NodeOf<'CreateFunctionStmt'>): Node | undefined {
  const isKept = ({ defname }: NodeOf<'DefElem'>) =>
    defname === 'security' || defname === 'set' || defname === 'strict';
  if (node.returnType?.setof || (node.options ?? []).some((o) => isKept(nodeAs(o, 'DefElem')!))) return undefined;
  const text = bodyText(node);
  if (text !== undefined && (text.length > MAX_EXPRESSION || !MAY_BE_EXPRESSION.test(text))) return undefined;
  const queries = queriesOf(node);
  if (queries.length !== 1) return undefined;
  const select = nodeAs(queries[0], 'SelectStmt');
  if (!select) return nodeAs(queries[0], 'ReturnStmt')?.returnval;
  const isPlain = !select.fromClause && !select.whereClause && !select.withClause && select.targetList?.length === 1;
  return isPlain ? nodeAs(select.targetList![0], 'ResTarget')?.val : undefined;
}

function queriesOf(node: NodeOf<'CreateFunctionStmt'>): Node[] {
  if (node.sql_body) return statementsIn(node.sql_body);
  const language = nodeAs(optionOf(node.options, 'language'), 'String')?.sval;
  const text = language?.toLowerCase() === 'sql' ? bodyText(node) : undefined;
  if (text === undefined) return [];
  return flatMap(split(text).slices, (slice) => {
    const parsed = parseStatement(slice.text);
    return parsed.ok && ANALYSED.includes(parsed.type) ? [{ [parsed.type]: parsed.node } as unknown as Node] : [];
  });
}

/** The statements of BEGIN ATOMIC, which the parser puts into lists in a list, or that of RETURN. */
function statementsIn(body: Node): Node[] {
  const list = nodeAs(body, 'List');
  return list ? flatMap(list.items ?? [], statementsIn) : [body];
}
