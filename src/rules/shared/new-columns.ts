/** The columns that a file makes, with CREATE TABLE or ADD COLUMN. */
import { nameOfRange, nodeAs } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Report, RuleContext } from '../api/rule.ts';
import { isDeployed } from './safety.ts';

export interface NewColumn {
  statement: Statement;
  column: NodeOf<'ColumnDef'>;
  table: Name;
  /** Whether a primary key has it. */
  isKey: boolean;
}

const isPrimary = (node: Node): boolean => nodeAs(node, 'Constraint')?.contype === 'CONSTR_PRIMARY';

export function newColumns(context: RuleContext): NewColumn[] {
  if (!isDeployed(context)) return [];
  return flatMap(context.sourceCode.script.all(), (statement): NewColumn[] => {
    if (statement.direction === 'down' || statement.placeholders) return [];
    const create = statement.as('CreateStmt');
    const alter = statement.as('AlterTableStmt');
    if (create?.relation?.relpersistence === 't') return [];
    const elements =
      create?.tableElts ?? flatMap(alter?.cmds ?? [], (cmd) => addedIn(nodeAs(cmd, 'AlterTableCmd')) ?? []);
    const keys = new Set(
      flatMap(elements, (element) => {
        const constraint = nodeAs(element, 'Constraint');
        return constraint && isPrimary(element)
          ? (constraint.keys ?? []).map((key) => nodeAs(key, 'String')?.sval)
          : [];
      }),
    );
    const table = nameOfRange(create?.relation ?? alter?.relation);
    return flatMap(elements, (element): NewColumn | [] => {
      const column = nodeAs(element, 'ColumnDef');
      const isKey = column !== undefined && (keys.has(column.colname) || (column.constraints ?? []).some(isPrimary));
      return column ? { statement, column, table, isKey } : [];
    });
  });
}

const addedIn = (cmd: NodeOf<'AlterTableCmd'> | undefined): Node | undefined =>
  cmd?.subtype === 'AT_AddColumn' || cmd?.subtype === 'AT_AddConstraint' ? cmd.def : undefined;

/** Where a column's type stands, with the brackets behind it. */
export function typeRange(
  { sourceCode: { text } }: RuleContext,
  { statement, column }: NewColumn,
): { start: number; end: number } {
  const start = statement.start + (column.typeName?.location ?? 0);
  const written = /^(?:character\s+varying|[\w.]+|"[^"]+")(?:\s*\([\d\s,]*\))?/i.exec(text.slice(start));
  return { start, end: start + (written?.[0].length ?? 1) };
}

export const typeLoc = (context: RuleContext, column: NewColumn): Report['loc'] => {
  const { start, end } = typeRange(context, column);
  return context.sourceCode.locOf(start, end);
};
