/** `status`, `adopt` and `apply` on a real server, through the command. */
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLive } from '../../src/database/live.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { createProject, type Project } from '../support/project.ts';
import { hasServer, startServer, type Server } from '../support/server.ts';

const PORT = 5493;
const CLI = join(process.cwd(), 'dist', 'cli.js');
/** How often a run is killed. The more often, the more moments are tried. */
const KILLS = Number(process.env.SQL_LINT_KILLS ?? 6);

if (!hasServer)
  console.warn('\n  SKIPPED: no PostgreSQL server is installed, so that no live database can be tried.\n');

describe.skipIf(!hasServer)('a live database', () => {
  let server: Server;
  let count = 0;
  beforeAll(async () => {
    server = await startServer(PORT);
    await server.admin.query('CREATE ROLE powerless LOGIN');
  });
  afterAll(() => server.stop());

  async function database(): Promise<{ url: string; client: pg.Client; name: string }> {
    const name = `live_${count++}`;
    await server.admin.query(`CREATE DATABASE ${name}`);
    const url = server.url('postgres', 'secret', name);
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return { url, client, name };
  }

  const withProject = async (files: Record<string, string>, work: (project: Project) => Promise<void>) => {
    const project = createProject(files);
    try {
      await work(project);
    } finally {
      project.remove();
    }
  };

  const NOTES = {
    'migrations/001_notes.sql': 'CREATE TABLE IF NOT EXISTS notes (id int PRIMARY KEY, title text);\n',
    'migrations/002_index.sql':
      'ALTER TABLE notes ADD COLUMN IF NOT EXISTS body text;\n' +
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS notes_title ON notes (title);\n' +
      'ALTER TABLE notes ADD COLUMN IF NOT EXISTS at timestamptz;\n',
    'migrations/003_tags.sql':
      'CREATE TABLE IF NOT EXISTS tags (id int PRIMARY KEY, note int REFERENCES notes (id));\n' +
      'CREATE INDEX IF NOT EXISTS tags_note ON tags (note);\n',
  };

  it.each(['psql', 'dbmate', 'goose', 'supabase'])(
    '%s: half by hand, adopt, apply, and nothing is left',
    async (tool) => {
      const environment =
        tool === 'supabase'
          ? (await import('../../src/environments/supabase.sql')).default.split('-- extension ')[0]!
          : '';
      await withProject({ '.git/HEAD': '' }, async (project) => {
        cpSync(join('examples', tool), project.path, { recursive: true });
        project.lint('--fix');
        const { url, client } = await database();
        const at = ['--database-url', url];
        if (environment !== '') await client.query(environment);
        // By hand: what one half of the files make, in nobody's records.
        const listed = JSON.parse(project.lint('status', ...at, '--format', 'json').stdout) as {
          files: { path: string; presence: string }[];
        };
        expect(listed.files.map(({ presence }) => presence)).not.toContain('applied');
        const half = Math.ceil(listed.files.length / 2);
        const byHand = await openLive(url, 'by hand');
        for (const { path } of listed.files.slice(0, half))
          expect(await byHand.run(planSteps(project.read(path), path).steps), path).toBeUndefined();
        await byHand.close();
        const before = project.lint('status', ...at);
        expect(before.status).toBe(1);
        const there = before.stdout.match(/^\S \S+ +(?:applied|superseded) +(?:not recorded)?$/gm);
        expect(there, before.stdout).toHaveLength(half);
        const adopted = project.lint('adopt', ...at, '--write');
        expect(adopted.stdout).toContain(`-- Written to`);
        const applied = project.lint('apply', ...at);
        expect(applied.stdout).toContain(`${listed.files.length - half} files run.`.replace('1 files', '1 file'));
        expect(applied.status).toBe(0);
        const after = project.lint('status', ...at);
        expect(after.stdout).not.toMatch(/not applied|partly|not recorded/);
        expect(after.status).toBe(0);
        expect(project.lint('apply', ...at).stdout).toContain('Nothing to run');
        await client.end();
      });
    },
  );

  it('says which statements of a file are there', () =>
    withProject(NOTES, async (project) => {
      const { url, client } = await database();
      await client.query('CREATE TABLE notes (id int PRIMARY KEY, title varchar(20)); ALTER TABLE notes ADD body text');
      const { stdout, status } = project.lint('status', '--database-url', url);
      expect(status).toBe(1);
      expect(stdout.replace(/live_\d+ on \S+, PostgreSQL \d+/, 'app')).toMatchInlineSnapshot(`
        "A folder of SQL files, 3 migrations; app
        Records: sql_lint.migrations, which is not there

        ◐ migrations/001_notes.sql  partly applied
            different  line 1: CREATE TABLE IF NOT EXISTS notes (id int PRIMARY KEY, title text) (column public.notes.title: type)
        ◐ migrations/002_index.sql  partly applied
            there      line 1: ALTER TABLE notes ADD COLUMN IF NOT EXISTS body text
            missing    line 2: CREATE INDEX CONCURRENTLY IF NOT EXISTS notes_title ON notes (title) (index public.notes_title)
            missing    line 3: ALTER TABLE notes ADD COLUMN IF NOT EXISTS at timestamptz (column public.notes.at)
        · migrations/003_tags.sql   not applied

        2 partly applied, 1 not applied
        "
      `);
      await client.end();
    }));

  it('writes nothing where a file is there in part', () =>
    withProject(NOTES, async (project) => {
      const { url, client } = await database();
      await client.query('CREATE TABLE notes (id int PRIMARY KEY, title text); ALTER TABLE notes ADD body text');
      const { stdout, status } = project.lint('adopt', '--database-url', url, '--write');
      expect(stdout).toMatch(/002_index\.sql is there in part[^]*Nothing is written/);
      expect(status).toBe(1);
      expect((await client.query("SELECT to_regclass('sql_lint.migrations') AS t")).rows).toEqual([{ t: null }]);
      await client.end();
    }));

  it('goes on where it stopped', () =>
    withProject(NOTES, async (project) => {
      const { url, client } = await database();
      const at = ['--database-url', url, '--no-verify'];
      project.write('migrations/002_index.sql', `${NOTES['migrations/002_index.sql']}ALTER TABLE nots ADD c int;\n`);
      const { stdout, status } = project.lint('apply', ...at);
      expect(status).toBe(1);
      expect(stdout).toMatch(/002_index\.sql:4:\d+ {2}relation "nots" does not exist \(42P01\)/);
      expect(stdout).toContain('The first 2 statements of it ran outside of the transaction that failed, and stay.');
      expect(stdout).toContain('1 file run, 1 stopped, 1 left.');
      project.write('migrations/002_index.sql', NOTES['migrations/002_index.sql']);
      expect(project.lint('apply', ...at).stdout).toContain('2 files run.');
      expect(project.lint('status', '--database-url', url).status).toBe(0);
      await client.end();
    }));

  it('keeps nothing of a transaction that the file begins itself', () =>
    withProject(
      {
        'migrations/1.sql':
          'CREATE TABLE a (id int);\nBEGIN;\nCREATE TABLE b (id int);\nCREATE TABLE a (id int);\nCOMMIT;\n',
      },
      async (project) => {
        const { url, client } = await database();
        const { stdout } = project.lint('apply', '--database-url', url, '--no-verify');
        expect(stdout).toMatch(/1\.sql:4:\d+ {2}relation "a" already exists \(42P07\)/);
        expect(stdout).toContain('The first 1 statement of it ran outside of the transaction that failed, and stays.');
        const { rows } = await client.query("SELECT to_regclass('a') AS a, to_regclass('b') AS b");
        expect(rows).toEqual([{ a: 'a', b: null }]);
        await client.end();
      },
    ));

  it('tries a transaction of the file again as a whole', () =>
    withProject(
      {
        'supabase/migrations/20250101000000_a.sql':
          'BEGIN;\nCREATE TABLE b (id int);\nALTER TABLE notes ADD c int;\nCOMMIT;\n',
      },
      async (project) => {
        const { url, client } = await database();
        await client.query('CREATE TABLE notes (id int)');
        await client.query('BEGIN; LOCK TABLE notes');
        const run = started(project, ['apply', '--database-url', url, '--no-verify', '--lock-timeout', '1']);
        await run.until(/lock timeout \(55P03\); try 2/);
        await client.query('COMMIT');
        expect(await run.ended).toBe(0);
        const { rows } = await client.query("SELECT to_regclass('b') AS b");
        expect(rows).toEqual([{ b: 'b' }]);
        await client.end();
      },
    ));

  it('proves first, and runs nothing that cannot run twice', () =>
    withProject({ 'migrations/1.sql': 'CREATE TABLE t (id int);\n' }, async (project) => {
      const { url, client } = await database();
      const { stdout, status } = project.lint('apply', '--database-url', url);
      expect(stdout).toMatch(/a second run fails[^]*Nothing was run/);
      expect(status).toBe(1);
      expect((await client.query("SELECT to_regclass('t') AS t")).rows).toEqual([{ t: null }]);
      await client.end();
    }));

  it('plans without changing anything', () =>
    withProject(NOTES, async (project) => {
      const { url, client } = await database();
      const { stdout } = project.lint('apply', '--database-url', url, '--dry-run');
      expect(stdout).toMatch(/002_index\.sql {2}3 statements: 2 transactions, and 1 outside of them/);
      expect(stdout).toContain('line 1 stops reads and writes: notes ACCESS EXCLUSIVE');
      expect((await client.query("SELECT to_regnamespace('sql_lint') AS t")).rows).toEqual([{ t: null }]);
      await client.end();
    }));

  it('tries again while somebody else has the lock, and says who', () =>
    withProject(NOTES, async (project) => {
      const { url, client } = await database();
      await client.query('CREATE TABLE notes (id int PRIMARY KEY, title text)');
      await client.query('BEGIN; LOCK TABLE notes');
      const run = started(project, ['apply', '--database-url', url, '--no-verify', '--lock-timeout', '1']);
      await run.until(/lock timeout \(55P03\); try 2/);
      await client.query('COMMIT');
      expect(await run.ended).toBe(0);
      expect(run.said()).toMatch(/waits for process \d+ \(as postgres\), idle in transaction[^\n]*LOCK TABLE notes/);
      await client.end();
    }));

  it('lets one run at a time', () =>
    withProject(NOTES, async (project) => {
      const { url, client } = await database();
      await client.query('CREATE TABLE notes (id int PRIMARY KEY, title text)');
      await client.query('BEGIN; LOCK TABLE notes');
      const first = started(project, ['apply', '--database-url', url, '--no-verify']);
      await first.until(/waits for process/);
      const second = project.lint('apply', '--database-url', url, '--no-verify', '--wait', '0');
      expect(second.stderr).toMatch(
        /another run is changing this database: process \d+ \(sql-lint apply as postgres\)/,
      );
      expect(second.status).toBe(2);
      await client.query('COMMIT');
      expect(await first.ended).toBe(0);
      await client.end();
    }));

  it('ends the statement at Ctrl-C, and keeps nothing of it', () =>
    withProject(
      { 'migrations/1.sql': 'CREATE TABLE IF NOT EXISTS t (id int);\nSELECT pg_sleep(60);\n' },
      async (project) => {
        const { url, client } = await database();
        const run = started(project, ['apply', '--database-url', url, '--no-verify']);
        for (;;) {
          const { rows } = await client.query("SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'");
          if (rows.length > 0) break;
          await sleep(50);
        }
        run.kill('SIGINT');
        expect(await run.ended).toBe(130);
        expect(run.said()).toMatch(/1\.sql:2:\d+ {2}interrupted[^]*Nothing of this file stays/);
        expect((await client.query("SELECT to_regclass('t') AS t")).rows).toEqual([{ t: null }]);
        expect(
          (await client.query("SELECT FROM pg_stat_activity WHERE application_name LIKE 'sql-lint%'")).rows,
        ).toEqual([]);
        await client.end();
      },
    ));

  it('ends where an uninterrupted run ends, whenever it is killed', () =>
    withProject(slowProject(), async (project) => {
      const STATE = `SELECT concat_ws(' ', attrelid::regclass, attname) AS line FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT indexdef || i.indisvalid FROM pg_indexes JOIN pg_index i ON i.indexrelid = indexname::regclass WHERE schemaname = 'public'
        UNION ALL SELECT 'rows ' || count(*) FROM items UNION ALL SELECT name FROM sql_lint.migrations ORDER BY 1`;
      const whole = await database();
      const args = (url: string) => ['apply', '--database-url', url, '--no-verify'];
      const begun = Date.now();
      expect(project.lint(...args(whole.url)).status).toBe(0);
      const length = Date.now() - begun;
      const end = (await whole.client.query(STATE)).rows;
      expect(end.length).toBeGreaterThan(10);
      for (let k = 0; k < KILLS; k++) {
        const { url, client, name } = await database();
        const run = started(project, args(url));
        await sleep(Math.random() * length);
        if (k % 2 === 0) run.kill('SIGKILL');
        else
          await server.admin.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'sql-lint%'`,
            [name],
          );
        await run.ended;
        expect(project.lint(...args(url)).status, `killed the ${k}th time`).toBe(0);
        expect((await client.query(STATE)).rows).toEqual(end);
        await client.end();
      }
      await whole.client.end();
    }));

  it.each([
    [
      'no server',
      () => 'postgresql://postgres:secret@127.0.0.1:1/app',
      /No PostgreSQL server answers at 127\.0\.0\.1:1/,
    ],
    ['no database', () => server.url('postgres', 'secret', 'nowhere'), /has no database nowhere/],
    ['no URL', () => 'nonsense', /must look like postgresql:/],
    ['no rights', () => server.url('powerless', 'secret', 'postgres'), /cannot be made: permission denied/],
  ])('%s: one clear line without a password', (_, url, said) =>
    withProject(NOTES, (project) => {
      const { stderr, stdout, status } = project.lint('apply', '--database-url', url(), '--no-verify');
      expect(status).toBe(2);
      expect(stderr).toMatch(said);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stdout + stderr).not.toContain('secret');
      return Promise.resolve();
    }),
  );

  it('keeps fixes from what the database has recorded', () => {
    const bare = (table: string) =>
      `-- migrate:up\ncreate table ${table} (id int);\n-- migrate:down\ndrop table ${table};\n`;
    const files = { 'db/migrations/1_a.sql': bare('a'), 'db/migrations/2_b.sql': bare('b') };
    return withProject(files, async (project) => {
      const { url, client } = await database();
      await client.query(
        "CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1')",
      );
      expect(project.lint('--database-url', url)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('--fix') as string,
      });
      project.write('.env.local', `DATABASE_URL=${url}\n`);
      project.write('sql-lint.config.json', '{ "protectApplied": "refuse" }');
      expect(project.lint('--fix', '--env', 'local').stdout).toContain('1 file may be applied and left alone');
      expect(project.read('db/migrations/1_a.sql')).toBe(bare('a'));
      expect(project.read('db/migrations/2_b.sql')).toContain('create table if not exists b');
      const nobody = project.lint('--fix', '--database-url', server.url('postgres', 'secret', 'nowhere'));
      expect(nobody).toMatchObject({ status: 2, stderr: expect.stringContaining('nowhere') as string });
      await client.end();
    });
  });

  it('says what is out of order and what was edited, before anything runs', () =>
    withProject(NOTES, async (project) => {
      const { url, client } = await database();
      expect(project.lint('apply', '--database-url', url, '--no-verify').status).toBe(0);
      project.write('migrations/001_notes.sql', `${NOTES['migrations/001_notes.sql']}-- more\n`);
      project.write('migrations/0015_late.sql', 'CREATE TABLE IF NOT EXISTS late (id int);\n');
      project.write('migrations/002_a.sql', 'CREATE TABLE IF NOT EXISTS a (id int);\n');
      const { stdout } = project.lint('apply', '--database-url', url, '--no-verify', '--dry-run');
      expect(stdout).toContain('001_notes.sql was changed after it ran; it is not run again');
      expect(stdout).toMatch(/002_a\.sql stands before migrations\/003_tags\.sql, which has run; it runs now/);
      await client.query('ALTER TABLE sql_lint.migrations DROP COLUMN hash');
      const other = project.lint('apply', '--database-url', url);
      expect(other.stderr).toMatch(/the table sql_lint\.migrations is not as psql makes it/);
      expect(other.status).toBe(2);
      await client.end();
    }));
});

/** A run that goes on while the test does something else. */
function started(project: Project, args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: project.path, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    ended,
    said: () => text,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async until(pattern: RegExp) {
      while (!pattern.test(text)) {
        if (child.exitCode !== null) throw new Error(text);
        await sleep(50);
      }
    },
  };
}

/** Files of many kinds, each with something that takes its time. */
function slowProject(): Record<string, string> {
  const files: Record<string, string> = {
    'migrations/00_items.sql':
      'CREATE TABLE IF NOT EXISTS items (id int PRIMARY KEY, n int);\n' +
      'INSERT INTO items SELECT k, k FROM generate_series(1, 20000) AS k ON CONFLICT DO NOTHING;\n',
  };
  for (let k = 1; k <= 6; k++)
    files[`migrations/0${k}_more.sql`] =
      k % 2 === 0
        ? `ALTER TABLE items ADD COLUMN IF NOT EXISTS c${k} int DEFAULT ${k};\nSELECT pg_sleep(0.05);\nCREATE TABLE IF NOT EXISTS t${k} (id int);\n`
        : `ALTER TABLE items ADD COLUMN IF NOT EXISTS c${k} int;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS items_${k} ON items (n, id);\nCREATE TABLE IF NOT EXISTS t${k} (id int);\n`;
  return files;
}
