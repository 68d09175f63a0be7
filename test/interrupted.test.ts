/** Migrations that stop half-way and are started over, and whole folders that are run again. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import glob from 'fast-glob';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nodeDisk } from '../src/disk/node.ts';
import { Projects } from '../src/project/find.ts';
import { readEnvironment } from '../src/verify/environment.ts';
import { startEmbedded } from '../src/verify/embedded.ts';
import { planSteps } from '../src/verify/steps.ts';
import type { Engine } from '../src/verify/types.ts';
import { run, startDatabases } from './support/database.ts';
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
      const session = await engine.start.open();
      expect(await run(session, setup)).toBeUndefined();
      const before = await session.snapshot();
      expect(await run(session, text)).toBeUndefined();
      const wanted = await session.state();
      await session.close();
      const { steps } = planSteps(text, 'migration.sql');
      for (let cut = 1; cut < steps.length; cut++) {
        const after = `after ${steps[cut - 1]!.sql}`;
        const half = await before.open();
        try {
          expect(await half.run(steps.slice(0, cut), 'stop'), after).toBeUndefined();
          // A connection that is lost in a transaction takes the transaction with it.
          await half.reset();
          expect(await run(half, text), after).toBeUndefined();
          expect(await half.state(), after).toBe(wanted);
        } finally {
          await half.close();
        }
      }
    },
  );
});

describe('a whole folder runs again, and ends where it ended', () => {
  let project: Project;
  afterEach(() => project.remove());

  // What stands for ${…} is known to Flyway alone.
  test.each(readdirSync('examples').filter((e) => e !== 'flyway'))('%s', { timeout: RUN_MS }, async (example) => {
    project = createProject();
    cpSync(join('examples', example), project.path, { recursive: true });
    project.lint('--fix');
    const engine = await startEmbedded(
      readEnvironment(example === 'supabase' ? 'supabase' : 'plain'),
      ['pg_trgm', 'pgcrypto', 'uuid-ossp'],
      { timeout: RUN_MS },
    );
    try {
      const session = await engine.start.open();
      const [first] = glob.sync('**/*.sql', { cwd: project.path, absolute: true });
      const texts = new Projects(nodeDisk).of(first!).forward.map((path) => readFileSync(path, 'utf8'));
      expect(texts.length).toBeGreaterThan(1);
      const runAll = async () => {
        for (const text of texts) expect(await run(session, text), text).toBeUndefined();
        return session.state();
      };
      expect(await runAll()).toBe(await runAll());
    } finally {
      await engine.close();
    }
  });
});
