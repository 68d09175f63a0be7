import type { Change, World } from '../history/world.ts';
import type { Finding } from './finding.ts';
import type { FirstRun } from './first-run.ts';
import { playOccurrence } from './occurrence.ts';
import { Replay } from './replay.ts';

/** What happens where the first run stops between two statements, and the file is started again. */
export class Stops {
  private readonly first: FirstRun;
  /** The objects before step `next`. */
  private world: World;
  private next = 0;
  /** For each step the number of the transaction that the file opens around it. */
  private transactions: readonly (number | undefined)[] | undefined;
  private readonly known = new Map<number, readonly Finding[]>();
  /** The objects behind a step that moves forwards and backwards, with what each step has changed. */
  private readonly late: { world: World; steps: { changes: readonly Change[]; searchPath: readonly string[] }[] };

  constructor(first: FirstRun) {
    this.first = first;
    this.world = first.base.fork();
    this.late = { world: first.base.fork(), steps: [] };
  }

  /** What is wrong with a step that runs again straight after its first run. Empty where it repeats by itself. */
  findingsAt(step: number): readonly Finding[] {
    let findings = this.known.get(step);
    if (!findings) {
      // Asked in this order, so that no step is played anew.
      const temporary = this.temporaryBefore(step);
      const replay = new Replay(this.first, restarted(this.worldAfter(step), temporary), { lastStep: step });
      replay.run(this.first.steps[step]!, step);
      this.known.set(step, (findings = replay.findings));
    }
    return findings;
  }

  /** The same where the first run has come further: behind a later step. */
  findingsBehind(later: number, step: number): readonly Finding[] {
    if (later === step) return this.findingsAt(step);
    const { world, steps } = this.late;
    while (steps.length <= later) {
      const { searchPath } = world;
      const played = this.first.occurrences[steps.length]!;
      const changes = world.logged(() => {
        for (const occurrence of played) playOccurrence(occurrence, world);
      });
      steps.push({ changes, searchPath });
    }
    for (; steps.length > later + 1; steps.pop()) {
      const { changes, searchPath } = steps.at(-1)!;
      for (const change of [...changes].reverse()) change.undo();
      world.searchPath = searchPath;
    }
    const replay = new Replay(this.first, restarted(world, this.temporaryBefore(step)), { lastStep: later });
    replay.run(this.first.steps[step]!, step);
    return replay.findings;
  }

  /** Whether the run can stop behind a step and before a later one: not inside a DO block or a transaction. */
  canStopBetween(step: number, later: number): boolean {
    const { steps } = this.first;
    const [a, b] = [steps[step]!.statement, steps[later]!.statement];
    if (a.parent !== undefined && a.parent === b.parent) return false;
    this.transactions ??= transactionsOf(steps);
    const transaction = this.transactions[step];
    return transaction === undefined || transaction !== this.transactions[later];
  }

  /** What is temporary and made anew by a file that comes to a step; undefined where nothing is. */
  private temporaryBefore(step: number): Temporary | undefined {
    const before = this.worldAfter(step - 1);
    return before.hasTemporary ? before.temporaryState() : undefined;
  }

  /** Steps are mostly asked for in order, so that each is played once. */
  private worldAfter(step: number): World {
    const { first } = this;
    if (step < this.next - 1) {
      this.world = first.base.fork();
      this.next = 0;
    }
    for (; this.next <= step; this.next++)
      for (const occurrence of first.occurrences[this.next]!) playOccurrence(occurrence, this.world);
    return this.world;
  }
}

type Temporary = ReturnType<World['temporaryState']>;

/** What a file finds that starts again: what lasts, and what it has made of what is temporary. */
function restarted(world: World, temporary: Temporary | undefined): World {
  if (!temporary && !world.hasTemporary) return world;
  const again = world.fork();
  again.restoreTemporary(temporary ?? new Map());
  return again;
}

function transactionsOf(steps: FirstRun['steps']): (number | undefined)[] {
  let open: number | undefined;
  return steps.map(({ statement }, step) => {
    const kind = statement.as('TransactionStmt')?.kind;
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') open = step;
    const own = open;
    if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK') open = undefined;
    return own;
  });
}
