/** Cuts a migration into what runs together: a transaction, or a statement that cannot run in one. */
import { refusesTransaction } from '../catalog/do-block.ts';
import type { Step } from '../database/types.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import type { Runner } from '../project/types.ts';
import { Lines } from '../lines.ts';
import type { Script } from '../syntax/script.ts';
import { Scripts } from '../syntax/scripts.ts';
import { planSteps, type Placeholders } from '../verify/steps.ts';
import type { MigrationFile } from '../verify/types.ts';

/** Steps in a row of which all stay or none: a transaction of ours or of the file's own, or one statement. */
export interface Stretch {
  /** Whether the transaction is ours. */
  inTransaction: boolean;
  steps: readonly Step[];
}

/** A statement that is not in the file. */
export const added = (sql: string): Step => ({ sql, offset: 0, isAdded: true });

/**
 * A file as stretches: one transaction where that can be, with the statements that PostgreSQL refuses in one between.
 * A file that begins or ends transactions itself has those; one whose tool is told to open none runs statement by
 * statement.
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
  if (script.statements.some((statement) => statement.as('TransactionStmt'))) return ofOwnTransactions(steps, script);
  // The last one is that of the newest version.
  const { tool, transaction, sending } = runners.at(-1)!;
  const isSwitchedOff = tool !== 'psql' && transaction === 'none' && sending === 'simple';
  if (isSwitchedOff) return steps.map((step) => ({ inTransaction: false, steps: [step] }));
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

/** The transactions that a file begins and ends itself, and the statements between them. */
function ofOwnTransactions(steps: readonly Step[], script: Script): Stretch[] {
  const kinds = new Map(script.statements.map((s) => [s.start, s.as('TransactionStmt')?.kind ?? '']));
  const stretches: { inTransaction: false; steps: Step[] }[] = [];
  let isOpen = false;
  for (const step of steps) {
    if (isOpen) stretches.at(-1)!.steps.push(step);
    else stretches.push({ inTransaction: false, steps: [step] });
    const kind = kinds.get(step.offset) ?? '';
    if (/_(?:BEGIN|START)$/.test(kind)) isOpen = true;
    else if (/_(?:COMMIT|ROLLBACK|PREPARE)$/.test(kind)) isOpen = false;
  }
  return stretches;
}
