/** Where the access that is proven from the text and the one that PostgreSQL gives contradict each other. */
import { beforeAll, expect, test } from 'vitest';
import { Environments } from '../../src/history/environment.ts';
import { play } from '../../src/history/play.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { contradictionsIn, type Reached } from '../../src/verify/index.ts';

beforeAll(() => loadParser());

const MIGRATION = `CREATE TABLE notes (id uuid PRIMARY KEY);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY reads ON notes FOR SELECT TO anon USING (true);
CREATE POLICY owns ON notes FOR ALL TO authenticated USING (id = (SELECT auth.uid()));`;

const contradictions = (row: Reached) => {
  const world = new Environments().of('/project/supabase/migrations/1.sql').fork();
  play(new Script(MIGRATION).statements, world);
  return contradictionsIn([row], world, ['public']).map(({ command, proven, reached }) => [command, proven, reached]);
};

const ANON: Reached = {
  relation: 'public.notes',
  request: 'anon',
  total: 3,
  select: 3,
  insert: null,
  update: 0,
  delete: 0,
};

test('what is proven and comes about is no contradiction, nor is what is not decided', () => {
  expect(contradictions(ANON)).toEqual([]);
  expect(contradictions({ ...ANON, request: 'owner', select: 1, insert: 1 })).toEqual([]);
  expect(contradictions({ ...ANON, total: 0, select: 0 })).toEqual([]);
});

test('rows that are reached against the proof are one, and so are rows that are not', () => {
  expect(contradictions({ ...ANON, select: 2, update: 1 })).toEqual([
    ['select', 'all rows', 2],
    ['update', 'nothing', 1],
  ]);
  expect(contradictions({ ...ANON, select: null, insert: 1 })).toEqual([
    ['select', 'all rows', null],
    ['insert', 'nothing', 1],
  ]);
});
