/** What a world answers about names and types, and how many objects it looks at for an answer. */
import { beforeAll, expect, test, vi } from 'vitest';
import type { ObjectRef } from '../../src/catalog/objects.ts';
import { Moves } from '../../src/history/moves.ts';
import { World } from '../../src/history/world.ts';
import { lintText, loadParser, presetRules } from '../../src/index.ts';

const type = (name: string, schema?: string): ObjectRef => ({ kind: 'type', name, ...(schema && { schema }) });
const policy = (name: string, table: string): ObjectRef => ({ kind: 'policy', name, of: { name: table } });
const names = (world: World, ref: ObjectRef) =>
  world.named(ref).map(({ ref: { schema, name, of }, exists }) => [schema, name, of?.name, exists]);

beforeAll(loadParser);

test('a name is found in every schema and of every owner', () => {
  const world = new World();
  world.add(type('mood'));
  world.add(type('mood', 'app'));
  world.add(policy('own', 'notes'));
  world.add(policy('own', 'tags'));
  expect(names(world, type('mood'))).toEqual([
    [undefined, 'mood', undefined, true],
    ['app', 'mood', undefined, true],
  ]);
  expect(names(world, policy('own', 'tags'))).toEqual([[undefined, 'own', 'tags', true]]);
  expect(names(world, { kind: 'policy', name: 'own' })).toHaveLength(2);
});

test('a fork finds what its origin has, with its own changes', () => {
  const origin = new World();
  origin.add(type('mood'));
  const fork = origin.fork();
  expect(names(fork, type('mood'))).toEqual([[undefined, 'mood', undefined, true]]);
  fork.remove(type('mood'));
  fork.add(type('mood', 'app'));
  expect(names(fork, type('mood'))).toEqual([
    [undefined, 'mood', undefined, false],
    ['app', 'mood', undefined, true],
  ]);
  expect(names(origin, type('mood'))).toEqual([[undefined, 'mood', undefined, true]]);
});

test('what is taken back is not found, and what is done again is', () => {
  const world = new World();
  world.add(type('mood'));
  expect(world.named(type('mood'))).toHaveLength(1);
  const changes = world.logged(() => {
    world.rename(type('mood'), type('feeling'));
  });
  expect(names(world, type('feeling'))).toEqual([[undefined, 'feeling', undefined, true]]);
  for (const change of changes.toReversed()) change.undo();
  expect(world.named(type('feeling'))).toEqual([]);
  expect(names(world, type('mood'))).toEqual([[undefined, 'mood', undefined, true]]);
  for (const change of changes) change.redo();
  expect(names(world, type('mood'))).toEqual([[undefined, 'mood', undefined, false]]);
});

test('an index that is made between two changes knows what is taken back, and what is done again', () => {
  const made = new World();
  const first = made.logged(() => {
    made.add(type('mood'));
    made.ofKind('type');
  });
  for (const each of first.toReversed()) each.undo();
  expect(names(made, type('mood'))).toEqual([]);
  for (const each of first) each.redo();
  expect(names(made, type('mood'))).toEqual([[undefined, 'mood', undefined, true]]);
  expect(made.ofKind('type')).toHaveLength(1);

  const later = new World();
  const added = later.logged(() => void later.add(type('mood')));
  for (const each of added.toReversed()) each.undo();
  expect(names(later, type('mood'))).toEqual([]);
  for (const each of added) each.redo();
  expect(names(later, type('mood'))).toEqual([[undefined, 'mood', undefined, true]]);

  const replaced = new World();
  replaced.add({ kind: 'view', name: 'notes' });
  const dropped = replaced.logged(() => {
    replaced.remove({ kind: 'view', name: 'notes' });
    replaced.add({ kind: 'table', name: 'notes' });
    replaced.ofKind('view');
  });
  for (const each of dropped.toReversed()) each.undo();
  expect(replaced.ofKind('view')).toHaveLength(1);
});

test('columns keep their type when it gets another name or schema', () => {
  const world = new World();
  const column = (name: string, written: string): ObjectRef => ({
    kind: 'column',
    name,
    of: { name: 'notes' },
    detail: { type: written },
  });
  world.add(type('mood', 'app'));
  world.add({ kind: 'table', name: 'notes' }, [
    column('a', 'app.mood'),
    column('b', 'app.mood[]'),
    column('c', 'text'),
  ]);
  world.rename(type('mood', 'app'), type('Feeling', 'app'));
  const types = () => ['a', 'b', 'c'].map((name) => world.get(column(name, ''))?.ref.detail?.type);
  expect(types()).toEqual(['app."Feeling"', 'app."Feeling"[]', 'text']);
  expect(world.isTypeOfColumn(type('mood', 'app'))).toBe(false);
  expect(world.isTypeOfColumn(type('Feeling', 'app'))).toBe(true);
  world.remove(column('a', ''));
  world.add({ ...column('b', 'int4'), kind: 'column type' });
  expect(world.isTypeOfColumn(type('Feeling', 'app'))).toBe(false);
});

/** Guarded blocks, with a policy of the same name on every table. */
const blocks = (count: number) =>
  Array.from(
    { length: count },
    (_, k) => `
      DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 't${k}') THEN
        CREATE TYPE t${k} AS ENUM ('a');
      END IF; END $$;
      CREATE TABLE IF NOT EXISTS n${k} (id int PRIMARY KEY, t t${k});
      DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'n${k}' AND policyname = 'own') THEN
        CREATE POLICY own ON n${k} USING (true);
      END IF; END $$;
      DROP TYPE IF EXISTS u${k};`,
  ).join('\n');

test('a file of guarded blocks looks at objects in proportion to its size', () => {
  const looks = vi.spyOn(World.prototype as unknown as { at: (key: string) => unknown }, 'at');
  const counted = (count: number) => {
    looks.mockClear();
    lintText(blocks(count), 'blocks.sql', { rules: presetRules('recommended') });
    return looks.mock.calls.length;
  };
  const [once, fourTimes] = [counted(50), counted(200)];
  looks.mockRestore();
  expect(once).toBeGreaterThan(0);
  expect(fourTimes).toBeLessThan(4.2 * once);
});

test('what depends on an object depends on it under its new name', () => {
  const world = new World();
  const [table, renamed, view]: ObjectRef[] = [
    { kind: 'table', name: 'notes' },
    { kind: 'table', name: 'pages' },
    { kind: 'view', name: 'all_notes' },
  ];
  world.add(table!);
  world.add(view!);
  world.depend(view!, table!);
  world.rename(table!, renamed!);
  expect(world.dependents(renamed!)).toEqual([world.key(view!)]);
  world.remove(renamed!, true);
  expect(world.has(view!)).toBe(false);
});

test('an object is followed through its moves, and back, without a look at those of others', () => {
  const moves = new Moves();
  for (const [from, to] of [
    ['a', 'b'],
    ['x', 'y'],
    ['b', 'c'],
    ['c', undefined],
    ['y', 'b'],
  ] as const)
    moves.push({ from, to });
  expect(['a', 'b', 'x', 'y', 'z'].map((key) => moves.follow(key))).toEqual([undefined, undefined, 'b', 'b', 'z']);
  expect(moves.follow('b', 3)).toBe('b');
  expect(moves.follow('c', 2)).toBeUndefined();
  expect([0, 1, 4, 5].map((count) => moves.before('b', count))).toEqual(['x', 'x', 'y', 'b']);
  expect(moves.before('c', 0)).toBe('a');
});
