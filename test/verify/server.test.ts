import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProject, environment, packedCommand } from '../support/project.ts';
import { hasServer, loseConnections, startServer, type Server } from '../support/server.ts';
import { verify, type FileVerdict, type VerifyOptions } from '../../src/verify/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

describe.skipIf(!hasServer)('on a server', () => {
  let server: Server;
  let admin: Server['admin'];
  const url: Server['url'] = (...named) => server.url(...named);

  beforeAll(async () => {
    server = await startServer(5488);
    ({ admin } = server);
    await admin.query('CREATE ROLE was_there; CREATE ROLE powerless LOGIN');
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    expect(await server.names()).toEqual([
      'app',
      'postgres',
      'postgres',
      'powerless',
      'template0',
      'template1',
      'was_there',
    ]);
  });

  async function run(
    migrations: Record<string, string>,
    options: VerifyOptions = {},
  ): Promise<Record<string, FileVerdict>> {
    const verdicts = await verify(
      Object.entries(migrations).map(([path, text]) => ({ path, text })),
      { databaseUrl: url(), ...options },
    );
    return Object.fromEntries(verdicts.map((verdict) => [verdict.path, verdict]));
  }

  it('tells apart what can go wrong, and leaves nothing behind', async () => {
    const verdicts = await run({
      'bare.sql': 'CREATE TABLE users (id int PRIMARY KEY);',
      'guarded.sql': 'CREATE TABLE IF NOT EXISTS teams (id int PRIMARY KEY, name text);',
      'role.sql': 'CREATE ROLE reader;\nGRANT SELECT ON users TO reader;',
      'guarded-role.sql':
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'writer') THEN CREATE ROLE writer; END IF; END $$;\nALTER ROLE writer SET work_mem = '1MB';",
      'unnamed.sql': 'CREATE INDEX ON teams (name);',
      'copy.sql': 'TRUNCATE users;\nCOPY users (id) FROM stdin;\n1\n2\n\\.\nSELECT 1 / (count(*) - 1) FROM users;',
      'extension.sql': 'CREATE EXTENSION no_such_extension;',
      'settings.sql':
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = elsewhere, public', current_database()); END $$;",
      'in-force.sql': "DO $$ BEGIN ASSERT current_setting('search_path') = 'elsewhere, public'; END $$;",
      'other-role.sql': 'ALTER ROLE was_there SUPERUSER;',
      'in-body.sql': 'DO $$ BEGIN DROP ROLE was_there; END $$;',
      'system.sql': "ALTER SYSTEM SET work_mem = '1MB';",
      'database.sql': 'DROP DATABASE app;',
      'program.sql': "COPY users TO PROGRAM 'cat';",
    });
    expect(Object.fromEntries(Object.entries(verdicts).map(([path, { verdict }]) => [path, verdict]))).toEqual({
      'bare.sql': 'second-run-fails',
      'guarded.sql': 'ok',
      'role.sql': 'second-run-fails',
      'guarded-role.sql': 'ok',
      'unnamed.sql': 'second-run-changes',
      'copy.sql': 'ok',
      'extension.sql': 'not-verifiable',
      'settings.sql': 'ok',
      'in-force.sql': 'ok',
      'other-role.sql': 'not-verifiable',
      'in-body.sql': 'not-verifiable',
      'system.sql': 'not-verifiable',
      'database.sql': 'not-verifiable',
      'program.sql': 'not-verifiable',
    });
    expect(verdicts['extension.sql']).toMatchObject({ extension: 'no_such_extension' });
  });

  it('sees the same without pg_dump', async () => {
    vi.stubEnv('PATH', '/nowhere');
    const verdicts = await run({
      'many.sql':
        'CREATE SCHEMA IF NOT EXISTS s;\nCREATE TABLE IF NOT EXISTS s.t (id serial PRIMARY KEY, name text UNIQUE);\nCREATE OR REPLACE VIEW s.v AS SELECT name FROM s.t;\nCREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
      'unnamed.sql': 'CREATE INDEX ON s.t (name);',
      'rows.sql': "INSERT INTO s.t (name) SELECT 'a' || count(*) FROM s.t;",
    });
    vi.unstubAllEnvs();
    expect(Object.values(verdicts).map(({ verdict }) => verdict)).toEqual([
      'ok',
      'second-run-changes',
      'second-run-changes',
    ]);
  });

  it('knows the Supabase environment', async () => {
    const verdicts = await run(
      {
        '1.sql':
          'ALTER TABLE auth.users ADD COLUMN IF NOT EXISTS nick text;\nALTER PUBLICATION supabase_realtime ADD TABLE auth.users;',
      },
      { environment: 'supabase' },
    );
    expect(verdicts['1.sql']).toMatchObject({ verdict: 'second-run-fails', failure: { code: '42710', line: 2 } });
  });

  it('does not take roles, members and settings of others for what a migration changes', async () => {
    let count = 0;
    const others = setInterval(() => {
      const name = `stranger_${count++}`;
      void admin.query(`CREATE ROLE ${name} IN ROLE was_there; ALTER ROLE ${name} SET work_mem = '1MB'`);
    }, 100);
    const project = createProject({ '1.sql': 'SELECT pg_sleep(0.5);' });
    try {
      const verdicts = await run({ '1.sql': 'SELECT pg_sleep(0.5);', '2.sql': 'SELECT pg_sleep(0.5);' });
      expect(Object.values(verdicts).map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
      const command = [packedCommand(), 'verify', '--database-url', url(), '1.sql'];
      const { stdout } = await promisify(execFile)(process.execPath, command, {
        cwd: project.path,
        env: environment(),
      });
      expect(stdout).toContain('1 can run twice, 0 failed');
      expect(count).toBeGreaterThan(10);
    } finally {
      clearInterval(others);
      project.remove();
      for (let k = 0; k < count; k++) await admin.query(`DROP ROLE stranger_${k}`);
    }
  });

  it('gives a statement up that does not end', async () => {
    const verdicts = await run(
      { '1.sql': 'CREATE ROLE waits;\nDO $$ BEGIN LOOP END LOOP; END $$;', '2.sql': 'SELECT 1;' },
      { timeout: 1000 },
    );
    expect(verdicts['1.sql']).toMatchObject({ verdict: 'fails', failure: { code: 'timeout', line: 2 } });
    expect(verdicts['2.sql']).toMatchObject({ verdict: 'ok' });
  });

  it('clears up when it is told to end', async () => {
    const controller = new AbortController();
    const running = run(
      { '1.sql': 'CREATE ROLE sleeper;\nSELECT pg_sleep(30);' },
      {
        signal: controller.signal,
        onProgress: () =>
          setTimeout(() => {
            controller.abort(new Error('Interrupted.'));
          }, 300),
      },
    );
    await expect(running).rejects.toThrow('Interrupted.');
  });

  it('survives the loss of its connections', async () => {
    const sql = 'CREATE TABLE IF NOT EXISTS a ();\nSELECT pg_sleep(60);\nSELECT 1;';
    const running = run({ '1.sql': sql }, { timeout: 10_000 });
    await loseConnections(admin);
    expect((await running)['1.sql']).toMatchObject({ verdict: 'fails', failure: { code: 'crash', line: 2 } });
  });

  it('clears up after a run that was killed', async () => {
    await admin.query('CREATE DATABASE sql_lint_verify_1_0123abcd_0');
    await admin.query('CREATE ROLE forgotten');
    await admin.query(`COMMENT ON DATABASE sql_lint_verify_1_0123abcd_0 IS '["forgotten"]'`);
    expect((await run({ '1.sql': 'SELECT 1;' }))['1.sql']).toMatchObject({ verdict: 'ok' });
  });

  it('says in one line what is wrong with the server or the address', async () => {
    const fails = (databaseUrl: string) => expect(run({ '1.sql': 'SELECT 1;' }, { databaseUrl })).rejects;
    await fails('localhost/app').toThrow(
      'The database URL must look like postgresql://user:password@host:5432/database.',
    );
    await fails('postgresql://postgres@127.0.0.1:1/app').toThrow(/^No PostgreSQL server answers at 127\.0\.0\.1:1/);
    await fails(url('postgres', 'secret', 'nowhere')).toThrow(/has no database nowhere\.$/);
    await fails(url('powerless')).toThrow(/^The role powerless may not create databases/);
    await fails(url('nobody')).toThrow(/nobody/);
  });
});
