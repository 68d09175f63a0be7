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
