import { relative } from 'node:path';
import pc from 'picocolors';
import { printable } from '../printable.ts';
import type { LintMessage, LintResult } from '../linter/linter.ts';
import { plural } from '../plural.ts';
import type { Reporter } from './types.ts';

/** The default format, for people: every finding with its line of SQL. */
export const stylish: Reporter = (results, { cwd, color, projects = [] }) => {
  const c = pc.createColors(color);
  const out: string[] = [];
  let errors = 0;
  let warnings = 0;
  let fixable = 0;
  const frame = (result: LintResult, lines: string[], message: LintMessage) => {
    const line = lines[message.line - 1];
    if (line === undefined || line.length > 500) return [];
    const gutter = String(message.line);
    const text = printable(line.replaceAll('\t', ' '));
    const end = message.endLine === message.line ? message.endColumn : line.length + 1;
    const width = Math.max(1, Math.min(end, line.length + 1) - message.column);
    const mark = message.severity === 2 ? c.red : c.yellow;
    const margin = c.dim(`${' '.repeat(gutter.length)} │`);
    return [
      `  ${c.dim(`${gutter} │`)} ${text}`,
      `  ${margin} ${' '.repeat(message.column - 1)}${mark('^'.repeat(width))}`,
    ];
  };
  for (const result of results) {
    if (result.messages.length === 0) continue;
    const lines = (result.source ?? '').split(/\r?\n/);
    const path = relative(cwd, result.filePath) || result.filePath;
    out.push('');
    for (const message of result.messages) {
      if (message.severity === 2) errors++;
      else warnings++;
      if (message.fix) fixable++;
      const severity = message.severity === 2 ? c.red('error') : c.yellow('warning');
      const place = c.underline(`${printable(path)}:${message.line}:${message.column}`);
      const rule = c.dim(message.ruleId ?? '') + (message.fix ? c.dim('  fixable') : '');
      out.push(`${place}  ${severity}  ${rule}`);
      out.push(`  ${printable(message.message)}`, ...frame(result, lines, message), '');
    }
  }
  const fixed = results.filter((r) => r.output !== undefined).length;
  const files = plural(results.length, 'file');
  if (errors + warnings === 0) {
    out.push(`${c.green('✔')} ${fixed > 0 ? `Fixed ${plural(fixed, 'file')}. ` : ''}${files} checked, no problems.`);
  } else {
    const mark = errors > 0 ? c.red('✖') : c.yellow('!');
    const done = fixed > 0 ? ` Fixed ${plural(fixed, 'file')}.` : '';
    out.push(`${mark} ${plural(errors, 'error')}, ${plural(warnings, 'warning')} in ${files}.${done}`);
    if (fixable > 0) out.push(`  ${fixable} of them can be fixed with ${c.bold('--fix')}.`);
  }
  for (const project of projects) out.push(c.dim(`  ${printable(project)}`));
  return out.join('\n');
};
