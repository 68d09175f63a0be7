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
