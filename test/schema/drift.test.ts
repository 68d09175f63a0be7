import { rmSync } from 'node:fs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProject, type Project } from '../support/project.ts';
import { hasServer, startServer, type Server } from '../support/server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const NOTES = `create table notes (id bigint generated always as identity primary key, title text not null default 'x');
create index notes_title on notes (title);
alter table notes enable row level security;
create policy own on notes using (true);
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch before insert on notes for each row execute function touch();
create view titles with (security_invoker = true) as select id, title from notes;
comment on table notes is 'Notes';
`;
/** What somebody does by hand. */
const BY_HAND = `alter table notes add column extra int; alter table notes alter title drop not null; drop index notes_title;
alter table notes disable trigger touch; alter view titles reset (security_invoker); create table junk (id int);
grant select on notes to public; comment on table notes is 'Others'; drop policy own on notes;
create policy own on notes using (false)`;

let project: Project;
beforeEach(() => {
  project = createProject();
  project.write('migrations/1_notes.sql', NOTES);
});
afterEach(() => project.remove());

interface Report {
  differences: { kind: string; object: { kind: string; name: string } }[];
  audits: { message: string }[];
  notes: string[];
}

const found = (stdout: string): string[] =>
  (JSON.parse(stdout) as Report).differences.map(({ kind, object }) => `${kind} ${object.kind} ${object.name}`).sort();

describe.skipIf(!hasServer)('a live database', () => {
  let server: Server;
  let client: pg.Client;
  let url: string;
  let count = 0;
  beforeAll(async () => {
    server = await startServer(5493);
    await server.admin.query("CREATE ROLE reader LOGIN PASSWORD 'hush'");
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const database = `app${++count}`;
    await server.admin.query(`CREATE DATABASE ${database}`);
    url = server.url('postgres', 'secret', database);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(NOTES);
  });
  afterEach(() => client.end());

  it('is in step', () => {
    expect(project.lint('drift', 'migrations', '--database-url', url)).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/\nIn step with the database app1 at .*\.\n$/) as string,
    });
  });

  it('is brought into step by what is written, and the migrations too', async () => {
    await client.query(BY_HAND);
    const { stdout, status } = project.lint(
      'drift',
      'migrations',
      '--database-url',
      url,
      '--fix-out',
      'fix.sql',
      '--format',
      'json',
    );
    expect(status).toBe(1);
    expect(found(stdout)).toEqual([
      'different column public.notes.title',
      'different comment table public.notes',
      'different policy own on public.notes',
      'different trigger touch on public.notes',
      'different view public.titles',
      'missing index public.notes_title',
      'unexpected column public.junk.id',
      'unexpected column public.notes.extra',
      'unexpected grant PUBLIC on table public.notes',
      'unexpected table public.junk',
    ]);
    expect((JSON.parse(stdout) as Report).notes).toEqual([
      'fix.sql was written; proven on the embedded PostgreSQL: it runs twice, and nothing is left but what is a comment',
    ]);
    const migration = project.lint('drift', 'migrations', '--database-url', url, '--migration', 'By hand');
    expect(migration.stdout).toContain('migrations/2_by_hand.sql was written; proven');
    expect(project.lint('drift', 'migrations', '--database-url', url)).toMatchObject({ status: 0 });
    rmSync(`${project.path}/migrations/2_by_hand.sql`);
    await client.query(project.read('fix.sql'));
    await client.query(project.read('fix.sql'));
    expect(found(project.lint('drift', 'migrations', '--database-url', url, '--format', 'json').stdout)).toEqual([
      'unexpected column public.junk.id',
      'unexpected column public.notes.extra',
      'unexpected table public.junk',
    ]);
  });

  it('has what the migrations make', async () => {
    await client.query(BY_HAND);
    const { stdout, status } = project.lint('check-objects', 'migrations', '--database-url', url, '--kind', 'trigger');
    expect(status).toBe(1);
    expect(stdout).toContain('trigger touch on public.notes: enabled no, expected yes');
    expect(stdout).not.toContain('junk');
    expect(project.lint('check-objects', 'migrations', '--database-url', url, '--kind', 'function').status).toBe(0);
    expect(project.lint('check-objects', 'migrations', '--database-url', url, '--kind', 'trigers')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no kind "trigers"') as string,
    });
  });

  it('is read by a role that may do nothing else, and its password is in no output', () => {
    const of = url.replace('postgres:secret', 'reader:hush');
    const { stdout, stderr, status } = project.lint(
      'drift',
      'migrations',
      '--database-url',
      of,
      '--format',
      'markdown',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toContain('hush');
    const wrong = project.lint('drift', 'migrations', '--database-url', of.replace(/app\d+$/, 'none'));
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('has no database none');
    expect(wrong.stderr).not.toContain('hush');
  });
});

describe('a schema', () => {
  it('as a dump of SQL', () => {
    project.write(
      'schema.sql',
      `SET search_path = '';
CREATE TABLE public.notes (id bigint NOT NULL, title character varying(80) DEFAULT 'x' NOT NULL, CONSTRAINT notes_pkey PRIMARY KEY (id));
ALTER TABLE public.notes OWNER TO app;
COMMENT ON TABLE public.notes IS 'Notes';
GRANT SELECT ON TABLE public.notes TO reader;`,
    );
    const { stdout, status } = project.lint('drift', 'migrations', '--against', 'schema.sql', '--format', 'json');
    expect(status).toBe(1);
    expect(found(stdout)).toEqual([
      'different column public.notes.id',
      'different column public.notes.title',
      'different table public.notes',
      'missing function public.touch()',
      'missing grant PUBLIC on function public.touch()',
      'missing index public.notes_title',
      'missing policy own on public.notes',
      'missing trigger touch on public.notes',
      'missing view public.titles',
      'unexpected grant reader on table public.notes',
    ]);
  });

  it.each([
    [[], 'against what?'],
    [['--against', 'none.sql'], '--against names none.sql, which is not there'],
    [['--against', 'a.sql', '--env', 'x'], 'exclude each other'],
    [['--against', 'a.sql', '--fix-out', 'x.sql'], '--fix-out is for a database'],
    [['--against', 'a.sql', '--format', 'xml'], 'unknown format "xml"'],
  ])('that cannot be asked for: %j', (args, message) => {
    expect(project.lint('drift', 'migrations', ...args)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(message) as string,
    });
  });
});
