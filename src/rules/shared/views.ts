/** Readers for views, and for who may read them. */
import { nameOfRange, nodeAs } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import { optionValue } from '../../catalog/settings.ts';
import type { Node } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';

export interface View {
  name: Name;
  materialized: boolean;
  /** Whether it reads with the rights of the user who queries it. */
  invoker: boolean;
  query: Node | undefined;
}

export function viewOf(statement: Statement): View | undefined {
  const view = statement.as('ViewStmt');
  if (view) {
    const option = (view.options ?? []).map((o) => nodeAs(o, 'DefElem')).find((o) => o?.defname === 'security_invoker');
    return {
      name: nameOfRange(view.view),
      materialized: false,
      invoker: option !== undefined && optionValue(option.arg) === true,
      query: view.query,
    };
  }
  const table = statement.as('CreateTableAsStmt');
  return table?.objtype === 'OBJECT_MATVIEW'
    ? { name: nameOfRange(table.into?.rel), materialized: true, invoker: false, query: table.query }
    : undefined;
}
