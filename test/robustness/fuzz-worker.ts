/** The thread of `npm run fuzz`: tries batches of inputs, or chains of migrations, as the main thread asks for them. */
import fc from 'fast-check';
import { parentPort } from 'node:worker_threads';
import { loadParser } from '../../src/syntax/parser.ts';
import type { Engine } from '../../src/database/types.ts';
import { startDatabases } from '../support/database.ts';
import { executeChain, type Executed } from './execute.ts';
import { chains } from './generate.ts';
import { inputs, violationsOf } from './inputs.ts';
import { startInThisThread } from './one-thread.ts';
import { candidatesFrom, executeSequence, openGround, shrink, type Ground } from './sequences.ts';

export interface Question {
  what: 'inputs' | 'chain' | 'sequence';
  seed: number;
}

/** How many inputs are tried at a time. */
const BATCH = 250;
const SHRINK_MS = 15_000;

let engine: Promise<Engine> | undefined;
let ground: Promise<Ground> | undefined;

await loadParser();
parentPort!.on('message', ({ what, seed }: Question) => {
  void answer(what, seed).then((found) => parentPort!.postMessage(found));
});
parentPort!.postMessage({});

async function answer(what: Question['what'], seed: number): Promise<object> {
  switch (what) {
    case 'inputs':
      return tryInputs(seed);
    case 'chain':
      return tryChain(seed);
    case 'sequence':
      return trySequence(seed);
  }
}

function tryInputs(seed: number): { count: number; violations: string[] } {
  let count = 0;
  let violations: string[] = [];
  const property = fc.property(inputs, (input) => {
    count++;
    const found = violationsOf(input);
    if (found.length === 0) return true;
    violations = [
      `${found.join('\n')}\n--- history\n${input.setup}\n--- migration\n${input.migration}\n--- as JSON\n${JSON.stringify(input)}`,
    ];
    return false;
  });
  fc.check(property, { seed, numRuns: BATCH, interruptAfterTimeLimit: 40_000 + SHRINK_MS });
  return { count: violations.length > 0 ? Math.min(count, BATCH) : count, violations };
}

async function tryChain(seed: number): Promise<Executed> {
  engine ??= startDatabases();
  return executeChain(await engine, fc.sample(chains, { seed, numRuns: 1 })[0]!);
}

/** Some migrations at a time, so that the threads do not talk more than they work. */
const SEQUENCES = 10;

async function trySequence(seed: number): Promise<{ run: number; reported: number; violations: string[] }> {
  ground ??= startInThisThread().then(openGround);
  const found = { run: 0, reported: 0, violations: [] as string[] };
  for (let k = 0; k < SEQUENCES; k++) {
    const candidates = candidatesFrom(seed * SEQUENCES + k);
    const { isRun, isReported, violation } = await executeSequence(await ground, candidates);
    if (isRun) found.run++;
    if (isReported) found.reported++;
    if (violation !== undefined) found.violations.push(await shrink(await ground, candidates, violation));
  }
  return found;
}
