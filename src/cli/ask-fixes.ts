/** `--fix --interactive`: shows each change, and asks. */
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { LintMessage, LintResult } from '../linter/linter.ts';
import { printable } from '../printable.ts';
import { wrap } from '../reporters/layout.ts';
import { ruleOf, slashPath } from '../reporters/types.ts';
import { changedLines } from './change.ts';
import type { CliOptions } from './options.ts';
import { nameOf } from './selection.ts';
import { widthOf } from './terminal.ts';

/** What people have decided: by file, which findings are fixed. */
export type Decisions = ReadonlyMap<string, ReadonlySet<string>>;

const ANSWERS = 'y yes, n no, a all of this rule, q quit';

/** Asks for each finding with a fix whether to fix it. */
export async function askForFixes(
  results: readonly LintResult[],
  mayFix: CliOptions['mayFix'],
  { color }: CliOptions,
  cwd: string,
): Promise<Decisions> {
  const c = pc.createColors(color);
  const decided = new Map<string, Set<string>>();
  const always = new Set<string>();
  const io = createInterface({ input: process.stdin, output: process.stdout });
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    for (const { filePath, source = '', messages } of results) {
      const may = mayFix?.(filePath, source);
      const open = messages.filter((message) => (may?.(message) ?? true) && message.fix);
      const chosen = new Set<string>();
      decided.set(filePath, chosen);
      for (const message of open) {
        const rule = ruleOf(message);
        if (always.has(rule)) {
          chosen.add(nameOf(message));
          continue;
        }
        print('');
        print(`${c.underline(printable(slashPath(cwd, filePath)))}:${message.line}:${message.column}  ${c.dim(rule)}`);
        const width = (widthOf(process.stdout) ?? Infinity) - 2;
        for (const line of wrap(printable(message.message), width)) print(`  ${line}`);
        for (const line of changeOf(source, message)) print(`  ${line.startsWith('+') ? c.green(line) : c.red(line)}`);
        const answer = await answerTo(io, c.bold('Fix it?'));
        if (answer === 'q') return decided;
        if (answer === 'a') always.add(rule);
        if (answer !== 'n') chosen.add(nameOf(message));
      }
    }
    return decided;
  } finally {
    io.close();
  }
}

async function answerTo(io: ReturnType<typeof createInterface>, question: string): Promise<string> {
  for (;;) {
    const answer = (await io.question(`${question} (${ANSWERS}) [y] `)).trim().toLowerCase() || 'y';
    const letter = answer[0]!;
    if ('ynaq'.includes(letter)) return letter;
  }
}

/** How much of a change is shown. */
const MAX_LINES = 12;

/** The lines that a fix takes away and those that it writes. */
function changeOf(source: string, { fix }: LintMessage): string[] {
  const { before, after } = changedLines(source, fix!);
  const shown = (sign: string, lines: readonly string[]) => {
    const all = lines.map((line) => `${sign} ${printable(line)}`);
    return all.length > MAX_LINES ? [...all.slice(0, MAX_LINES), `${sign} …`] : all;
  };
  return [...shown('-', before), ...shown('+', after)];
}
