import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProject, type Project } from '../support/project.ts';

vi.setConfig({ testTimeout: 120_000 });

let project: Project;
beforeEach(() => {
  project = createProject();
});
afterEach(() => project.remove());

const MADE = 'create table notes (id int primary key, title text);\n';
const RENAMED = 'alter table notes rename column title to name;\n';

describe('the way back', () => {
  it('is printed, with what does not come back', () => {
    project.write('migrations/1_notes.up.sql', MADE);
    project.write('migrations/2_title.up.sql', 'alter table notes drop column title;\n');
    const { stdout, stderr, status } = project.lint('down', 'migrations/2_title.up.sql');
    expect({ stdout, stderr, status }).toEqual({
      stdout: `-- Incomplete: the values of public.notes.title (the column is dropped) do not come back.
ALTER TABLE public.notes ADD COLUMN IF NOT EXISTS title text;
`,
      stderr: `migrations/2_title.up.sql: incomplete: it leads back, also where tables hold rows, but not all comes back:
  the values of public.notes.title (the column is dropped)
`,
      status: 1,
    });
  });

  it('goes into the section of goose, where no other one stands', () => {
    project.write('migrations/1_notes.sql', `-- +goose Up\n${MADE}-- +goose Down\ndrop table notes;\n`);
    const last = `-- +goose Up\n${RENAMED}insert into notes values (1, 'One');\n`;
    project.write('migrations/2_name.sql', last);
    expect(project.lint('down', 'migrations/1_notes.sql', '--write')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has a way back already') as string,
    });
    const { stderr, status } = project.lint('down', 'migrations/2_name.sql', '--write');
    expect({ stderr, status }).toMatchObject({ status: 0, stderr: expect.stringContaining('was written') as string });
    const text = project.read('migrations/2_name.sql');
    expect(text.startsWith(`${last.trimEnd()}\n\n-- +goose Down\n`)).toBe(true);
    expect(text).toContain("DELETE FROM public.notes\nWHERE id = '1' AND title = 'One';");
    expect(text).toContain('-- +goose StatementBegin\nDO $$');
    expect(project.lint('down', '--check', 'migrations')).toMatchObject({
      status: 0,
      stdout: '2 ways back: 2 lead back\n',
    });
  });

  it('is the file of golang-migrate, also where that one holds nothing yet', () => {
    project.write('migrations/1_notes.up.sql', MADE);
    project.write('migrations/2_name.up.sql', RENAMED);
    project.write('migrations/1_notes.down.sql', '-- The way back.\n');
    expect(project.lint('down', 'migrations', '--write')).toMatchObject({ status: 0 });
    expect(project.read('migrations/1_notes.down.sql')).toBe('DROP TABLE IF EXISTS public.notes;\n');
    expect(project.read('migrations/2_name.down.sql')).toContain('RENAME COLUMN name TO title');
    const last = ['down', 'migrations/1_notes.up.sql', '--out', 'migrations/2_name.down.sql'] as const;
    expect(project.lint(...last)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is there already; --force replaces it') as string,
    });
    expect(project.lint(...last, '--force')).toMatchObject({ status: 0 });
    expect(project.read('migrations/2_name.down.sql')).toBe('DROP TABLE IF EXISTS public.notes;\n');
  });

  it('is not written where the tool would take a line of it for its own', () => {
    project.write('migrations/001_notes.sql', `${MADE}\n---- create above / drop below ----\n\ndrop table notes;\n`);
    project.write('migrations/tern.conf', '[database]\n');
    project.write(
      'migrations/002_rows.sql',
      "insert into notes values (1, '{{ title }}');\n\n---- create above / drop below ----\n",
    );
    expect(project.lint('down', 'migrations/002_rows.sql', '--write')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not proven: tern takes it for a template: {{') as string,
    });
    expect(project.read('migrations/002_rows.sql')).not.toContain('DELETE');
  });

  it('is a new migration of Supabase, behind the last one', () => {
    project.write('supabase/config.toml', '');
    project.write('supabase/migrations/20260101000000_notes.sql', MADE);
    project.write('supabase/migrations/20260102000000_name.sql', RENAMED);
    expect(project.lint('down', 'supabase/migrations/20260101000000_notes.sql', '--write')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is not the last one') as string,
    });
    const { stderr, status } = project.lint('down', 'supabase/migrations/20260102000000_name.sql', '--write');
    expect(status).toBe(0);
    const [, path] = /(supabase\/migrations\/\d{14}_undo_name\.sql) was written/.exec(stderr)!;
    expect(project.read(path!)).toContain('RENAME COLUMN name TO title');
  });
});

it('judges the ways back that are there', () => {
  project.write('migrations/1_notes.up.sql', MADE);
  project.write('migrations/1_notes.down.sql', 'drop table notes;\n');
  project.write('migrations/2_extra.up.sql', 'alter table notes add a int, add b int;\n');
  project.write('migrations/2_extra.down.sql', 'alter table notes drop column a;\n');
  project.write('migrations/3_index.up.sql', 'create index by_title on notes (title);\n');
  project.write('migrations/3_index.down.sql', '\ndrop index by_name;\n');
  // What is only spelled otherwise is the same.
  const body = (comment: string) =>
    `create function f() returns int language sql as $$ select 1 ${comment}$$;\nalter table notes alter a set default `;
  project.write('migrations/4_f.up.sql', body('-- one\n').replace('set default ', 'type timestamptz using now();'));
  project.write('migrations/5_default.up.sql', 'alter table notes alter a set default current_timestamp;\n');
  project.write('migrations/6_none.up.sql', 'drop function f();\nalter table notes alter a drop default;\n');
  project.write('migrations/6_none.down.sql', `${body('')}now();\n`);
  const { stdout, status } = project.lint('down', '--check', 'migrations');
  expect({ stdout, status }).toEqual({
    stdout: `migrations/2_extra.down.sql:1  no-incomplete-down  The way back of migrations/2_extra.up.sql does not lead to what was before it: the column public.notes.b is still there.
migrations/3_index.down.sql:2  no-incomplete-down  The way back of migrations/3_index.up.sql does not lead to what was before it: it fails: index "by_name" does not exist (42704).
4 ways back: 2 lead back, 1 does not lead back, 1 fails
`,
    status: 1,
  });
});
