import { batchesOf } from '../project/sending.ts';
import type { FileKind } from '../project/format.ts';
import { tools } from '../project/tools/index.ts';
import type { Batch, Direction, Runner } from '../project/types.ts';
import type { Piece, Step } from '../database/types.ts';

/** A text, and what is sent to run it. */
export interface Sent {
  text: string;
  steps: readonly Step[];
}

/** One way in which a file may be sent. */
export interface Way {
  /** `dbmate: one message, in a transaction`. */
  name: string;
  original: Sent;
  subject: Sent;
}

/**
 * What a tool sends to run a file.
 * @param statements the statements of the file that run in that direction, each a step
 */
export function stepsAsSent(
  file: { path: string; text: string; kind?: FileKind | undefined },
  statements: readonly Step[],
  runner: Runner,
  direction: Direction = 'up',
): Step[] {
  const steps: Step[] = [];
  batchesOf({ ...file.kind, path: file.path, text: file.text }, runner, direction).forEach((batch, pipeline) => {
    const messages = messagesOf(file.text, statements, batch, pipeline, tools[runner.tool].sendsRows);
    const [first, last] = [messages[0], messages.at(-1)];
    if (!first || !last) return;
    if (batch.transaction) steps.push({ sql: 'BEGIN', offset: first.offset, isAdded: true });
    steps.push(...messages);
    if (!batch.transaction) return;
    const look = lookForTransaction(statements, batch, tools[runner.tool].missesTransaction);
    if (look) steps.push(look);
    steps.push({ sql: 'COMMIT', offset: last.offset, isAdded: true });
  });
  return steps;
}

/** What fails where a batch has ended its transaction, for a tool that looks; undefined where nothing in it can. */
function lookForTransaction(
  statements: readonly Step[],
  { messages }: Batch,
  message: string | undefined,
): Step | undefined {
  const ends = statements.findLast(
    ({ sql, offset }) =>
      ENDS_TRANSACTION.test(sql) && messages.some(({ start, end }) => start <= offset && offset < end),
  );
  if (!ends || message === undefined) return undefined;
  const { sql: statement, offset } = ends;
  return { sql: 'SAVEPOINT sql_lint', offset, isAdded: true, toolSays: { message, statement } };
}

/** What may end a transaction; a statement only: the words in a body stand behind others. */
const ENDS_TRANSACTION = /^(?:commit|end|rollback|abort|prepare\s+transaction)\b/i;

function messagesOf(
  text: string,
  statements: readonly Step[],
  batch: Batch,
  pipeline: number,
  sendsRows = false,
): Step[] {
  const messages: Step[] = [];
  for (const { start, end } of batch.messages) {
    const inside = statements.filter((step) => step.offset < end && endOf(step) > start);
    const isCut = inside.some((step) => step.offset < start || endOf(step) > end);
    const touched = sendsRows ? inside : inside.map(withRows);
    if (touched.length === 0 && !isCut) continue;
    // A tool that cuts a statement in its middle sends the pieces as they are.
    if (isCut) messages.push({ sql: text.slice(start, end), offset: start });
    else if (touched.some(({ copy }) => copy !== undefined)) messages.push(...touched);
    else messages.push(touched.length === 1 ? touched[0]! : joined(touched));
  }
  return batch.sending === 'pipeline' ? messages.map((step) => ({ ...step, pipeline })) : messages;
}

/** A statement as a tool sends it that takes the rows of COPY for SQL. */
const withRows = ({ copy, ...step }: Step): Step =>
  copy === undefined ? step : { ...step, sql: `${step.sql};\n${copy}\\.\n` };

const endOf = ({ offset, sql, filled }: Step): number => offset + (filled?.length ?? sql.length);

/** Several statements as one message. */
function joined(statements: readonly Step[]): Step {
  let sql = '';
  const pieces: Piece[] = [];
  for (const { sql: statement, offset, filled } of statements) {
    if (sql !== '') sql += ';\n';
    pieces.push({ at: sql.length, sql: statement, offset, ...(filled && { filled }) });
    sql += statement;
  }
  return { sql, offset: statements[0]!.offset, statements: pieces };
}

/** Whether nothing that is sent tells one way from another. */
export const isSameWay = (a: Way, b: Way): boolean =>
  isSent(a.original, b.original) && (a.original === a.subject || isSent(a.subject, b.subject));

const isSent = ({ steps: a }: Sent, { steps: b }: Sent): boolean =>
  a.length === b.length && a.every((step, k) => step.sql === b[k]!.sql && step.pipeline === b[k]!.pipeline);

/** A runner, in words: who sends a file, cut into what, in which transaction. */
export function describeRunner({ tool, sending, cut, transaction, isolates }: Runner): string {
  const pieces = cut === 'whole' ? 'one message' : PIECES[cut];
  const within = transaction === 'none' ? 'no transaction around it' : 'in a transaction';
  const how = sending === 'pipeline' ? 'in a pipeline' : within;
  return `${tools[tool].title}: ${pieces}, ${how}${isolates ? ', what cannot run in a transaction alone' : ''}`;
}

const PIECES: Record<Exclude<Runner['cut'], 'whole'>, string> = {
  statements: 'statement by statement',
  breakpoints: 'cut at its breakpoints',
  'line-ends': 'cut at semicolons at the end of a line',
  'every-semicolon': 'cut at every semicolon',
  'counted-blocks': 'cut at semicolons outside BEGIN and END',
  'plain-quotes': 'statement by statement',
};
