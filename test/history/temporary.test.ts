/** How long a world keeps what is temporary, and what names mean in the meantime. */
import { expect, test } from 'vitest';
import type { CreateEffect } from '../../src/catalog/effects.ts';
import type { Detail, ObjectRef } from '../../src/catalog/objects.ts';
import { World } from '../../src/history/world.ts';
import { lintText, loadParser, presetRules } from '../../src/index.ts';

const table = (name: string, schema?: string): ObjectRef => ({ kind: 'table', name, ...(schema && { schema }) });
const create = (object: ObjectRef, detail?: Detail): CreateEffect => ({
  action: 'create',
  object: { ...object, ...(detail && { detail }) },
  mode: 'bare',
});
const temporary = table('notes', 'pg_temp');
const column: ObjectRef = { kind: 'column', name: 'id', of: { name: 'notes', schema: 'pg_temp' } };

test('a name without a schema is that of a temporary object until the session ends', () => {
  const world = new World();
  const name = table('notes');
  world.add(name);
  expect(world.key(name)).toBe('relation:public.notes');
  world.apply({ ...create(temporary), parts: [column] });
  expect(world.key(name)).toBe('relation:pg_temp.notes');
  expect(world.parts(name)).toEqual([column]);
  expect(world.fork().key(name)).toBe('relation:pg_temp.notes');
  world.endSession(['public']);
  expect(world.key(name)).toBe('relation:public.notes');
  expect([world.has(name), world.has(temporary), world.has(column)]).toEqual([true, false, false]);
});

test('functions are never looked up among temporary objects', () => {
  const world = new World();
  world.add(temporary);
  world.add({ kind: 'function', name: 'f', schema: 'pg_temp', args: [] });
  expect(world.key({ kind: 'function', name: 'f', args: [] })).toBe('routine:public.f()');
});

test('search_path may say where temporary objects are looked up', () => {
  const world = new World();
  world.add(table('notes'));
  world.add(temporary);
  world.apply({ action: 'search-path', schemas: ['public', 'pg_temp'] });
  expect(world.key(table('notes'))).toBe('relation:public.notes');
});

test('a transaction drops at its end what is there until then', () => {
  const world = new World();
  world.apply({ action: 'session', event: 'begin' });
  world.apply(create(temporary, { dropsOnCommit: true }));
  world.apply(create(table('tags', 'pg_temp')));
  world.apply({ action: 'session', event: 'commit' });
  expect([world.has(temporary), world.has(table('tags'))]).toEqual([false, true]);
  world.apply({ action: 'session', event: 'discard' });
  expect([world.has(table('tags', 'pg_temp')), world.hasTemporary]).toEqual([false, false]);
});

test('without a transaction, ON COMMIT DROP leaves the name to a lasting table', () => {
  const world = new World();
  world.add(table('notes'));
  world.apply(create(temporary, { dropsOnCommit: true }));
  expect(world.key(table('notes'))).toBe('relation:public.notes');
});

test('what is taken back was never temporary, and an earlier moment can come back', () => {
  const world = new World();
  const changes = world.logged(() => {
    world.apply(create(temporary));
  });
  const state = world.temporaryState();
  for (const change of changes.toReversed()) change.undo();
  expect(world.hasTemporary).toBe(false);
  for (const change of changes) change.redo();
  world.remove(temporary);
  world.apply(create(table('tags', 'pg_temp')));
  world.restoreTemporary(state);
  expect([world.has(temporary), world.has(table('tags', 'pg_temp'))]).toEqual([true, false]);
});

test('what nothing in the file uses is made for the rest of the session, in which a second run fails', async () => {
  await loadParser();
  const found = (sql: string) =>
    lintText(sql, 'a.sql', { rules: presetRules('recommended') })
      .messages.filter(({ ruleId }) => ruleId === 'no-bare-create')
      .map(({ message }) => message);
  expect(found('CREATE TEMP TABLE notes (id int);')).toEqual([expect.stringContaining('42P07')]);
  expect(found('CREATE TEMP TABLE notes (id int); INSERT INTO notes VALUES (1);')).toEqual([]);
  expect(found('CREATE TEMP TABLE notes (id int); DROP TABLE notes;')).toEqual([]);
  expect(found('CREATE TEMP TABLE notes (id int) ON COMMIT DROP;')).toEqual([]);
});
