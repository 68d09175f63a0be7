/** Views, and tables made from a query, with two columns of one name. */
import { resultNames } from '../../catalog/columns.ts';
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
    ...tokenRange(statement, locationOfTarget(query, twice)),
    error: '42701',
    problem: `The query gives two columns the name "${names[twice]!}"`,
    advice: 'Give one of them another name with AS.',
  });
}

/** Where a column of a query begins. The first query of a UNION names the columns. */
function locationOfTarget(query: Node | undefined, k: number): number | undefined {
  let select = nodeAs(query, 'SelectStmt');
  while (select?.larg) select = select.larg;
  return nodeAs(select?.targetList?.[k], 'ResTarget')?.location;
}
