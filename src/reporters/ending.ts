/** What stands around the findings in the formats for people: what was linted, and what came of it. */
import type pc from 'picocolors';
import type { LintResult } from '../linter/linter.ts';
import { plural } from '../plural.ts';
import { flatMap } from '../lists.ts';
import { printable } from '../printable.ts';
import { wrap } from './layout.ts';
import { countOf, totalOf, totalsByRule, type Total } from './totals.ts';
import type { ReporterContext } from './types.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** From how many findings on their totals are worth more lines. */
const WORTH_TOTALS = 4;

/** What was linted, and by which settings. */
export const opening = (c: Colors, { projects = [], width = Infinity }: ReporterContext): string[] =>
  flatMap(projects, (project) => wrap(printable(project), width).map(c.dim));

/** The last lines: the totals, and what to do next. @param withRules whether the totals of each rule are among them */
export function ending(
  c: Colors,
  results: readonly LintResult[],
  context: ReporterContext,
  withRules = true,
): string[] {
  const { notes = [], width = Infinity } = context;
  const total = totalOf(results);
  const byRule = totalsByRule(results);
  return [
    ...joined(c, verdict(results, total, context), width),
    ...(withRules && countOf(total) >= WORTH_TOTALS && byRule.length > 1 ? tableOf(c, byRule) : []),
    ...flatMap(notes, (note) => wrap(printable(note), width - 2).map((line) => c.dim(`  ${line}`))),
  ];
}

/** Sentences on as few lines as the terminal lets them. The mark in front and what follows it stay together. */
function joined(c: Colors, [mark, ...sentences]: readonly string[], width: number): string[] {
  const marks: Record<string, string> = { '✔': c.green('✔'), '✖': c.red('✖'), '!': c.yellow('!') };
  const lines = wrap(sentences.join(' '), width - 2);
  return lines.map((line, k) => {
    const bold = line.replace(/--fix(?=\.)/, c.bold('--fix')).replace(/\(\d+\.\d s\)$/, c.dim);
    return `${k === 0 ? marks[mark!]! : ' '} ${bold}`;
  });
}

/** A mark, and what is to be said in sentences. */
function verdict(results: readonly LintResult[], total: Total, context: ReporterContext): string[] {
  const { seconds, failures = 0 } = context;
  const found = countOf(total);
  const files = plural(results.length, 'file');
  const bad = results.filter(({ messages }) => messages.length > 0).length;
  const where = `in ${bad === results.length ? '' : `${bad} of `}${files}.`;
  const counts = `${plural(total.errors, 'error')}, ${plural(total.warnings, 'warning')} ${where}`;
  const clean = results.length > 0 ? `${files} checked, no problems.` : 'There is no file to lint.';
  return [
    total.errors > 0 || failures > 0 ? '✖' : found > 0 ? '!' : '✔',
    ...(found > 0 ? [counts] : []),
    ...doneOf(results, context),
    ...(found === 0 && (results.length > 0 || failures === 0) ? [clean] : []),
    ...(total.fixable > 0 ? [`${total.fixable} can be fixed with --fix.`] : []),
    ...(failures > 0 ? [`${plural(failures, 'file')} could not be linted.`] : []),
    ...(seconds === undefined ? [] : [`(${seconds.toFixed(1)} s)`]),
  ];
}

/** What came of the fixes. */
function doneOf(results: readonly LintResult[], { isDryRun }: ReporterContext): string[] {
  const fixed = plural(results.filter(({ output }) => output !== undefined).length, 'file');
  if (fixed.startsWith('0 ')) return [];
  return [isDryRun ? `${fixed} would be fixed; nothing was written.` : `Fixed ${fixed}.`];
}

/** How often each rule has found something, and how much of that can be fixed. */
export function tableOf(c: Colors, rows: readonly Total[]): string[] {
  const counts = Math.max(...rows.map((row) => String(countOf(row)).length));
  const names = Math.max(...rows.map(({ name }) => name.length));
  return rows.map((row) => {
    const count = String(countOf(row)).padStart(counts);
    const fixable = row.fixable > 0 ? c.dim(`  ${row.fixable} fixable`) : '';
    return `  ${count}  ${fixable === '' ? row.name : row.name.padEnd(names)}${fixable}`;
  });
}
