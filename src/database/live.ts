/** A database that people use: one connection to it, which says what it is. */
import { UserError } from '../errors.ts';
import { connect, connection } from './connect.ts';
import type { Ask } from './state.ts';
import type { Step, StepFailure } from './types.ts';
import { answersOf, endOfPipeline, isRefusal, sendTo } from './wire.ts';

const OLDEST = 12;
/** The longest time of a timer in Node.js. */
const FOREVER_MS = 2 ** 31 - 1;

export interface Live {
  /** The major version of PostgreSQL. */
  readonly version: number;
  readonly database: string;
  /** Host and port. */
  readonly server: string;
  readonly user: string;
  /** Whether it only follows another server, and takes no changes. */
  readonly isReplica: boolean;
  /** Whether a pooler stands between: what belongs to a session may then be lost between two transactions. */
  readonly isPooled: boolean;
  /** The process of the server that works for the connection. */
  readonly pid: number;
  /** Sends SQL, and answers the rows of its statements as arrays. @throws UserError where the server refuses it */
  ask: Ask;
  /** Sends the steps one after the other, and stops at the first that is refused. */
  run(steps: readonly Step[]): Promise<StepFailure | undefined>;
  close(): Promise<void>;
}

/**
 * Connects to a database.
 * @param purpose what the server shows as the name of the application
 * @param reads whether it is only read, in one transaction @default false
 * @throws UserError where there is no such database, or it is too old
 */
export async function openLive(url: string, purpose: string, { reads = false } = {}): Promise<Live> {
  const client = await connect(connection(url, purpose));
  const pid = (client as unknown as { processID: number }).processID;
  const [about] = await answersOf(
    client,
    `SELECT current_setting('server_version_num')::int / 10000, pg_is_in_recovery(), pg_backend_pid(), current_database()`,
  );
  const [version, isReplica, backend, database] = about![0] as [number, boolean, number, string];
  if (version < OLDEST) {
    await client.end();
    throw new UserError(`the server is PostgreSQL ${version}; this needs ${OLDEST} or later`);
  }
  if (reads) await answersOf(client, 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  return {
    version,
    database,
    server: `${client.host}:${client.port}`,
    user: client.user ?? '',
    isReplica,
    // A pooler gives out a number of its own.
    isPooled: pid !== backend,
    pid: backend,
    ask: async (sql) => {
      try {
        return await answersOf(client, sql);
      } catch (error) {
        throw new UserError(
          isRefusal(error)
            ? `the database refuses to be read: ${error.message} (${error.code})`
            : `the connection to the server was lost: ${(error as Error).message}`,
        );
      }
    },
    run: async (steps) => {
      for (let end = 0; end < steps.length;) {
        const start = end;
        end = endOfPipeline(steps, start);
        const refused = await sendTo(client, steps.slice(start, end), FOREVER_MS, () => Promise.resolve());
        if (!refused) continue;
        const { done, ...failure } = refused;
        const step = end - start === 1 ? start : Math.min(start + done, end - 1);
        return { step, ...failure, ...(steps[step]!.statements && { statement: done }) };
      }
      return undefined;
    },
    close: () => client.end().catch(() => undefined),
  };
}
