/**
 * Checks what PostgreSQL refuses at the first run of a file, as a compiler would: names, types and calls are looked up
 * in what earlier statements have made. What cannot be decided is passed over in silence.
 */
import type { World } from '../history/world.ts';
import type { NodeOf, NodeTag } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { checkArrays, checkModifiers } from './definitions/columns.ts';
import { checkBlock, searchesElsewhere, statementsOfBody } from './definitions/body.ts';
import { checkEnum } from './definitions/enum-values.ts';
import { checkRefresh } from './definitions/refresh.ts';
import { checkResult } from './definitions/results.ts';
import { checkIndex } from './definitions/immutable.ts';
import { checkInsert, checkUpdate } from './definitions/rows.ts';
import { checkRoutine, checkTrigger } from './definitions/routine.ts';
import { checkAlterTable, checkTable } from './definitions/table.ts';
import { checkTableAs, checkView } from './definitions/view.ts';
import { checkColumns } from './names/columns.ts';
import { checkCalls } from './calls/functions.ts';
import { checkSettings } from './names/parameters.ts';
import { checkGrant } from './names/privileges.ts';
import { checkExtension, checkExtensionTypes } from './names/extensions.ts';
import { checkRelations } from './names/relations.ts';
import { checkRoles } from './names/roles.ts';
import { checkSchemas } from './names/schemas.ts';
import { checkObjects } from './names/objects.ts';
import { NO_SCOPE, parametersOf } from './names/scope.ts';
import type { Checked, Problem } from './problem.ts';

export type { Family, Problem } from './problem.ts';

/** Collects what PostgreSQL refuses at the first run of a file. */
export class Checker {
  private readonly found: Problem[] = [];
  private readonly places = new Set<string>();
  private readonly reported = new Set<string>();

  get problems(): readonly Problem[] {
    return this.found;
  }

  /**
   * Checks a statement that is about to run.
   * @param runs whether it does; undefined where that is not known
   * @param world the objects that there are when it runs
   */
  check(statement: Statement, runs: boolean | undefined, world: World): void {
    if (runs === false || statement.direction !== 'up' || !isChecked(statement)) return;
    const { reported } = this;
    const report = (problem: Problem) => this.report(problem);
    check({ statement, runs: runs === true, world, outer: NO_SCOPE, reported, report });
  }

  /** Two checks may see the same: the first one counts. */
  private report(problem: Problem): void {
    const place = `${problem.family} ${problem.start}`;
    if (this.places.has(place)) return;
    this.places.add(place);
    this.found.push(problem);
  }
}

/** Whether a statement is as PostgreSQL sees it, and what it fails with is not caught. */
const isChecked = (statement: Statement): boolean =>
  statement.type !== undefined &&
  !statement.placeholders &&
  !statement.guards.some((guard) => guard.kind === 'handler' && guard.conditions.length > 0);

/** Names are looked up only where the statement is sure to run. */
function check(checked: Checked): void {
  const { runs } = checked;
  const { type, node } = checked.statement;
  checkModifiers(checked);
  if (runs) {
    checkObjects(checked);
    checkColumns(checked);
    checkRelations(checked);
    checkRoles(checked);
    checkSchemas(checked);
    checkExtensionTypes(checked);
    checkCalls(checked);
  }
  CHECKS.get(type!)?.(node as never, checked);
  checkArrays(checked);
  if (runs && type === 'CreateFunctionStmt') checkStatementsOfBody(node, checked);
}

/** What the body of a function in SQL reads and writes, up to the first statement that is none of these. */
function checkStatementsOfBody(node: NodeOf<'CreateFunctionStmt'>, checked: Checked): void {
  if (searchesElsewhere(node)) return;
  const outer = parametersOf(node);
  const statements = statementsOfBody(checked.statement);
  for (const statement of statements) {
    if (!READS_OR_WRITES.has(statement.type) || statement.placeholders) return;
    check({ ...checked, statement, outer });
  }
  checkResult(node, statements, checked);
}

const READS_OR_WRITES: ReadonlySet<NodeTag | undefined> = new Set<NodeTag>([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
]);

/** The checks of a statement by its type. */
const CHECKS: ReadonlyMap<NodeTag, (node: never, checked: Checked) => void> = new Map<
  NodeTag,
  (node: never, checked: Checked) => void
>([
  ['CreateStmt', checkTable],
  ['AlterTableStmt', checkAlterTable],
  ['CreateFunctionStmt', checkRoutine],
  ['DoStmt', checkBlock],
  ['CreateTrigStmt', checkTrigger],
  ['InsertStmt', checkInsert],
  ['UpdateStmt', checkUpdate],
  ['IndexStmt', checkIndex],
  ['GrantStmt', checkGrant],
  ['ViewStmt', checkView],
  ['CreateEnumStmt', checkEnum],
  ['CreateExtensionStmt', checkExtension],
  ['RefreshMatViewStmt', checkRefresh],
  ['CreateTableAsStmt', checkTableAs],
  ['VariableSetStmt', checkSettings],
  ['VariableShowStmt', checkSettings],
  ['AlterRoleSetStmt', checkSettings],
  ['AlterDatabaseSetStmt', checkSettings],
  ['AlterSystemStmt', checkSettings],
  ['AlterFunctionStmt', checkSettings],
]);
