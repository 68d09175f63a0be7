/** Migrations that mean harm, and servers that do not play along: what `verify` lets them do, and what it leaves behind. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { verify, type FileVerdict } from '../../src/verify/index.ts';
import { cache } from '../support/database.ts';
import { hasServer, loseConnections, startServer, type Server } from '../support/server.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const CLI = resolve('dist/cli.js');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sql-lint-hostile-'));
  mkdirSync(join(folder, 'temporary'));
});
afterEach(() => {
  // Whatever happened, no temporary file is left.
  expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

const environment = (more: Record<string, string> = {}) => ({
  ...process.env,
  NO_COLOR: '1',
  FORCE_COLOR: '',
  TMPDIR: join(folder, 'temporary'),
  ...more,
});
const write = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
};

function cli(args: readonly string[], more: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'verify', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(more),
  });
  return { status, stdout, stderr };
}

/** What came of a migration, in a word or with the SQLSTATE. */
const outcome = (verdict: FileVerdict | undefined) =>
  verdict && 'failure' in verdict ? `${verdict.verdict} ${verdict.failure.code}` : verdict?.verdict;

describe('the embedded PostgreSQL has no way out', () => {
  it('to files, programs, servers or other sessions', async () => {
    const secret = join(folder, 'secret');
    write('secret', 'of the machine');
    const target = join(folder, 'written');
    const migrations: Record<string, [sql: string, outcome: string]> = {
      'program.sql': ["CREATE TABLE p (line text);\nCOPY p FROM PROGRAM 'id';", 'not-verifiable'],
      'program-in-body.sql': [
        `DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch ${target}'''; END $$;`,
        'fails crash',
      ],
      'copy-to.sql': [`COPY (SELECT 1) TO '${target}';`, 'fails 58P01'],
      'copy-from.sql': [`CREATE TABLE c (line text);\nCOPY c FROM '${secret}';`, 'fails 58P01'],
      'read-file.sql': [`SELECT pg_read_file('${secret}');`, 'fails 58P01'],
      'list.sql': [`SELECT pg_ls_dir('${folder}');`, 'fails 58P01'],
      'large-object.sql': [`SELECT lo_import('${secret}');`, 'fails 58P01'],
      'large-object-out.sql': [`SELECT lo_export(lo_from_bytea(0, 'x'), '${target}');`, 'fails'],
      'dblink.sql': ['CREATE EXTENSION dblink;', 'not-verifiable'],
      'language.sql': ['CREATE EXTENSION plpython3u;', 'not-verifiable'],
      'library.sql': [`CREATE FUNCTION f() RETURNS int LANGUAGE c AS '${secret}', 'f';`, 'fails 58P01'],
      'psql.sql': [`\\! touch ${target}`, 'not-verifiable'],
      'psql-output.sql': [`SELECT 1 \\g ${target}`, 'not-verifiable'],
      'recursion.sql': [
        'CREATE FUNCTION r(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN r(n + 1); END $$;\nSELECT r(1);',
        'fails',
      ],
      'sleep.sql': ['SELECT pg_sleep(1e9);', 'fails timeout'],
      'loop.sql': ['DO $$ BEGIN LOOP END LOOP; END $$;', 'fails timeout'],
      'drop-database.sql': ['DROP DATABASE postgres;', 'fails'],
      'sessions.sql': [
        'DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid(); END $$;',
        'ok',
      ],
      'itself.sql': ['SELECT pg_terminate_backend(pg_backend_pid());', ''],
      'role.sql': ['CREATE ROLE other;\nSET ROLE other;\nCREATE TABLE of_other ();', 'fails 42501'],
      'last.sql': ['CREATE TABLE IF NOT EXISTS still_there (id int);', 'ok'],
    };
    const verdicts = await verify(
      Object.entries(migrations).map(([path, [text]]) => ({ path, text })),
      { timeout: 2000, jobs: 2, cache },
    );
    expect(existsSync(target)).toBe(false);
    expect(JSON.stringify(verdicts)).not.toContain('of the machine');
    const found = Object.fromEntries(verdicts.map((v) => [v.path, outcome(v)]));
    expect(found).toEqual(
      Object.fromEntries(
        Object.entries(migrations).map(([path, [, wanted]]) => [
          path,
          expect.stringMatching(new RegExp(`^${wanted}`)) as string,
        ]),
      ),
    );
  });
});

describe('the command', () => {
  it('says what is wrong in one line, and exits with 2', () => {
    write('1.sql', 'SELECT 1;');
    const one = (args: readonly string[], message: RegExp | string) => {
      const { status, stdout, stderr } = cli(args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    };
    one(
      ['1.sql', '--database-url', 'postgresql://me:sesame@127.0.0.1:1/app'],
      /^sql-lint: No PostgreSQL server answers at 127\.0\.0\.1:1/,
    );
    one(['1.sql', '--database-url', 'sesame'], /^sql-lint: The database URL must look like/);
    one(['1.sql', '--environment', 'nowhere.sql'], /there is no file nowhere\.sql/);
    for (const timeout of ['soon', '0', '1e9', 'Infinity'])
      one(['1.sql', '--timeout', timeout], /^sql-lint: --timeout takes a number above 0, up to 2147483/);
    for (const jobs of ['0', '257', '1.5', '-1', '1e2', '0x2', ' 2', '', 'two', 'Infinity', 'NaN'])
      one(['1.sql', `--jobs=${jobs}`], `sql-lint: --jobs takes a whole number from 1 to 256, not "${jobs}"`);
    write('20250101000000_a.sql', 'SELECT 1;');
    write('20250101000000_b.sql', 'SELECT 1;');
    one(
      ['.'],
      /20250101000000_a\.sql and 20250101000000_b\.sql in .* have the same version 20250101000000; rename one of them/,
    );
  });

  it('goes on after a migration that kills its database, and exits with 1', () => {
    write('1.sql', "DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''true'''; END $$;");
    write('2.sql', 'DELETE FROM pg_class;');
    write('3.sql', 'CREATE TABLE IF NOT EXISTS a (id int);');
    const { status, stdout, stderr } = cli(['.', '--format', 'json']);
    expect([status, stderr]).toEqual([1, '']);
    expect((JSON.parse(stdout) as FileVerdict[]).map(outcome)).toEqual(['fails crash', 'fails crash', 'ok']);
  });
});

describe.skipIf(!hasServer || process.platform === 'win32')('on a server', () => {
  let server: Server;
  const PASSWORD = 'open-sesame-42';
  beforeAll(async () => {
    server = await startServer(5489, ['local all guarded scram-sha-256']);
    await server.admin.query(
      `CREATE ROLE powerless LOGIN; CREATE ROLE maker LOGIN CREATEDB; CREATE ROLE guarded LOGIN CREATEDB PASSWORD '${PASSWORD}'`,
    );
    await server.admin.query('GRANT ALL ON SCHEMA public TO PUBLIC');
  });
  afterAll(() => server.stop());
  const ROLES = ['guarded', 'maker', 'postgres', 'powerless'];
  const clean = async () => {
    expect((await server.names()).filter((name) => !name.startsWith('template')).sort()).toEqual(
      ['app', ...ROLES, 'postgres'].sort(),
    );
  };
  afterEach(clean);

  const running = (sql: string) =>
    vi.waitUntil(
      async () =>
        (
          await server.admin.query(
            `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'sql_lint_verify_%' AND query LIKE '%${sql}%' AND state = 'active'`,
          )
        ).rowCount,
      { timeout: 60_000 },
    );
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [CLI, 'verify', '.', '--database-url', server.url(), ...args], {
      cwd: folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const end = new Promise<{ code: number | null; stderr: string }>((done) =>
      child.once('exit', (code) => {
        done({ code, stderr });
      }),
    );
    return { child, end };
  };

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
    'a run that gets %s leaves nothing behind, and says so',
    async (signal) => {
      write('1.sql', 'CREATE ROLE of_ours;\nCREATE TABLE IF NOT EXISTS a ();\nSELECT pg_sleep(60);');
      const { child, end } = start();
      await running('pg_sleep');
      child.kill(signal);
      expect(await end).toEqual({ code: 130, stderr: 'sql-lint: interrupted; nothing was left behind\n' });
    },
  );

  it('what a run that was killed leaves behind, the next one clears up', async () => {
    write('1.sql', 'CREATE ROLE of_ours;\nSELECT pg_sleep(60);');
    write('2.sql', 'SELECT 1;');
    const { child, end } = start();
    await running('pg_sleep');
    child.kill('SIGKILL');
    await end;
    expect((await server.names()).some((name) => name.startsWith('sql_lint_verify_'))).toBe(true);
    // The server notices that the client is gone when its statement ends.
    await server.admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'sql_lint_verify_%'",
    );
    await vi.waitUntil(
      async () =>
        !(await server.admin.query("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'sql_lint_verify_%'"))
          .rowCount,
      { timeout: 10_000 },
    );
    write('1.sql', 'SELECT 1;');
    expect(cli(['.', '--database-url', server.url()]).status).toBe(0);
  });

  it('a lost connection is a migration that fails', async () => {
    write('1.sql', 'CREATE TABLE IF NOT EXISTS a ();\nSELECT pg_sleep(60);');
    const { end } = start('--timeout', '10');
    await loseConnections(server.admin);
    expect(await end).toEqual({ code: 1, stderr: '' });
  });

  it('a wrong password, a missing right and an endless loop are each a clear line', () => {
    write('1.sql', 'DO $$ BEGIN LOOP END LOOP; END $$;');
    expect(cli(['.', '--database-url', server.url('guarded', 'wrong')])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^sql-lint: The server at .* refuses the password of guarded\.\n$/) as string,
    });
    expect(cli(['.', '--database-url', server.url('powerless')])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^sql-lint: The role powerless may not create databases .*\n$/) as string,
    });
    expect(cli(['.', '--timeout', '1', '--database-url', server.url()])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('it did not end within 1 s') as string,
    });
  });

  it('the password is in no output, and in no log', async () => {
    write('1.sql', 'SELECT nonsense;');
    write('2.sql', 'SELECT pg_sleep(60);');
    const outputs = (['text', 'json'] as const).map((format) =>
      cli(['.', '--timeout', '0.5', '--format', format, '--server'], { DATABASE_URL: server.url('guarded', PASSWORD) }),
    );
    for (const { status, stdout, stderr } of outputs) {
      expect(status).toBe(1);
      expect(stdout + stderr).not.toContain(PASSWORD);
    }
    // What the test itself sent when it made the role is not the command's.
    await server.admin.query('SELECT 1');
    expect(
      readFileSync(server.log, 'utf8')
        .split('\n')
        .filter((line) => line.includes(PASSWORD) && !line.includes('CREATE ROLE')),
    ).toEqual([]);
  });

  it('a migration has the rights of the role that is named, and no more', async () => {
    const target = join(folder, 'written');
    const sql: Record<string, [string, string]> = {
      '01_program.sql': ["COPY (SELECT 1) TO PROGRAM 'id';", 'not-verifiable'],
      '02_program_in_body.sql': [
        `DO $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROG' || 'RAM ''touch ${target}'''; END $$;`,
        'fails 42501',
      ],
      '03_file.sql': [`SELECT pg_read_file('/etc/hostname');`, 'fails 42501'],
      '04_large_object.sql': ["SELECT lo_import('/etc/hostname');", 'fails 42501'],
      '05_system.sql': ["ALTER SYSTEM SET work_mem = '1MB';", 'not-verifiable'],
      '06_system_in_body.sql': ["DO $$ BEGIN EXECUTE 'ALTER SYS' || 'TEM SET work_mem = ''1MB'''; END $$;", 'fails'],
      '07_language.sql': ['CREATE EXTENSION plperlu;', '(fails 42501|not-verifiable)'],
      '08_dblink.sql': ['CREATE EXTENSION dblink;', '(fails 42501|not-verifiable)'],
      '09_role.sql': ['SET ROLE postgres;', 'fails 42501'],
      '10_sessions.sql': [
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres';",
        'fails 42501',
      ],
      '11_database.sql': ['DROP DATABASE app;', 'not-verifiable'],
      '12_database_in_body.sql': ["DO $$ BEGIN EXECUTE 'DROP DATA' || 'BASE app'; END $$;", 'fails'],
      '13_last.sql': ['CREATE TABLE IF NOT EXISTS still_there (id int);', 'ok'],
    };
    const verdicts = await verify(
      Object.entries(sql).map(([path, [text]]) => ({ path, text })),
      { databaseUrl: server.url('maker'), timeout: 5000 },
    );
    expect(existsSync(target)).toBe(false);
    expect(Object.fromEntries(verdicts.map((v) => [v.path, outcome(v)]))).toEqual(
      Object.fromEntries(
        Object.entries(sql).map(([path, [, wanted]]) => [
          path,
          expect.stringMatching(new RegExp(`^${wanted}`)) as string,
        ]),
      ),
    );
  });

  it('a migration that breaks its scratch database fails, and the next one is judged', async () => {
    const verdicts = await verify(
      [
        { path: '1.sql', text: 'DELETE FROM pg_attribute;' },
        { path: '2.sql', text: 'CREATE TABLE IF NOT EXISTS a (id int);' },
      ],
      { databaseUrl: server.url(), timeout: 5000 },
    );
    expect(verdicts.map(outcome)).toEqual(['fails crash', 'ok']);
  });
});
