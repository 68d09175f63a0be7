import type { Engine } from '../database/types.ts';
import { Lines } from '../lines.ts';
import { statementByStatement } from '../project/runners.ts';
import type { Runner } from '../project/types.ts';
import type { Plans, Text } from './judge.ts';
import { describeRunner, stepsAsSent, type Way } from './sending.ts';
import { planSteps, type Placeholders } from './steps.ts';
import type { MigrationFile, Outcome } from './types.ts';

export interface PlansOptions {
  /** What `--fix` would write, by path. */
  fixed?: Map<string, string> | undefined;
  /** Only these paths are judged. */
  only?: string[] | undefined;
  placeholders?: Placeholders | undefined;
  /** The ways in which a file may be sent. @default statement by statement, as psql does */
  runnersOf?: ((file: MigrationFile) => readonly Runner[]) | undefined;
}

/** What is sent of a file, as it is and as it would be, in each way in which its tool may send it. */
export function plansOf(file: MigrationFile, options: PlansOptions): Plans {
  const { path, kind } = file;
  const planOf = (text: string): Text => ({ text, ...planSteps(text, path, options.placeholders, kind) });
  const original = planOf(file.text);
  // A file that nobody asks for is history, and that is the file as it is.
  const fixed = (options.only?.includes(path) ?? true) ? options.fixed?.get(path) : undefined;
  const subject = fixed === undefined || fixed === file.text ? original : planOf(fixed);
  const { runnersOf = () => [statementByStatement('psql', 'none')] } = options;
  const runners = runnersOf(file);
  // A line of the fixed text may say that it is sent otherwise.
  const ofSubject = subject === original ? runners : runnersOf({ ...file, text: subject.text });
  const send = ({ text, steps }: Text, runner: Runner) => ({
    text,
    steps: stepsAsSent({ path, text, kind }, steps, runner),
  });
  const ways = runners.map((runner, k): Way => {
    const sent = send(original, runner);
    return {
      name: describeRunner(runner),
      original: sent,
      subject: subject === original ? sent : send(subject, ofSubject[k] ?? runner),
    };
  });
  return { original, subject, ways };
}

/** A file that its environment cannot run says so before it says anything else. */
export function unfit(engine: Engine, { text, steps, unknown }: Text): Outcome | undefined {
  const why = unknown ?? engine.refuse(steps);
  return why && { verdict: 'not-verifiable', reason: why.reason, line: new Lines(text).locate(why.offset).line };
}
