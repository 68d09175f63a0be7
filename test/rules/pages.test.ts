/** PostgreSQL runs the examples on the pages of the rules, and what to write instead twice. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/verify/environment.ts';
import type { Engine } from '../../src/database/types.ts';
import { difference, run, startIn } from '../support/database.ts';

/** Rules about SQL that PostgreSQL refuses, with the SQLSTATE that their pages promise. */
const REFUSED: Record<string, string> = {
  'no-invalid-definition': '42601',
  'no-unknown-name': '42703',
  'no-wrong-arity': '42601',
  'no-invented-syntax': '42601',
  'no-misspelled-type': '42704',
  'no-jwt-cast-precedence': '22P02',
  'no-concurrently-in-transaction': '25001',
  'no-unusable-enum-value': '55P04',
};
/** What the example of a page takes for granted. */
const SETUP: Record<string, string> = {
  'no-invented-syntax': 'CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid, body text);',
};

const names = readdirSync(fileURLToPath(new URL('./', import.meta.url)))
  .filter((f) => f.endsWith('.sql'))
  .map((f) => f.slice(0, -4))
  // A page about the names of files has no SQL to run.
  .filter((name) => existsSync(`docs/rules/${name}.md`) && name !== 'require-file-name');

/** The SQL below a heading: what comes before, and the example itself. */
function example(page: string, heading: RegExp): { before: string; sql: string } {
  const section = page.split(/^## /m).find((s) => heading.test(s)) ?? '';
  const files = /^```sql\n([^]*?)^```/m.exec(section)![1]!.split(/^-- \d+\.sql\n/m);
  return { before: files.slice(0, -1).join(''), sql: files.at(-1)! };
}

let engine: Engine;
beforeAll(async () => {
  engine = await startIn(readEnvironment('supabase'), ['pgcrypto', 'uuid-ossp', 'citext']);
}, 120_000);
afterAll(() => engine.close());

describe.each(names)('%s', (name) => {
  const page = readFileSync(`docs/rules/${name}.md`, 'utf8');
  const problem = example(page, /^The problem/);
  const solution = example(page, /^(The fix|What to write)/);

  test('runs, or is refused as its page says', async () => {
    const session = await engine.open();
    try {
      expect(await run(session, (SETUP[name] ?? '') + problem.before)).toBeUndefined();
      expect((await run(session, problem.sql))?.code).toBe(REFUSED[name]);
    } finally {
      await session.close();
    }
  }, 60_000);

  test('is mended into what runs twice', async () => {
    const session = await engine.open();
    try {
      expect(await run(session, (SETUP[name] ?? '') + (solution.before || problem.before))).toBeUndefined();
      expect(await run(session, solution.sql)).toBeUndefined();
      const first = await session.state();
      expect(await run(session, solution.sql)).toBeUndefined();
      expect(await difference(first, await session.state())).toBe('');
    } finally {
      await session.close();
    }
  }, 60_000);
});
