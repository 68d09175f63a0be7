import { relative, sep } from 'node:path';
import type { LintMessage, LintResult } from '../linter/linter.ts';

export interface ReporterContext {
  /** The folder that paths are shown relative to. */
  cwd: string;
  color: boolean;
  /** How many columns the terminal has. @default as many as a line needs */
  width?: number | undefined;
  /** Whether the terminal knows links (OSC 8). */
  links?: boolean;
  /** What was linted, and by which settings, a line each. */
  projects?: readonly string[];
  /** What else there is to say, a line each. */
  notes?: readonly string[];
  /** Whether fixes were tried and not written. */
  isDryRun?: boolean;
  /** How long it took, where that is worth saying. */
  seconds?: number | undefined;
  /** How many files could not be linted. */
  failures?: number;
  /** What `--fix` would write, by path, for a format that shows it. */
  fixed?: ReadonlyMap<string, string>;
  /** The locks that each file takes, by path, for a format that shows them. */
  locks?: ReadonlyMap<string, readonly TakenLock[]>;
}

/** A lock that a statement takes on what was there before its file, as its text tells. */
export interface TakenLock {
  line: number;
  relation: string;
  /** As PostgreSQL calls it: `ACCESS EXCLUSIVE`. */
  lock: string;
  /** What waits for it: `reads and writes`. */
  waiting: string;
  /** What is done to all rows meanwhile. */
  work: string | undefined;
}

/** Turns results into text, without a newline at its end; the empty text where there is nothing to say. */
export type Reporter = (results: readonly LintResult[], context: ReporterContext) => string;

/** A path for programs: relative, and with slashes on every system. */
export const slashPath = (cwd: string, path: string): string => relative(cwd, path).split(sep).join('/');

/**
 * The name shown instead of a rule if a message has none: only comments without an effect are reported without a rule.
 */
export const ruleOf = (message: LintMessage): string => message.ruleId ?? 'unused-directive';
