/** Which objects of two databases are compared: those that the migrations are there for. */
import { quoteIdent } from '../catalog/names.ts';
import type { Chain } from './chain.ts';
import { differingProperties, keyOf, type LiveObject, type LiveObjects } from './objects.ts';

/** Schemas of Supabase that a new project has, or that come with one of its features. */
const SUPABASE_SCHEMAS = new Set([
  '_analytics',
  '_realtime',
  '_supavisor',
  'auth',
  'cron',
  'dbdev',
  'extensions',
  'graphql',
  'graphql_public',
  'net',
  'pgbouncer',
  'pgmq',
  'pgmq_public',
  'pgsodium',
  'pgsodium_masks',
  'pgtle',
  'realtime',
  'storage',
  'supabase_functions',
  'supabase_migrations',
  'tiger',
  'tiger_data',
  'topology',
  'vault',
]);
/** Extensions that are there before a project asks for any. */
const SUPABASE_EXTENSIONS = new Set([
  '"uuid-ossp"',
  'hypopg',
  'index_advisor',
  'pg_cron',
  'pg_graphql',
  'pg_net',
  'pg_stat_monitor',
  'pg_stat_statements',
  'pgcrypto',
  'pgjwt',
  'pgsodium',
  'supabase_vault',
]);

/** The tables and schemas in which migration tools write down what they have run. */
const BOOKKEEPING =
  /(?:^|\.)(?:_prisma_migrations|__drizzle_migrations|_sqlx_migrations|__diesel_schema_migrations|atlas_schema_revisions|databasechangelog(?:lock)?|flyway_schema_history|goose_db_version|gorp_migrations|pgmigrations|refinery_schema_history|schema_migrations|schema_version|schemaversion|sql_lint_migrations)$/;
const BOOKKEEPING_SCHEMAS = new Set([
  'atlas_schema_revisions',
  'drizzle',
  'graphile_migrate',
  'hdb_catalog',
  'sql_lint',
  'sqitch',
  'supabase_migrations',
]);

/** What belongs to the whole server: others make more of it than the migrations do. */
const OF_SERVER = new Set(['role', 'membership', 'setting']);

export interface Compared {
  expected: LiveObjects;
  actual: LiveObjects;
}

/**
 * Leaves out what the environment brings and the migrations do not change, what belongs to the platform, to the server
 * and to migration tools.
 */
export function inScope(
  { base, end }: Pick<Chain, 'base' | 'end'>,
  actual: LiveObjects,
  isSupabase: boolean,
): Compared {
  const isOfBase = (key: string, object: LiveObject): boolean => {
    const before = base.get(key);
    return before !== undefined && differingProperties(before, object).length === 0;
  };
  const expected = new Map([...end].filter(([key, object]) => !isOfBase(key, object)));
  const isForeign = strangers(base, expected, isSupabase);
  const isLeftOut = ([key, object]: [string, LiveObject]) =>
    !expected.has(key) && ((base.has(key) && end.has(key)) || isForeign(object));
  return { expected, actual: new Map([...actual].filter((entry) => !isLeftOut(entry))) };
}

/** Whether an object that the migrations do not make is nobody's business. */
function strangers(
  base: LiveObjects,
  expected: ReadonlyMap<string, LiveObject>,
  isSupabase: boolean,
): (object: LiveObject) => boolean {
  const touched = new Set([...expected.values()].map(({ of }) => of));
  const isOfPlatform = ({ kind, name, of, schema, properties }: LiveObject): boolean => {
    if (kind === 'extension') return isSupabase && SUPABASE_EXTENSIONS.has(name);
    const { owner = null } = properties;
    if (isSupabase && (kind === 'event trigger' || /^supabase_/.test(owner ?? '') || / of supabase_\w+$/.test(name)))
      return true;
    if (isSupabase && kind === 'publication') return name.startsWith('supabase_');
    if (schema === undefined || schema === 'public') return false;
    const own = keyOf({ kind: 'schema', name: quoteIdent(schema) });
    const isIts = base.has(own) || (isSupabase && SUPABASE_SCHEMAS.has(schema));
    if (!isIts || expected.has(own)) return false;
    // What somebody has added to a table of the platform counts where the migrations add to it too.
    return !((kind === 'policy' || kind === 'trigger') && touched.has(of));
  };
  return (object) => OF_SERVER.has(object.kind) || isBookkeeping(object) || isOfPlatform(object);
}

function isBookkeeping({ name, of, schema }: LiveObject): boolean {
  return (schema !== undefined && BOOKKEEPING_SCHEMAS.has(schema)) || BOOKKEEPING.test(of ?? name);
}
