/**
 * The state that is read and `pg_dump` agree on what is different. A dump takes most of a second, so that only some of
 * the fixtures, examples and generated migrations are judged by both: `DUMPS=1000` takes more of each, `DUMPS_SEED=7`
 * others.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import glob from 'fast-glob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeDisk } from '../../src/disk/node.ts';
import { Projects } from '../../src/project/find.ts';
import { sameState } from '../../src/database/state.ts';
import type { Engine, Session, State } from '../../src/database/types.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { chains } from '../robustness/generate.ts';
import { difference, run, startDatabases } from '../support/database.ts';
import { readFixtures } from '../support/fixtures.ts';

const COUNT = Number(process.env.DUMPS ?? 3);
const seed = Number(process.env.DUMPS_SEED ?? 20250901);
const LIMIT_MS = 60_000 + COUNT * 10_000;

let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases(['pg_trgm', 'pgcrypto', 'uuid-ossp']);
});
afterAll(() => engine.close());

/** What the two judges know of a database; pg_dump is not told of roles and settings. */
async function read(session: Session): Promise<{ state: State; dump: string }> {
  const state = await session.state();
  const shared = state.lines().filter((line) => /^(ROLE|MEMBER|SETTING) /.test(line));
  return { state, dump: [await session.dump(), ...shared].join('\n') };
}

/** Runs texts one after the other, and compares what both judges say of each; answers how many changed something. */
async function judge(texts: readonly string[]): Promise<number> {
  const session = await engine.open();
  let changes = 0;
  try {
    let before = await read(session);
    for (const text of texts) {
      if (await run(session, text)) continue;
      const after = await read(session);
      const isSame = sameState(before.state, after.state);
      expect(isSame, `${text}\n${await difference(before.state, after.state)}`).toBe(before.dump === after.dump);
      if (!isSame) changes++;
      before = after;
    }
    return changes;
  } finally {
    await session.close();
  }
}

const some = <T>(from: readonly T[], count: number): T[] =>
  fc
    .sample(fc.shuffledSubarray([...from], { minLength: Math.min(count, from.length) }), { seed, numRuns: 1 })[0]!
    .slice(0, count);

test(`of ${COUNT} fixtures, run as they are and fixed`, { timeout: LIMIT_MS }, async () => {
  const runnable = [...readFixtures('statements'), ...readFixtures('files'), ...readFixtures('sequences')].filter(
    ({ notRun }) => notRun === undefined,
  );
  let changes = 0;
  for (const { setup, input, fixed = input } of some(runnable, COUNT))
    changes += await judge([setup, input, fixed].filter((text) => text !== ''));
  expect(changes).toBeGreaterThan(0);
});

test('of an example, all files twice', { timeout: LIMIT_MS }, async () => {
  const examples = readdirSync('examples').filter((name) => name !== 'flyway' && name !== 'supabase');
  for (const example of some(examples, Math.ceil(COUNT / 10))) {
    const [first] = glob.sync(`examples/${example}/**/*.sql`);
    const texts = new Projects(nodeDisk).of(resolve(first!)).forward.map((path) => readFileSync(path, 'utf8'));
    expect(await judge([...texts, ...texts])).toBeGreaterThan(0);
  }
});

test('of generated migrations', { timeout: LIMIT_MS }, async () => {
  for (const chain of fc.sample(chains, { seed, numRuns: Math.ceil(COUNT / 10) }))
    expect(await judge(chain.slice(0, 4))).toBeGreaterThan(0);
});
