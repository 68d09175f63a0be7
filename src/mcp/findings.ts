/** Findings as data, and as lines that a model reads. */
import { z } from 'zod';
import { totalOf } from '../reporters/totals.ts';
import { ruleOf } from '../reporters/types.ts';
import { flatMap } from '../lists.ts';
import type { LintResult } from '../linter/linter.ts';
import { plural } from '../plural.ts';
import { printable } from '../printable.ts';
import { rules } from '../rules/index.ts';

export const finding = z.object({
  path: z.string(),
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  rule: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  fixable: z.boolean().describe('Whether the tool fix fixes it'),
  suggestions: z.array(z.string()).describe('What else could be written; a person has to decide'),
  url: z.string().optional().describe('The page of the rule'),
});

export type Finding = z.output<typeof finding>;

/** So many findings are named as data, and so many in the text; the others are counted. */
const MOST = 100;
const MOST_LINES = 40;

/** @param shown how a path is shown */
export function findingsOf(
  results: readonly LintResult[],
  shown: (path: string) => string,
): { findings: Finding[]; omitted: number } {
  const all = flatMap(results, ({ filePath, messages }) =>
    messages.map((message): Finding => {
      const url = rules[ruleOf(message)]?.meta.docs.url;
      return {
        path: shown(filePath),
        line: message.line,
        column: message.column,
        endLine: message.endLine,
        endColumn: message.endColumn,
        rule: ruleOf(message),
        severity: message.severity === 2 ? 'error' : 'warning',
        message: message.message,
        fixable: message.fix !== undefined,
        suggestions: (message.suggestions ?? []).map(({ desc }) => desc),
        ...(url !== undefined && { url }),
      };
    }),
  );
  return { findings: all.slice(0, MOST), omitted: Math.max(0, all.length - MOST) };
}

/** A line a finding, as the command writes them for programs. */
export function linesOf({ findings, omitted }: { findings: readonly Finding[]; omitted: number }): string[] {
  const lines = findings
    .slice(0, MOST_LINES)
    .map(({ path, line, column, severity, message, rule }) =>
      printable(`${path}:${line}:${column}: ${severity}: ${message.replace(/\s*\n\s*/g, ' ')} [${rule}]`),
    );
  const rest = findings.length - lines.length + omitted;
  return rest > 0 ? [...lines, `… and ${plural(rest, 'more finding')}`] : lines;
}

/** `2 errors, 1 warning in 1 of 3 files.` */
export function countsOf(results: readonly LintResult[]): string {
  const { errors, warnings } = totalOf(results);
  if (errors + warnings === 0) return `${plural(results.length, 'file')} checked, no problems.`;
  const bad = results.filter(({ messages }) => messages.length > 0).length;
  const where = `${bad === results.length ? '' : `${bad} of `}${plural(results.length, 'file')}`;
  return `${plural(errors, 'error')}, ${plural(warnings, 'warning')} in ${where}.`;
}
