import type { LintResult } from '../linter/linter.ts';

export interface ReporterContext {
  /** The folder that paths are shown relative to. */
  cwd: string;
  color: boolean;
}

/** Turns results into text; `json` and its like are for programs, the others for people. */
export type Reporter = (results: readonly LintResult[], context: ReporterContext) => string;
