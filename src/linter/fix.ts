/** Fixes a text: applies the edits of its findings, pass by pass, until nothing changes. */
import { applyEdits, type Edit } from '../fixers/edits.ts';
import type { Place } from '../history/files.ts';
import { flatMap } from '../lists.ts';
import { SqlSource } from '../rules/api/source.ts';
import type { Script } from '../syntax/script.ts';
import { Scripts } from '../syntax/scripts.ts';
import { findingsOf, toResult } from './linter.ts';
import type { Finding, LintMessage, LintOptions, LintResult } from './linter.ts';

/**
 * More passes than any file needs: in a long migration, what one fix brings to light may be ten fixes deep. ESLint
 * makes 10, and leaves the rest to the next call.
 */
const MAX_PASSES = 100;

/** Why the fixes of some findings are not written: bugs of ours, which must not spoil the file. */
const TAKEN_BACK = {
  restless: 'sql-lint took its fix back, since it did not come to an end together with others. Please report this.',
  unreadable: 'sql-lint took its fix back, since the result could not be parsed. Please report this.',
} as const;

/** By the name of a finding, why its fix is not written. */
type Withheld = Map<string, string>;

/** Lints and fixes a text, pass by pass, until nothing changes. `output` is set where a fix changed it. */
export function fixText(text: string, filePath: string, options: LintOptions): LintResult {
  const scripts = options.scripts ?? new Scripts();
  const place: Place = { ...options, scripts };
  const read = (current: string) => new SqlSource(current, filePath, place, options.fix);
  const withheld: Withheld = new Map(options.refused);
  // Every round but the last withholds the fix of one finding more.
  for (;;) {
    const result = fixWithout(withheld, text, filePath, read, options);
    if (result) return result;
  }
}

/**
 * Fixes a text without the fixes that are withheld.
 * @returns undefined where the text does not come to rest or does not parse; what is to blame is withheld from then on
 */
function fixWithout(
  withheld: Withheld,
  text: string,
  filePath: string,
  read: (text: string) => SqlSource,
  options: LintOptions,
): LintResult | undefined {
  const broken = brokenIn(read(text).script);
  const passes: Pass[] = [];
  const seen = new Map<string, number>();
  const suggested = new Map<string, number>();
  for (let current = text; ;) {
    const source = read(current);
    if (brokenIn(source.script) > broken) {
      withholdBreaking(passes.at(-1)!, broken, read, withheld);
      return undefined;
    }
    const { findings, suppressed } = findingsOf(source, options);
    const may = options.mayFix?.(filePath, current);
    const open = may ? findings.filter(({ message }) => may(message)) : findings;
    const applied = fixesToApply(open, suggested, withheld);
    if (applied.length === 0) {
      const output = current === text ? undefined : current;
      for (const { name } of flatMap(passes, (pass) => [...pass.applied])) options.onFix?.(name);
      const messages = findings.map(({ message }) => withReason(message, withheld));
      return toResult(filePath, messages, suppressed, current, output);
    }
    const before = seen.get(current);
    if (before !== undefined || passes.length === MAX_PASSES) {
      for (const pass of passes.slice(before ?? -2))
        for (const { name } of pass.applied) withheld.set(name, TAKEN_BACK.restless);
      return undefined;
    }
    seen.set(current, passes.length);
    passes.push({ text: current, applied });
    current = applyEdits(
      current,
      flatMap(applied, ({ edits }) => [...edits]),
    );
  }
}

/** A text and the fixes that were applied to it. */
interface Pass {
  text: string;
  applied: readonly Fix[];
}

interface Fix {
  edits: readonly Edit[];
  /** Of the finding that it belongs to. */
  name: string;
  isSuggestion: boolean;
  start: number;
  end: number;
}

const brokenIn = ({ statements }: Script): number => statements.filter((s) => s.problem).length;

/** Withholds the fixes that break the text by themselves; all of them where none does. */
function withholdBreaking(
  { text, applied }: Pass,
  broken: number,
  read: (text: string) => SqlSource,
  withheld: Withheld,
): void {
  const breaks = ({ edits }: Fix) => brokenIn(read(applyEdits(text, [...edits])).script) > broken;
  const breaking = applied.filter(breaks);
  for (const { name } of breaking.length > 0 ? breaking : applied) withheld.set(name, TAKEN_BACK.unreadable);
}

/** The name of a finding, and of its fix: where it stands changes with every pass. */
const nameOf = ({ ruleId, message }: LintMessage): string => `${ruleId} ${message}`;

/** Says in a message why the fix that it would have is not written. */
function withReason(message: LintMessage, withheld: Withheld): LintMessage {
  const why = withheld.get(nameOf(message));
  if (why === undefined) return message;
  const told: LintMessage = { ...message, message: `${message.message} ${why}` };
  delete told.fix;
  return told;
}

/**
 * The fixes that keep clear of one another; the others wait for the next pass. As in ESLint, a fix with several edits
 * takes up all that lies between them, and fixes that touch do not go together: so both end with the same text.
 * @param suggested by name, how many findings there were when their suggestions were last taken. Where there are still
 *   as many, the suggestions do not help, and are not taken again
 */
function fixesToApply(
  findings: readonly Finding[],
  suggested: Map<string, number>,
  withheld: ReadonlyMap<string, unknown>,
): Fix[] {
  const counts = new Map<string, number>();
  for (const name of findings.map(({ message }) => nameOf(message))) counts.set(name, (counts.get(name) ?? 0) + 1);
  const fixes = flatMap(findings, ({ edits, message }): Fix | [] => {
    const name = nameOf(message);
    const isSuggestion = !message.fix && message.ruleId !== null;
    if (!edits || edits.length === 0 || withheld.has(name)) return [];
    if (isSuggestion && counts.get(name)! >= (suggested.get(name) ?? Infinity)) return [];
    const start = Math.min(...edits.map((e) => e.start));
    return { edits, name, isSuggestion, start, end: Math.max(...edits.map((e) => e.end)) };
  });
  fixes.sort((a, b) => a.start - b.start || a.end - b.end);
  const applied: Fix[] = [];
  let last = -1;
  for (const fix of fixes) {
    if (fix.start <= last) continue;
    applied.push(fix);
    if (fix.isSuggestion) suggested.set(fix.name, counts.get(fix.name)!);
    last = fix.end;
  }
  return applied;
}
