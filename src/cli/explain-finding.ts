/** A finding, explained on the text that it speaks of: `explain FILE:LINE`. */
import { resolve } from 'node:path';
import { ConfigFinder } from '../config/load.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import type { LintMessage } from '../linter/linter.ts';
import { printable } from '../printable.ts';
import { ruleOf } from '../reporters/types.ts';
import { rules } from '../rules/index.ts';
import { changedLines } from './change.ts';
import { plansFor } from './explain-plan.ts';
import { lintFiles } from './lint.ts';
import { readOptions } from './options.ts';
import { disk } from './tasks.ts';

/** What is found at a line, with the text before and after the fix. @throws UserError where nothing is found there */
export async function explainFinding(path: string, line: number, cwd: string): Promise<string> {
  const options = readOptions(['--no-baseline'], process.env, false);
  const progress = { step: () => undefined, done: () => undefined };
  const { results, failures } = await lintFiles(
    [resolve(cwd, path)],
    options,
    new ConfigFinder(),
    progress,
    disk(options.maxFileBytes),
    cwd,
  );
  if (failures[0]) throw failures[0];
  const { messages = [], source = '' } = results[0] ?? {};
  const found = messages.filter((message) => message.line <= line && line <= message.endLine);
  if (found.length === 0) {
    const others = [...new Set(messages.map((message) => message.line))];
    throw new UserError(
      `nothing is found on line ${line} of ${path}` +
        (others.length > 0 ? `; there are findings on ${others.slice(0, 10).join(', ')}` : ''),
    );
  }
  const plans = await plansFor(resolve(cwd, path), found, options);
  return printable([...flatMap(found, (message) => describe(path, source, message)), ...plans].join('\n'));
}

function describe(path: string, source: string, message: LintMessage): string[] {
  const rule = ruleOf(message);
  const url = rules[rule]?.meta.docs.url;
  return [
    `${path}:${message.line}:${message.column}  ${rule}`,
    `  ${message.message}`,
    ...changeOf(source, message.fix),
    ...flatMap(message.suggestions ?? [], ({ desc, fix }) => [`  Suggestion: ${desc}`, ...changeOf(source, fix)]),
    ...(url === undefined ? [] : [`  sql-lint explain ${rule}, or ${url}`]),
    '',
  ];
}

/** The lines before a change, and those after it. */
function changeOf(source: string, fix: LintMessage['fix']): string[] {
  if (!fix) return [];
  const { before, after } = changedLines(source, fix);
  const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}`);
  return ['  Before:', ...indented(before), '  After:', ...indented(after)];
}
