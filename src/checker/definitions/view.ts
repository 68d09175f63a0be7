/** Views, and tables made from a query, with two columns of one name. */
import { firstQuery, resultNames } from '../../catalog/columns.ts';
import { nodeAs } from '../../catalog/nodes.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { tokenRange } from '../places.ts';
import type { Checked } from '../problem.ts';

export const checkView = (node: NodeOf<'ViewStmt'>, checked: Checked): void =>
  checkResults(node.query, node.aliases, checked);

export const checkTableAs = (node: NodeOf<'CreateTableAsStmt'>, checked: Checked): void =>
  checkResults(node.query, node.into?.colNames, checked);

function checkResults(query: Node | undefined, aliases: readonly Node[] | undefined, checked: Checked): void {
  const { statement, report } = checked;
  const names = resultNames(query, aliases);
  const twice = names?.findIndex((name, k) => names.indexOf(name) < k) ?? -1;
  if (!names || twice < 0) return;
  report({
    family: 'definition',
    ...tokenRange(statement, nodeAs(firstQuery(query)?.targetList?.[twice], 'ResTarget')?.location),
    error: '42701',
    problem: `The query gives two columns the name "${names[twice]!}"`,
    advice: 'Give one of them another name with AS.',
  });
}
