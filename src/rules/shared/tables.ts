/** Readers for CREATE TABLE and the columns and keys in it. */
import { nameOfRange, nodeAs, strings } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import { flatMap } from '../../lists.ts';

type Constraint = NodeOf<'Constraint'>;

/** A constraint with the columns that it is about. */
export interface Key {
  constraint: Constraint;
  columns: string[];
}

export interface Table {
  name: Name;
  node: NodeOf<'CreateStmt'>;
  /** Every constraint on columns, those of the columns' own definitions included. */
  constraints: Key[];
}

export function tableOf(statement: Statement): Table | undefined {
  const node = statement.as('CreateStmt');
  return node && { name: nameOfRange(node.relation), node, constraints: constraintsIn(node.tableElts) };
}

export function constraintsIn(elements: NodeOf<'CreateStmt'>['tableElts']): Key[] {
  return flatMap(elements ?? [], (element): Key[] => {
    const column = nodeAs(element, 'ColumnDef');
    if (column)
      return flatMap(column.constraints ?? [], (c) => nodeAs(c, 'Constraint') ?? []).map((constraint) => ({
        constraint,
        columns: [column.colname ?? ''],
      }));
    const constraint = nodeAs(element, 'Constraint');
    return constraint
      ? [
          {
            constraint,
            columns: strings(constraint.contype === 'CONSTR_FOREIGN' ? constraint.fk_attrs : constraint.keys),
          },
        ]
      : [];
  });
}
