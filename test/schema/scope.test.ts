import { expect, it } from 'vitest';
import type { LiveObject, LiveObjects } from '../../src/schema/objects.ts';
import { inScope } from '../../src/schema/scope.ts';

const object = (kind: string, name: string, more: Partial<LiveObject> = {}): LiveObject => ({
  kind,
  name,
  properties: {},
  ...more,
});
const setOf = (...objects: LiveObject[]): LiveObjects =>
  new Map(objects.map((one) => [`${one.kind} ${one.name}`, one]));

const platform = [
  object('schema', 'auth', { schema: 'auth' }),
  object('schema', 'storage', { schema: 'storage' }),
  object('table', 'auth.users', { schema: 'auth' }),
  object('table', 'storage.objects', { schema: 'storage' }),
];
const notes = object('table', 'public.notes', { schema: 'public' });
const policyOn = (table: string, name: string) =>
  object('policy', `${name} on ${table}`, { of: table, schema: table.split('.')[0]! });

const seen = (end: LiveObject[], actual: LiveObject[], isSupabase = true): string[][] => {
  const compared = inScope({ base: setOf(...platform), end: setOf(...platform, ...end) }, setOf(...actual), isSupabase);
  return [[...compared.expected.keys()], [...compared.actual.keys()]];
};

it('leaves out what the platform has', () => {
  const theirs = [
    object('table', 'auth.sso_providers', { schema: 'auth' }),
    object('index', 'auth.by_email', { schema: 'auth', of: 'auth.users' }),
    object('schema', 'pgbouncer', { schema: 'pgbouncer' }),
    object('extension', 'pg_graphql'),
    object('event trigger', 'pgrst_ddl_watch'),
    object('publication', 'supabase_realtime_messages_publication'),
    object('function', 'public.theirs()', { schema: 'public', properties: { owner: 'supabase_admin' } }),
    policyOn('storage.objects', 'by hand'),
  ];
  expect(seen([notes], [...platform, ...theirs, notes])).toEqual([['table public.notes'], ['table public.notes']]);
});

it('leaves out what is in a schema of the environment whose name has quotes', () => {
  const base = setOf(object('schema', '"My App"', { schema: 'My App' }));
  const theirs = object('table', '"My App".t', { schema: 'My App' });
  expect([...inScope({ base, end: base }, setOf(...base.values(), theirs), false).actual.keys()]).toEqual([]);
});

it('knows what somebody has added where the migrations add too', () => {
  const [own, other] = [policyOn('storage.objects', 'own'), policyOn('storage.objects', 'other')];
  expect(seen([own], [...platform, own, other, policyOn('auth.users', 'no')])).toEqual([
    ['policy own on storage.objects'],
    ['policy own on storage.objects', 'policy other on storage.objects'],
  ]);
});

it('leaves out roles, and where migration tools write down what they have run', () => {
  const others = [
    object('role', 'somebody'),
    object('table', 'public._prisma_migrations', { schema: 'public' }),
    object('column', 'public._prisma_migrations.id', { schema: 'public', of: 'public._prisma_migrations' }),
    object('schema', 'drizzle', { schema: 'drizzle' }),
    object('table', 'drizzle.__drizzle_migrations', { schema: 'drizzle' }),
  ];
  expect(seen([notes], [...others, notes], false)[1]).toEqual(['table public.notes']);
});

it('keeps what is only there', () => {
  const more = [
    object('table', 'public.more', { schema: 'public' }),
    object('schema', 'annex', { schema: 'annex' }),
    object('table', 'annex.t', { schema: 'annex' }),
    object('extension', 'postgis'),
  ];
  expect(seen([notes], more)[1]).toEqual(['table public.more', 'schema annex', 'table annex.t', 'extension postgis']);
});
