/** What statements set of objects is kept with the objects, and follows them. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ObjectRef } from '../../src/catalog/objects.ts';
import { readSnapshot, writeSnapshot } from '../../src/history/snapshot.ts';
import { play } from '../../src/history/play.ts';
import { World } from '../../src/history/world.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';

beforeAll(() => loadParser());

const table = (name: string): ObjectRef => ({ kind: 'table', name });
const view = (name: string): ObjectRef => ({ kind: 'view', name });
const routine = (name: string): ObjectRef => ({ kind: 'function', name, args: [] });

function worldAfter(sql: string): World {
  const world = new World();
  play(new Script(sql).statements, world);
  return world;
}

/** The rights on a table after REVOKE ALL. */
const NOTHING_FOR_ANON = Object.fromEntries(
  ['select', 'insert', 'update', 'delete'].flatMap((privilege) => [
    [`${privilege} for anon`, false],
    [`${privilege} of columns for anon`, false],
  ]),
);

const TABLE = 'create table notes (id int);';
const ENABLE = 'alter table notes enable row level security;';
const VIEW = 'create view v with (security_invoker) as select 1;';
const FUNCTION = "create function f() returns int language sql security definer set search_path = '' as 'select 1';";

describe.each<[what: string, sql: string, object: ObjectRef, settings: Record<string, unknown>]>([
  [
    'among other subcommands',
    'alter table notes add x int, enable row level security;',
    table('notes'),
    { 'row level security': true },
  ],
  ['of a table that is not known', ENABLE, table('notes'), { 'row level security': true }],
  ['of a quoted name only', `${TABLE} alter table "Notes" enable row level security;`, table('notes'), {}],
  [
    'the last value',
    `${ENABLE} alter table notes disable row level security;`,
    table('notes'),
    { 'row level security': false },
  ],
  [
    'under a new name',
    `${TABLE}${ENABLE} alter table notes rename to memos;`,
    table('memos'),
    { 'row level security': true },
  ],
  ['not under the old name', `${TABLE}${ENABLE} alter table notes rename to memos;`, table('notes'), {}],
  ['not of a table that is created again', `${TABLE}${ENABLE} drop table notes; ${TABLE}`, table('notes'), {}],
  ['forced', 'alter table notes force row level security;', table('notes'), { 'force row level security': true }],
  ['replica identity', 'alter table notes replica identity full;', table('notes'), { 'replica identity': 'f' }],
  ['owner of a table', 'alter table notes owner to ann;', table('notes'), { owner: 'ann' }],
  [
    'owner of a function',
    `${FUNCTION} alter function f() owner to ann;`,
    routine('f'),
    { owner: 'ann', search_path: '', 'security definer': true },
  ],
  [
    'not null',
    'alter table notes alter id set not null;',
    { kind: 'column', name: 'id', of: { name: 'notes' } },
    { 'not null': true },
  ],
  [
    'a trigger that is off',
    'alter table notes disable trigger t;',
    { kind: 'trigger', name: 't', of: { name: 'notes' } },
    { enabled: 'D' },
  ],
  [
    'all triggers',
    `${TABLE} create trigger t before insert on notes execute function f(); alter table notes disable trigger all;`,
    { kind: 'trigger', name: 't', of: { name: 'notes' } },
    { enabled: 'D' },
  ],
  [
    'a rule',
    'alter table notes enable always rule r;',
    { kind: 'rule', name: 'r', of: { name: 'notes' } },
    { enabled: 'A' },
  ],
  ['an option of a view', VIEW, view('v'), { 'option security_invoker': true }],
  [
    'an option that is off',
    'create view v with (security_invoker = off) as select 1;',
    view('v'),
    { 'option security_invoker': false },
  ],
  ['an option that OR REPLACE takes away', `${VIEW} create or replace view v as select 1;`, view('v'), {}],
  [
    'an option that ALTER VIEW sets',
    'create view v as select 1; alter view v set (security_invoker = 1);',
    view('v'),
    { 'option security_invoker': true },
  ],
  ['an option that is reset', `${VIEW} alter view v reset (security_invoker);`, view('v'), {}],
  ['of a function', FUNCTION, routine('f'), { search_path: '', 'security definer': true }],
  [
    'of a function that is replaced',
    `${FUNCTION} create or replace function f() returns int language sql as 'select 1';`,
    routine('f'),
    { 'security definer': false },
  ],
  [
    'not what the old body of a function did',
    `create function f() returns trigger language plpgsql as $$ begin
       execute 'alter table t enable row level security'; insert into t values (1);
       new.n := old.n + 1; new.at := now(); return new; end $$;
     create or replace function f() returns trigger language plpgsql as 'begin return new; end';`,
    routine('f'),
    { assigns: '', 'security definer': false },
  ],
  [
    'not the fields that the old body of a function assigned',
    `create function f() returns trigger language plpgsql as 'begin new.n := 1; return new; end';
     create or replace function f() returns trigger language plpgsql as 'begin raise info $$x$$; return new; end';`,
    routine('f'),
    { 'security definer': false },
  ],
  [
    'of a function that is altered',
    `${FUNCTION} alter function f() reset search_path security invoker;`,
    routine('f'),
    { 'security definer': false },
  ],
  ['rights that are taken', 'revoke all on notes from anon;', table('notes'), NOTHING_FOR_ANON],
  [
    'a right that is given back',
    'revoke all on notes from anon; grant select on notes to anon;',
    table('notes'),
    { ...NOTHING_FOR_ANON, 'select for anon': true },
  ],
  [
    'one right',
    'revoke insert on notes from anon;',
    table('notes'),
    { 'insert for anon': false, 'insert of columns for anon': false },
  ],
  [
    'a right on columns, which REVOKE of others leaves',
    'grant select (id, body) on notes to anon; revoke select (body) on notes from anon;',
    table('notes'),
    { 'select of columns for anon': true },
  ],
  [
    'a policy that is altered',
    'create policy p on notes using (true); alter policy p on notes to anon, public;',
    { kind: 'policy', name: 'p', of: { name: 'notes' } },
    { roles: ['anon', 'public'] },
  ],
  [
    'rights of everyone',
    `${FUNCTION} revoke execute on function f from public;`,
    routine('f'),
    { 'execute for public': false, search_path: '', 'security definer': true },
  ],
  [
    'rights on all that is there',
    `${TABLE} revoke all on all tables in schema public from anon;`,
    table('notes'),
    NOTHING_FOR_ANON,
  ],
  ['not on what comes later', `revoke all on all tables in schema public from anon; ${TABLE}`, table('notes'), {}],
  [
    'rights on what comes later',
    `alter default privileges in schema public revoke all on tables from anon; ${TABLE}`,
    table('notes'),
    NOTHING_FOR_ANON,
  ],
  [
    'not in another schema',
    `alter default privileges in schema app revoke all on tables from anon; ${TABLE}`,
    table('notes'),
    {},
  ],
])('%s', (_, sql, object, settings) => {
  test('is known', () => {
    expect(worldAfter(sql).settings(object)).toEqual(settings);
  });
  test('is known from one run to the next', () => {
    const state = readSnapshot(writeSnapshot(worldAfter(sql).state));
    expect(new World(undefined, state).settings(object)).toEqual(settings);
  });
  test('can be taken back and done again', () => {
    const world = new World();
    const changes = world.logged(() => {
      play(new Script(sql).statements, world);
    });
    for (const change of changes.toReversed()) change.undo();
    expect(world.settings(object)).toEqual({});
    for (const change of changes) change.redo();
    expect(world.settings(object)).toEqual(settings);
  });
});
