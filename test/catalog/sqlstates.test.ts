/** The names of the SQLSTATEs, compared with those that PL/pgSQL knows. */
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SQLSTATES, stateOf, wordsOf } from '../../src/catalog/sqlstates.ts';

let db: PGlite;
beforeAll(async () => {
  db = await PGlite.create();
}, 60_000);
afterAll(() => db.close());

test('PostgreSQL raises every name with the SQLSTATE of the table', async () => {
  const raised: Record<string, string> = {};
  for (const condition of Object.values(SQLSTATES))
    await db
      .exec(`DO $$ BEGIN RAISE ${condition}; END $$`)
      .catch((error: unknown) => (raised[(error as { code: string }).code] = condition));
  expect(raised).toEqual(SQLSTATES);
});

test('a name is found by its state, and a state by its name', () => {
  expect(wordsOf('42P17')).toBe('invalid object definition');
  expect(stateOf('invalid_object_definition')).toBe('42P17');
  expect(stateOf('no_such_condition')).toBeUndefined();
});
