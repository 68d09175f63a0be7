/** Inputs that nobody has written: a small part of what `npm run fuzz` tries. */
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { loadParser } from '../../src/syntax/parser.ts';
import { startDatabases } from '../support/database.ts';
import { executeChain } from './execute.ts';
import { chains } from './generate.ts';
import { inputs, violationsOf } from './inputs.ts';
import { startInThisThread } from './one-thread.ts';
import { candidatesFrom, executeSequence, openGround } from './sequences.ts';

const seed = 20250901;
const LIMIT_MS = 10_000;

beforeAll(loadParser);

test('every invariant holds for generated migrations and damaged fixtures', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      expect(violationsOf(input)).toEqual([]);
    }),
    { seed, numRuns: 600, interruptAfterTimeLimit: LIMIT_MS },
  );
});

test('generated migrations run twice once they are fixed, and leave what the original leaves', async () => {
  const engine = await startDatabases();
  try {
    let twice = 0;
    const started = performance.now();
    for (const chain of fc.sample(chains, { seed, numRuns: 3 })) {
      if (performance.now() - started > LIMIT_MS) break;
      const executed = await executeChain(engine, chain);
      expect(executed.violations).toEqual([]);
      twice += executed.twice;
    }
    expect(twice).toBeGreaterThan(0);
  } finally {
    await engine.close();
  }
});

test('generated sequences are sound from several states, cut, and as one message', async () => {
  const engine = await startInThisThread();
  const ground = await openGround(engine);
  try {
    let runs = 0;
    const started = performance.now();
    for (let k = 0; performance.now() - started < LIMIT_MS && k < 100; k++) {
      const { isRun, violation } = await executeSequence(ground, candidatesFrom(seed + k));
      expect(violation).toBeUndefined();
      if (isRun) runs++;
    }
    expect(runs).toBeGreaterThan(0);
  } finally {
    await engine.close();
  }
});

const cli = resolve('dist/cli.js');

test('the findings of a file do not depend on the order in which files are named, nor on which others are', () => {
  for (const [k, chain] of fc.sample(chains, { seed, numRuns: 3 }).entries()) {
    const folder = mkdtempSync(join(tmpdir(), 'sql-lint-'));
    try {
      const names = chain.map((text, n) => {
        writeFileSync(join(folder, `${n}.sql`), text);
        return `${n}.sql`;
      });
      const lint = (args: readonly string[]) => {
        try {
          return execFileSync('node', [cli, '--format', 'json', ...args], {
            cwd: folder,
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          });
        } catch (error) {
          return (error as { stdout: string }).stdout;
        }
      };
      const expected = lint(['.']);
      expect(lint([...names].reverse())).toBe(expected);
      expect(
        lint(fc.sample(fc.shuffledSubarray(names, { minLength: names.length }), { seed: seed + k, numRuns: 1 })[0]!),
      ).toBe(expected);
      const all = JSON.parse(expected) as object[];
      const last = names.at(-1)!;
      expect(JSON.parse(lint([last]))).toEqual(
        all.filter((result) => (result as { filePath: string }).filePath.endsWith(`/${last}`)),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
