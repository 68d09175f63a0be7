import { describe, expect, it, vi } from 'vitest';
import { verify, type FileVerdict, type VerifyOptions } from '../../src/verify/index.ts';
import { UserError } from '../../src/errors.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { cache } from '../support/database.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Verifies migrations that are given by name, and answers their verdicts by name. */
async function run(
  migrations: Record<string, string>,
  options: VerifyOptions = {},
): Promise<Record<string, FileVerdict>> {
  const verdicts = await verify(
    Object.entries(migrations).map(([path, text]) => ({ path, text })),
    { cache, ...options },
  );
  return Object.fromEntries(verdicts.map((verdict) => [verdict.path, verdict]));
}

describe('one run after the other', () => {
  it('tells apart what can go wrong', async () => {
    const verdicts = await run({
      'bare.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n\n-- seeds\nINSERT INTO users VALUES (1);',
      'guarded.sql':
        'CREATE TABLE IF NOT EXISTS teams (id int PRIMARY KEY, name text);\nCREATE INDEX IF NOT EXISTS teams_name ON teams (name);',
      'unnamed.sql': 'CREATE INDEX ON teams (name);',
      'rows.sql':
        "INSERT INTO teams (id, name) VALUES (1, 'a') ON CONFLICT DO NOTHING;\nUPDATE teams SET name = 'a' WHERE id = 1;",
      'typo.sql': 'SELECT 1;\nCREATE TABLE logs (at timestampz);\nCREATE TABLE after_the_typo ();',
      'on-the-rest.sql': 'ALTER TABLE after_the_typo ADD COLUMN IF NOT EXISTS id int;',
      'extension.sql': 'CREATE EXTENSION IF NOT EXISTS postgis;',
      'shipped.sql': "CREATE EXTENSION IF NOT EXISTS pgcrypto;\nSELECT digest('a', 'sha256');",
      'transaction.sql': 'BEGIN;\nCREATE TABLE IF NOT EXISTS later (id int);\nCOMMIT;',
      'role.sql': 'CREATE ROLE reader;',
      'setting.sql': 'SET search_path = elsewhere;\nSET ROLE reader;',
      'copy.sql':
        'CREATE TABLE IF NOT EXISTS numbers (n int);\nDELETE FROM numbers;\nCOPY numbers (n) FROM stdin;\n1\n2\n\\.\nSELECT 1 / (count(*) - 1) FROM numbers;',
      'dbmate.sql': '-- migrate:up\nCREATE TABLE IF NOT EXISTS up (id int);\n-- migrate:down\nDROP TABLE up;',
      'program.sql': "COPY users TO PROGRAM 'cat';",
      'placeholder.sql': 'CREATE TABLE ${schema}.t ();',
      'psql.sql': '\\i other.sql\nSELECT 1;',
    });
    expect(Object.fromEntries(Object.entries(verdicts).map(([path, { verdict }]) => [path, verdict]))).toEqual({
      'bare.sql': 'second-run-fails',
      'guarded.sql': 'ok',
      'unnamed.sql': 'second-run-changes',
      'rows.sql': 'ok',
      'typo.sql': 'fails',
      'on-the-rest.sql': 'ok',
      'extension.sql': 'not-verifiable',
      'shipped.sql': 'ok',
      'transaction.sql': 'ok',
      'role.sql': 'second-run-fails',
      'setting.sql': 'ok',
      'copy.sql': 'ok',
      'dbmate.sql': 'ok',
      'program.sql': 'not-verifiable',
      'placeholder.sql': 'not-verifiable',
      'psql.sql': 'not-verifiable',
    });
    expect(verdicts['bare.sql']).toMatchObject({
      failure: { code: '42P07', line: 1, column: 1, statement: 'CREATE TABLE users (id int PRIMARY KEY)' },
    });
    expect(verdicts['typo.sql']).toMatchObject({
      failure: { code: '42704', line: 2, column: 23, message: 'type "timestampz" does not exist' },
    });
    expect(verdicts['unnamed.sql']).toMatchObject({
      diff: expect.stringContaining('+CREATE INDEX teams_name_idx1 ON public.teams') as string,
    });
    expect(verdicts['extension.sql']).toMatchObject({ extension: 'postgis', reason: 'it needs the extension postgis' });
    expect(verdicts['psql.sql']).toMatchObject({ reason: 'only psql knows \\i' });
  });

  it('stops interrupted migrations after every statement and starts over', async () => {
    const verdicts = await run(
      {
        'rename.sql': 'CREATE TABLE IF NOT EXISTS a (id int);\nDROP TABLE IF EXISTS b;\nALTER TABLE a RENAME TO b;',
        'swap.sql':
          "DO $$ BEGIN IF to_regclass('done') IS NULL THEN CREATE TABLE half (id int); END IF; END $$;\nDO $$ BEGIN IF to_regclass('done') IS NULL THEN ALTER TABLE half RENAME TO done; END IF; END $$;",
        'random.sql':
          'CREATE TABLE IF NOT EXISTS tokens (id int PRIMARY KEY, token uuid);\nINSERT INTO tokens VALUES (1, gen_random_uuid()) ON CONFLICT DO NOTHING;\nSELECT 1;',
      },
      { resume: true },
    );
    expect(verdicts['rename.sql']!.verdict).toBe('ok');
    expect(verdicts['swap.sql']).toMatchObject({
      verdict: 'not-resumable',
      after: 1,
      failure: { code: '42P07', line: 1 },
    });
    expect(verdicts['random.sql']!.verdict).toBe('ok');
  });

  it('runs all files again after the last', async () => {
    const verdicts = await run(
      {
        '1.sql': 'CREATE TABLE IF NOT EXISTS orders (id int);',
        '2.sql': 'CREATE TABLE IF NOT EXISTS items (id int);',
        '3.sql': 'CREATE TABLE IF NOT EXISTS stays (id int);\nDROP TABLE IF EXISTS gone;',
        '4.sql':
          "DO $$ BEGIN IF to_regclass('purchases') IS NULL THEN ALTER TABLE items RENAME TO purchases; END IF; END $$;\nDROP TABLE IF EXISTS orders;",
      },
      { replay: true },
    );
    // The table that the first file makes again is dropped again; that of the second stays.
    expect(Object.values(verdicts).map(({ verdict }) => verdict)).toEqual(['ok', 'replay-changes', 'ok', 'ok']);
  });
});

describe('all files again', () => {
  const TABLE = 'CREATE TABLE IF NOT EXISTS orders (id int);';
  const RENAME =
    "DO $$ BEGIN IF to_regclass('purchases') IS NULL THEN ALTER TABLE orders RENAME TO purchases; END IF; END $$;";
  /** Drops a table where there is one, and remembers that. */
  const dropOf = (table: string) =>
    `DO $$ BEGIN IF to_regclass('${table}') IS NOT NULL THEN DROP TABLE ${table}; INSERT INTO dropped VALUES (1); END IF; END $$;`;

  it('in their order, though several databases judge them', async () => {
    const others = Object.fromEntries(Array.from({ length: 22 }, (_, k) => [`${k + 10}.sql`, 'SELECT 1;']));
    // The first file gets its verdict last, from another database than that of the last file.
    let open: () => void;
    const gate = new Promise<void>((done) => (open = () => setTimeout(done, 1000)));
    const verdicts = await run(
      { 'table.sql': TABLE, ...others, 'gone.sql': RENAME },
      {
        replay: true,
        jobs: 2,
        fixed: new Map([['table.sql', `${TABLE}\n`]]),
        settle: async (path, { judge, runOnce }) => {
          if (path !== 'table.sql') return runOnce();
          await gate;
          return judge(`${TABLE}\n`);
        },
        onProgress: ({ path, verdict }) => {
          if (path === 'gone.sql' && verdict) open();
        },
      },
    );
    expect(Object.keys(verdicts)).toHaveLength(24);
    expect([verdicts['table.sql']!.verdict, verdicts['gone.sql']!.verdict]).toEqual(['replay-changes', 'ok']);
  });

  it('with those that nobody asks for, as far as they run again', async () => {
    const files = {
      '1.sql': `${TABLE}\nCREATE TABLE IF NOT EXISTS dropped (id int);`,
      '2.sql': 'CREATE TABLE IF NOT EXISTS left_half (id int);\nCREATE TABLE bare ();',
      '3.sql': dropOf('orders'),
      '4.sql': dropOf('left_half'),
    };
    // The table of the first file is there again for the third, but not that of the second, which fails.
    expect(Object.values(await run(files, { replay: true, only: ['3.sql', '4.sql'] }))).toMatchObject([
      { path: '3.sql', verdict: 'replay-changes' },
      { path: '4.sql', verdict: 'ok' },
    ]);
  });
});

describe('the text that --fix would write', () => {
  it('must leave what the original leaves, and run twice', async () => {
    const original = 'CREATE TABLE t (id int, at timestamptz DEFAULT now());\nINSERT INTO t VALUES (1);';
    const table = 'CREATE TABLE IF NOT EXISTS t (id int, at timestamptz DEFAULT now());';
    const check = async (fixed: string) =>
      (await run({ 't.sql': original }, { fixed: new Map([['t.sql', fixed]]) }))['t.sql']!;
    // The clock says something else at every run: that is no difference.
    expect(
      await check(`${table}\nINSERT INTO t SELECT 1 WHERE NOT EXISTS (SELECT FROM t WHERE id = 1);`),
    ).toMatchObject({ verdict: 'ok', subject: 'fixed' });
    expect(await check(`${table}\nINSERT INTO t VALUES (1);`)).toMatchObject({ verdict: 'second-run-changes' });
    expect(await check(table)).toMatchObject({
      verdict: 'not-preserved',
      diff: expect.stringContaining('-INSERT INTO public.t') as string,
    });
    expect(await check(`${table}\nINSERT INTO nowhere VALUES (1);`)).toMatchObject({
      verdict: 'not-preserved',
      failure: { code: '42P01', line: 2 },
    });
  });
});

describe('options', () => {
  it('judges only the files asked for, on the state of those before', async () => {
    const files = {
      '1.sql': 'CREATE TABLE a (id int);',
      '2.sql': 'ALTER TABLE a ADD COLUMN IF NOT EXISTS b int;',
      '3.sql': 'SELECT 1;',
    };
    expect(Object.values(await run(files, { only: ['2.sql'] }))).toMatchObject([{ path: '2.sql', verdict: 'ok' }]);
    await expect(run(files, { only: ['4.sql'] })).rejects.toThrow(new UserError('4.sql is not among the migrations.'));
  });

  it('looks at fixed texts of no other files', async () => {
    const files = { '1.sql': 'CREATE TABLE a (id int);', '2.sql': 'ALTER TABLE a ADD COLUMN IF NOT EXISTS b int;' };
    const fixed = new Map([['1.sql', "COPY a FROM PROGRAM 'true';"]]);
    expect(Object.values(await run(files, { only: ['2.sql'], fixed }))).toMatchObject([{ verdict: 'ok' }]);
  });

  it('ends at the first file that fails', async () => {
    const verdicts = await run(
      { '1.sql': 'SELECT 1;', '2.sql': 'CREATE TABLE a ();', '3.sql': 'CREATE TABLE b ();', '4.sql': 'SELECT 1;' },
      { bail: true, jobs: 1 },
    );
    expect(Object.keys(verdicts)).toEqual(['1.sql', '2.sql']);
  });

  it('gives a statement up that does not end, and goes on with the next file', async () => {
    const verdicts = await run(
      {
        '1.sql': 'CREATE TABLE a ();',
        '2.sql': 'CREATE TABLE b ();\nDO $$ BEGIN LOOP END LOOP; END $$;',
        '3.sql': 'CREATE TABLE IF NOT EXISTS c (LIKE b);',
      },
      { timeout: 1000 },
    );
    expect(verdicts['2.sql']).toMatchObject({
      verdict: 'fails',
      failure: { code: 'timeout', line: 2, message: 'it did not end within 1 s' },
    });
    expect(verdicts['3.sql']).toMatchObject({ verdict: 'ok' });
  });

  it('starts from a file of the user', async () => {
    const environment = { path: 'base.sql', text: 'CREATE SCHEMA app;' };
    expect((await run({ '1.sql': 'CREATE TABLE IF NOT EXISTS app.t ();' }, { environment }))['1.sql']).toMatchObject({
      verdict: 'ok',
    });
    await expect(run({}, { environment: { path: 'base.sql', text: 'CREATE SCHEMA pg_mine;' } })).rejects.toThrow(
      /^The environment base\.sql does not run: .*42939/,
    );
  });

  it('reports progress, and ends when it is told to', async () => {
    const seen: string[] = [];
    const controller = new AbortController();
    const files = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${index}.sql`, 'SELECT 1;']));
    const running = run(files, {
      signal: controller.signal,
      onProgress({ done, total, path, verdict }) {
        seen.push(`${done}/${total} ${path} ${verdict?.verdict ?? '…'}`);
        if (verdict) controller.abort(new UserError('Interrupted.'));
      },
    });
    await expect(running).rejects.toThrow('Interrupted.');
    expect(seen[0]).toBe('0/50 0.sql …');
    expect(seen.length).toBeLessThan(20);
  });
});

describe('large files', () => {
  it('ends while it still reads the files', async () => {
    const controller = new AbortController();
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, k) => [`${k}.sql`, 'SELECT 1;\n'.repeat(2000)]));
    const running = run(files, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('told to')), 1);
    const started = performance.now();
    await expect(running).rejects.toThrow('told to');
    const whole = performance.now();
    for (const [path, text] of Object.entries(files)) planSteps(text, path);
    expect(whole - started).toBeLessThan(performance.now() - whole);
  });

  it('takes a migration of 50 MB', async () => {
    const rows = `INSERT INTO big VALUES ('${'x'.repeat(1000)}');\n`.repeat(2000);
    const comment = `-- ${'y'.repeat(97)}\n`.repeat(480_000);
    const verdicts = await run({
      'big.sql': `CREATE TABLE IF NOT EXISTS big (t text);\nTRUNCATE big;\n${comment}${rows}`,
    });
    expect(verdicts['big.sql']).toMatchObject({ verdict: 'ok' });
  });
});
