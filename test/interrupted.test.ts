/** Migrations that stop half-way and are started over, and whole folders that are run again. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import glob from 'fast-glob';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nodeDisk } from '../src/disk/node.ts';
import { Projects } from '../src/project/find.ts';
import { readEnvironment } from '../src/verify/environment.ts';
import { planSteps } from '../src/verify/steps.ts';
import { sameState } from '../src/database/state.ts';
import type { Engine } from '../src/database/types.ts';
import { difference, run, startDatabases, startIn } from './support/database.ts';
import { readFixtures } from './support/fixtures.ts';
import { createProject, type Project } from './support/project.ts';

const RUN_MS = 120_000;

describe('a migration that stops after any of its statements is continued by starting over', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startDatabases();
  }, RUN_MS);
  afterAll(() => engine.close());

  // What was not fixed, and does not repeat, is not promised anything.
  const promised = readFixtures('sequences').filter((f) => f.fixed !== undefined || f.findings.length === 0);
  test.concurrent.each(promised.map((f) => [f.id, f] as const))(
    '%s',
    { timeout: RUN_MS },
    async (_, { setup, input, fixed }) => {
      const text = fixed ?? input;
      const session = await engine.open();
      try {
        expect(await run(session, setup)).toBeUndefined();
        const before = await session.mark();
        expect(await run(session, text)).toBeUndefined();
        const wanted = await session.state();
        const { steps } = planSteps(text, 'migration.sql');
        for (let cut = 1; cut < steps.length; cut++) {
          const after = `after ${steps[cut - 1]!.sql}`;
          await session.rewind(before);
          expect(await session.run(steps.slice(0, cut), 'stop'), after).toBeUndefined();
          // A connection that is lost in a transaction takes the transaction with it.
          await session.reset();
          expect(await run(session, text), after).toBeUndefined();
          const found = await session.state();
          if (!sameState(found, wanted)) expect(await difference(wanted, found), after).toBe('');
        }
      } finally {
        await session.close();
      }
    },
  );
});

describe('a whole folder runs again, and ends where it ended', () => {
  let project: Project;
  let plain: Engine;
  let supabase: Engine;
  const start = (environment: 'plain' | 'supabase') =>
    startIn(readEnvironment(environment), ['pg_trgm', 'pgcrypto', 'uuid-ossp'], { timeout: RUN_MS });
  beforeAll(async () => {
    plain = await start('plain');
    supabase = await start('supabase');
  }, RUN_MS);
  afterAll(() => Promise.all([plain.close(), supabase.close()]));
  afterEach(() => project.remove());

  // What stands for ${…} is known to Flyway alone.
  test.each(readdirSync('examples').filter((e) => e !== 'flyway'))('%s', { timeout: RUN_MS }, async (example) => {
    project = createProject();
    cpSync(join('examples', example), project.path, { recursive: true });
    project.lint('--fix');
    const session = await (example === 'supabase' ? supabase : plain).open();
    try {
      const [first] = glob.sync('**/*.sql', { cwd: project.path, absolute: true });
      const texts = new Projects(nodeDisk).of(first!).forward.map((path) => readFileSync(path, 'utf8'));
      expect(texts.length).toBeGreaterThan(1);
      const runAll = async () => {
        for (const text of texts) expect(await run(session, text), text).toBeUndefined();
        return session.state();
      };
      const once = await runAll();
      const twice = await runAll();
      if (!sameState(once, twice)) expect(await difference(once, twice)).toBe('');
    } finally {
      await session.close();
    }
  });
});
