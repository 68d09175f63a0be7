/** A migration file, as it is read. */
export interface MigrationFile {
  path: string;
  text: string;
}

/** A statement that PostgreSQL refused, in the words of PostgreSQL. */
export interface Failure {
  /** SQLSTATE, such as `42P07`; `timeout` for a statement that was given up, `crash` where the database itself went down. */
  code: string;
  message: string;
  detail?: string;
  hint?: string;
  /** UTF-16 offset of the statement in its file. */
  offset: number;
  /** Where PostgreSQL points to, otherwise where the statement begins; both count from 1. */
  line: number;
  column: number;
  /** The statement, without its semicolon. */
  statement: string;
  /** The lines of the file around that place. */
  frame: { line: number; text: string }[];
}

/** What running a migration has shown. */
export type Outcome =
  /** It runs twice, and the second run changes nothing (and whatever else was asked holds). */
  | { verdict: 'ok' }
  /** The original does not run once: out of scope, a mistake in the migration, or in the environment. */
  | { verdict: 'fails'; failure: Failure }
  /** It needs something that this PostgreSQL does not have, or must not be given. */
  | { verdict: 'not-verifiable'; reason: string; extension?: string; line?: number }
  | { verdict: 'second-run-fails'; failure: Failure }
  | { verdict: 'second-run-changes'; diff: string }
  /** The fixed text fails, or leaves another state than the original. */
  | { verdict: 'not-preserved'; failure: Failure }
  | { verdict: 'not-preserved'; diff: string }
  /** Interrupted after the statement on that line and started again, it fails or ends in another state. */
  | { verdict: 'not-resumable'; after: number; failure: Failure }
  | { verdict: 'not-resumable'; after: number; diff: string }
  /** Run again after all the other files, it fails or changes something. */
  | { verdict: 'replay-fails'; failure: Failure }
  | { verdict: 'replay-changes'; diff: string };

/** The verdict on one file. */
export type FileVerdict = Outcome & {
  path: string;
  /** Which text ran twice: what is in the file, or what `--fix` would make of it. */
  subject: 'original' | 'fixed';
  seconds: number;
};

/** One thing to run: a statement, and the rows that follow a `COPY … FROM stdin`. */
export interface Step {
  sql: string;
  /** UTF-16 offset of the statement in its file. */
  offset: number;
  copy?: string;
  /** Where values stand in `sql` for placeholders of the file. */
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
  code: string;
  message: string;
  detail?: string;
  hint?: string;
  /** Where in the statement, in code points from 1. */
  position?: number;
}

/** A database that belongs to one check. */
export interface Session {
  /** Runs the steps one by one; `stop` rolls back and ends at the first failure, `continue` goes on as psql does. Answers the first failure. */
  run(steps: Step[], onError: 'stop' | 'continue'): Promise<StepFailure | undefined>;
  /** Ends what was left open in the session, as a new connection would. */
  reset(): Promise<void>;
  /** Resets the session, and describes schema, rows, roles and settings as text. */
  state(): Promise<string>;
  /** A copy of the database as it is now. */
  snapshot(): Promise<Snapshot>;
  close(): Promise<void>;
}

/** The state of a database, to open others from. */
export interface Snapshot {
  open(): Promise<Session>;
  release(): Promise<void>;
}

/** PostgreSQL, embedded or a server. */
export interface Engine {
  /** How many sessions may be open at the same time besides the one that carries the history. */
  readonly jobs: number;
  /** Whether all databases see the same roles, so that only one may run migrations at a time (`jobs` is 1 then). */
  readonly sharesRoles: boolean;
  /** The state before the first migration. */
  readonly start: Snapshot;
  /** The reason why the engine must not run these steps, if there is one. */
  refuse(steps: Step[]): { reason: string; offset: number } | undefined;
  close(): Promise<void>;
}
