/** What must hold for every input, however strange: the one place that says it, for tests, for `npm run robustness` and for `npm run fuzz`. */
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import type { Place } from '../../src/history/files.ts';
import { fixText } from '../../src/linter/fix.ts';
import { lintText, type LintMessage, type LintOptions } from '../../src/linter/linter.ts';
import { rules } from '../../src/rules/index.ts';
import { Script } from '../../src/syntax/script.ts';

// The parser as its package has it, for a second opinion.
await loadModule();

/** Every rule there is, whatever preset it is in. */
export const everyRule: LintOptions['rules'] = Object.fromEntries(Object.keys(rules).map((name) => [name, 'warn']));

export interface Examination {
  statements: number;
  parsed: number;
  /** What was not judged, by the reason. */
  steppedOver: Record<'meta-command' | 'copy-data' | 'placeholder' | 'syntax error', number>;
  findings: number;
  /** What `--fix` makes of it, where it changes something. */
  output: string | undefined;
  /** Every sentence is a promise that was not kept. */
  violations: string[];
}

/** Lints and fixes a text, and says which invariants do not hold. Never throws. */
export function examine(text: string, path: string, place: Place = {}): Examination {
  const options: LintOptions = { rules: everyRule, ...place };
  const examination: Examination = {
    statements: 0,
    parsed: 0,
    steppedOver: { 'meta-command': 0, 'copy-data': 0, placeholder: 0, 'syntax error': 0 },
    findings: 0,
    output: undefined,
    violations: [],
  };
  const { violations, steppedOver } = examination;
  try {
    const script = new Script(text, path);
    examination.statements = script.statements.length;
    examination.parsed = script.statements.filter((s) => !s.problem).length;
    for (const { problem, placeholders } of script.statements)
      if (problem) steppedOver[placeholders ? 'placeholder' : 'syntax error']++;
    for (const { why } of script.skipped) steppedOver[why]++;
    violations.push(...statementViolations(script), ...wholeFileViolations(script));

    const { messages } = lintText(text, path, options);
    examination.findings = messages.length;
    violations.push(...messages.flatMap((message) => rangeViolations(script, message)));
    if (JSON.stringify(lintText(text, path, options).messages) !== JSON.stringify(messages))
      violations.push('linting twice gives two answers');

    const { output, messages: left } = fixText(text, path, options);
    examination.output = output;
    if (fixText(text, path, options).output !== output) violations.push('fixing twice gives two texts');
    // Beside a statement that cannot be read, a fix may move the ends of others, and is taken back then.
    const isBroken = script.statements.some(({ problem }) => problem);
    const isTakenBack = isBroken && left.some(({ message }) => message.includes('took its fix back'));
    if (!isTakenBack && fixOneByOne(text, path, options) !== (output ?? text))
      violations.push('text outside the ranges of the fixes is not the same');
    if (output !== undefined) violations.push(...fixedViolations(script, output, path, options));
    fixText(text, path, { ...options, suggestions: true });
  } catch (error) {
    violations.push(
      error instanceof Error
        ? `${error.name}: ${error.message}\n${error.stack?.split('\n').slice(1, 6).join('\n') ?? ''}`
        : String(error),
    );
  }
  return examination;
}

/** What does not hold of a fixed text. */
function fixedViolations(script: Script, output: string, path: string, options: LintOptions): string[] {
  const violations: string[] = [];
  const brokenIn = ({ statements }: Script) => statements.filter((s) => s.problem).length;
  const after = new Script(output, path);
  if (brokenIn(after) > brokenIn(script)) violations.push('the fixed text does not parse');
  violations.push(
    ...wholeFileViolations(after).map((v) => `after the fix: ${v}`),
    ...statementViolations(after).map((v) => `after the fix: ${v}`),
  );
  // A migration tool that cuts the file hands PostgreSQL only what follows its mark; the rest may be commented out.
  if (brokenIn(script) === 0 && script.format.pieces.length === 1 && parses(script.text) && !parses(output))
    violations.push('PostgreSQL parses the file, but not the fixed one');
  if (fixText(output, path, options).output !== undefined) violations.push('a second --fix changes the text again');
  return violations;
}

/** As ESLint does it: each fix replaces one range, and those that touch wait for the next pass. */
function fixOneByOne(text: string, path: string, options: LintOptions): string {
  let current = text;
  for (let pass = 0; pass < 101; pass++) {
    const fixes = lintText(current, path, options)
      .messages.flatMap((m) => m.fix ?? [])
      .sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1]);
    let out = '';
    let at = 0;
    let last = -1;
    for (const {
      range: [start, end],
      text: replacement,
    } of fixes) {
      if (start <= last) continue;
      out += current.slice(at, start) + replacement;
      at = last = end;
    }
    const next = out + current.slice(at);
    if (next === current) return current;
    current = next;
  }
  return current;
}

/** Statements follow one another, and cover all that is not space, comment, or stepped over. */
function statementViolations({ statements, text }: Script): string[] {
  const violations: string[] = [];
  let end = 0;
  for (const s of statements) {
    if (!(end <= s.start && s.start < s.end && s.end <= s.stop && s.stop <= text.length))
      violations.push(`the statement at ${s.start} has the range ${s.start}–${s.end}–${s.stop}, after ${end}`);
    end = s.stop;
    for (const child of s.children ?? [])
      if (child.start < s.start || child.stop > s.stop)
        violations.push(`a statement in the body at ${s.start} lies outside of it`);
    if (s.problem && (s.problem.start < s.start || s.problem.end > s.end))
      violations.push(`the syntax error at ${s.problem.start} lies outside of its statement`);
  }
  return violations;
}

/** PostgreSQL's own parser, given the whole file, must see the statements that the splitter sees. */
function wholeFileViolations(script: Script): string[] {
  const { text, statements, skipped, format } = script;
  if (
    skipped.length > 0 ||
    format.pieces.length > 1 ||
    statements.some((s) => s.placeholders || s.problem) ||
    text.includes('\0')
  )
    return [];
  // Which way strings are read is not for a parser that sees no settings.
  if (/standard_conforming_strings/i.test(text)) return [];
  const { start, end } = format.pieces[0]!;
  const count = countStatements(text.slice(start, end));
  return count === statements.length
    ? []
    : [`PostgreSQL sees ${count ?? 'no'} statements where ${statements.length} are seen`];
}

function countStatements(text: string): number | undefined {
  if (text.trim() === '') return 0;
  try {
    return (parseSync(text).stmts ?? []).length;
  } catch (error) {
    if (hasSqlDetails(error)) return undefined;
    throw error;
  }
}

const parses = (text: string) => countStatements(text) !== undefined;

function rangeViolations(script: Script, message: LintMessage): string[] {
  const name = `${message.ruleId ?? 'a directive'} at ${message.line}:${message.column}`;
  const start = offsetOf(script, message.line, message.column);
  const end = offsetOf(script, message.endLine, message.endColumn);
  if (start === undefined || end === undefined || start > end) return [`${name} has a range outside of the file`];
  const violations: string[] = [];
  const around = script.statements.find((s) => s.start <= start && end <= s.stop);
  // A command of psql, or a mark of a tool, stands between the statements; the name of a file, in none.
  const isBetween = (message.ruleId === 'no-unknown-effect' && !message.fix) || message.ruleId === 'require-file-name';
  if (!around && message.ruleId !== null && !isBetween) violations.push(`${name} lies in no statement`);
  for (const { fix } of [message, ...(message.suggestions ?? [])]) {
    if (!fix) continue;
    if (!(fix.range[0] >= 0 && fix.range[0] <= fix.range[1] && fix.range[1] <= script.text.length))
      violations.push(`${name} has a fix outside of the file`);
    if (splitsCharacter(script.text, fix.range[0]) || splitsCharacter(script.text, fix.range[1]))
      violations.push(`${name} has a fix that cuts a character in two`);
  }
  return violations;
}

const splitsCharacter = (text: string, at: number) =>
  /[\uD800-\uDBFF]/.test(text[at - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[at] ?? '');

function offsetOf(script: Script, line: number, column: number): number | undefined {
  let start = 0;
  for (let k = 1; k < line; k++) {
    start = script.text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const next = script.text.indexOf('\n', start);
  const offset = start + column - 1;
  return column >= 1 && offset <= (next < 0 ? script.text.length : next) ? offset : undefined;
}
