/**
 * Checks what PostgreSQL refuses at the first run of a file, as a compiler would: names, types and calls are looked up
 * in what earlier statements have made. What cannot be decided is passed over in silence.
 */
import { unitsOf } from '../catalog/units.ts';
import { isRun, type IfResults } from '../history/guards.ts';
import { playStep, stepsOf } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { NodeTag } from '../syntax/parser.ts';
import type { Script, Statement } from '../syntax/script.ts';
import { checkArrays, checkModifiers } from './definitions/columns.ts';
import { checkIndex } from './definitions/immutable.ts';
import { checkInsert, checkUpdate } from './definitions/rows.ts';
import { checkRoutine, checkTrigger } from './definitions/routine.ts';
import { checkAlterTable, checkTable } from './definitions/table.ts';
import { checkColumns } from './names/columns.ts';
import { checkCalls } from './calls/functions.ts';
import { checkRelations } from './names/relations.ts';
import { checkRoles } from './names/roles.ts';
import { checkObjects } from './names/objects.ts';
import type { Checked, Problem } from './problem.ts';

export type { Family, Problem } from './problem.ts';

/** What PostgreSQL refuses in the forward statements of a file that runs after others. */
export function problemsOf({ statements }: Script, before: World): readonly Problem[] {
  const problems: Problem[] = [];
  const world = before.fork();
  const ifResults: IfResults = new Map();
  for (const step of stepsOf(statements.filter((s) => s.direction === 'up'))) {
    const { statement } = step;
    const runs = isRun(statement, unitsOf(statement), world, undefined, ifResults);
    if (runs === false) continue;
    if (isChecked(statement)) check({ statement, world, report: (problem) => problems.push(problem) }, runs === true);
    playStep(step, world);
  }
  // Two checks may see the same: the first one counts.
  const seen = new Set<string>();
  return problems.filter(({ family, start }) => {
    const place = `${family} ${start}`;
    return !seen.has(place) && seen.add(place);
  });
}

/** Whether a statement is as PostgreSQL sees it, and what it fails with is not caught. */
const isChecked = (statement: Statement): boolean =>
  statement.type !== undefined &&
  !statement.placeholders &&
  !statement.guards.some((guard) => guard.kind === 'handler' && guard.conditions.length > 0);

/** @param runs whether the statement is sure to run: names are looked up only then */
function check(checked: Checked, runs: boolean): void {
  const { type, node } = checked.statement;
  checkModifiers(checked);
  if (runs) {
    checkObjects(checked);
    checkColumns(checked);
    checkRelations(checked);
    checkRoles(checked);
    checkCalls(checked);
  }
  CHECKS.get(type!)?.(node as never, checked);
  checkArrays(checked);
}

/** The checks of a statement by its type. */
const CHECKS: ReadonlyMap<NodeTag, (node: never, checked: Checked) => void> = new Map<
  NodeTag,
  (node: never, checked: Checked) => void
>([
  ['CreateStmt', checkTable],
  ['AlterTableStmt', checkAlterTable],
  ['CreateFunctionStmt', checkRoutine],
  ['CreateTrigStmt', checkTrigger],
  ['InsertStmt', checkInsert],
  ['UpdateStmt', checkUpdate],
  ['IndexStmt', checkIndex],
]);
