import { isThere } from '../history/guards.ts';
import type { World } from '../history/world.ts';
import type { Finding } from './finding.ts';
import type { FirstRun } from './first-run.ts';
import type { LineageEnd } from './lineage.ts';
import { Replay, type Tangle } from './replay.ts';
import type { GuardedSteps } from './sequences.ts';
import type { Stops } from './stops.ts';

export interface SecondRun {
  findings: readonly Finding[];
  /** Steps that cannot be guarded alone. */
  tangles: readonly Tangle[];
  /** Steps that conditions around them keep from running. */
  skipped: readonly number[];
  /** Whether every guarded block was skipped. */
  allSkipped: boolean;
}

/**
 * Runs a file a second time, from the end of its first run. Guarded blocks are skipped where their question says so.
 * @param stops what happens where the first run stops on the way
 */
export function runAgain(first: FirstRun, stops: Stops, guarded: readonly GuardedSteps[]): SecondRun {
  const replay = new Replay(first, first.after, { stops });
  const blocks = new Map<number, { to: number; end: LineageEnd }>();
  for (const { blocks: ranges, end } of guarded) for (const { from, to } of ranges) blocks.set(from, { to, end });
  let passed = 0;
  for (let step = 0; step < first.steps.length; step++) {
    const block = blocks.get(step);
    if (block && hasCome(block.end, replay.world)) {
      passed++;
      step = block.to;
    } else replay.run(first.steps[step]!, step);
  }
  replay.end();
  return {
    findings: replay.findings,
    tangles: replay.tangles,
    skipped: replay.skipped,
    allSkipped: passed === blocks.size,
  };
}

const hasCome = (end: LineageEnd, world: World): boolean =>
  'made' in end ? isThere(end.made, world) === true : world.has(end.removed) === false;
