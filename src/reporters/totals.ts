/** How many findings there are, by rule and by file. */
import type { LintMessage, LintResult } from '../linter/linter.ts';
import { flatMap } from '../lists.ts';
import { ruleOf } from './types.ts';

export interface Total {
  name: string;
  errors: number;
  warnings: number;
  /** How many of them can be fixed. */
  fixable: number;
}

/** Adds findings up, and sorts the most frequent to the top. */
function totals(findings: readonly (readonly [name: string, message: LintMessage])[]): Total[] {
  const found = new Map<string, Total>();
  for (const [name, message] of findings) {
    const total = found.get(name) ?? { name, errors: 0, warnings: 0, fixable: 0 };
    if (message.severity === 2) total.errors++;
    else total.warnings++;
    if (message.fix) total.fixable++;
    found.set(name, total);
  }
  return [...found.values()].sort((a, b) => countOf(b) - countOf(a) || (a.name < b.name ? -1 : 1));
}

export const countOf = ({ errors, warnings }: Total): number => errors + warnings;

export const totalsByRule = (results: readonly LintResult[]): Total[] =>
  totals(flatMap(results, ({ messages }) => messages.map((m) => [ruleOf(m), m] as const)));

/** @param nameOf what a file is called */
export const totalsByFile = (results: readonly LintResult[], nameOf: (path: string) => string): Total[] =>
  totals(flatMap(results, ({ filePath, messages }) => messages.map((m) => [nameOf(filePath), m] as const)));

/** Of everything. */
export function totalOf(results: readonly LintResult[]): Total {
  const sum: Total = { name: '', errors: 0, warnings: 0, fixable: 0 };
  for (const result of results) {
    sum.errors += result.errorCount;
    sum.warnings += result.warningCount;
    sum.fixable += result.fixableErrorCount + result.fixableWarningCount;
  }
  return sum;
}
