import { describe, expect, it, vi } from 'vitest';
import { oneMessage, statementByStatement } from '../../src/project/runners.ts';
import { supabase } from '../../src/project/tools/supabase.ts';
import type { Runner } from '../../src/project/types.ts';
import { verify, type FileVerdict } from '../../src/verify/index.ts';
import { cache } from '../support/database.ts';

vi.setConfig({ testTimeout: 60_000 });

const PSQL = statementByStatement('psql', 'none');
const WHOLE = oneMessage('psql', 'none');
const PIPELINE = supabase.runners(
  { path: '1_a.sql', text: '' },
  { root: '', folder: '', version: [2, 100] },
  undefined as never,
)[0]!;

/** Verifies migrations, each as its runners send it, and answers their verdicts by name. */
async function run(
  migrations: Record<string, { original: string; fixed?: string; runners?: readonly Runner[] }>,
): Promise<Record<string, FileVerdict>> {
  const entries = Object.entries(migrations);
  const verdicts = await verify(
    entries.map(([path, { original }]) => ({ path, text: original })),
    {
      fixed: new Map(entries.map(([path, { original, fixed = original }]) => [path, fixed])),
      runnersOf: ({ path }) => migrations[path]!.runners ?? [PSQL],
      states: true,
      cache,
    },
  );
  return Object.fromEntries(verdicts.map((verdict) => [verdict.path, verdict]));
}

describe('a file is sent as its tool sends it', () => {
  it('in messages, pipelines and transactions', async () => {
    const index = 'DO $$ BEGIN END $$;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS t_id ON t (id);';
    const label = "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad';\n\nSELECT 'sad'::mood;";
    const verdicts = await run({
      'base.sql': {
        original:
          'CREATE TABLE IF NOT EXISTS t (id int);\nDO $$ BEGIN CREATE TYPE mood AS ENUM (); EXCEPTION WHEN duplicate_object THEN END $$;',
      },
      'message.sql': { original: index, runners: [oneMessage('dbmate', 'none')] },
      'statements.sql': { original: index.replace('t_id', 't_id2') },
      'transaction.sql': { original: label, runners: [statementByStatement('goose', 'file')] },
      'pipeline.sql': { original: 'LOCK TABLE t;\nSELECT 1;', runners: [PIPELINE] },
      'first.sql': {
        original: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS t_id3 ON t (id);\nSELECT 1;',
        runners: [PIPELINE],
      },
      'counted.sql': {
        original: 'SELECT 1;\nCREATE TABLE IF NOT EXISTS u ();\nSELECT 1 / count(*) FROM u;\nSELECT 2;',
        runners: [WHOLE],
      },
      'deferred.sql': {
        original: 'CREATE TABLE v (id int UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO v VALUES (1), (1);',
        runners: [oneMessage('dbmate', 'file')],
      },
    });
    expect(verdicts['message.sql']).toMatchObject({ verdict: 'fails', failure: { code: '25001', line: 2 } });
    expect(verdicts['statements.sql']).toMatchObject({ verdict: 'ok', engine: 'embedded PostgreSQL 18' });
    expect(verdicts['transaction.sql']).toMatchObject({
      verdict: 'fails',
      failure: { code: '55P04', line: 3, column: 8 },
      sent: 'goose: statement by statement, in a transaction',
    });
    expect(verdicts['pipeline.sql']).toMatchObject({ verdict: 'fails', failure: { code: '25P01', line: 1 } });
    expect(verdicts['first.sql']).toMatchObject({ verdict: 'ok' });
    expect(verdicts['counted.sql']).toMatchObject({
      verdict: 'fails',
      failure: { code: '22012', line: 3, statement: 'SELECT 1 / count(*) FROM u' },
    });
    expect(verdicts['deferred.sql']).toMatchObject({ failure: { code: '23505', statement: 'COMMIT' } });
  });
});

describe('what a tool refuses', () => {
  it('a file that ends its transaction', async () => {
    const dbmate = oneMessage('dbmate', 'file');
    const table = 'CREATE TABLE IF NOT EXISTS t (id int);';
    const verdicts = await run({
      'commit.sql': { original: `-- migrate:up\nBEGIN;\n${table}\nCOMMIT;`, runners: [dbmate] },
      'open again.sql': { original: `-- migrate:up\n${table}\nCOMMIT;\nBEGIN;\nSELECT 1;`, runners: [dbmate] },
      'without.sql': { original: `BEGIN;\n${table}\nCOMMIT;`, runners: [oneMessage('dbmate', 'none')] },
      'statements.sql': {
        original: `${table}\nEND;`,
        runners: [statementByStatement('sql-migrate', 'file', 'line-ends')],
      },
      'does not look.sql': { original: `${table}\nCOMMIT;`, runners: [statementByStatement('goose', 'file')] },
    });
    expect(verdicts['commit.sql']).toMatchObject({
      verdict: 'fails',
      failure: { line: 4, statement: 'COMMIT', message: 'pq: unexpected transaction status idle' },
    });
    expect(verdicts['open again.sql']).toMatchObject({ verdict: 'ok' });
    expect(verdicts['without.sql']).toMatchObject({ verdict: 'ok' });
    expect(verdicts['statements.sql']).toMatchObject({ verdict: 'fails', failure: { line: 2, statement: 'END' } });
    expect(verdicts['does not look.sql']).toMatchObject({ verdict: 'ok' });
  });

  it('statements that it cuts, or sends together where PostgreSQL takes one', async () => {
    const verdicts = await run({
      'backslash.sql': { original: "SELECT E'it\\'s';\nSELECT 2;", runners: [PIPELINE] },
      'dollar.sql': { original: 'SELECT 1 AS a$b$c;\nSELECT 2;', runners: [PIPELINE] },
      'atomic.sql': {
        original:
          'CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC\nSELECT CASE a WHEN 1 THEN 2 END;\nSELECT 3; END;',
        runners: [PIPELINE],
      },
      'as PostgreSQL.sql': { original: "SELECT E'a\\\\', 'b\\';\nSELECT 2;", runners: [PIPELINE] },
    });
    expect(verdicts['backslash.sql']).toMatchObject({ verdict: 'fails', failure: { code: '42601' } });
    expect(verdicts['dollar.sql']).toMatchObject({ verdict: 'fails', failure: { code: '42601' } });
    expect(verdicts['atomic.sql']).toMatchObject({ verdict: 'fails', failure: { code: '42601' } });
    expect(verdicts['as PostgreSQL.sql']).toMatchObject({ verdict: 'ok' });
  });
});

describe('from other states, and in other ways', () => {
  it('a fixed file leaves what the original leaves', async () => {
    const guarded = (sql: string) => `DO $$ BEGIN IF to_regclass('c') IS NULL THEN ${sql} END IF; END $$;`;
    const drop = 'DROP TABLE IF EXISTS c CASCADE;\nCREATE TABLE c (id int PRIMARY KEY);';
    const verdicts = await run({
      'stale.sql': { original: drop, fixed: guarded(drop) },
      'base.sql': {
        original: 'CREATE TABLE IF NOT EXISTS n (id int PRIMARY KEY, n int CHECK (n IN (5, 6)), w text NOT NULL);',
      },
      // Nothing is in the table yet.
      'filled.sql': { original: 'UPDATE n SET w = w || 1;' },
      'another way.sql': {
        original: 'CREATE INDEX CONCURRENTLY n_w ON n (w);',
        fixed: 'SELECT 1;\nCREATE INDEX CONCURRENTLY IF NOT EXISTS n_w ON n (w);',
        runners: [PSQL, WHOLE],
      },
      'cut.sql': {
        original: 'CREATE TABLE a (id int);\nALTER TABLE a RENAME TO b;',
        fixed:
          "DO $$ BEGIN IF to_regclass('b') IS NULL THEN CREATE TABLE a (id int); END IF; END $$;\nDO $$ BEGIN IF to_regclass('b') IS NULL THEN ALTER TABLE a RENAME TO b; END IF; END $$;",
      },
      'comment.sql': {
        original: "COMMENT ON TABLE n IS 'one';",
        fixed: "COMMENT ON TABLE n IS 'two';",
      },
      'sound.sql': {
        original: 'CREATE TABLE s (id int PRIMARY KEY);\nALTER TABLE s ADD at timestamptz DEFAULT now();',
        fixed:
          'CREATE TABLE IF NOT EXISTS s (id int PRIMARY KEY);\nALTER TABLE s ADD COLUMN IF NOT EXISTS at timestamptz DEFAULT now();',
        runners: [PIPELINE, PSQL, WHOLE],
      },
    });
    expect(verdicts['stale.sql']).toMatchObject({ verdict: 'not-preserved', state: 'stale' });
    expect(verdicts['base.sql']).toMatchObject({ verdict: 'ok' });
    expect(verdicts['filled.sql']).toMatchObject({ verdict: 'second-run-changes', state: 'filled' });
    expect(verdicts['another way.sql']).toMatchObject({
      verdict: 'not-preserved',
      runner: 'psql: one message, no transaction around it',
      failure: { code: '25001', line: 2 },
    });
    expect(verdicts['cut.sql']).toMatchObject({ verdict: 'not-resumable', after: 1, failure: { code: '42P07' } });
    expect(verdicts['comment.sql']).toMatchObject({
      verdict: 'not-preserved',
      diff: expect.stringContaining('two') as string,
    });
    expect(verdicts['sound.sql']).toMatchObject({ verdict: 'ok' });
  });
});
