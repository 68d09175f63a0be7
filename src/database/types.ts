/** One message to send: a statement as a rule, and the rows that follow a `COPY … FROM stdin`. */
export interface Step {
  sql: string;
  /** UTF-16 offset of the statement in its file. */
  offset: number;
  copy?: string;
  /** Where values stand in `sql` for placeholders of the file. */
  filled?: Filled;
  /** The statements of a message that has several. */
  statements?: readonly Piece[];
  /** Steps in a row with the same number are one pipeline: Parse, Bind and Execute for each, and one Sync for all. */
  pipeline?: number;
  /** Whether the migration tool adds it to what stands in the file: BEGIN and COMMIT. */
  isAdded?: true;
  /** What the tool says where this is refused, in the place of PostgreSQL, and of which statement. */
  toolSays?: { message: string; statement: string };
}

/** A statement of a message that has several. */
export interface Piece {
  /** UTF-16 offset in the message. */
  at: number;
  /** The statement as it is sent. */
  sql: string;
  /** UTF-16 offset in the file. */
  offset: number;
  filled?: Filled;
}

/** What was filled in, in its order: ranges of the statement in its file, and how long what stands for each is. */
export interface Filled {
  /** The length of the statement in its file. */
  length: number;
  values: readonly { start: number; end: number; length: number }[];
}

/** What a database answers when it refuses a step. */
export interface StepFailure {
  /** Index of the step. */
  step: number;
  /** Index of the statement in a message that has several. */
  statement?: number;
  /** SQLSTATE; `timeout` for a statement that was given up, `crash` where the database itself went down. */
  code: string;
  message: string;
  detail?: string;
  hint?: string;
  /** Where in the statement, in code points from 1. */
  position?: number;
  /** The line of a DO block's body, from 1, where PL/pgSQL was. */
  blockLine?: number;
}

/** An extension of ours that answers to the name of one that the embedded PostgreSQL does not have. */
export interface StandIn {
  name: string;
  control: string;
  sql: string;
}

/** What exists before the first migration. */
export interface Environment {
  name: string;
  steps: Step[];
  standIns: StandIn[];
}

/** What a table holds: how many rows, and a digest of them in which their order does not count. */
export interface Rows {
  count: string;
  digest: string;
}

/** All that there is in a database, so that it can be compared. */
export interface State {
  /** Of the schema, the roles, the memberships and the settings. */
  digest: string;
  /** What the digest is of, a line an object, sorted. */
  lines(): string[];
  /** By the qualified name of the table. */
  tables: ReadonlyMap<string, Rows>;
}

/** A place in the life of a session that it can return to. */
export interface Mark {
  release(): Promise<void>;
}

/**
 * A database of its own, and a connection to it. Everything but `run`, `rewind` and `close` throws a `Crash` once the
 * database does not work any more; after `rewind` it works again.
 */
export interface Session {
  /**
   * Sends the steps one after the other; `stop` rolls back and ends at the first failure, `continue` goes on as psql
   * does.
   * @returns the first failure
   */
  run(steps: readonly Step[], onError: 'stop' | 'continue'): Promise<StepFailure | undefined>;
  /** Goes on as in a new connection: what was left open is rolled back, what belongs to a session is gone. */
  reset(): Promise<void>;
  /**
   * Resets the session, and reads what there is in the database.
   * @param inFull also what cannot have changed since it was read last @default false
   */
  state(inFull?: boolean): Promise<State>;
  /**
   * Resets the session, and asks the database in a transaction that reads only.
   * @param sql statements with semicolons between them
   * @returns the rows of those that have any, as arrays
   */
  ask(sql: string): Promise<unknown[][][]>;
  /** Resets the session, and describes the database in the words of `pg_dump`, as far as it is installed. */
  dump(): Promise<string>;
  /** Resets the session, and marks the database as it is now. */
  mark(): Promise<Mark>;
  /** Makes the database what it was at the mark, whatever has become of it since. */
  rewind(mark: Mark): Promise<void>;
  close(): Promise<void>;
}

/** PostgreSQL, embedded or a server. */
export interface Engine {
  /** What it is, with its version: `embedded PostgreSQL 18`. */
  readonly name: string;
  /** How many sessions may run at the same time. */
  readonly jobs: number;
  /** Whether all databases see the same roles, so that only one may run migrations at a time (`jobs` is 1 then). */
  readonly sharesRoles: boolean;
  /** Opens a session on a database as it is before the first migration. */
  open(): Promise<Session>;
  /** The reason why the engine must not run these steps, if there is one. */
  refuse(steps: readonly Step[]): { reason: string; offset: number } | undefined;
  close(): Promise<void>;
}
