import { createHash } from 'node:crypto';
import { BASE, lasting, PARTS, READING, SHARED, SINCE, type Part } from './catalogs.ts';
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
  /** How often PostgreSQL has changed the rows of each relation; undefined where nobody has counted on. */
  counts: Counts | undefined;
  /** By their oids. */
  tables: ReadonlyMap<string, Table>;
  /** The rows of each table, by its name, with what has to be the same for them to be the same. */
  rows: ReadonlyMap<string, { version: string; rows: Rows }>;
}

/** By the name of a catalog, or the oid of another relation: the changes of its rows, and the deleted ones of them. */
type Counts = ReadonlyMap<string, { changes: string; deletions: string }>;

/** What was known, where another PostgreSQL has gone on from there: it counts anew. */
export const countedAnew = (known: Known | undefined): Known | undefined =>
  known && { ...known, counts: undefined, rows: new Map() };

/** What was read of a database, so that it can be written to a file: of one that has not changed since. */
export interface Kept {
  next: string;
  parts: [part: string, lines: Changed[]][];
  tables: [oid: string, table: Table][];
  rows: [table: string, rows: Rows][];
}

export const kept = ({ next, parts, tables, rows }: Known): Kept => ({
  next,
  parts: [...parts].map(([part, lines]) => [part, [...lines].map(([key, { label, text }]) => [key, label, text])]),
  tables: [...tables],
  rows: [...rows].map(([table, held]) => [table, held.rows]),
});

/** What is known at the start of a database of which everything was read earlier; what it counts begins now. */
export async function knownAtStart({ next, parts, tables, rows }: Kept, ask: Ask): Promise<Known> {
  const { counts } = await askCounts(ask);
  const versions = versionsOf(new Map(tables), counts);
  const lines = parts.map(([part, of]): [string, Map<string, Line>] => [
    part,
    new Map(of.map(([key, label, text]) => [key, lineOf(part, label, text as string)])),
  ]);
  const digest = flatMap(lines, ([, of]) => [...of.values()]).reduce((sum, line) => sum + line.digest, 0n);
  return {
    next,
    parts: new Map(lines),
    digest: BigInt.asUintN(128, digest),
    counts,
    tables: new Map(tables),
    rows: new Map(rows.map(([table, held]) => [table, { version: versions.get(table)!, rows: held }])),
  };
}

const lineOf = (part: string, label: string | null, text: string): Line => ({
  label,
  text,
  digest: BigInt(`0x${createHash('sha256').update(part).update('\0').update(text).digest('hex').slice(0, 32)}`),
});

/**
 * What one part says: how many objects there are, the lines of those that are new or changed, and the keys of all, if
 * they were asked for.
 */
type Answer = [part: string, objects: number, keys: string | null, changed: Changed[]];
type Changed = [key: string, label: string | null, text: string | Table];

/** The tables whose rows belong to the state. Of an extension, those that pg_dump dumps. */
const TABLES: Part = {
  name: 'tables',
  from: `pg_class AS o WHERE (o.relkind = 'r' OR o.relkind = 'm' AND o.relispopulated) AND o.oid >= 16384 AND ${lasting('o.relnamespace')}
    AND o.oid <> ALL (ARRAY(SELECT d.objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
      WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
        AND NOT d.objid = ANY (coalesce(e.extconfig, '{}'))))`,
  catalogs: ['pg_class', 'pg_depend', 'pg_extension'],
  key: 'o.oid',
  rows: ['o'],
  line: 'json_build_array(o.oid::regclass::text, o.relkind, pg_relation_size(o.oid) > 0, o.relfilenode::text)',
};

/**
 * How many rows of each relation were inserted, updated and deleted, also by what was rolled back: by name where it is
 * a catalog. TRUNCATE and what rewrites a table is not counted, but changes its relfilenode.
 */
const COUNTS = `
  SELECT CASE WHEN o.oid < 16384 THEN o.relname::text ELSE o.oid::text END, (c.inserted + c.updated + c.deleted)::text, c.deleted::text
  FROM pg_class AS o, LATERAL (SELECT pg_stat_get_tuples_inserted(o.oid) AS inserted, pg_stat_get_tuples_updated(o.oid) AS updated,
    pg_stat_get_tuples_deleted(o.oid) AS deleted OFFSET 0) AS c
  WHERE o.relkind IN ('r', 'm') AND o.relnamespace <> 'pg_toast'::regnamespace AND (o.oid < 16384 OR c.inserted + c.updated + c.deleted > 0)`;

/** The transaction that comes next, as text. */
const NEXT = '(txid_snapshot_xmax(txid_current_snapshot()) % 4294967296)::text';

/** The transaction since which everything has changed: the first one of initdb. */
const BEGINNING = "'1'::xid";

/** Whether a row has changed; rows of a subquery bring along how old the youngest row is that they are made of. */
const changedSince = ({ rows, also }: Part): string =>
  [
    ...(rows.length === 0 ? ['o.age'] : rows.map((row) => `age(${row}.xmin)`)).map(
      (age) => `${age} <= (SELECT age(${SINCE}))`,
    ),
    ...(also === undefined ? [] : [also]),
  ].join(' OR ');

/** @param keys whether to list all keys, as SQL */
const aggregate = (name: string, from: string, keys: string): string =>
  `SELECT '${name}'::text, count(*)::int, CASE WHEN ${keys} THEN coalesce(string_agg(CASE WHEN ${keys} THEN k::text END, ' '), '') END,
    coalesce(json_agg(json_build_array(k::text, label, line)) FILTER (WHERE c), '[]') FROM (${from}) AS s`;

/** @param since a transaction, as SQL @param keys whether to list all keys, as SQL */
function partQuery(part: Part, since: string, keys: string): string {
  const { name, from, key, label = 'NULL::text', line } = part;
  const changed = changedSince(part);
  return aggregate(
    name,
    `SELECT ${key} AS k, (${changed}) AS c, CASE WHEN ${changed} THEN ${label} END AS label, CASE WHEN ${changed} THEN ${line} END AS line FROM ${from}`,
    keys,
  ).replaceAll(SINCE, since);
}

/** Always in full: without the keys of what has not changed, there is nothing else. */
const sharedQueries = SHARED.map(({ name, from, label, line }) =>
  aggregate(name, `SELECT md5(${line}) AS k, true AS c, ${label} AS label, ${line} AS line FROM ${from}`, 'true'),
);

const inOneMessage = (queries: readonly string[]): string => `BEGIN;\n${READING}\n${queries.join(';\n')};\nROLLBACK`;

/** Statements in a transaction in which nothing can be changed. */
export const readingOnly = (sql: string): string => `BEGIN READ ONLY;\n${sql};\nROLLBACK`;

/** What a database was before anything was run in it. */
export interface Base {
  /** The major version of PostgreSQL. */
  version: number;
  /** The transaction behind the last one of initdb. */
  next: string;
}

/** Asks for it of a database, named as SQL, that initdb or CREATE DATABASE has just made; its rows are frozen. */
export const baseQuery = (database: string): string =>
  `SELECT current_setting('server_version_num')::int / 10000, datfrozenxid::text FROM pg_database WHERE datname = ${database}`;

export function baseOf(answers: unknown[][][]): Base {
  const [version, next] = answers[0]![0]!;
  return { version: Number(version), next: String(next) };
}

function partsOf({ version, next }: Base): Part[] {
  const base = `'${next}'::xid`;
  return [TABLES, ...PARTS]
    .filter(({ since = 0 }) => since <= version)
    .map((part) => ({ ...part, from: part.from.replaceAll(BASE, base) }));
}

/** All that a state is read with. */
export const QUERIES = [
  ...partsOf({ version: Infinity, next: '' }).map((part) => partQuery(part, '', '')),
  ...sharedQueries,
];

/** How a session that is read many times over has the queries ready. */
const statement = (name: string): string => `"sql-lint: ${name}"`;

/**
 * Prepares what `readState` often asks, once in the life of a session; it has to be kept when the session is reset.
 */
export function prepareReading(base: Base): string {
  const parts = partsOf(base).filter(({ isRare }) => !isRare);
  return [
    `SET search_path = pg_catalog`,
    ...parts.map((part) => `PREPARE ${statement(part.name)} (xid, bool) AS ${partQuery(part, '$1', '$2')}`),
    `PREPARE ${statement('counts')} AS ${COUNTS}`,
    `RESET search_path`,
    // A session that goes back to where a statement had no plan would plan it again each time. Nothing is told here.
    inOneMessage(parts.map((part) => `EXECUTE ${statement(part.name)} (${NEXT}::xid, false)`)),
  ].join(';\n');
}

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
  const now = update(known, asked, reading.isOurs);
  // Other lines may speak of what has another name now.
  if (!now) return readState(ask, { ...reading, known: undefined });
  const holds = isReshaped(known, asked.said) ? known && { ...known, rows: new Map() } : known;
  const rows = await readRows(ask, now.tables, youngTablesOf(asked), asked.counts, holds);
  const state = {
    digest: now.digest.toString(16),
    lines: () => linesOf(now.parts),
    tables: new Map([...rows].map(([table, { rows: held }]) => [table, held])),
  };
  return { state, known: { ...now, counts: asked.counts, rows } };
}

/** What was asked of the catalogs. */
interface Asked {
  next: string;
  said: Answer[];
  counts?: Counts;
}

/** Asks for everything, in a session that knows no prepared statements. */
async function askAll(ask: Ask, parts: readonly Part[]): Promise<Asked> {
  const queries = parts.map((part) => partQuery(part, BEGINNING, 'true'));
  const [[next], ...said] = (await ask(inOneMessage([`SELECT ${NEXT}`, ...sharedQueries, ...queries]))) as [
    [[string]],
    ...Answer[][],
  ];
  return { next: next[0], said: said.map(([answer]) => answer!) };
}

/** Asks for what may have changed since: by what PostgreSQL has counted, and by the age of the rows. */
async function askPrepared(ask: Ask, parts: readonly Part[], known: Known | undefined): Promise<Asked> {
  const { next, counts } = await askCounts(ask);
  const isSame = (of: 'changes' | 'deletions') => (catalog: string) =>
    counts.has(catalog) && counts.get(catalog)![of] === known?.counts?.get(catalog)?.[of];
  const since = known ? `'${known.next}'::xid` : BEGINNING;
  const execute = (part: Part, keys: boolean) =>
    part.isRare ? partQuery(part, since, `${keys}`) : `EXECUTE ${statement(part.name)} (${since}, ${keys})`;
  const changed = parts.filter((part) => !catalogsOf(part).every(isSame('changes')));
  const said = await answersTo(ask, [
    ...(SHARED_OF.every(isSame('changes')) ? [] : sharedQueries),
    ...changed.map((part) => execute(part, known !== undefined && !catalogsOf(part).every(isSame('deletions')))),
  ]);
  const unclear = said.filter((answer) => answer[2] === null && !isComplete(known, answer)).map(([name]) => name);
  const again = changed.filter(({ name }) => unclear.includes(name)).map((part) => execute(part, true));
  const others = said.filter(([name]) => !unclear.includes(name));
  return { next, said: [...others, ...(await answersTo(ask, again))], counts };
}

async function askCounts(ask: Ask): Promise<{ next: string; counts: Counts }> {
  const [[[next]], counted] = (await ask(inOneMessage([`SELECT ${NEXT}`, `EXECUTE ${statement('counts')}`]))) as [
    [[string]],
    [string, string, string][],
  ];
  return { next, counts: new Map(counted.map(([of, changes, deletions]) => [of, { changes, deletions }])) };
}

async function answersTo(ask: Ask, queries: readonly string[]): Promise<Answer[]> {
  return queries.length === 0 ? [] : (await ask(inOneMessage(queries))).map(([row]) => row as Answer);
}

/** Whether what was known and what has changed is all that there is: then nothing is gone. */
const isComplete = (known: Known | undefined, [part, objects, , changed]: Answer): boolean => {
  const before = part === TABLES.name ? known?.tables : known?.parts.get(part);
  const added = changed.filter(([key]) => !before?.has(key)).length;
  return objects === (before?.size ?? 0) + added;
};

const youngTablesOf = ({ said }: Asked): Set<string> =>
  new Set(flatMap(said, ([part, , , changed]) => (part === TABLES.name ? changed.map(([key]) => key) : [])));

/** The catalogs that tell of roles, memberships and settings. */
const SHARED_OF = ['pg_authid', 'pg_auth_members', 'pg_db_role_setting'];

const catalogsOf = ({ from, catalogs }: Part): readonly string[] => catalogs ?? [/\bpg_\w+/.exec(from)![0]];

/** What a row looks like depends on these parts too. */
const SHAPES = new Set(['columns', 'type', 'enum', 'range']);

/** Whether rows that nobody has changed may look otherwise than before. */
const isReshaped = (known: Known | undefined, said: readonly Answer[]): boolean =>
  said.some(
    ([part, , , changed]) => SHAPES.has(part) && changed.some(([key]) => known?.parts.get(part)?.has(key) ?? true),
  );

/** Adds what has changed to what was known; `undefined` where something that was known has another name now. */
function update(
  known: Known | undefined,
  { next, said }: Asked,
  isOurs?: (role: string) => boolean,
): Pick<Known, 'next' | 'parts' | 'digest' | 'tables'> | undefined {
  const parts = new Map(known?.parts);
  let tables = known?.tables ?? new Map<string, Table>();
  let digest = known?.digest ?? 0n;
  for (const answer of said) {
    const [part] = answer;
    if (part === TABLES.name) {
      const now = merged(known?.tables, answer, ([, , table]) => table as Table);
      if (!now) return undefined;
      tables = now;
      continue;
    }
    const before = known?.parts.get(part);
    const now = merged(before, answer, ([, label, text]) =>
      isOurs && isOfOthers(part, label!, text as string, isOurs) ? undefined : lineOf(part, label, text as string),
    );
    if (!now || [...now].some(([key, { label }]) => before?.has(key) && isRenamed(part, before.get(key)!.label, label)))
      return undefined;
    for (const [key, line] of before ?? []) if (now.get(key) !== line) digest -= line.digest;
    for (const [key, line] of now) if (before?.get(key) !== line) digest += line.digest;
    parts.set(part, now);
  }
  return { next, parts, digest: BigInt.asUintN(128, digest), tables };
}

/**
 * Whether a line tells of a role that the migrations have not made: others use the server too, and make roles, and
 * members of them, while a migration runs.
 */
function isOfOthers(part: string, label: string, text: string, isOurs: (role: string) => boolean): boolean {
  if (part === 'role') return !isOurs(label);
  // A setting without a role is the database's.
  if (part === 'setting') return label !== '' && !isOurs(label);
  if (part !== 'membership' || isOurs(label)) return false;
  const of = / IN ("(?:[^"]|"")+"|\S+) BY /.exec(text)?.[1];
  return of === undefined || !isOurs(of.startsWith('"') ? of.slice(1, -1).replaceAll('""', '"') : of);
}

/**
 * What was known and is still there, and what is new or changed.
 * @returns `undefined` where something is there that was neither known nor has changed
 */
function merged<T>(
  before: ReadonlyMap<string, T> | undefined,
  [, , keys, changed]: Answer,
  make: (changed: Changed) => T | undefined,
): Map<string, T> | undefined {
  const young = new Set(changed.map(([key]) => key));
  const after = new Map<string, T>(keys === null ? before : []);
  for (const key of keys?.split(' ') ?? []) {
    const same = before?.get(key);
    if (same !== undefined) after.set(key, same);
    else if (before && key !== '' && !young.has(key)) return undefined;
  }
  for (const object of changed) {
    const made = make(object);
    if (made === undefined) after.delete(object[0]);
    else after.set(object[0], made);
  }
  return after;
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

type Table = [table: string, kind: string, hasPages: boolean, file: string];

/** More tables are not asked for in one statement: planning them all at once takes memory. */
const TABLES_AT_ONCE = 100;

/** Counts change with large objects, but nothing else does. */
const LARGE = 'large objects';

/**
 * @param young the oids of the tables of which it was asked just now whether they hold rows
 * @param known what holds of the tables that have not changed since
 */
async function readRows(
  ask: Ask,
  all: Known['tables'],
  young: ReadonlySet<string>,
  counts: Counts | undefined,
  known: Known | undefined,
): Promise<Known['rows']> {
  const versions = versionsOf(all, counts);
  const rows = new Map<string, { version: string; rows: Rows }>();
  const isKnown = (table: string): boolean => {
    const old = counts && known?.counts && known.rows.get(table);
    if (old?.version !== versions.get(table)) return false;
    rows.set(table, old!);
    return true;
  };
  const set = (table: string, count: string, digest: string) =>
    rows.set(table, { version: versions.get(table)!, rows: { count, digest } });
  const open = [...all].filter(([, [table]]) => !isKnown(table));
  for (const [, [table]] of open) set(table, '0', '0');
  const filled = open.filter(([oid, [, , hasPages]]) => hasPages || !young.has(oid)).map(([, table]) => table);
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

/** What has to be the same for the rows of a table to be the same. */
function versionsOf(tables: Known['tables'], counts: Counts | undefined): Map<string, string> {
  const changesOf = (name: string) => counts?.get(name)?.changes ?? '0';
  const versions = new Map([...tables].map(([oid, [table, , , file]]) => [table, `${oid} ${file} ${changesOf(oid)}`]));
  return versions.set(LARGE, `${changesOf('pg_largeobject')} ${changesOf('pg_largeobject_metadata')}`);
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
