import { readFileSync, readdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { readEnvironment } from '../../src/verify/environment.ts';
import { looksLikeSupabase, verify } from '../../src/verify/index.ts';
import { cache } from '../support/database.ts';

vi.setConfig({ testTimeout: 60_000 });

it('recognises a Supabase project by its folder', () => {
  expect(looksLikeSupabase(['apps/web/supabase/migrations/1_init.sql'])).toBe(true);
  expect(looksLikeSupabase(['C:\\app\\supabase\\migrations\\1_init.sql'])).toBe(true);
  expect(looksLikeSupabase(['migrations/1_supabase.sql'])).toBe(false);
});

it('cuts the stand-ins out of an environment', () => {
  const text =
    'CREATE SCHEMA a;\n-- extension one: relocatable = true\nSELECT 1;\n-- extension two\n-- end of extensions\nCREATE SCHEMA b;';
  expect(readEnvironment({ path: 'x.sql', text })).toMatchObject({
    steps: [{ sql: 'CREATE SCHEMA a' }, { sql: 'CREATE SCHEMA b' }],
    standIns: [
      { name: 'one', control: expect.stringContaining('relocatable = true') as string, sql: '\nSELECT 1;\n' },
      { name: 'two', sql: '\n' },
    ],
  });
});

it('has what Supabase migrations ask for, and runs the example project', async () => {
  const folder = new URL('../../examples/supabase/supabase/migrations/', import.meta.url);
  const example = readdirSync(folder)
    .sort()
    .map((name) => ({ path: name, text: readFileSync(new URL(name, folder), 'utf8') }));
  const standIns = readEnvironment('supabase')
    .standIns.map(({ name }) => `CREATE EXTENSION IF NOT EXISTS ${name};`)
    .join('\n');
  const verdicts = await verify(
    [
      ...example,
      { path: 'stand-ins.sql', text: standIns },
      {
        path: 'uses.sql',
        text: `
        CREATE TABLE IF NOT EXISTS documents (id int PRIMARY KEY, embedding vector(3), owner uuid DEFAULT auth.uid());
        INSERT INTO documents VALUES (1, '[1,2,3]') ON CONFLICT DO NOTHING;
        CREATE INDEX IF NOT EXISTS documents_embedding ON documents USING hnsw (embedding vector_cosine_ops);
        SELECT id FROM documents ORDER BY embedding <=> '[1,2,4]'::vector;
        SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT 1'), pgmq.create('jobs'), extensions.digest('a', 'sha256'), uuid_generate_v4();
        DO $$ BEGIN
          ASSERT (storage.foldername('team/a/b.txt'))[1] = 'team' AND storage.filename('team/b.txt') = 'b.txt' AND storage.extension('b.txt') = 'txt';
          ASSERT auth.uid() IS NULL;
          SET LOCAL request.jwt.claims = '{"sub": "00000000-0000-0000-0000-000000000001", "role": "authenticated"}';
          ASSERT auth.uid() = '00000000-0000-0000-0000-000000000001' AND auth.role() = 'authenticated';
        END $$;`,
      },
      {
        path: 'parameters.sql',
        text: 'CREATE INDEX ON documents USING ivfflat (embedding vector_l2_ops) WITH (lists = 100);',
      },
    ],
    { environment: 'supabase', cache },
  );
  const by = Object.fromEntries(verdicts.map((verdict) => [verdict.path, verdict]));
  // Every migration of the example runs once, and one of them was written to run twice.
  expect(example.map(({ path }) => by[path]!.verdict)).toEqual([...Array<string>(7).fill('second-run-fails'), 'ok']);
  expect(by['stand-ins.sql']).toMatchObject({ verdict: 'ok' });
  expect(by['uses.sql']).toMatchObject({ verdict: 'ok' });
  expect(by['parameters.sql']).toMatchObject({ verdict: 'not-verifiable', extension: 'vector' });
});
