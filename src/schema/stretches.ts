/** Cuts a migration into what runs together: a transaction, or a statement that cannot run in one. */
import { refusesTransaction } from '../catalog/do-block.ts';
import type { Step } from '../database/types.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import type { Runner } from '../project/types.ts';
import { Lines } from '../lines.ts';
import { Scripts } from '../syntax/scripts.ts';
import { planSteps, type Placeholders } from '../verify/steps.ts';
import type { MigrationFile } from '../verify/types.ts';

/** Steps in a row that run in one transaction of ours, or one after the other without any. */
export interface Stretch {
  inTransaction: boolean;
  steps: readonly Step[];
}

/** A statement that is not in the file. */
export const added = (sql: string): Step => ({ sql, offset: 0, isAdded: true });

/**
 * A file as stretches: one transaction where that can be, with the statements that PostgreSQL refuses in one between.
 * A file that begins or ends transactions itself, or whose tool is told to open none, runs statement by statement.
 * @param runners how its tool sends it
 * @throws UserError where something in the file only its tool, or psql, can run
 */
export function stretchesOf(file: MigrationFile, runners: readonly Runner[], placeholders: Placeholders): Stretch[] {
  const { steps, unknown } = planSteps(file.text, file.path, placeholders, file.kind);
  if (unknown) {
    const { line } = new Lines(file.text).locate(unknown.offset);
    throw new UserError(`${file.path}:${line} cannot be run: ${unknown.reason}`);
  }
  const script = new Scripts().read(file.text, file.path, file.kind);
  // The last one is that of the newest version.
  const { tool, transaction, sending } = runners.at(-1)!;
  const isSwitchedOff = tool !== 'psql' && transaction === 'none' && sending === 'simple';
  const hasOwn = script.statements.some((statement) => statement.as('TransactionStmt'));
  if (isSwitchedOff) return steps.map((step) => ({ inTransaction: false, steps: [step] }));
  if (hasOwn) return [{ inTransaction: false, steps }];
  const alone = new Set(flatMap(script.statements, (s) => (refusesTransaction(s) ? [s.start] : [])));
  const stretches: { inTransaction: boolean; steps: Step[] }[] = [];
  for (const step of steps) {
    const inTransaction = !alone.has(step.offset);
    const last = stretches.at(-1);
    if (inTransaction && last?.inTransaction) last.steps.push(step);
    else stretches.push({ inTransaction, steps: [step] });
  }
  return stretches;
}
