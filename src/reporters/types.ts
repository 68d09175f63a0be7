import { relative, sep } from 'node:path';
import type { LintMessage, LintResult } from '../linter/linter.ts';

export interface ReporterContext {
  /** The folder that paths are shown relative to. */
  cwd: string;
  color: boolean;
  /** What was found of the projects that the files belong to, a line each. */
  projects?: readonly string[];
}

/** Turns results into text, without a newline at its end; the empty text where there is nothing to say. */
export type Reporter = (results: readonly LintResult[], context: ReporterContext) => string;

/** A path for programs: relative, and with slashes on every system. */
export const slashPath = (cwd: string, path: string): string => relative(cwd, path).split(sep).join('/');

/**
 * The name shown instead of a rule if a message has none: only comments without an effect are reported without a rule.
 */
export const ruleOf = (message: LintMessage): string => message.ruleId ?? 'unused-directive';
