/**
 * Reads facts about locks, and holds what the preset `safety` finds against them. A fact names the locks that statements
 * hold at the end of their transaction, the relations that they rewrite, and those that they read in full:
 *
 *     -- case: add-check
 *     -- lock: t AccessExclusiveLock
 *     -- rewrite: -
 *     -- scan: t
 *     -- setup
 *     CREATE TABLE t (n int);
 *     -- run
 *     ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0);
 *
 * `error: 42P01` says that the statements fail, and `only: 15` that the fact is one of that version alone. Other lines
 * above the setup are for people.
 */
import { play } from '../../src/history/play.ts';
import { World } from '../../src/history/world.ts';
import { lintText } from '../../src/linter/linter.ts';
import { presetRules } from '../../src/linter/presets.ts';
import { Script } from '../../src/syntax/script.ts';

export interface Fact {
  name: string;
  line: number;
  /** By the relation, the name of its lock. */
  locks: ReadonlyMap<string, string>;
  rewrites: readonly string[];
  scans: readonly string[];
  error: string | undefined;
  /** The version of PostgreSQL that the fact is one of. */
  version: number | undefined;
  setup: string;
  run: string;
}

/** The rules that say that others wait for work on a whole table. */
const isOfWork = (rule: string | null): boolean => /^no-(?:blocking-|table-rewrite$)/.test(rule ?? '');

/** What the three rules find for a fact, and whether it is what the fact says. */
export interface Verdict {
  fact: Fact;
  found: readonly { rule: string; line: number; message: string }[];
  /** What is wrong; undefined where the fact and the findings agree. */
  wrong: string | undefined;
}

const list = (text: string | undefined): string[] =>
  (text ?? '-')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '' && item !== '-');

export function readFacts(text: string): Fact[] {
  const facts: Fact[] = [];
  const lines = text.split('\n');
  const starts = lines.flatMap((line, k) => (/^-- case:/.test(line) ? [k] : []));
  for (const [k, start] of starts.entries()) {
    const own = lines.slice(start, starts[k + 1] ?? lines.length);
    const setupAt = own.findIndex((line) => /^-- setup\s*$/.test(line));
    const runAt = own.findIndex((line) => /^-- run\s*$/.test(line));
    const headEnd = setupAt >= 0 ? setupAt : runAt;
    const head = new Map(
      own.slice(0, headEnd).flatMap((line) => {
        const found = /^-- ([\w-]+):\s*(.*)$/.exec(line);
        return found ? [[found[1]!, found[2]!.trim()] as const] : [];
      }),
    );
    const locks = list(head.get('lock')).map((item) => {
      const [, relation, mode] = /^(.*\S)\s+(\w+Lock)\b/.exec(item) ?? [];
      return [relation ?? item, mode ?? ''] as const;
    });
    facts.push({
      name: head.get('case') ?? '',
      line: start + 1,
      locks: new Map(locks),
      rewrites: list(head.get('rewrite')),
      scans: list(head.get('scan')),
      error: head.has('error') ? /^\w+/.exec(head.get('error')!)?.[0] : undefined,
      version: head.has('only') ? Number.parseInt(head.get('only')!, 10) : undefined,
      setup: setupAt >= 0 ? own.slice(setupAt + 1, runAt).join('\n') : '',
      run: own.slice(runAt + 1).join('\n'),
    });
  }
  return facts;
}

const STOPS_WRITERS = new Set(['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']);

/** Whether a fact says that a relation is rewritten, read or indexed while others wait; undefined for `depends`. */
export function expectsFinding({ locks, rewrites, scans, error, setup, run }: Fact): boolean | undefined {
  // Whether a statement fails on its rows, no linter knows.
  if (error !== undefined) return /^2[23]/.test(error) ? undefined : false;
  if (rewrites.some((relation) => !/^(?:sequence|index):/.test(relation))) return true;
  // An index is built from the rows of its table: where these are not read, another one has taken its name. SET
  // TABLESPACE copies it.
  const isCopied = /\bset\s+tablespace\b/i.test(run) && rewrites.some((relation) => relation.startsWith('index:'));
  if (isCopied || (rewrites.some((relation) => relation.startsWith('index:')) && scans.length > 0)) return true;
  const isStopped = (relation: string): boolean => {
    const lock = locks.get(relation);
    // Of a materialized view that others read, only the full lock and one that keeps it from being filled count.
    if (lock === 'ExclusiveLock' && isMaterialized(relation, setup)) return false;
    return lock !== undefined && STOPS_WRITERS.has(lock);
  };
  // Rows that are changed before the first other statement are read before its lock is taken; which statement has read
  // them the fact does not say.
  if (scans.some(isStopped)) return changesFirst(run) ? undefined : true;
  return buildsOnEmpty(locks, setup, run);
}

const changesFirst = (run: string): boolean =>
  /^\s*(?:update|delete|insert|merge)\b/i.test(run) && /;\s*(?:alter|create|drop|truncate|lock|reindex)\b/i.test(run);

const isMaterialized = (relation: string, setup: string): boolean =>
  new RegExp(`materialized\\s+view\\s+(?:if\\s+not\\s+exists\\s+)?${relation}\\b`, 'i').test(setup);

/** Whether an index is built on a table without rows, which reads nothing in the fact, and much where it has some. */
function buildsOnEmpty(locks: Fact['locks'], setup: string, run: string): boolean {
  const [, table] = /^\s*create\s+(?:unique\s+)?index\s+\w+\s+on\s+(\w+)/i.exec(run) ?? [];
  if (table === undefined || !STOPS_WRITERS.has(locks.get(table) ?? '')) return false;
  const [made] = new RegExp(`create\\s+table\\s+${table}\\s*\\([^;]*\\)\\s*;`, 'i').exec(setup) ?? [];
  const isPlain = made !== undefined && !/partition\s+by/i.test(made);
  return isPlain && !new RegExp(`insert\\s+into\\s+${table}\\b`, 'i').test(setup);
}

/** What belongs to the session of the setup, and not to the database that it leaves. */
const OF_SESSION = /^(?:set\b(?!\s+constraints)|create\s+temp(?:orary)?\b|prepare\b)/i;

/**
 * Lints the statements of a fact with `safety`, behind its setup as an earlier migration. What the setup changes of its
 * session, the statements find as well: it stands above them.
 */
export function judge(fact: Fact): Verdict {
  const world = new World();
  const earlier = new Script(fact.setup);
  play(earlier.statements, world);
  const ofSession = earlier.statements.filter(({ text }) => OF_SESSION.test(text));
  const text = [...ofSession.map((statement) => `${statement.text};`), fact.run].join('\n');
  const { messages } = lintText(text, 'migrations/2_run.sql', {
    rules: presetRules('safety'),
    world,
    kind: { tool: undefined, role: 'up' },
    ...(fact.version !== undefined && { fix: { postgresVersion: fact.version } }),
  });
  const found = messages
    .filter(({ ruleId }) => isOfWork(ruleId))
    .map(({ ruleId, line, message }) => ({ rule: ruleId!, line, message }));
  const expected = expectsFinding(fact);
  const wrong =
    expected === undefined || expected === found.length > 0
      ? undefined
      : expected
        ? 'not found'
        : `found ${found.map(({ rule }) => rule).join(', ')}`;
  return { fact, found, wrong };
}
