/** What happens to each statement of a file, on the embedded PostgreSQL. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine, Session } from '../../src/database/types.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { walk, type Walk, type Ran, type Resumed } from '../../src/verify/walk.ts';
import { difference, run, startDatabases } from '../support/database.ts';

let engine: Engine;
let session: Session;
beforeAll(async () => {
  engine = await startDatabases();
  session = await engine.open();
});
afterAll(() => engine.close());

async function walkThrough(text: string, onProgress?: (walk: Walk) => void): Promise<Walk> {
  const before = await session.state();
  const found = await walk(session, { text, ...planSteps(text, 'migration.sql') }, { onProgress });
  // It comes back to where it was.
  expect(await difference(before, await session.state())).toBe('');
  return found;
}

const said = (ran: Ran | Resumed | undefined): string =>
  ran === undefined ? '-' : ran.ok ? 'ok' : 'failure' in ran ? ran.failure.code : 'other state';
const table = ({ statements }: Walk) =>
  statements.map(({ line, first, second, resumed }) => [line, said(first), said(second), said(resumed)].join(' '));

it('every statement has its SQLSTATE', async () => {
  const found = await walkThrough(
    'create table notes (id int);\ncreate index on notes (id);\n\ninsert into notes\nvalues (1);\n',
  );
  // An index without a name is made again, and a row comes in again: both are differences.
  expect(table(found)).toEqual(['1 ok 42P07 42P07', '2 ok ok 42P07', '4 ok ok -']);
  expect(found.diff).toMatch(/\+.*notes_id_idx1/);
  expect(found.diff).toMatch(/ROWS OF public.notes: 2/);
});

it('what can run twice shows no difference, also where it is random', async () => {
  const found = await walkThrough(
    'create table if not exists dice (id int primary key, at timestamptz, eyes float);\n' +
      'insert into dice values (1, clock_timestamp(), random()) on conflict do nothing;\n' +
      'create or replace view seen as select id from dice;',
  );
  expect(table(found)).toEqual(['1 ok ok ok', '2 ok ok ok', '3 ok ok -']);
  expect(found.diff).toBe('');
});

it('a start over that ends elsewhere shows the difference', async () => {
  const found = await walkThrough(
    'create table if not exists n (i int);\ninsert into n values (1);\ncreate table if not exists m (i int);',
  );
  expect(table(found)).toEqual(['1 ok ok ok', '2 ok ok other state', '3 ok ok -']);
  expect(found.statements[1]!.resumed).toMatchObject({
    diff: expect.stringContaining('ROWS OF public.n: 2') as string,
  });
});

it('nothing comes after a first run that fails', async () => {
  const found = await walkThrough('create table if not exists a (i int);\nselect 1 / 0;\nselect 2;');
  expect(table(found)).toEqual(['1 ok - -', '2 22012 - -', '3 - - -']);
  expect(found.diff).toBeUndefined();
});

it('starts from what earlier files have made, tells of each step, and ends when it is told to', async () => {
  const before = await session.mark();
  expect(await run(session, 'create table notes (id int)')).toBeUndefined();
  const told: string[] = [];
  await walkThrough('alter table notes add column b int;\nselect 1;', (walk) => told.push(table(walk).join(', ')));
  expect(told).toEqual([
    '1 ok - -, 2 - - -',
    '1 ok - -, 2 ok - -',
    '1 ok 42701 -, 2 ok - -',
    '1 ok 42701 -, 2 ok ok -',
    '1 ok 42701 -, 2 ok ok -',
    '1 ok 42701 42701, 2 ok ok -',
  ]);
  const ends = new AbortController();
  const ending = walk(
    session,
    { text: 'select 1', ...planSteps('select 1', 'x.sql') },
    {
      signal: ends.signal,
      onProgress: () => ends.abort(new Error('stopped')),
    },
  );
  await expect(ending).rejects.toThrow('stopped');
  await session.rewind(before);
});
