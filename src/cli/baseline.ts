/** The file of known findings: they are neither reported nor fixed until somebody changes their statement. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { Lines } from '../lines.ts';
import { toResult, type LintMessage, type LintResult, type SuppressedMessage } from '../linter/linter.ts';
import { ruleOf, slashPath } from '../reporters/types.ts';
import { presentName } from '../rules/renamed.ts';

export const BASELINE_FILE = 'sql-lint-baseline.json';

/** How many findings of each rule are known, by what stands for their text; by file and rule. */
type Known = Record<string, Record<string, Record<string, number>>>;

/** Stands for the SQL that a finding speaks of: blanks do not count, and nor do the lines before it. */
const digestOf = (text: string): string =>
  createHash('sha256').update(text.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 12);

/** Names the findings of one text. */
function namer(text: string): (message: LintMessage) => string {
  const lines = new Lines(text);
  return ({ line, column, endLine, endColumn }) =>
    digestOf(text.slice(lines.offsetOf({ line, column }), lines.offsetOf({ line: endLine, column: endColumn })));
}

/** Known findings, by the file that names them. */
export class Baseline {
  readonly path: string;
  private known: Known;

  private constructor(path: string, known: Known) {
    this.path = path;
    this.known = known;
  }

  /** @throws UserError where the file is no baseline */
  static read(path: string): Baseline {
    if (!existsSync(path)) return new Baseline(path, {});
    try {
      const { findings } = JSON.parse(readFileSync(path, 'utf8')) as { findings?: Known };
      if (typeof findings === 'object') return new Baseline(path, findings);
    } catch {
      // It is said below.
    }
    throw new UserError(`${path}: is no baseline; sql-lint --update-baseline writes one`);
  }

  /** Says of the findings of one file, one after the other, whether each is known. */
  judge(file: string, text: string): (message: LintMessage) => boolean {
    const left = structuredClone(this.known[slashPath(dirname(this.path), file)] ?? {});
    const nameOf = namer(text);
    const rules = Object.fromEntries(Object.entries(left).map(([name, counts]) => [presentName(name), counts]));
    return (message) => {
      const counts = rules[ruleOf(message)];
      if (!counts) return false;
      const name = nameOf(message);
      if (!counts[name]) return false;
      counts[name]--;
      return true;
    };
  }

  /** A result without what is known, and how much of what was known of the file is gone. */
  apply(result: LintResult): { result: LintResult; known: number; gone: number } {
    const { filePath, messages, suppressedMessages, source = '', output } = result;
    const isKnown = this.judge(filePath, source);
    const kept: LintMessage[] = [];
    const known: SuppressedMessage[] = [];
    for (const message of messages)
      if (isKnown(message)) known.push({ ...message, suppressions: [{ kind: 'file', justification: '' }] });
      else kept.push(message);
    const gone = this.countOf(filePath) - known.length;
    return known.length === 0
      ? { result, known: 0, gone }
      : {
          result: toResult(filePath, kept, [...suppressedMessages, ...known], source, output),
          known: known.length,
          gone,
        };
  }

  private countOf(file: string): number {
    const rules = Object.values(this.known[slashPath(dirname(this.path), file)] ?? {});
    return rules.reduce((sum, counts) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0);
  }

  /** Takes what was found for known, and forgets files that are gone. Files that were not linted stay as they are. */
  update(results: readonly LintResult[]): void {
    const text = this.textOf(results);
    try {
      writeFileSync(this.path, text);
    } catch (error) {
      throw new UserError(
        `${this.path}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      );
    }
  }

  /** The same without writing the file: what would be in it. */
  textOf(results: readonly LintResult[]): string {
    const folder = dirname(this.path);
    const linted = new Set(results.map(({ filePath }) => slashPath(folder, filePath)));
    const known: Known = Object.fromEntries(
      Object.entries(this.known).filter(([path]) => !linted.has(path) && existsSync(join(folder, path))),
    );
    for (const { filePath, messages, source = '' } of results) {
      const nameOf = namer(source);
      const rules: Known[string] = {};
      for (const message of messages) {
        const counts = (rules[ruleOf(message)] ??= {});
        const name = nameOf(message);
        counts[name] = (counts[name] ?? 0) + 1;
      }
      if (messages.length > 0) known[slashPath(folder, filePath)] = sorted(rules);
    }
    this.known = known;
    return `${JSON.stringify({ findings: sorted(known) }, null, 2)}\n`;
  }
}

/** In an order that does not depend on the run, so that two branches change different lines. */
const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
