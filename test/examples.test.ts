/** The example projects: what is found in them, and that what --fix makes of them runs twice, by their own tools where they are at hand. */
import { cpSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasFailed, type FileVerdict } from '../src/verify/index.ts';
import { createProject, type Project } from './support/project.ts';

const RUN_MS = 120_000;
const EXAMPLES = readdirSync('examples');

const projects: Project[] = [];
afterEach(() => projects.splice(0).forEach((project) => project.remove()));

function copyOf(example: string): Project {
  const project = createProject();
  projects.push(project);
  cpSync(join('examples', example), project.path, { recursive: true });
  return project;
}

describe.each(EXAMPLES)('%s', (example) => {
  it('is found without being named, and says', () =>
    expect(copyOf(example).lint('--format', 'compact').stdout).toMatchSnapshot());

  it('is fixed', () => expect(copyOf(example).lint('--diff').stdout).toMatchSnapshot());
});

describe('what is fixed runs twice', () => {
  // What stands for ${…} is known to Flyway alone.
  const runnable = EXAMPLES.filter((example) => example !== 'flyway');
  let verdicts: readonly FileVerdict[];
  beforeAll(() => {
    // One run for all of them: to start PostgreSQL for each takes longer than the proofs.
    const all = createProject();
    try {
      cpSync('examples', all.path, { recursive: true });
      const { stdout } = all.lint('verify', '--fixed', '--format', 'json', ...runnable);
      verdicts = JSON.parse(stdout) as FileVerdict[];
    } finally {
      all.remove();
    }
  }, EXAMPLES.length * RUN_MS);

  it.each(runnable)('%s', (example) => {
    const own = verdicts.filter(({ path }) => path.split(sep)[0] === example);
    expect(own.some(({ verdict }) => verdict === 'ok')).toBe(true);
    expect(own.filter(hasFailed)).toEqual([]);
  });
});

describe("drizzle-orm's own migrator", () => {
  /** Runs the migrations; those that Drizzle remembers are forgotten first, so that it runs all of them. */
  const run = async (client: PGlite, { path }: Project) => {
    await client.exec('DROP SCHEMA IF EXISTS drizzle CASCADE');
    await migrate(drizzle({ client }), { migrationsFolder: join(path, 'drizzle') });
  };
  const tables = async (client: PGlite) =>
    (
      await client.query<{ about: string }>(`
    SELECT concat_ws(' ', attrelid::regclass, attname, atttypid::regtype) AS about FROM pg_attribute WHERE attrelid IN ('customers'::regclass, 'orders'::regclass) AND attnum > 0
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT concat_ws(' ', policyname, tablename, qual) FROM pg_policies
    UNION ALL SELECT 'customer ' || email FROM customers ORDER BY 1`)
    ).rows.map((r) => r.about);

  it(
    'runs examples/drizzle before and after the fix to the same end, and after the fix again',
    async () => {
      const project = copyOf('drizzle');
      const before = await PGlite.create();
      const after = await PGlite.create({ loadDataDir: await before.dumpDataDir('none') });
      try {
        await run(before, project);
        await expect(run(before, project)).rejects.toThrow();
        expect(project.lint('--fix').status).toBe(0);
        expect(project.read('drizzle/0001_policies.sql')).toContain('ON orders;--> statement-breakpoint');
        await run(after, project);
        const expected = await tables(before);
        expect(await tables(after)).toEqual(expected);
        await run(after, project);
        expect(await tables(after)).toEqual(expected);
      } finally {
        await before.close();
        await after.close();
      }
    },
    RUN_MS,
  );
});
