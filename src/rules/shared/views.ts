/** Readers for views, and for who may read them. */
import { nameOfRange, nodeAs, stringOf, walk } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import type { Node } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';

export interface View {
  name: Name;
  materialized: boolean;
  /** Whether it reads with the rights of whoever asks. */
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
      invoker: option !== undefined && isOn(option.arg),
      query: view.query,
    };
  }
  const table = statement.as('CreateTableAsStmt');
  return table?.objtype === 'OBJECT_MATVIEW'
    ? { name: nameOfRange(table.into?.rel), materialized: true, invoker: false, query: table.query }
    : undefined;
}

/** A storage option without a value is on. */
function isOn(value: Node | undefined): boolean {
  if (value === undefined) return true;
  if (nodeAs(value, 'Integer')) return nodeAs(value, 'Integer')!.ival === 1;
  const boolean = nodeAs(value, 'Boolean');
  if (boolean) return boolean.boolval === true;
  const text = stringOf(value) || (nodeAs(value, 'TypeName')?.names ?? []).map(stringOf).at(-1) || '';
  return /^(on|true|yes|1|t|y)$/i.test(text);
}

/** Every relation that a query reads. */
export function relationsIn(query: Node | undefined): Name[] {
  const relations: Name[] = [];
  walk(query ? [query] : [], (type, node) => {
    if (type === 'RangeVar') relations.push(nameOfRange(node));
  });
  return relations;
}
