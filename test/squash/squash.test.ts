/** Squashes of small chains, each proven on the embedded PostgreSQL; the proof is a part of what is tested. */
import { describe, expect, it, vi } from 'vitest';
import { cacheFolder } from '../../src/cli/cache.ts';
import { fixText } from '../../src/linter/fix.ts';
import { presetRules } from '../../src/linter/presets.ts';
import { readable } from '../../src/schema/squash/readable.ts';
import { squash, type Squash, type SquashOptions } from '../../src/schema/squash/squash.ts';
import { loadParser } from '../../src/syntax/parser.ts';

vi.setConfig({ testTimeout: 120_000 });

async function squashed(texts: readonly string[], options: Partial<SquashOptions> = {}): Promise<Squash> {
  await loadParser();
  const rules = presetRules('recommended');
  return squash(
    texts.map((text, k) => ({ path: `migrations/${String(k + 1)}_x.sql`, text })),
    {
      path: 'migrations/9_squashed.sql',
      head: '-- one of many',
      wrap: (sql) => sql,
      fix: (text) => Promise.resolve(fixText(text, 'squash.sql', { rules }).output ?? text),
      cache: cacheFolder(process.env),
      ...options,
    },
  );
}

describe('a schema', () => {
  it('is written in the words of its authors where they still hold', async () => {
    const { text, unproven } = await squashed([
      `-- What people write.
create table notes (
  id bigint generated always as identity primary key,
  -- shown in lists
  title text not null check (title <> ''),
  gone int, -- nobody needs it
  kind varchar(10) default 'plain'
);
create table drafts (id int primary key);
create type state as enum ('open', 'done');
create view titles as select id, title from notes;
alter table notes enable row level security;
-- Everybody reads.
create policy readers on notes for select using (true);
create policy writers on notes for insert with check (false);`,
      `alter table notes add column state state not null default 'open', drop column gone;
alter table notes add constraint notes_kind check (kind in ('plain', 'rich'));
alter type state add value 'late';
drop table drafts;
create table old_tags (id serial primary key, name text unique);
alter table old_tags rename to tags;
alter table notes add column tag int references tags;
drop policy writers on notes;`,
      `create or replace view titles as select id, title, kind from notes where kind in ('plain', 'rich');
alter table tags alter column name type varchar(40), alter column name set not null;
alter table notes drop constraint notes_kind, add constraint notes_kind check (kind in ('plain', 'rich', 'raw'));
create index on notes (title);
comment on column notes.title is 'It''s the first line';
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger touch before update on notes for each row execute function touch();
create function titled(t text) returns setof notes language sql stable as 'select * from notes where title = t';
do $$ begin execute 'create table made (id int primary key)'; end $$;`,
    ]);
    expect(unproven).toBeUndefined();
    expect(text).toContain('-- What people write.\nCREATE TABLE IF NOT EXISTS public.notes (');
    expect(text).toContain(`  -- shown in lists\n  title text not null check (title <> ''),`);
    expect(text).toContain("  state state not null default 'open'");
    expect(text).toContain('-- Everybody reads.\n');
    expect(text).toContain("CREATE TYPE public.state AS ENUM ('open', 'done', 'late')");
    expect(text).toContain('CREATE TABLE IF NOT EXISTS public.made (');
    expect(text).not.toMatch(/drafts|old_tags \(|writers|gone/);
    expect(text.indexOf('public.tags -')).toBeLessThan(text.indexOf('public.notes -'));
  });

  it('has circles, partitions, rights, hostile names and functions that need one another', async () => {
    const { text, unproven } = await squashed([
      `create role squash_reader;
create schema "My Schema";
create table "My Schema"."a "" b" (id int primary key, "other; id" int);
create table "My Schema".c (id int primary key, a int references "My Schema"."a "" b");
alter table "My Schema"."a "" b" add constraint "to; c" foreign key ("other; id") references "My Schema".c;
create table events (id int, at date not null) partition by range (at);
create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
grant select on events to squash_reader;
grant select (id) on "My Schema".c to squash_reader;
create domain short as text check (length(value) < 9);
create table words (word short, up text generated always as (upper(word)) stored);`,
      `create function low(t text) returns text language sql immutable as 'select lower(t)';
create function lower_twice(t text) returns text language sql immutable as 'select low(low(t))';
alter table words add constraint words_low check (word = lower_twice(word));
create materialized view all_words as select word from words;
create unique index all_words_word on all_words (word);
revoke execute on function low(text) from public;
alter table words replica identity full;
create sequence odd start 3 increment 2;
create rule quiet as on delete to words do instead nothing;
create statistics words_stats on word, up from words;
alter table words alter column word set statistics 7;
create aggregate joined(text) (sfunc = textcat, stype = text);`,
    ]);
    expect(unproven).toBeUndefined();
    expect(text).toContain('"a "" b"');
    expect(text).toContain('create domain short as text check (length(value) < 9)');
    expect(text).not.toContain('ALTER DOMAIN');
  });

  it('is not written anew where only what it needs is', async () => {
    const { text, unproven } = await squashed([
      `create table tiers (id int generated by default as identity primary key, mb int, check (mb > 0));
create table teams (id int primary key, tier int references tiers);
-- Few have one.
-- CreateIndex
create index teams_of on teams (tier) where tier > 0;
create view named as select id from teams where tier is not null;`,
      'alter table tiers rename column mb to disk_mb; alter table tiers alter id type bigint;',
    ]);
    expect(unproven).toBeUndefined();
    expect(text).toContain('create table if not exists teams (id int primary key, tier int references tiers);');
    expect(text).toContain('-- Few have one.\ncreate index if not exists teams_of on teams (tier) where tier > 0;');
    expect(text).toMatch(/create (or replace )?view named as select id from teams where tier is not null/);
    expect(text).toContain('  id bigint GENERATED BY DEFAULT AS IDENTITY,');
    expect(text).not.toContain('ADD CONSTRAINT');
  });
});

describe('rows', () => {
  it('are left by the statements that still matter, or composed', async () => {
    const { text, unproven, data, leftOut } = await squashed([
      `create table plans (id int primary key, name text not null, price int);
insert into plans (id, name) values (1, 'Free'), (2, 'Pro');
create table counters (id serial primary key, n int not null);
insert into counters (n) values (1);
create table tokens (id uuid primary key default gen_random_uuid(), label text, at timestamptz not null default now());
insert into tokens (label) values ('first');
create table empty (id int);
insert into empty values (1);`,
      `update plans set price = id * 10;
update counters set n = n + 1;
delete from empty;
alter table plans rename column name to title;
select setval('counters_id_seq', 40);
create table log (plan int, what text);
create function logged() returns trigger language plpgsql as $$ begin insert into log values (new.id, tg_op); return new; end $$;
create trigger logged after insert on plans for each row execute function logged();`,
      `insert into plans (id, title) values (3, 'Team');
select pg_notify('plans', 'changed');`,
    ]);
    expect(unproven).toBeUndefined();
    expect(text).toMatch(/^insert into plans \(id, name\)|^INSERT INTO public\.plans \(id, title, price\)/m);
    expect(text).toMatch(/setval\('public\.counters_id_seq', greatest\(40, /);
    expect(text).not.toMatch(/delete from empty|insert into empty/);
    expect(data.some(({ table }) => table === 'public.counters')).toBe(true);
    // What a call sends elsewhere is not in the database; the value of the sequence is.
    expect(leftOut.map(({ sql }) => sql)).toEqual(["select pg_notify('plans', 'changed')"]);
  });

  it('are composed where nothing tells them apart, where there are many of them, and where they are wide', async () => {
    const columns = Array.from({ length: 120 }, (_, k) => `c${k} int`).join(', ');
    const { text, unproven } = await squashed([
      `create table logs (said text, n int);
insert into logs select 'x', g from generate_series(1, 600) as g;
create table maybe (a int unique, b int);
insert into maybe values (null, 1), (2, 2);
create table inclusive (id int not null, b int not null, constraint k unique (id) include (b));
insert into inclusive (id, b) values (1, 1);
create table wide (id int primary key, ${columns}, at timestamptz not null default now());
insert into wide (id, c0) values (1, 7);`,
      `alter table logs rename column said to words;
alter table maybe rename column b to c;
update maybe set c = c + 1;
alter table inclusive rename column b to c;
alter table wide rename column c0 to d;`,
    ]);
    expect(unproven).toBeUndefined();
    expect(text.match(/INSERT INTO public\.logs/g)).toHaveLength(1);
    expect(text).toContain('ON CONFLICT (id) DO NOTHING');
  });

  it('are no others where only their columns have the same values', async () => {
    const files = [
      `create table pairs (id int primary key, name text, at timestamptz not null default clock_timestamp());
insert into pairs (id, name) values (1, 'a'), (2, 'b');`,
      'alter table pairs add column note text;',
    ];
    const swap = "update pairs set name = case name when 'a' then 'b' else 'a' end;";
    const rules = presetRules('recommended');
    const { unproven } = await squashed(files, {
      fix: (text) => Promise.resolve(`${fixText(text, 'squash.sql', { rules }).output ?? text}\n${swap}`),
    });
    expect(unproven).toBe('on an empty database, the rows of public.pairs are others than those of the chain');
  });

  it('refer to rows that have other keys at every run, and are put there by a trigger too', async () => {
    const files = [
      `create table accounts (id uuid primary key default gen_random_uuid(), handle text not null unique);
create table orgs (id uuid primary key default gen_random_uuid(), handle text not null unique);
create table members (id uuid primary key default gen_random_uuid(), org uuid not null references orgs,
  account uuid not null references accounts, unique (org, account));
create table roles (member uuid not null unique references members, name text not null);
create function log_in(name text) returns text language sql as $$
  select set_config('app.account', (select id::text from accounts where handle = name), true) $$;
create function join_own() returns trigger language plpgsql as $$ begin
  insert into members (org, account) values (new.id, current_setting('app.account')::uuid);
  return new;
end $$;
create trigger joins after insert on orgs for each row execute function join_own();`,
      `insert into accounts (handle) values ('ann'), ('bob');
begin;
  -- She becomes a member.
  select log_in('ann');
  insert into orgs (handle) values ('one');
end;
insert into members (org, account) select o.id, a.id from orgs as o, accounts as a where a.handle <> 'ann';
begin;
  select log_in('ann');
  insert into orgs (handle) values ('two');
end;
insert into roles select m.id, a.handle from members as m join accounts as a on a.id = m.account join orgs as o on o.id = m.org
  where o.handle = 'one';`,
      'alter table roles rename column name to title;',
    ];
    const { text, unproven } = await squashed(files);
    expect(unproven).toBeUndefined();
    expect(text).toContain(
      "begin;\n  -- She becomes a member.\n  select log_in('ann');\n  insert into orgs (handle) values ('one')",
    );
    const org = "(SELECT id FROM public.orgs WHERE handle = 'one')";
    const member = `org = ${org} AND account = (SELECT id FROM public.accounts WHERE handle = 'bob')`;
    expect(text).toContain(`(SELECT id FROM public.members WHERE ${member})`);
  });

  it('are others where they refer to other rows', async () => {
    const files = [
      `create table kinds (id uuid primary key default gen_random_uuid(), name text not null unique);
create table notes (name text primary key, kind uuid references kinds);
insert into kinds (name) values ('a'), ('b');
insert into notes select 'x', id from kinds where name = 'a';`,
      'alter table notes add column more text;',
    ];
    const other = "update notes set kind = (select id from kinds where name = 'b');";
    const rules = presetRules('recommended');
    const { unproven } = await squashed(files, {
      fix: (text) => Promise.resolve(`${fixText(text, 'squash.sql', { rules }).output ?? text}\n${other}`),
    });
    expect(unproven).toBe('on an empty database, the rows of public.notes are others than those of the chain');
  });

  it('of other schemas of Supabase are put there by the calls of the authors', async () => {
    const { text, unproven, data } = await squashed(
      [
        `insert into storage.buckets (id, name, public) values ('files', 'files', false) on conflict (id) do nothing;
create extension if not exists pg_cron;
select cron.schedule('nightly', '0 3 * * *', 'select 1');
create table notes (id uuid primary key default gen_random_uuid(), owner uuid references auth.users);
alter table notes enable row level security;
create policy own on notes using (owner = (select auth.uid()));
create function hello() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger hello after insert on auth.users for each row execute function hello();`,
        `alter publication supabase_realtime add table notes;`,
      ],
      { environment: 'supabase' },
    );
    expect(unproven).toBeUndefined();
    expect(text).toContain("select cron.schedule('nightly'");
    expect(data.map(({ sql }) => sql.split(' ', 3).join(' '))).toEqual([
      'insert into storage.buckets',
      expect.any(String),
    ]);
  });
});

describe('a part of a chain', () => {
  const FILES = [
    'create table a (id int primary key);',
    'alter table a add column b int;',
    'alter table a rename column b to c;',
  ];

  it('is squashed, and the other files run on top', async () => {
    const { text, unproven } = await squashed(FILES, { first: 2 });
    expect(unproven).toBeUndefined();
    expect(text).toContain('  b int\n)');
  });

  it('may be followed by files that leave other values at every run', async () => {
    const late = 'create table seen (id int, at timestamptz default clock_timestamp()); insert into seen values (1);';
    const { unproven } = await squashed([...FILES, late], { first: 2 });
    expect(unproven).toBeUndefined();
  });

  it('is not proven where a file does not run, and says which', async () => {
    const { unproven } = await squashed([...FILES, 'create table d (id nothing);']);
    expect(unproven).toBe(
      'migrations/4_x.sql does not run on the embedded PostgreSQL: line 1: type "nothing" does not exist (42704)',
    );
  });

  it('is not proven where what makes the migration repeatable breaks it', async () => {
    const { unproven } = await squashed(FILES, { fix: (text) => Promise.resolve(`${text}\nselect 1 / 0;`) });
    expect(unproven).toMatch(/^on an empty database, line \d+ fails: division by zero \(22012\), in: select 1 \/ 0/);
    const { unproven: twice } = await squashed(FILES, { fix: (text) => Promise.resolve(text) });
    expect(twice).toMatch(/^when it is run again, line \d+ fails: relation "a" already exists \(42P07\)/);
  });
});

describe('lists of values', () => {
  it.each([
    ["(kind = ANY (ARRAY['a'::text, 'b'::text]))", "(kind IN ('a', 'b'))"],
    [
      "((kind)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))",
      "(kind IN ('a', 'it''s'))",
    ],
    [`("K" = ANY (ARRAY['a'::public.kind]))`, `("K" IN ('a'))`],
    ["(kind = ANY (ARRAY['a'::text, 'b'::name]))", "(kind = ANY (ARRAY['a'::text, 'b'::name]))"],
    ['(kind = ANY (kinds))', '(kind = ANY (kinds))'],
  ])('%s', (printed, written) => {
    expect(readable(printed)).toBe(written);
  });
});
