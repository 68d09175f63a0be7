/** Judges the ways back that are there: whether they lead to what was before the migration. */
import type { Session, Step, StepFailure } from '../../database/types.ts';
import { flatMap } from '../../lists.ts';
import { partsBack } from '../../project/back.ts';
import type { FileKind } from '../../project/format.ts';
import type { Runner } from '../../project/types.ts';
import type { MigrationFile, Played, PlayOptions } from '../../verify/index.ts';
import { stepsAsSent } from '../../verify/sending.ts';
import { fill } from '../../verify/states.ts';
import { locate, planSteps } from '../../verify/steps.ts';
import { Lines } from '../../lines.ts';
import { differences, type Difference } from '../objects.ts';
import { sameCode } from '../canonical.ts';
import { playTo, reasonOf, runUp, type Start } from './playing.ts';
import { digestsOf } from './rows.ts';
import { stateDiffers } from './whole.ts';
import { inWords } from './words.ts';

/** A way back that somebody has written. */
export interface Written {
  /** The file that holds it. */
  path: string;
  text: string;
  kind: FileKind;
  runners: readonly Runner[];
}

/** What came of a way back. */
export interface Judged {
  /** The migration. */
  up: string;
  /** The file that holds its way back. */
  path: string;
  line: number;
  /**
   * - `back`: it leads back.
   * - `incomplete`: something is otherwise than before.
   * - `fails`: PostgreSQL refuses a statement of it.
   * - `unknown`: the migration, or its way back, cannot be run here.
   */
  verdict: 'back' | 'incomplete' | 'fails' | 'unknown';
  /** What is otherwise, what fails, or why nothing is known. */
  because: readonly string[];
  /** Whether it has run where tables hold rows, or only where they hold what the migrations put there. */
  isFilled: boolean;
  /** What does not come back where tables hold rows. That is no finding: nothing could bring lost values back. */
  rows: readonly string[];
}

/**
 * Runs each migration and its way back, from the state that the files before leave, as it is and filled with rows.
 * @param written by the path of the migration
 */
export async function judgeWaysBack(
  files: readonly MigrationFile[],
  written: ReadonlyMap<string, Written>,
  options: Omit<PlayOptions, 'atStart' | 'onFile' | 'atEnd'>,
  onJudged: (judged: Judged) => void,
): Promise<void> {
  await playTo(files, new Set(written.keys()), options, async (session, file, outcome, start) => {
    const back = written.get(file.path)!;
    const after = await session.mark();
    try {
      onJudged(await judge(session, file, back, outcome, start, options));
    } finally {
      await session.rewind(after);
      await after.release();
    }
  });
}

async function judge(
  session: Session,
  file: MigrationFile,
  back: Written,
  outcome: Played,
  start: Start,
  options: Omit<PlayOptions, 'atStart' | 'onFile' | 'atEnd'>,
): Promise<Judged> {
  const { path, text, kind, runners } = back;
  const [part] = partsBack(text, path, kind);
  const base = {
    up: file.path,
    path,
    line: part ? new Lines(text).locate(firstIn(text, part.start)).line : 1,
    isFilled: false,
    rows: [],
  };
  if (outcome.verdict !== 'ok')
    return { ...base, verdict: 'unknown', because: [`the migration does not run: ${reasonOf(outcome)}`] };
  const { steps: statements, unknown } = planSteps(text, path, options.placeholders, kind, 'down');
  if (unknown) return { ...base, verdict: 'unknown', because: [unknown.reason] };
  const [runner] = runners;
  const steps = runner ? stepsAsSent({ path, text, kind }, statements, runner, 'down') : statements;
  const plain = await lead(session, back, steps, start);
  if ('failure' in plain && start.behind !== undefined)
    return {
      ...base,
      verdict: 'unknown',
      because: [...plain.failure.because, `${start.behind} before it does not run in full`],
    };
  if ('failure' in plain) return { ...base, ...plain.failure, verdict: 'fails' };
  if (plain.left.length > 0) return { ...base, verdict: 'incomplete', because: plain.left };
  const isBack = { ...base, verdict: 'back' as const, because: [] };
  // The same where tables hold rows.
  await session.rewind(start.mark);
  if (await session.run([fill(undefined)], 'continue')) return isBack;
  await session.reset();
  const before = await digestsOf((sql) => session.ask(sql), start.objects, new Set());
  if (await runUp(session, file, options)) return isBack;
  await session.reset();
  const filled = await lead(session, back, steps, start);
  if ('failure' in filled)
    return {
      ...base,
      verdict: 'fails',
      line: filled.failure.line,
      because: filled.failure.because.map((one) => `where tables hold rows, ${one}`),
      isFilled: true,
    };
  // What has lost its values may have to do without what asks for them.
  if (filled.left.length > 0) return { ...isBack, isFilled: true, rows: filled.left };
  const now = await digestsOf((sql) => session.ask(sql), await start.read(), new Set());
  const rows = flatMap(before, ([table, { count, whole }]) => {
    const other = now.get(table);
    return other?.count === count && other.whole === whole ? [] : `${table} has other rows than before`;
  });
  return { ...isBack, isFilled: true, rows };
}

/** Runs a way back, and answers what is otherwise behind it. */
async function lead(
  session: Session,
  { text }: Written,
  steps: readonly Step[],
  start: Start,
): Promise<{ left: string[] } | { failure: { line: number; because: string[] } }> {
  const failure = await session.run(steps, 'stop');
  if (failure) return { failure: failed(text, steps, failure) };
  await session.reset();
  const left = differences(start.objects, await start.read())
    .filter((difference) => !isComment(difference))
    .map(inWords);
  return { left: left.length > 0 ? left : stateDiffers(start.state, await session.state()) };
}

/** Whether a function has come back without a comment of its author. */
const isComment = ({ expected, actual, properties = [] }: Difference): boolean =>
  properties.length === 1 &&
  properties[0] === 'body' &&
  ['sql', 'plpgsql'].includes(expected!.properties.language ?? '') &&
  sameCode(expected!.properties.body ?? '', actual!.properties.body ?? '');

function failed(text: string, steps: readonly Step[], failure: StepFailure): { line: number; because: string[] } {
  const { line, message, code } = locate(text, steps, failure);
  return { line, because: [`it fails: ${message} (${code})`] };
}

/** Where the first word behind an offset stands, or the offset. */
const firstIn = (text: string, from: number): number => {
  const found = /\S/.exec(text.slice(from));
  return found ? from + found.index : from;
};
