/** Which expressions of a statement are checked, and what their columns may belong to. */
import { nameOfRange, nodeAs, strings } from '../../catalog/nodes.ts';
import { flatMap } from '../../lists.ts';
import type { NodeOf, NodeTag } from '../../syntax/parser.ts';
import { searchesElsewhere } from '../definitions/body.ts';
import type { Checked } from '../problem.ts';
import { ExpressionChecker } from './expressions.ts';
import { columnsOf, NO_SCOPE, parametersOf, within, type Source } from './scope.ts';

type Check = (node: never, expressions: ExpressionChecker, checked: Checked) => void;

const CHECKS: ReadonlyMap<NodeTag, Check> = new Map<NodeTag, Check>([
  ['SelectStmt', (node: NodeOf<'SelectStmt'>, expressions, { outer }) => expressions.select(node, outer)],
  ['InsertStmt', (node: NodeOf<'InsertStmt'>, expressions, { outer }) => expressions.insert(node, outer)],
  ['UpdateStmt', (node: NodeOf<'UpdateStmt'>, expressions, { outer }) => expressions.update(node, outer)],
  ['DeleteStmt', (node: NodeOf<'DeleteStmt'>, expressions, { outer }) => expressions.delete(node, outer)],
  ['ViewStmt', (node: NodeOf<'ViewStmt'>, expressions) => expressions.visit(node.query, NO_SCOPE)],
  ['CreateTableAsStmt', (node: NodeOf<'CreateTableAsStmt'>, expressions) => expressions.visit(node.query, NO_SCOPE)],
  [
    'CreatePolicyStmt',
    (node: NodeOf<'CreatePolicyStmt'>, expressions) =>
      expressions.ofTable([node.qual, node.with_check], nameOfRange(node.table)),
  ],
  [
    'AlterPolicyStmt',
    (node: NodeOf<'AlterPolicyStmt'>, expressions) =>
      expressions.ofTable([node.qual, node.with_check], nameOfRange(node.table)),
  ],
  [
    'CreateFunctionStmt',
    (node: NodeOf<'CreateFunctionStmt'>, expressions) => {
      if (!searchesElsewhere(node)) expressions.visit(node.sql_body, parametersOf(node));
    },
  ],
  ['CreateTrigStmt', checkTriggerCondition],
  ['CreateStmt', checkTableExpressions],
  ['AlterTableStmt', checkAlterTable],
]);

export function checkColumns(checked: Checked): void {
  const { type, node, parent } = checked.statement;
  // In a DO block, a name may be a variable.
  if (parent) return;
  CHECKS.get(type!)?.(node as never, new ExpressionChecker(checked), checked);
}

/** WHEN (OLD.x IS DISTINCT FROM NEW.x) */
function checkTriggerCondition(
  node: NodeOf<'CreateTrigStmt'>,
  expressions: ExpressionChecker,
  { world }: Checked,
): void {
  const table = nameOfRange(node.relation);
  const columns = columnsOf(table, world);
  const rows = ['old', 'new'].map((alias) => ({ alias, columns, table }));
  expressions.visit(node.whenClause, within(NO_SCOPE, rows));
}

/** Keys, checks and generated columns of a table that is being made. */
function checkTableExpressions(node: NodeOf<'CreateStmt'>, expressions: ExpressionChecker): void {
  const elements = node.tableElts ?? [];
  if (node.inhRelations || node.ofTypename || elements.some((e) => 'TableLikeClause' in e)) return;
  const table = nameOfRange(node.relation);
  const columns = new Set(flatMap(elements, (e) => nodeAs(e, 'ColumnDef')?.colname ?? []));
  const constraints = flatMap(elements, (e) => [e, ...(nodeAs(e, 'ColumnDef')?.constraints ?? [])]);
  for (const element of constraints)
    checkConstraint(nodeAs(element, 'Constraint'), { alias: table.name, columns, table }, expressions);
}

/** The columns of a key, and those of the expression of a check. */
function checkConstraint(
  constraint: NodeOf<'Constraint'> | undefined,
  source: Source,
  expressions: ExpressionChecker,
): void {
  if (!constraint) return;
  const { contype, keys, including, fk_attrs: foreign } = constraint;
  expressions.columns([...strings(keys), ...strings(including), ...strings(foreign)], source);
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_GENERATED')
    expressions.visit(constraint.raw_expr, within(NO_SCOPE, [source]));
}

/** Subcommands of ALTER TABLE about a column of which the table of statements says nothing. */
const OF_COLUMN: ReadonlySet<string | undefined> = new Set(['AT_ColumnDefault']);

function checkAlterTable(node: NodeOf<'AlterTableStmt'>, expressions: ExpressionChecker, { world }: Checked): void {
  if (node.objtype !== 'OBJECT_TABLE') return;
  const subcommands = (node.cmds ?? []).map((item) => nodeAs(item, 'AlterTableCmd')!);
  const table = nameOfRange(node.relation);
  const added = flatMap(subcommands, ({ def }) => nodeAs(def, 'ColumnDef')?.colname ?? []);
  const source: Source = { alias: table.name, columns: columnsOf(table, world, added), table };
  for (const { subtype, name, def } of subcommands) {
    if (OF_COLUMN.has(subtype) && name !== undefined) expressions.columns([name], source);
    checkConstraint(nodeAs(def, 'Constraint'), source, expressions);
    for (const constraint of nodeAs(def, 'ColumnDef')?.constraints ?? [])
      checkConstraint(nodeAs(constraint, 'Constraint'), source, expressions);
  }
}
