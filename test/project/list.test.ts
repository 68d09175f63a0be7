/** What the command says of projects: their files in order, and where they are looked for. */
import { afterEach, expect, it } from 'vitest';
import { createProject, type Project } from '../support/project.ts';

let project: Project;
afterEach(() => project.remove());

const make = (files: Readonly<Record<string, string>>) => (project = createProject({ '.git/HEAD': '', ...files }));
const TABLE = 'CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY);\n';

it('lists the files of each project in order, with their ways and their history', () => {
  make({
    'db/migrations/10_b.sql': `-- migrate:up\n${TABLE}\n-- migrate:down\nDROP TABLE IF EXISTS t;\n`,
    'db/migrations/1_a.sql': `-- migrate:up\n${TABLE}\n-- migrate:down\nDROP TABLE IF EXISTS t;\n`,
    'apps/shop/supabase/config.toml': '',
    'apps/shop/supabase/migrations/1_a.sql': TABLE,
    'apps/shop/supabase/seed.sql': 'SELECT 1;\n',
  });
  const { stdout, status } = project.lint('--list-files', '--postgres-version', '15');
  expect(stdout).toBe(`dbmate project, 2 migrations, preset recommended (default), PostgreSQL 15: db/migrations
      1  up, down    db/migrations/10_b.sql
      2  up, down    db/migrations/1_a.sql

Supabase project, 2 migrations, preset supabase (a Supabase project), PostgreSQL 15: apps/shop/supabase/migrations
      1  up          apps/shop/supabase/migrations/1_a.sql
      2  seed        apps/shop/supabase/seed.sql
`);
  expect(status).toBe(0);
});

it('says in the report which project was found', () => {
  make({ 'drizzle/meta/_journal.json': '{ "entries": [{ "tag": "0000_a" }] }', 'drizzle/0000_a.sql': TABLE });
  expect(project.lint('--no-cache').stdout).toMatch(
    /^Drizzle project, 1 migration, preset recommended \(default\), PostgreSQL 14 \(default\)\n/,
  );
});

it('knows the rows of files before seed.sql, and does not ask for files that are no migrations', () => {
  make({
    'supabase/migrations/1_a.sql': 'CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY);\n',
    'supabase/seed.sql': 'INSERT INTO t (id) VALUES (1);\n',
    'supabase/schemas/t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
  });
  const { stdout } = project.lint('--no-cache', '--diff');
  expect(stdout).toContain('+INSERT INTO t (id) VALUES (1) ON CONFLICT DO NOTHING;');
  expect(stdout).not.toContain('schemas');
});

it('says what is wrong with a tool in the configuration', () => {
  make({ 'sql-lint.config.json': '{ "tool": "gooze" }', 'migrations/1_a.sql': TABLE });
  const { status, stderr } = project.lint();
  expect([status, stderr]).toEqual([2, expect.stringContaining('"tool" must be "atlas", ')]);
  expect(stderr).toContain('did you mean "goose"?');
});
