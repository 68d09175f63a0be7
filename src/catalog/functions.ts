/** The effects of functions that migrations call with SELECT. */
import type { Node } from '../syntax/parser.ts';
import type { Effect } from './effects.ts';
import { stringConstant } from './constants.ts';
import { namesInString } from './names.ts';
import { searchPathEffect } from './settings.ts';
import type { Names } from './needs.ts';
import { nodeAs } from './nodes.ts';
import type { Name } from './objects.ts';
import { flatMap } from '../lists.ts';

/** PostgreSQL's own functions that compute a value, as trigger functions do for the row that they change. */
export const COMPUTING: ReadonlySet<string> = new Set(
  `now clock_timestamp statement_timestamp timezone current_setting gen_random_uuid md5 lower upper trim btrim ltrim
  rtrim length replace regexp_replace concat concat_ws coalesce nullif greatest least to_tsvector
  setweight`.split(/\s+/),
);

/** PostgreSQL's own functions that change nothing; families by their prefix. */
const PURE: ReadonlySet<string> = new Set([
  ...COMPUTING,
  ...`abs age array avg bool_and bool_or cardinality ceil ceiling char_length col_description count
  current_database current_schema current_schemas current_user decode encode every exp floor format format_type
  generate_series generate_subscripts initcap justify_days lag last_value lead left ln log lpad make_date
  make_interval max min mod num_nonnulls obj_description octet_length overlay percent_rank position power
  quote_ident quote_literal quote_nullable random rank dense_rank regexp_count regexp_match regexp_matches
  regexp_split_to_array regexp_split_to_table regexp_substr repeat reverse right round row_number rpad sha256 sign
  split_part sqrt starts_with stddev strpos substr substring sum translate trunc unnest variance version
  width_bucket transaction_timestamp pg_sleep pg_typeof pg_backend_pid txid_current extract timeofday
  pg_advisory_lock pg_advisory_xact_lock pg_advisory_unlock pg_advisory_unlock_all pg_try_advisory_lock
  pg_try_advisory_xact_lock pg_size_pretty pg_relation_size pg_total_relation_size pg_database_size pg_reload_conf
  pg_stat_reset pg_has_role pg_table_size pg_is_in_recovery pg_notify currval lastval exists`.split(/\s+/),
]);
/** Functions that only compute something, by the beginnings of their names. */
const PURE_PREFIXES: readonly string[] = [
  ...['json_', 'jsonb_', 'array_', 'string_', 'to_', 'date_', 'pg_get_', 'has_', 'inet_', 'percentile_', 'bit_'],
  ...['ts_', 'plainto_', 'websearch_to_', 'phraseto_', 'regexp_', 'xml'],
];

/** Gets the arguments of a call, and the names of the query that it stands in. */
type Known = (args: readonly Node[], query: Names) => Effect[];

const nothing: Known = () => [];
const again =
  (why: string): Known =>
  () => [{ action: 'unknown', why }];

/** Functions that migrations call for their effect, by qualified name. */
const KNOWN: Record<string, Known> = {
  set_config: (args) =>
    stringConstant(args[0]) === 'search_path'
      ? [searchPathEffect(namesInString(stringConstant(args[1]) ?? '', ',') ?? [])]
      : [],
  setval: nothing,
  setseed: nothing,
  nextval: again('nextval() takes another number at every run'),
  lo_create: again('lo_create() makes a large object at every run'),
  lo_from_bytea: again('lo_from_bytea() makes a large object at every run'),
  'cron.schedule': (args) =>
    args.length >= 3
      ? [{ action: 'create', mode: 'or-replace', object: { kind: 'cron job', name: stringConstant(args[0]) ?? '' } }]
      : [
          {
            action: 'unknown',
            why:
              'cron.schedule() without a name makes a second job at every run; ' +
              'give the job a name as the first argument',
          },
        ],
  'cron.unschedule': (args, query) => {
    const name = stringConstant(args[0]);
    // SELECT … FROM cron.job, or … WHERE EXISTS (SELECT 1 FROM cron.job …): only for a job that is there.
    const asked = readsJobs(query);
    if (name !== undefined)
      return [{ action: 'drop', mode: asked ? 'if-exists' : 'bare', object: { kind: 'cron job', name } }];
    return asked ? [] : [{ action: 'unknown', why: 'cron.unschedule() fails if the job does not exist (XX000)' }];
  },
  'cron.alter_job': nothing,
  create_hypertable: (args) =>
    hasArgument(args, 'if_not_exists')
      ? []
      : [
          {
            action: 'unknown',
            why: 'create_hypertable() fails if the table is a hypertable already (TS110); add if_not_exists => true',
          },
        ],
  'pgmq.create': nothing,
  'pgmq.create_unlogged': nothing,
  'pgmq.create_partitioned': nothing,
  'pgmq.drop_queue': nothing,
  'pgmq.purge_queue': nothing,
  'pgmq.send': again('pgmq.send() puts another message into the queue at every run'),
  'pgmq.send_batch': again('pgmq.send_batch() puts the messages into the queue again at every run'),
  'vault.create_secret': (args, query) => {
    const given = argument(args, 1, 'new_name');
    if (given === undefined)
      return [{ action: 'unknown', why: 'vault.create_secret() without a name makes another secret at every run' }];
    const name = stringConstant(given);
    return name === undefined
      ? [
          {
            action: 'unknown',
            why: 'vault.create_secret() fails if a secret has that name (23505); ask vault.secrets first',
          },
        ]
      : [
          {
            action: 'create',
            mode: readsSecrets(query) ? 'if-not-exists' : 'bare',
            object: { kind: 'vault secret', name },
          },
        ];
  },
  'vault.update_secret': nothing,
  'realtime.send': again('realtime.send() sends another message at every run'),
  'net.http_post': again('net.http_post() sends another request at every run'),
  'net.http_get': again('net.http_get() sends another request at every run'),
};

const reads = ({ relations }: Names, schema: string, table: RegExp): boolean =>
  relations.some(({ name }) => name.schema === schema && table.test(name.name));
const readsJobs = (query: Names): boolean => reads(query, 'cron', /^job$/);
/** SELECT vault.create_secret(…) WHERE NOT EXISTS (SELECT FROM vault.secrets …) */
const readsSecrets = (query: Names): boolean => reads(query, 'vault', /^(decrypted_)?secrets$/);

const hasArgument = (args: readonly Node[], name: string) => args.some((a) => nodeAs(a, 'NamedArgExpr')?.name === name);

/** What a parameter is given, by its position or by its name. */
const argument = (args: readonly Node[], position: number, name: string): Node | undefined => {
  const named = args.map((node) => nodeAs(node, 'NamedArgExpr'));
  return named.find((node) => node?.name === name)?.arg ?? (named[position] ? undefined : args[position]);
};

/** Functions of the same name in `extensions`, `public` or `pg_catalog` are taken for the ones that are known by it. */
function known(name: string, schema: string | undefined): Known | undefined {
  if (schema !== undefined && Object.hasOwn(KNOWN, `${schema}.${name}`)) return KNOWN[`${schema}.${name}`];
  if (Object.hasOwn(KNOWN, name)) return KNOWN[name];
  if (schema !== undefined && schema !== 'pg_catalog' && schema !== 'auth') return undefined;
  if (PURE.has(name) || PURE_PREFIXES.some((prefix) => name.startsWith(prefix)) || schema === 'auth') return nothing;
  return undefined;
}

/** The calls in a statement that is not made for them: they matter where history knows that the function writes. */
export function callsOf({ calls }: Pick<Names, 'calls'>): Effect[] {
  const names = new Map<string, Name>();
  for (const { name } of calls) if (!known(name.name, name.schema)) names.set(`${name.schema}.${name.name}`, name);
  return [...names.values()].map(callOf);
}

/** A call that matters where history knows that the function writes. */
export const callOf = (name: Name): Effect => ({
  action: 'call',
  object: { kind: 'function', ...name },
  why: `${name.name}() writes, and a second run calls it again`,
  onlyIfItActs: true,
});

/**
 * The known effects of the functions that a query calls.
 * @param isMadeOnce whether a call is made once, whatever the query finds
 */
export function callEffects(query: Names, isMadeOnce: (args: readonly Node[]) => boolean): Effect[] {
  return flatMap(
    query.calls,
    ({ name, written, args }): Effect[] =>
      known(name.name, name.schema)?.(args, query) ?? [
        {
          action: 'call',
          object: { kind: 'function', ...name },
          why: `sql-lint does not know what ${written}() does`,
          ...(isMadeOnce(args) && { args }),
        },
      ],
  );
}
