/**
 * Advisory locks, so that two runs never change one database at the same time. The one that watches holds a lock for
 * all of the run. The one that works takes another for each file: its process on the server may still be busy when the
 * run itself has been killed.
 */
import type { Live } from '../database/live.ts';
import { UserError } from '../errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** `sqll`, as a number. */
const CLASS = 0x73716c6c;

const LOCKS = { watch: 1, work: 2 } as const;

type LockName = keyof typeof LOCKS;

/** Who keeps a lock, or keeps somebody from a lock. */
export interface Holder {
  pid: number;
  application: string;
  user: string;
  state: string;
  /** How long its statement, or its transaction, has been going on, in seconds. */
  seconds: number;
  query: string;
}

const HOLDER = `a.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''), coalesce(a.state, ''),
  coalesce(extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start, a.backend_start)), 0)::float8,
  coalesce(left(a.query, 200), '')`;

/**
 * Takes a lock of the session.
 * @param wait how long others may keep it, in milliseconds
 * @throws UserError that names who keeps it
 */
export async function takeLock(
  live: Live,
  name: LockName,
  {
    wait,
    signal,
    onWait,
  }: { wait: number; signal?: AbortSignal | undefined; onWait?: (holder: Holder | undefined) => void },
): Promise<void> {
  const until = Date.now() + wait;
  for (;;) {
    const [[taken]] = (await live.ask(`SELECT pg_try_advisory_lock(${CLASS}, ${LOCKS[name]})`)) as [[[boolean]]];
    if (taken[0]) return;
    const holder = await holderOf(live, name);
    if (Date.now() >= until) throw new UserError(`another run is changing this database: ${describeHolder(holder)}`);
    onWait?.(holder);
    await sleep(250, undefined, { signal });
  }
}

/** Whether the session still has a lock: behind a pooler it may be another one by now. */
export async function hasLock(live: Live, name: LockName): Promise<boolean> {
  const answer = await live.ask(`SELECT true FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND pid = pg_backend_pid() AND classid = ${CLASS} AND objid = ${LOCKS[name]} AND objsubid = 2`);
  return answer.length > 0;
}

async function holderOf(live: Live, name: LockName): Promise<Holder | undefined> {
  const [rows] = await live.ask(`SELECT ${HOLDER} FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ${CLASS} AND l.objid = ${LOCKS[name]} AND l.objsubid = 2
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
  return rows?.map(readHolder)[0];
}

/** Who keeps a process from going on. */
export async function blockersOf(live: Live, pid: number): Promise<Holder[]> {
  const [rows = []] = await live.ask(
    `SELECT ${HOLDER} FROM pg_stat_activity AS a WHERE a.pid = ANY (pg_blocking_pids(${pid})) ORDER BY a.pid`,
  );
  return rows.map(readHolder);
}

const readHolder = (row: unknown[]): Holder => {
  const [pid, application, user, state, seconds, query] = row as [number, string, string, string, number, string];
  return { pid, application, user, state, seconds, query };
};

/** Who it is, what it does and since when, in words. */
export function describeHolder(holder: Holder | undefined): string {
  if (!holder) return 'its lock is held by a session that this role may not see';
  const { pid, application, user, state, seconds, query } = holder;
  const names = [...(application === '' ? [] : [application]), ...(user === '' ? [] : [`as ${user}`])];
  const who = names.length > 0 ? ` (${names.join(' ')})` : '';
  const doing = query === '' ? '' : `: ${query.replace(/\s+/g, ' ').trim()}`;
  return `process ${pid}${who}, ${state || 'active'} for ${seconds.toFixed(0)} s${doing}`;
}
