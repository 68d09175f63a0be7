import { expect, it, vi } from 'vitest';
import { effectsOf, playChain } from '../../src/schema/chain.ts';
import { cache } from '../support/database.ts';

vi.setConfig({ testTimeout: 60_000 });

it('knows the objects after each file, and what does not run', async () => {
  const files = {
    '1.sql': 'CREATE TABLE notes (id int, title text);\nCREATE TABLE notes ();',
    '2.sql':
      "ALTER TABLE notes ALTER title SET DEFAULT '';\nCREATE EXTENSION postgis;\nCREATE INDEX by_title ON notes (title);",
    '3.sql': 'DROP INDEX by_title;',
    '4.sql': 'ALTER TABLE ${table} ADD a int;',
  };
  const chain = await playChain(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    { cache },
  );
  expect(
    effectsOf(chain).map((effects) =>
      effects.map(({ kind, expected, actual, properties = [] }) =>
        [kind, (expected ?? actual)!.kind, (expected ?? actual)!.name, ...properties].join(' '),
      ),
    ),
  ).toEqual([
    ['missing table public.notes', 'missing column public.notes.id', 'missing column public.notes.title'],
    ['different column public.notes.title default', 'missing index public.by_title'],
    ['unexpected index public.by_title'],
    [],
  ]);
  expect(chain.files.map(({ failure }) => failure?.verdict)).toEqual([
    'fails',
    'not-verifiable',
    undefined,
    'not-verifiable',
  ]);
  expect(chain.files[0]!.failure).toMatchObject({
    failure: { code: '42P07', line: 2, statement: 'CREATE TABLE notes ()' },
  });
  expect(chain.files[1]!.failure).toMatchObject({ extension: 'postgis', line: 2 });
});

it('reads the end alone where that is all that is asked for', async () => {
  const { base, files, end } = await playChain([{ path: '1.sql', text: 'CREATE TABLE notes (id int);' }], {
    cache,
    environment: 'supabase',
    each: false,
  });
  expect(base.has('table auth.users')).toBe(true);
  expect(end.has('table public.notes')).toBe(true);
  expect(files[0]!.objects).toBe(end);
});
