/** The example projects: what is found in them, and that what --fix makes of them runs twice, by their own tools where they are at hand. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, type Project } from './support/project.ts';

const RUN_MS = 120_000;
const EXAMPLES = readdirSync('examples');

let project: Project;
afterEach(() => project.remove());

function copyOf(example: string): Project {
  project = createProject();
  cpSync(join('examples', example), project.path, { recursive: true });
  return project;
}

describe.each(EXAMPLES)('%s', (example) => {
  it('is found without being named, and says', () =>
    expect(copyOf(example).lint('--format', 'compact').stdout).toMatchSnapshot());

  it('is fixed', () => expect(copyOf(example).lint('--diff').stdout).toMatchSnapshot());

  // What stands for ${…} is known to Flyway alone.
  it.skipIf(example === 'flyway')(
    'runs twice when it is fixed',
    () => {
      const { status, stdout, stderr } = copyOf(example).lint('verify', '--fixed');
      expect([status, stderr], stdout).toEqual([0, expect.any(String)]);
    },
    RUN_MS,
  );
});

describe("drizzle-orm's own migrator", () => {
  const folder = () => join(project.path, 'drizzle');
  /** Runs the migrations; those that Drizzle remembers are forgotten first, so that it runs all of them. */
  const run = async (client: PGlite) => {
    await client.exec('DROP SCHEMA IF EXISTS drizzle CASCADE');
    await migrate(drizzle({ client }), { migrationsFolder: folder() });
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
      copyOf('drizzle');
      const [before, after] = [new PGlite(), new PGlite()];
      try {
        await run(before);
        await expect(run(before)).rejects.toThrow();
        expect(project.lint('--fix').status).toBe(0);
        expect(readFileSync(join(folder(), '0001_policies.sql'), 'utf8')).toContain(
          'ON orders;--> statement-breakpoint',
        );
        await run(after);
        const expected = await tables(before);
        expect(await tables(after)).toEqual(expected);
        await run(after);
        expect(await tables(after)).toEqual(expected);
      } finally {
        await before.close();
        await after.close();
      }
    },
    RUN_MS,
  );
});
