import { createHash } from 'node:crypto';
import { BASE, PARTS, READING, SHARED, type Part } from './catalogs.ts';
import { flatMap } from '../lists.ts';
import type { Rows, State } from './types.ts';

/** Sends one message of several statements, and answers the rows of those that have any, as arrays. */
export type Ask = (sql: string) => Promise<unknown[][][]>;

/** What is said of one object. */
interface Line {
  label: string | null;
  text: string;
  /** Half of a SHA-256, as a number. */
  digest: bigint;
}

/** What was read last, so that only what has changed since has to be read. */
export interface Known {
  /** The transaction that comes next: whatever has changed since has this number, or a later one. */
  next: string;
  parts: ReadonlyMap<string, ReadonlyMap<string, Line>>;
  /** Of all lines, in any order. */
  digest: bigint;
  /** How often PostgreSQL has changed the rows of each relation, by its oid; undefined where nobody has counted on. */
  counts: ReadonlyMap<string, string> | undefined;
  tables: readonly Table[];
  /** The rows of each table, by its name, with what has to be the same for them to be the same. */
  rows: ReadonlyMap<string, { version: string; rows: Rows }>;
}

/** What was known, where another PostgreSQL has gone on from there: it counts anew. */
export const countedAnew = (known: Known | undefined): Known | undefined =>
  known && { ...known, counts: undefined, rows: new Map() };

const lineOf = (part: string, label: string | null, text: string): Line => ({
  label,
  text,
  digest: BigInt(`0x${createHash('sha256').update(part).update('\0').update(text).digest('hex').slice(0, 32)}`),
});

/** What one part says: the keys of all objects, and the lines of those that are new or changed. */
type Answer = [part: string, keys: string, changed: [key: string, label: string | null, text: string][]];

/** The tables whose rows belong to the state. Of an extension, those that pg_dump dumps. */
const TABLES = `
  SELECT coalesce(json_agg(json_build_array(o.oid::regclass::text, o.relkind, pg_relation_size(o.oid) > 0, o.oid::text, o.relfilenode::text)), '[]')
  FROM pg_class AS o
  WHERE (o.relkind = 'r' OR o.relkind = 'm' AND o.relispopulated) AND o.oid >= 16384
    AND o.relnamespace <> ALL (ARRAY(SELECT n.oid FROM pg_namespace AS n WHERE n.nspname ~ '^pg_(toast_)?temp_'))
    AND NOT EXISTS (SELECT FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
      WHERE d.classid = 'pg_class'::regclass AND d.objid = o.oid AND d.deptype = 'e' AND NOT o.oid = ANY (coalesce(e.extconfig, '{}')))`;

/**
 * How many rows of each relation were inserted, updated and deleted, also by what was rolled back: by name where it is
 * a catalog. TRUNCATE and what rewrites a table is not counted, but changes its relfilenode.
 */
const COUNTS = `
  SELECT CASE WHEN o.oid < 16384 THEN o.relname::text ELSE o.oid::text END,
    (pg_stat_get_tuples_inserted(o.oid) + pg_stat_get_tuples_updated(o.oid) + pg_stat_get_tuples_deleted(o.oid))::text
  FROM pg_class AS o WHERE o.relkind IN ('r', 'm') AND o.relnamespace <> 'pg_toast'::regnamespace`;

const NEXT = 'SELECT (txid_snapshot_xmax(txid_current_snapshot()) % 4294967296)::text';

/** Whether a row has changed; rows of a subquery bring along how old the youngest row is that they are made of. */
const changedSince = ({ rows }: Part, since: string): string =>
  (rows.length === 0 ? ['o.age'] : rows.map((row) => `age(${row}.xmin)`))
    .map((age) => `${age} <= (SELECT age(${since}))`)
    .join(' OR ');

const aggregate = (name: string, from: string): string =>
  `SELECT '${name}'::text, coalesce(string_agg(k, ' '), ''), coalesce(json_agg(json_build_array(k, label, line)) FILTER (WHERE c), '[]') FROM (${from}) AS s`;

/** @param since a transaction, as SQL @param all whether to read everything, as SQL */
function partQuery(part: Part, since: string, all: string): string {
  const { name, from, key, label = 'NULL::text', line } = part;
  const changed = `${all} OR ${changedSince(part, since)}`;
  return aggregate(
    name,
    `SELECT (${key})::text AS k, (${changed}) AS c, CASE WHEN ${changed} THEN ${label} END AS label, CASE WHEN ${changed} THEN ${line} END AS line FROM ${from}`,
  );
}

/**
 * How many objects each part has, and whether one of them has changed: a part with as many, all unchanged, is the same.
 */
const gateQuery = (parts: readonly Part[], since: string): string =>
  parts
    .map(
      (part) =>
        `SELECT '${part.name}'::text, count(*)::int, coalesce(bool_or(${changedSince(part, since)}), false) FROM ${part.from}`,
    )
    .join('\nUNION ALL ');

const sharedQueries = SHARED.map(({ name, from, label, line }) =>
  aggregate(name, `SELECT md5(${line}) AS k, true AS c, ${label} AS label, ${line} AS line FROM ${from}`),
);

const inOneMessage = (queries: readonly string[]): string => `BEGIN;\n${READING}\n${queries.join(';\n')};\nROLLBACK`;

/** What a database was before anything was run in it. */
export interface Base {
  /** The major version of PostgreSQL. */
  version: number;
  /** The transaction behind the last one of initdb. */
  next: string;
}

/** Asks for it in a database that initdb, or CREATE DATABASE, has just made; its rows are frozen. */
export const BASE_QUERY =
  "SELECT current_setting('server_version_num')::int / 10000, datfrozenxid::text FROM pg_database WHERE datname = current_database()";

export function baseOf(answers: unknown[][][]): Base {
  const [version, next] = answers[0]![0]!;
  return { version: Number(version), next: String(next) };
}

function partsOf({ version, next }: Base): Part[] {
  const base = `'${next}'::xid`;
  return PARTS.filter(({ since = 0, until = Infinity }) => since <= version && version <= until).map((part) => ({
    ...part,
    from: part.from.replaceAll(BASE, base),
  }));
}

/** How a session that is read many times over has the queries ready. */
const statement = (name: string): string => `"sql-lint: ${name}"`;

/** Prepares what `readState` asks, once in the life of a session; it has to be kept when the session is reset. */
export const prepareReading = (base: Base): string => {
  const parts = partsOf(base);
  return [
    `SET search_path = pg_catalog`,
    `PREPARE ${statement('gate')} (xid) AS ${gateQuery(parts, '$1')}`,
    ...parts.map((part) => `PREPARE ${statement(part.name)} (xid, bool) AS ${partQuery(part, '$1', '$2')}`),
    ...sharedQueries.map((query, k) => `PREPARE ${statement(SHARED[k]!.name)} AS ${query}`),
    `PREPARE ${statement('tables')} AS ${TABLES}`,
    `PREPARE ${statement('counts')} AS ${COUNTS}`,
    `RESET search_path`,
  ].join(';\n');
};

export interface Reading {
  base: Base;
  /** What was read earlier in the life of the same database, if anything was. */
  known?: Known | undefined;
  /** Whether a role is one that the migrations have made; others are not told of. */
  isOurs?: (role: string) => boolean;
  /** Whether `prepareReading` was run in the session; without it, everything is read every time. @default false */
  isPrepared?: boolean;
}

/** Reads the state of a database. */
export async function readState(ask: Ask, reading: Reading): Promise<{ state: State; known: Known }> {
  const { known, base } = reading;
  const asked = reading.isPrepared ? await askPrepared(ask, partsOf(base), known) : await askAll(ask, partsOf(base));
  const now = update(known, asked.next, asked.said, reading.isOurs);
  // Other lines may speak of what has another name now.
  if (!now) return readState(ask, { ...reading, known: undefined });
  const tables = asked.tables ?? known!.tables;
  const holds = isReshaped(known, asked.said) ? known && { ...known, rows: new Map() } : known;
  const rows = await readRows(ask, tables, asked.counts, holds);
  const state = {
    digest: now.digest.toString(16),
    lines: () => linesOf(now.parts),
    tables: new Map([...rows].map(([table, { rows: held }]) => [table, held])),
  };
  return { state, known: { ...now, counts: asked.counts, tables, rows } };
}

/** What was asked of the catalogs. */
interface Asked {
  next: string;
  said: Answer[];
  /** Undefined where they are those that were known. */
  tables?: readonly Table[];
  counts?: ReadonlyMap<string, string>;
}

/** Asks for everything, in a session that knows no prepared statements. */
async function askAll(ask: Ask, parts: readonly Part[]): Promise<Asked> {
  const queries = parts.map((part) => partQuery(part, "'3'::xid", 'true'));
  const [[next], [tables], ...said] = (await ask(inOneMessage([NEXT, TABLES, ...sharedQueries, ...queries]))) as [
    [[string]],
    [[Table[]]],
    ...Answer[][],
  ];
  return { next: next[0], tables: tables[0], said: said.map(([answer]) => answer!) };
}

/** Asks for what may have changed since: by what PostgreSQL has counted, or else by the age of the rows. */
async function askPrepared(ask: Ask, parts: readonly Part[], known: Known | undefined): Promise<Asked> {
  const [[next], counted] = (await ask(inOneMessage([NEXT, `EXECUTE ${statement('counts')}`]))) as [
    [[string]],
    [string, string][],
  ];
  const counts = new Map(counted);
  const isSame = (catalog: string) => counts.has(catalog) && counts.get(catalog) === known?.counts?.get(catalog);
  const since = known ? `'${known.next}', false` : `'3', true`;
  const changed =
    known && !known.counts
      ? changedParts((await ask(inOneMessage([`EXECUTE ${statement('gate')} ('${known.next}')`])))[0] as Gate[], known)
      : new Set(parts.filter((part) => !catalogsOf(part).every(isSame)).map(({ name }) => name));
  const areTablesSame = TABLES_OF.every(isSame);
  const queries = [
    ...(areTablesSame ? [] : [`EXECUTE ${statement('tables')}`]),
    ...(SHARED_OF.every(isSame) ? [] : SHARED.map(({ name }) => `EXECUTE ${statement(name)}`)),
    ...parts.filter(({ name }) => changed.has(name)).map(({ name }) => `EXECUTE ${statement(name)} (${since})`),
  ];
  const answers = queries.length > 0 ? await ask(inOneMessage(queries)) : [];
  const said = (areTablesSame ? answers : answers.slice(1)).map(([row]) => row as Answer);
  return { next: next[0], said, counts, ...(!areTablesSame && { tables: answers[0]![0]![0] as Table[] }) };
}

/** The catalogs that tell which tables there are, and those that tell of roles, memberships and settings. */
const TABLES_OF = ['pg_class', 'pg_namespace', 'pg_extension', 'pg_depend'];
const SHARED_OF = ['pg_authid', 'pg_auth_members', 'pg_db_role_setting'];

/** The catalogs whose rows a part is made of. */
const catalogsOf = ({ from }: Part): string[] => from.replace(/'[^']*'/g, '').match(/\bpg_\w+/g) ?? [];

/** What a row looks like depends on these parts too. */
const SHAPES = new Set(['columns', 'type', 'enum', 'range']);

/** Whether rows that nobody has changed may look otherwise than before. */
const isReshaped = (known: Known | undefined, said: readonly Answer[]): boolean =>
  said.some(
    ([part, , changed]) => SHAPES.has(part) && changed.some(([key]) => known?.parts.get(part)?.has(key) ?? true),
  );

type Gate = [part: string, count: number, isChanged: boolean];

const changedParts = (gates: readonly Gate[], known: Known): Set<string> =>
  new Set(
    flatMap(gates, ([part, count, isChanged]) =>
      isChanged || count !== (known.parts.get(part)?.size ?? 0) ? [part] : [],
    ),
  );

/** Adds what has changed to what was known; `undefined` where something that was known has another name now. */
function update(
  known: Known | undefined,
  next: string,
  said: readonly Answer[],
  isOurs?: (role: string) => boolean,
): Pick<Known, 'next' | 'parts' | 'digest'> | undefined {
  const parts = new Map(known?.parts);
  let digest = known?.digest ?? 0n;
  for (const [part, keys, changed] of said) {
    const before = known?.parts.get(part);
    const present = keys === '' ? [] : keys.split(' ');
    const lines = new Map(
      flatMap(changed, ([key, label, text]) =>
        part === 'role' && isOurs?.(label!) === false ? [] : [[key, lineOf(part, label, text)] as const],
      ),
    );
    for (const [key, { label }] of lines) {
      const old = before?.get(key);
      if (old && isRenamed(part, old.label, label)) return undefined;
    }
    for (const key of present) {
      const same = before?.get(key);
      if (same && !lines.has(key)) lines.set(key, same);
    }
    for (const line of before?.values() ?? []) digest -= line.digest;
    for (const line of lines.values()) digest += line.digest;
    parts.set(part, lines);
  }
  return { next, parts, digest: BigInt.asUintN(128, digest) };
}

function isRenamed(part: string, before: string | null, now: string | null): boolean {
  if (before === now || before === null) return false;
  if (part !== 'columns') return true;
  const names = JSON.parse(now ?? '{}') as Record<string, string>;
  return Object.entries(JSON.parse(before) as Record<string, string>).some(
    ([number, name]) => Object.hasOwn(names, number) && names[number] !== name,
  );
}

const linesOf = (parts: Known['parts']): string[] =>
  flatMap([...parts.values()], (lines) => [...lines.values()].map(({ text }) => text)).sort();

type Table = [table: string, kind: string, hasPages: boolean, oid: string, file: string];

/** More tables are not asked for in one statement: planning them all at once takes memory. */
const TABLES_AT_ONCE = 100;

/** Counts change with large objects, but nothing else does. */
const LARGE = 'large objects';

/** @param known what holds of the tables that have not changed since */
async function readRows(
  ask: Ask,
  all: readonly Table[],
  counts: ReadonlyMap<string, string> | undefined,
  known: Known | undefined,
): Promise<Known['rows']> {
  const versions = new Map(all.map(([table, , , oid, file]) => [table, `${oid} ${file} ${counts?.get(oid)}`]));
  versions.set(LARGE, `${counts?.get('pg_largeobject')} ${counts?.get('pg_largeobject_metadata')}`);
  const rows = new Map<string, { version: string; rows: Rows }>();
  const isKnown = (table: string): boolean => {
    const old = counts && known?.counts && known.rows.get(table);
    if (old?.version !== versions.get(table)) return false;
    rows.set(table, old!);
    return true;
  };
  const set = (table: string, count: string, digest: string) =>
    rows.set(table, { version: versions.get(table)!, rows: { count, digest } });
  const open = all.filter(([table]) => !isKnown(table));
  for (const [table] of open) set(table, '0', '0');
  // A list of tables that was known does not know which have taken room since.
  const filled = open.filter(([, , hasPages]) => hasPages || all === known?.tables);
  const queries: string[] = [];
  for (let k = 0; k < filled.length; k += TABLES_AT_ONCE)
    queries.push(
      filled
        .slice(k, k + TABLES_AT_ONCE)
        .map(([table, kind], index) => rowsQuery(k + index, table, kind))
        .join('\nUNION ALL '),
    );
  if (!isKnown(LARGE)) {
    set(LARGE, '0', '0');
    queries.push(LARGE_OBJECTS);
  }
  if (queries.length === 0) return rows;
  for (const answer of await ask(inOneMessage(queries)))
    for (const [index, count, digest] of answer as [string, string, string][])
      set(index === '' ? LARGE : filled[Number(index)]![0], count, digest);
  return rows;
}

/** The alias hides no column: nobody has one of that name. A cast to text could be somebody's own. */
const rowsQuery = (index: number, table: string, kind: string): string =>
  `SELECT '${index}', count(*)::text, coalesce(sum(hashtextextended(textin(record_out("a row\t")), 0)), 0)::text FROM ${kind === 'r' ? 'ONLY ' : ''}${table} AS "a row\t"`;

const LARGE_OBJECTS = `SELECT '', count(*)::text, coalesce(sum(hashtextextended(o.oid::text || encode(CASE WHEN current_setting('is_superuser')::bool THEN lo_get(o.oid) ELSE '' END, 'hex'), 0)), 0)::text FROM pg_largeobject_metadata AS o HAVING count(*) > 0`;

/** Whether nothing in one database is different from the other. */
export const sameState = (a: State, b: State): boolean => differingTables(a, b)?.length === 0;

/**
 * The tables with as many rows as in the other database, but other ones; `undefined` where more is different than rows.
 */
export function differingTables(a: State, b: State): string[] | undefined {
  if (a.digest !== b.digest || a.tables.size !== b.tables.size) return undefined;
  const differing: string[] = [];
  for (const [table, { count, digest }] of a.tables) {
    const other = b.tables.get(table);
    if (other?.count !== count) return undefined;
    if (other.digest !== digest) differing.push(table);
  }
  return differing;
}

/** A state as text, a line an object, and one a table with rows. */
export const textOf = (state: State): string =>
  [
    ...state.lines(),
    ...[...state.tables]
      .filter(([, { count }]) => count !== '0')
      .map(([table, { count, digest }]) => `ROWS OF ${table}: ${count}, digest ${digest}`)
      .sort(),
  ].join('\n');
