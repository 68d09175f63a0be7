import type { FileKind } from '../project/format.ts';

/** A migration file, as it is read. */
export interface MigrationFile {
  path: string;
  text: string;
  /** What it is to its tool. */
  kind?: FileKind;
}

/** A state from which a file runs, besides that which the files before it leave. */
export type StateName =
  /** Every table that the files before it leave holds rows. */
  | 'filled'
  /** The tables that the file creates exist already, with another definition. */
  | 'stale';

/** A statement that PostgreSQL refused, in the words of PostgreSQL. */
export interface Failure {
  /**
   * SQLSTATE, such as `42P07`; `timeout` for a statement that was given up, `crash` where the database itself went
   * down.
   */
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

/**
 * Where something has been found, if not from the state that the files before leave, or not in the first way of
 * sending.
 */
export interface Circumstance {
  state?: StateName;
  /** The way in which the file was sent, in words. */
  runner?: string;
}

/** What running a migration has shown. */
export type Outcome = Circumstance & Finding;

type Finding =
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
  /** On which PostgreSQL: `embedded PostgreSQL 18`. */
  engine: string;
  /** How the file was sent: by which tool, cut into what, in which transaction. */
  sent: string;
  seconds: number;
  /** The first file before it that does not run in full: what it lacks may be missing for that. */
  behind?: string;
};
