/** Limits of the tool that runs the file: a fix is not written if the tool would refuse it or cut it in the middle. */
import { refusesTransaction } from '../catalog/do-block.ts';
import type { Changeset } from '../project/format.ts';
import { findMark } from '../project/marks.ts';
import { batchesOf, isOneTransaction } from '../project/sending.ts';
import { tools } from '../project/tools/index.ts';
import type { Batch, Runner } from '../project/types.ts';
import { perObject } from '../memo.ts';
import type { Script, Statement } from '../syntax/script.ts';
import type { Edit } from './edits.ts';

/**
 * Why nothing may be put before a statement that cannot run in a transaction, as the end of a sentence; undefined where
 * something may. It holds only where the tool can run the statement as it stands: elsewhere, a fix spoils nothing.
 */
export function staysAlone(statement: Statement, runners: readonly Runner[]): string | undefined {
  if (!refusesTransaction(statement)) return undefined;
  const { script, direction } = statement;
  const together = script.statements.filter((s) => s.direction === direction);
  for (const runner of runners) {
    const tool = tools[runner.tool].title;
    if (runner.sending === 'pipeline' && !runner.isolates && together[0] === statement)
      return `${tool} sends the file as one pipeline, in which it can only be the first statement`;
    if (runner.transaction !== 'none') {
      if (runner.refusesMixture && together.every(refusesTransaction))
        return `${tool} refuses a file of which a part can run in a transaction and a part cannot`;
    } else if (runner.cut === 'whole' && together.length === 1) return MESSAGE;
    else if (runner.cut === 'counted-blocks') return CUT_BY_WORDS;
    else if (runner.cut === 'every-semicolon') return CUT_EVERYWHERE;
  }
  return undefined;
}

const MESSAGE = 'the file may be sent as one message, in which it can only be the one statement';
const CUT_EVERYWHERE = 'golang-migrate cuts the file at every semicolon (x-multi-statement), also in a DO block';
const CUT_BY_WORDS = 'Liquibase cuts a DO block at the first semicolon behind END';

/** Whether all tools that may send the file run all of it or nothing: in one batch, which nothing in the file ends. */
export const isAtomic = ({ script }: Statement, runners: readonly Runner[]): boolean => sentAtOnce(runners)(script);

const sentAtOnce = perObject((runners: readonly Runner[]) =>
  perObject((script: Script): boolean => {
    if (runners.length === 0 || script.statements.some(endsTransaction)) return false;
    return runners.every(
      (runner) => isOneTransaction(script.text, script.format, runner) || isOneBatch(batchesOf(script, runner)),
    );
  }),
);

const endsTransaction = (statement: Statement): boolean =>
  ['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK'].includes(statement.as('TransactionStmt')?.kind ?? '');

const isOneBatch = ([batch, ...others]: readonly Batch[]): boolean =>
  others.length === 0 && (!batch || batch.transaction || batch.sending === 'pipeline' || batch.messages.length === 1);

/** Why statements cannot go into a DO block, for the tool that runs them; undefined where they can. */
export function obstacleToBlock(statements: readonly Statement[], runners: readonly Runner[]): string | undefined {
  const [first, last] = [statements[0]!, statements.at(-1)!];
  if (first.embedded) return undefined;
  const { script } = first;
  const mark = findMark(script.text, first.start, last.stop);
  if (mark) return `"${mark}" between the statements may be a mark of the tool that runs them`;
  if (runners.some(({ cut }) => cut === 'every-semicolon')) return CUT_EVERYWHERE;
  const { changesets, substituted, blocks } = script.format;
  const isIn = (ranges: readonly { start: number; end: number }[]) =>
    ranges.some(({ start, end }) => start <= first.start && first.start < end);
  if (isIn(substituted) && isIn(blocks)) return 'goose fills in variables there, and takes dollar quotes apart';
  if (changesets.length === 0) return undefined;
  const changeset = changesetOf(changesets, first);
  return !changeset || last.stop > changeset.end || !mayBeWhole(changeset) ? CUT_BY_WORDS : undefined;
}

const changesetOf = (changesets: readonly Changeset[], { start }: Statement): Changeset | undefined =>
  changesets.find((changeset) => changeset.start <= start && start < changeset.end);

const NOT_SPLIT = /\bsplitStatements:\s*"?false/i;

/**
 * Whether the changeset is sent as it stands, or may be made to: not where it says otherwise, or what is sent must be
 * cut.
 */
const mayBeWhole = ({ attributes }: Changeset): boolean =>
  NOT_SPLIT.test(attributes) || !/\b(?:splitStatements|endDelimiter|runInTransaction):/i.test(attributes);

/** Additional edits for a DO block: Liquibase must not split its changeset. */
export function editsForBlock(statement: Statement): Edit[] {
  const changeset = changesetOf(statement.script.format.changesets, statement);
  if (!changeset || statement.embedded || NOT_SPLIT.test(changeset.attributes)) return [];
  return [{ start: changeset.line, end: changeset.line, text: ' splitStatements:false' }];
}

/** Why a tool would read edits otherwise than PostgreSQL; undefined where it would not. */
export function refusal({ script }: Statement, edits: readonly Edit[]): string | undefined {
  const tool = script.format.tool ? tools[script.format.tool] : script.tool;
  const forbidden = tool?.forbidden?.find(({ text }) => edits.some((edit) => text.test(edit.text)));
  return forbidden && `${forbidden.why} what would stand in it`;
}
