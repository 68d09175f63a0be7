/** What is tried: generated migrations, and texts of ours that are damaged. */
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { World } from '../../src/history/world.ts';
import { play } from '../../src/history/play.ts';
import { Script } from '../../src/syntax/script.ts';
import { readFixtures } from '../support/fixtures.ts';
import { migrations, mutated, type Generated } from './generate.ts';
import { examine } from './invariants.ts';

const FOLDER = 'test/robustness/inputs/';

const texts = [
  ...[...readFixtures('statements'), ...readFixtures('files')].map((f) => f.input),
  ...readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(FOLDER + name, 'utf8')),
];

const damaged = mutated(texts);

/** A text and what came before it. */
export const inputs: fc.Arbitrary<Generated> = fc.oneof(
  { weight: 3, arbitrary: migrations },
  { weight: 4, arbitrary: damaged.map((migration) => ({ setup: '', migration })) },
  { weight: 1, arbitrary: fc.tuple(damaged, damaged).map(([setup, migration]) => ({ setup, migration })) },
);

/** The promises that are not kept for an input. */
export function violationsOf({ setup, migration }: Generated): string[] {
  const world = new World();
  try {
    play(new Script(setup, '1.sql').statements, world);
  } catch (error) {
    return [`the history: ${(error as Error).stack ?? String(error)}`];
  }
  return examine(migration, '2.sql', { world }).violations;
}
