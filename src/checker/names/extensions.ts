/** Extensions that do not exist, and types of extensions that nothing has created. */
import { nameOf, stringOf, walk } from '../../catalog/nodes.ts';
import type { World } from '../../history/world.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { perScript } from '../../syntax/script.ts';
import { nameRange, wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { isForeign } from './scope.ts';
import { similar } from './similar.ts';

/** PostgreSQL's own extensions, and those that Supabase has. */
const EXTENSIONS: readonly string[] = `adminpack amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int
  dict_xsyn earthdistance file_fdw fuzzystrmatch hstore http hypopg index_advisor insert_username intagg intarray isn lo
  ltree moddatetime pageinspect pg_buffercache pg_cron pg_freespacemap pg_graphql pg_hashids pg_jsonschema pg_net
  pg_partman pg_prewarm pg_repack pg_stat_monitor pg_stat_statements pg_surgery pg_tle pg_trgm pg_visibility
  pg_walinspect pgaudit pgcrypto pgjwt pgmq pgroonga pgrouting pgrowlocks pgsodium pgstattuple pgtap plpgsql
  plpgsql_check plv8 postgis postgis_raster postgis_sfcgal postgis_tiger_geocoder postgis_topology postgres_fdw refint
  rum seg sslinfo supabase_vault tablefunc tcn timescaledb tsm_system_rows tsm_system_time unaccent uuid-ossp vector
  wrappers
  xml2`.split(/\s+/);

/** Extensions whose functions are in the table, or that bring none that a migration calls by a name like those. */
export const READ_EXTENSIONS: ReadonlySet<string> = new Set(
  `plpgsql uuid-ossp pgcrypto pg_trgm fuzzystrmatch unaccent citext hstore ltree intarray tablefunc cube earthdistance
  pg_stat_statements btree_gin btree_gist moddatetime pg_net pg_cron pgjwt pg_graphql supabase_vault pgsodium vector
  pgmq`.split(/\s+/),
);

/** What extensions are called besides. */
const CALLED: ReadonlyMap<string, string> = new Map([
  ['pgvector', 'vector'],
  ['pg_vector', 'vector'],
  ['uuid', 'uuid-ossp'],
  ['uuid_ossp', 'uuid-ossp'],
  ['trgm', 'pg_trgm'],
  ['pgtrgm', 'pg_trgm'],
  ['crypto', 'pgcrypto'],
  ['gis', 'postgis'],
  ['cron', 'pg_cron'],
]);

/** CREATE EXTENSION. */
export function checkExtension({ extname: name = '' }: NodeOf<'CreateExtensionStmt'>, checked: Checked): void {
  if (EXTENSIONS.includes(name)) return;
  const meant = CALLED.get(name) ?? similar(name, EXTENSIONS);
  if (meant === undefined) return;
  const { statement, report } = checked;
  const place = wordRange(statement, name, statement.text.search(/extension/i) + 'extension'.length);
  const text = meant.includes('-') ? `"${meant}"` : meant;
  report({
    family: 'name',
    ...place,
    error: '0A000',
    problem: `Extension "${name}" does not exist`,
    advice: `Write ${text}.`,
    edits: [{ ...place, text }],
  });
}

/** The extensions that bring types which migrations use. */
const EXTENSION_OF_TYPE: ReadonlyMap<string, string> = new Map([
  ['vector', 'vector'],
  ['halfvec', 'vector'],
  ['sparsevec', 'vector'],
  ['citext', 'citext'],
  ['hstore', 'hstore'],
  ['ltree', 'ltree'],
  ['geography', 'postgis'],
  ['geometry', 'postgis'],
]);

/** Types of extensions, in projects whose history is read: another tool may have created it otherwise. */
export function checkExtensionTypes(checked: Checked): void {
  const { statement, world, reported } = checked;
  const isOfExtension = ({ names }: NodeOf<'TypeName'>) => EXTENSION_OF_TYPE.has(stringOf(names?.at(-1)));
  if (!statement.mentions.types.some(isOfExtension) || !hasOwnTables(world)) return;
  walk(statement.node, (key, node) => {
    if (!('typemod' in node) || !isOfExtension(node)) return true;
    const type = node as NodeOf<'TypeName'>;
    const { name } = nameOf(type.names);
    const extension = EXTENSION_OF_TYPE.get(name)!;
    if (reported.has(extension) || isThere(name, extension, checked)) return true;
    reported.add(extension);
    const { start } = statement;
    const { script } = statement;
    checked.report({
      family: 'name',
      ...nameRange(statement, type.location),
      error: '42704',
      problem: `Type "${name}" comes with the extension ${extension}, which no migration creates`,
      advice: `Write CREATE EXTENSION IF NOT EXISTS ${extension} before it.`,
      edits: [{ start, end: start, text: `CREATE EXTENSION IF NOT EXISTS ${extension};${script.eol}` }],
    });
    return true;
  });
}

const hasOwnTables = (world: World): boolean =>
  world.ofKind('table').some(({ schema, detail }) => !isForeign(schema) && detail?.complete === true);

/** Whether the extension, or another type of that name, is there, or may be. */
const isThere = (name: string, extension: string, { statement, world }: Checked): boolean =>
  world.named({ kind: 'extension', name: extension }).length > 0 ||
  ['type', 'domain', 'table'].some((kind) => world.named({ kind: kind as 'type', name }).length > 0) ||
  world.ofKind('extension').some((other) => !EXTENSIONS.includes(other.name)) ||
  // Dynamic SQL may create it.
  wordsBehindExtension(statement.script).has(extension);

/** The words of a file between EXTENSION and the next semicolon, in lower case. */
const wordsBehindExtension = perScript(({ text }) => {
  const words = new Set<string>();
  for (const [names] of text.matchAll(/extension\b[^;]*/gi))
    for (const [word] of names.toLowerCase().matchAll(/\w+/g)) words.add(word);
  return words;
});
