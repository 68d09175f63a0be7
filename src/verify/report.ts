import { resolve } from 'node:path';
import pc from 'picocolors';
import { plural } from '../plural.ts';
import { lineAround } from '../reporters/frame.ts';
import { printable } from '../printable.ts';
import { annotation, pathInRepository } from '../reporters/github.ts';
import { testReport } from '../reporters/junit.ts';
import { element, xml } from '../reporters/xml.ts';
import { hasFailed, headline } from './headline.ts';
import type { Failure, FileVerdict } from './types.ts';
import { flatMap } from '../lists.ts';

/** The formats in which verdicts can be printed. */
export type VerifyFormat = 'text' | 'json' | 'junit' | 'github';

/** Lines of a diff that are printed before the rest is only counted. */
const DIFF_LINES = 40;

/** The verdicts as text in a format. `color` is for `text` only, and `cwd` is what paths are relative to. */
export function renderVerdicts(
  verdicts: FileVerdict[],
  format: VerifyFormat,
  options: { color?: boolean; cwd?: string } = {},
): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(verdicts, null, 2)}\n`;
    case 'junit':
      return renderJunit(verdicts);
    case 'github':
      return renderGithub(verdicts, options.cwd ?? process.cwd());
    case 'text':
      return renderText(verdicts, options.color ?? false);
  }
}

/** One line a file. Below a file that failed stands the statement or the diff that shows it. */
export function renderText(verdicts: FileVerdict[], color: boolean): string {
  const c = pc.createColors(color);
  const out: string[] = [];
  for (const verdict of verdicts) {
    const mark = verdict.verdict === 'ok' ? c.green('✓') : hasFailed(verdict) ? c.red('✗') : c.yellow('–');
    const failure = failureOf(verdict);
    const path = failure
      ? `${verdict.path}:${failure.line}:${failure.column}`
      : verdict.verdict === 'not-verifiable' && verdict.line
        ? `${verdict.path}:${verdict.line}`
        : verdict.path;
    const said = printable(headline(verdict));
    out.push(
      `${mark} ${printable(path)}  ${verdict.verdict === 'ok' ? c.dim(said) : said} ${c.dim(`${verdict.seconds.toFixed(1)} s`)}`,
    );
    if (failure)
      out.push(...describeFailure(failure).map((line) => `    ${printable(line)}`), ...codeFrame(failure, c), '');
    if ('diff' in verdict)
      out.push(...shortened(verdict.diff).map((line) => `    ${colorDiffLine(printable(line), c)}`), '');
  }
  out.push(...provenHow(verdicts), summary(verdicts));
  return `${out.join('\n')}\n`;
}

/** How many files there are of each kind, in one line. */
export function summary(verdicts: FileVerdict[]): string {
  const ok = verdicts.filter(({ verdict }) => verdict === 'ok').length;
  const failed = verdicts.filter(hasFailed).length;
  const rest = verdicts.length - ok - failed;
  return [
    `${verdicts.length} ${verdicts.length === 1 ? 'file' : 'files'}: ${ok} can run twice`,
    `${failed} failed`,
    ...(rest ? [`${rest} not verifiable`] : []),
  ].join(', ');
}

/** On which PostgreSQL, and how the files were sent: a proof holds for both. */
export function provenHow(verdicts: readonly FileVerdict[]): string[] {
  const ways = new Map<string, number>();
  for (const { sent } of verdicts) ways.set(sent, (ways.get(sent) ?? 0) + 1);
  const [engine] = verdicts.map((verdict) => verdict.engine);
  if (engine === undefined) return [];
  const said = [...ways].map(([way, count]) => (ways.size === 1 ? way : `${way} (${plural(count, 'file')})`));
  return [`On ${engine}; sent as by ${said.join('; ')}`];
}

function failureOf(verdict: FileVerdict): Failure | undefined {
  return 'failure' in verdict ? verdict.failure : undefined;
}

/** What has shown a verdict: the words of PostgreSQL, or what differs; a line each. */
export function evidence(verdict: FileVerdict): string[] {
  const failure = failureOf(verdict);
  return failure ? describeFailure(failure) : 'diff' in verdict ? shortened(verdict.diff) : [];
}

export function describeFailure({ code, message, detail, hint }: Failure): string[] {
  return [`${code}: ${message}`, ...(detail ? [`Detail: ${detail}`] : []), ...(hint ? [`Hint: ${hint}`] : [])];
}

function codeFrame({ line, column, frame }: Failure, c: ReturnType<typeof pc.createColors>): string[] {
  const width = String(frame.at(-1)?.line ?? line).length;
  return flatMap(frame, ({ line: number, text: whole }) => {
    const shown = lineAround(whole, number === line ? column : 1);
    const text = printable(shown.text);
    const gutter = String(number).padStart(width);
    if (number !== line) return [c.dim(`      ${gutter} | ${text}`)];
    const indent = printable(shown.text.slice(0, shown.column - 1)).replace(/[^\t]/g, ' ');
    return [`    ${c.red('>')} ${gutter} | ${text}`, `      ${' '.repeat(width)} | ${indent}${c.red('^')}`];
  });
}

function shortened(diff: string): string[] {
  const lines = diff.split('\n');
  return lines.length > DIFF_LINES
    ? [...lines.slice(0, DIFF_LINES), `… and ${lines.length - DIFF_LINES} more lines`]
    : lines;
}

function colorDiffLine(line: string, c: ReturnType<typeof pc.createColors>): string {
  if (line.startsWith('+')) return c.green(line);
  if (line.startsWith('-')) return c.red(line);
  return line.startsWith('@@') ? c.cyan(line) : c.dim(line);
}

/** All that is known of a verdict besides its headline, without colours. */
function details(verdict: FileVerdict): string {
  const failure = failureOf(verdict);
  if (failure)
    return [`${verdict.path}:${failure.line}:${failure.column}`, ...describeFailure(failure), failure.statement].join(
      '\n',
    );
  return 'diff' in verdict ? shortened(verdict.diff).join('\n') : '';
}

/** JUnit's XML: a test a file. */
function renderJunit(verdicts: FileVerdict[]): string {
  const seconds = verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0);
  const numbers = {
    name: 'sql-lint verify',
    tests: verdicts.length,
    failures: verdicts.filter(hasFailed).length,
    skipped: verdicts.filter(({ verdict }) => verdict === 'not-verifiable').length,
    time: seconds.toFixed(3),
  };
  return `${testReport({}, [{ numbers, cases: verdicts.map(testCase) }])}\n`;
}

function testCase(verdict: FileVerdict): string {
  const { path } = verdict;
  const found = outcomeXml(verdict);
  return element(
    'testcase',
    { classname: 'sql-lint verify', name: path, file: path, time: verdict.seconds.toFixed(3) },
    found && `\n      ${found}\n    `,
  );
}

function outcomeXml(verdict: FileVerdict): string | undefined {
  if (verdict.verdict === 'ok') return undefined;
  if (verdict.verdict === 'not-verifiable') return element('skipped', { message: verdict.reason });
  return element('failure', { type: verdict.verdict, message: headline(verdict) }, xml(details(verdict)));
}

/** GitHub's workflow commands: an annotation on the line that fails. */
function renderGithub(verdicts: FileVerdict[], cwd: string): string {
  return flatMap(verdicts, (verdict) => {
    if (verdict.verdict === 'ok') return [];
    const failure = failureOf(verdict);
    const text = annotation(
      hasFailed(verdict) ? 'error' : 'notice',
      {
        file: pathInRepository(cwd, resolve(cwd, verdict.path)),
        line: failure?.line ?? lineOf(verdict),
        col: failure?.column,
        title: `sql-lint verify: ${verdict.verdict}`,
      },
      [headline(verdict), ...evidence(verdict)].join('\n'),
    );
    return [`${text}\n`];
  }).join('');
}

/** The line that a verdict without a failure speaks of. */
export function lineOf(verdict: FileVerdict): number | undefined {
  if (verdict.verdict === 'not-verifiable') return verdict.line;
  return verdict.verdict === 'not-resumable' ? verdict.after : undefined;
}
