/**
 * Measures the locks of a migration: each statement runs in a transaction of its own, PostgreSQL is asked which locks
 * it holds on relations that were there before the file, and which of them it has rewritten or read in full.
 */
import { LOCK_MODES, stoppedBy, stronger, strengthOf, type LockMode } from '../catalog/locks/types.ts';
import { quoteLiteral } from '../catalog/names.ts';
import type { Session, Step } from '../database/types.ts';
import { UserError } from '../errors.ts';
import { Lines } from '../lines.ts';
import type { MigrationFile } from './types.ts';

/** What a statement did to one relation. */
export interface MeasuredLock {
  relation: string;
  lock: LockMode;
}

export interface MeasuredStatement {
  line: number;
  /** Its first line. */
  sql: string;
  locks: readonly MeasuredLock[];
  /** The relations whose rows it has written into a new file; `index i` for an index that was built anew. */
  rewrites: readonly string[];
  /** The tables that it has read in full. */
  scans: readonly string[];
  /** What could not be measured, and why. */
  note?: string;
}

export interface MeasuredFile {
  path: string;
  statements: readonly MeasuredStatement[];
  /** Why the rest of the file was not measured. */
  stopped?: string;
}

/** The SQLSTATE with which a measurement ends: its result is the message, and nothing of it stays. */
const RESULT = 'ZZ003';
const OUTSIDE_ONLY = new Set(['25001', '2D000']);

/** The relations outside of the catalogs, with the files that hold them and how often they were read. */
const RELATIONS = `SELECT c.oid, n.nspname, c.relname, c.relkind::text AS kind, pg_relation_filenode(c.oid) AS file,
    CASE WHEN c.relkind IN ('r', 'm') THEN pg_stat_get_xact_numscans(c.oid) ELSE 0 END AS scans
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_|^information_schema$' AND c.relkind IN ('r', 'p', 'm', 'v', 'i', 'I', 'S')`;

const raise = (query: string): string =>
  `DO $measure$ BEGIN RAISE EXCEPTION USING ERRCODE = '${RESULT}', MESSAGE = (${query}); END $measure$`;

/** The oids of the relations that there are. */
const EXISTING = raise(`SELECT coalesce(json_agg(oid), '[]')::text FROM (${RELATIONS}) r`);

/** What is known before a statement, kept in the transaction in which it runs. */
const BEFORE = `CREATE TEMP TABLE sql_lint_before ON COMMIT DROP AS ${RELATIONS}`;

/** What has become of the relations since, for those that were there before the file. */
const afterQuery = (old: readonly number[]): string =>
  raise(`SELECT json_build_object(
    'locks', (SELECT coalesce(json_agg(json_build_array(b.nspname, b.relname, b.kind, l.mode)), '[]') FROM pg_locks l
      JOIN sql_lint_before b ON b.oid = l.relation WHERE l.pid = pg_backend_pid() AND l.granted
      AND b.oid = ANY(${arrayOf(old)})),
    'changes', (SELECT coalesce(json_agg(json_build_array(b.nspname, b.relname, b.kind, a.file IS DISTINCT FROM b.file,
        a.scans > b.scans)), '[]') FROM (${RELATIONS}) a JOIN sql_lint_before b ON b.oid = a.oid
      WHERE b.oid = ANY(${arrayOf(old)}) AND (a.file IS DISTINCT FROM b.file OR a.scans > b.scans)))::text`);

const arrayOf = (oids: readonly number[]): string => `${quoteLiteral(`{${oids.join(',')}}`)}::oid[]`;

const step = (sql: string): Step => ({ sql, offset: 0 });

/** Measures a file on a database in which all before it have run. */
export async function measureFile(
  session: Session,
  file: MigrationFile,
  steps: readonly Step[],
): Promise<MeasuredFile> {
  const listed = await session.run([step(EXISTING)], 'stop');
  if (listed?.code !== RESULT) throw new UserError(`the relations cannot be read: ${listed?.message ?? 'no result'}`);
  const old = JSON.parse(listed.message) as number[];
  const lines = new Lines(file.text);
  const statements: MeasuredStatement[] = [];
  for (const own of steps) {
    const head = { line: lines.locate(own.offset).line, sql: own.sql.trim().split('\n', 1)[0]! };
    // A transaction of the file would end the one of the measurement.
    if (!/^(?:begin|start|commit|end|rollback|abort|savepoint|release)\b/i.test(own.sql)) {
      const found = await measure(session, own, old);
      if (found) statements.push({ ...head, ...found });
    }
    // Each statement runs by itself: what holds for a transaction only must hold on.
    const failure = await session.run([{ ...own, sql: own.sql.replace(/^(\s*set\s+)local\b/i, '$1') }], 'continue');
    if (failure) return { path: file.path, statements, stopped: `line ${head.line}: ${failure.message}` };
  }
  return { path: file.path, statements };
}

type Found = Pick<MeasuredStatement, 'locks' | 'rewrites' | 'scans' | 'note'>;

/** What a statement does, in a transaction that is rolled back; undefined where it touches nothing that was there. */
async function measure(session: Session, own: Step, old: readonly number[]): Promise<Found | undefined> {
  const failure = await session.run([step('BEGIN'), step(BEFORE), own, step(afterQuery(old))], 'stop');
  await session.run([step('ROLLBACK')], 'continue');
  if (failure?.code === RESULT) return read(failure.message);
  if (failure && OUTSIDE_ONLY.has(failure.code))
    return {
      locks: [],
      rewrites: [],
      scans: [],
      note:
        'it runs outside of transactions only, where its locks cannot be asked for in one session; docs/statements.md ' +
        'has them',
    };
  return undefined;
}

type Named = [schema: string, name: string, kind: string];

function read(message: string): Found | undefined {
  const { locks, changes } = JSON.parse(message) as {
    locks: [...Named, mode: string][];
    changes: [...Named, isRewritten: boolean, isRead: boolean][];
  };
  const strongest = new Map<string, LockMode>();
  for (const [schema, name, kind, mode] of locks) {
    const relation = nameOf(schema, name, kind);
    const lock = modeOf(mode);
    const known = strongest.get(relation);
    if (known === undefined || strengthOf(lock) > strengthOf(known)) strongest.set(relation, lock);
  }
  if (strongest.size === 0 && changes.length === 0) return undefined;
  const named = (isMeant: (change: (typeof changes)[number]) => boolean) =>
    changes.filter(isMeant).map(([schema, name, kind]) => nameOf(schema, name, kind));
  return {
    locks: [...strongest].map(([relation, lock]) => ({ relation, lock })),
    rewrites: named(([, , , isRewritten]) => isRewritten),
    scans: named(([, , , isRewritten, isRead]) => isRead && !isRewritten),
  };
}

const nameOf = (schema: string, name: string, kind: string): string =>
  `${kind === 'i' || kind === 'I' ? 'index ' : kind === 'S' ? 'sequence ' : ''}${schema === 'public' ? '' : `${schema}.`}${name}`;

/** `AccessExclusiveLock` as SQL calls it. */
function modeOf(mode: string): LockMode {
  const words = mode
    .replace(/Lock$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
  return LOCK_MODES.find((known) => known === words) ?? 'ACCESS SHARE';
}

/** The locks of a statement, without those on indexes and sequences, for which clients do not wait by themselves. */
export const locksOnTables = ({ locks }: Pick<MeasuredStatement, 'locks'>): readonly MeasuredLock[] =>
  locks.filter(({ relation }) => !/^(?:index|sequence) /.test(relation));

/** Whom the locks of a statement stop. */
export function whoIsStopped(statement: MeasuredStatement): string {
  const modes = locksOnTables(statement).map(({ lock }) => lock);
  return (modes.length > 0 && stoppedBy(modes.reduce(stronger))) || 'nothing';
}
