/** What goes over a connection to a server: messages, pipelines and the rows of COPY. */
import type Pg from 'pg';
import { blockLine } from './block-line.js';
import type { Step, StepFailure } from './types.ts';

/** The end of the steps that are sent together with one, the first of them. */
export function endOfPipeline(steps: readonly Step[], start: number): number {
  const { pipeline } = steps[start]!;
  let end = start + 1;
  if (pipeline !== undefined) while (steps[end]?.pipeline === pipeline) end++;
  return end;
}

/** What a server answers, and how many statements were done before. */
export type Refusal = Omit<StepFailure, 'step' | 'statement'> & { done: number };

/** Sends a message of several statements. @returns the rows, as arrays, of those that have any */
export async function answersOf(client: Pg.Client, sql: string): Promise<unknown[][][]> {
  const results = (await client.query({ text: sql, rowMode: 'array' })) as unknown as { rows: unknown[][] }[];
  return [results]
    .flat()
    .map(({ rows }) => rows)
    .filter((rows) => rows.length > 0);
}

/** Sends one message, or one pipeline; one that does not end is given up together with its connection. */
export async function sendTo(
  client: Pg.Client,
  steps: readonly Step[],
  timeout: number,
  terminate: (pid: number) => Promise<unknown>,
): Promise<Refusal | undefined> {
  const pid = (client as unknown as { processID: number }).processID;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Refusal>((resolve) => {
    timer = setTimeout(() => {
      resolve({ code: 'timeout', message: `it did not end within ${timeout / 1000} s`, done: 0 });
    }, timeout);
  });
  const refused = await Promise.race([submit(client, steps), silence]);
  clearTimeout(timer);
  if (refused?.code === 'timeout') await terminate(pid);
  return refused;
}

/** The messages of the driver's connection that are sent here. */
interface Wire {
  query(sql: string): void;
  parse(message: { text: string }): void;
  bind(message: object): void;
  execute(message: object): void;
  sync(): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** The driver's own queries neither count what was done before an error, nor send pipelines, nor the rows of COPY. */
function submit(client: Pg.Client, steps: readonly Step[]): Promise<Refusal | undefined> {
  const [{ sql, copy, pipeline }] = steps as [Step];
  return new Promise((resolve) => {
    let done = 0;
    const nothing = () => undefined;
    const count = () => {
      done++;
    };
    client.query({
      submit: (wire: Wire) => {
        if (pipeline === undefined) return void wire.query(sql);
        for (const step of steps) {
          wire.parse({ text: step.sql });
          wire.bind({});
          wire.execute({});
        }
        wire.sync();
      },
      handleCopyInResponse(wire: Wire) {
        wire.sendCopyFromChunk(Buffer.from(copy ?? ''));
        wire.endCopyFrom();
      },
      handleError: (error: unknown) => {
        resolve({ ...refusalOf(error), done });
      },
      handleReadyForQuery: () => {
        resolve(undefined);
      },
      handleCommandComplete: count,
      handleEmptyQuery: count,
      handleParseComplete: nothing,
      handleRowDescription: nothing,
      handleDataRow: nothing,
      handlePortalSuspended: nothing,
      handleCopyData: nothing,
    } as unknown as Pg.Submittable);
  });
}

function refusalOf(error: unknown): Omit<Refusal, 'done'> {
  if (!isRefusal(error))
    return { code: 'crash', message: `the connection to the server was lost: ${(error as Error).message}` };
  const { code, message, detail, hint, position, where } = error;
  return {
    code: code!,
    message,
    ...(detail && { detail }),
    ...(hint && { hint }),
    ...(position && { position: Number(position) }),
    ...blockLine(where),
  };
}

/** Whether the server refused a statement; otherwise the connection was lost. */
export function isRefusal(error: unknown): error is Pg.DatabaseError {
  const { code, severity } = error as Partial<Pg.DatabaseError>;
  return code !== undefined && severity !== undefined && severity !== 'FATAL';
}
