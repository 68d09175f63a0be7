/** What `apply` says, as text or as JSON. */
import type pc from 'picocolors';
import type { Live } from '../database/live.ts';
import { plural } from '../plural.ts';
import { printable } from '../printable.ts';
import { describeHolder, type Holder } from '../schema/deploy-lock.ts';
import type { Applied, ApplyEvent, ApplyPlan, PlannedFile } from '../schema/apply.ts';
import type { Ledger } from '../schema/ledger.ts';
import { renderVerdicts, hasFailed, summary, type FileVerdict } from '../verify/index.ts';
import { EXIT } from './command.ts';
import { startBar } from './bar.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** With `json`, one object is printed at the end, and nothing before. */
export class ApplyReport {
  private readonly bar = startBar(process.stderr);
  private readonly notes: string[] = [];
  private readonly said: Record<string, unknown> = {};
  private at = { index: 0, total: 0 };
  private blocked = '';
  private readonly format: 'text' | 'json';
  private readonly c: Colors;

  constructor(format: 'text' | 'json', c: Colors) {
    this.format = format;
    this.c = c;
  }

  note(text: string): void {
    this.notes.push(text);
    this.line(this.c.yellow(`Note: ${text}.`));
  }

  begins(title: string, live: Live, { table, exists, files }: Ledger, pending: number): void {
    Object.assign(this.said, { database: live.database, server: live.server, table, pending });
    this.line(`${title}; ${live.database} on ${live.server}, PostgreSQL ${live.version}`);
    const records = exists ? table : `${table}, which is not there yet`;
    this.line(`${files.length - pending} recorded in ${records}; ${pending} to run`);
  }

  nothing(): number {
    this.line(`${this.c.green('✓')} Nothing to run.`);
    this.print({ applied: [] });
    return EXIT.clean;
  }

  planned({ files }: ApplyPlan, locks: ReadonlyMap<string, string[]>): void {
    const plan = files.map((file) => ({ path: file.path, runs: inWords(file), locks: locks.get(file.path) ?? [] }));
    for (const { path, runs, locks: taken } of plan)
      this.line([`${path}  ${this.c.dim(runs)}`, ...taken.map((lock) => `    ${lock}`)].join('\n'));
    this.line('Nothing was run.');
    this.print({ plan });
  }

  proven(verdicts: FileVerdict[]): void {
    const failed = verdicts.filter(hasFailed);
    const unknown = verdicts.filter(({ verdict }) => verdict === 'not-verifiable');
    this.said.proof = { files: verdicts.length, failed: failed.length, notVerifiable: unknown.length };
    if (failed.length > 0) {
      this.line(renderVerdicts(failed, 'text', { color: false }).trimEnd());
      this.line('Nothing was run. sql-lint --fix rewrites what it can; --no-verify runs the files as they are.');
      this.print({ applied: [] });
      return;
    }
    this.line(this.c.dim(`Proven on ${verdicts[0]?.engine ?? ''}: ${summary(verdicts)}`));
    for (const verdict of verdicts)
      if (verdict.verdict === 'not-verifiable') this.note(`${verdict.path} is not proven: ${verdict.reason}`);
  }

  applied({ done, stopped }: Applied, files: readonly { path: string }[]): void {
    const left = files.slice(done.length + (stopped ? 1 : 0)).map(({ path }) => path);
    if (stopped) this.line(describeStop(stopped, left, this.c));
    this.line(`${plural(done.length, 'file')} run${stopped ? `, 1 stopped, ${left.length} left` : ''}.`);
    this.print({ applied: done, ...(stopped && { stopped }), left });
  }

  readonly onEvent = (event: ApplyEvent): void => {
    switch (event.kind) {
      case 'file':
        this.at = event;
        this.blocked = '';
        return this.bar.update(event.index, event.total, event.path);
      case 'statement': {
        const [first] = event.sql.trim().split('\n', 1) as [string];
        return this.bar.update(this.at.index, this.at.total, `${event.path}:${event.line} ${first}`);
      }
      case 'applied':
        return this.line(`${this.c.green('✓')} ${event.path}  ${this.c.dim(`${event.duration} ms`)}`);
      case 'blocked':
        return this.isBlocked(event.by);
      case 'waiting':
        return this.bar.update(0, 1, `waits for another run: ${describeHolder(event.for)}`);
      case 'retry': {
        const { message, code } = event.failure;
        const pause = (event.delay / 1000).toFixed(1);
        return this.line(`  ${message} (${code}); try ${event.attempt + 1} in ${pause} s`);
      }
      case 'dropped':
        return this.note(`the invalid index ${event.index}, which an earlier run had left, was dropped`);
    }
  };

  /** The same ones are named once. */
  private isBlocked(by: readonly Holder[]): void {
    const who = by.map(({ pid }) => pid).join(' ');
    if (who !== this.blocked) for (const holder of by) this.line(`  waits for ${describeHolder(holder)}`);
    this.blocked = who;
  }

  private line(text: string): void {
    this.bar.done();
    if (this.format === 'text') process.stdout.write(`${printable(text)}\n`);
  }

  private print(more: Record<string, unknown>): void {
    if (this.format !== 'json') return;
    process.stdout.write(`${JSON.stringify({ ...this.said, notes: this.notes, ...more }, null, 2)}\n`);
  }
}

function inWords({ stretches }: PlannedFile): string {
  const alone = stretches.filter(({ inTransaction }) => !inTransaction);
  const transactions = stretches.length - alone.length;
  const statements = (list: PlannedFile['stretches']) => list.reduce((sum, { steps }) => sum + steps.length, 0);
  const all = plural(statements(stretches), 'statement');
  if (alone.length === 0) return `${all} in one transaction`;
  if (transactions === 0) return `${all}, each by itself`;
  return `${all}: ${plural(transactions, 'transaction')}, and ${statements(alone)} outside of them`;
}

function describeStop(
  { path, failure, kept, isInterrupted }: NonNullable<Applied['stopped']>,
  left: readonly string[],
  c: Colors,
): string {
  const what = isInterrupted ? 'interrupted' : `${failure.message} (${failure.code})`;
  const lines = [
    `${c.red('✗')} ${path}:${failure.line}:${failure.column}  ${what}`,
    ...[failure.detail, failure.hint].filter((text) => text !== undefined).map((text) => `    ${text}`),
    ...failure.frame.map((l) => `    ${l.line === failure.line ? '>' : ' '} ${l.line} | ${l.text}`),
  ];
  if (failure.code === 'crash')
    lines.push('  Whether the last transaction of it was completed is not known; its records say so at the next run.');
  else if (kept > 0)
    lines.push(
      `  The first ${plural(kept, 'statement')} of it ran outside of the transaction that failed, and ` +
        `${kept === 1 ? 'stays' : 'stay'}.`,
    );
  else lines.push('  Nothing of this file stays.');
  if (left.length > 0) lines.push(`  Not run: ${left.join(', ')}.`);
  lines.push('  The same command goes on with this file.');
  return lines.join('\n');
}
