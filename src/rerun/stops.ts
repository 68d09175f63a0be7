import type { World } from '../history/world.ts';
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
  private readonly known = new Map<number, readonly Finding[]>();

  constructor(first: FirstRun) {
    this.first = first;
    this.world = first.base.fork();
  }

  /** What is wrong with a step that runs again straight after its first run. Empty where it repeats by itself. */
  findingsAt(step: number): readonly Finding[] {
    let findings = this.known.get(step);
    if (!findings) {
      const replay = new Replay(this.first, this.worldAfter(step));
      replay.run(this.first.steps[step]!, step);
      this.known.set(step, (findings = replay.findings));
    }
    return findings;
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
