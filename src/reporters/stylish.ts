import { relative } from 'node:path';
import pc from 'picocolors';
import type { LintMessage, LintResult } from '../linter/linter.ts';
import { flatMap } from '../lists.ts';
import { printable } from '../printable.ts';
import { rules } from '../rules/index.ts';
import { ending, opening, type Colors } from './ending.ts';
import { frameOf } from './frame.ts';
import { cutMiddle, link, wrap } from './layout.ts';
import { ruleOf, type Reporter, type ReporterContext } from './types.ts';

/** The default format, for people: a line a finding, file by file. */
export const stylish: Reporter = (results, context) => render(results, context, false);

/** The same, with the lines of SQL that each finding speaks of. */
export const full: Reporter = (results, context) => render(results, context, true);

function render(results: readonly LintResult[], context: ReporterContext, withFrames: boolean): string {
  const c = pc.createColors(context.color);
  const { cwd, width = Infinity } = context;
  const out = opening(c, context);
  for (const result of results) {
    if (result.messages.length === 0) continue;
    const path = printable(relative(cwd, result.filePath) || result.filePath);
    if (out.length > 0) out.push('');
    out.push(c.underline(cutMiddle(path, width)));
    const places = Math.max(...result.messages.map((m) => placeOf(m).length));
    const lines = (result.source ?? '').split(/\r?\n/);
    for (const message of result.messages) {
      out.push(...findingLines(c, message, places, context));
      if (withFrames) out.push(...frameLines(c, lines, message, width), ...suggestionLines(c, message, width), '');
    }
    if (withFrames) out.pop();
  }
  if (out.length > 0) out.push('');
  return [...out, ...ending(c, results, context)].join('\n');
}

const placeOf = ({ line, column }: LintMessage): string => `${line}:${column}`;

/** A finding: its place, its severity, what it says and its rule; on more lines where the terminal is narrow. */
function findingLines(
  c: Colors,
  message: LintMessage,
  places: number,
  { width = Infinity, links = false }: ReporterContext,
): string[] {
  const severity = message.severity === 2 ? c.red('error  ') : c.yellow('warning');
  const indent = 2 + places + 2 + 7 + 2;
  const lines = wrap(printable(message.message), Math.max(30, width - indent));
  const rule = ruleOf(message);
  const tag = message.fix ? `${rule}  fixable` : rule;
  const url = links ? rules[rule]?.meta.docs.url : undefined;
  const dimmed = c.dim(tag.replace(rule, link(rule, url)));
  const last = lines.at(-1)!;
  if (indent + last.length + 2 + tag.length <= width) lines[lines.length - 1] = `${last}  ${dimmed}`;
  else lines.push(dimmed);
  const head = `  ${c.dim(placeOf(message).padEnd(places))}  ${severity}  `;
  return lines.map((line, k) => (k === 0 ? head : ' '.repeat(indent)) + line);
}

function frameLines(c: Colors, lines: readonly string[], message: LintMessage, width: number): string[] {
  const gutter = String(message.line).length;
  const room = width === Infinity ? undefined : Math.max(20, width - gutter - 7);
  const mark = message.severity === 2 ? c.red : c.yellow;
  return frameOf(lines, message, room).map(({ number, text, isMark }) =>
    `    ${c.dim(`${String(number ?? '').padStart(gutter)} │`)} ${isMark ? mark(text) : text}`.trimEnd(),
  );
}

const suggestionLines = (c: Colors, { suggestions = [] }: LintMessage, width: number): string[] =>
  flatMap(suggestions, ({ desc }) =>
    wrap(`Suggestion: ${printable(desc)}`, Math.max(30, width - 4)).map((line) => c.dim(`    ${line}`)),
  );
