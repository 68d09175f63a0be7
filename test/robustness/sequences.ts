/**
 * Migrations whose statements undo, rename, swap and refill what the others make: few names, so that they meet. Which
 * candidates run is found out on PostgreSQL. What `--fix` makes of them is run from several states, cut and sent as one
 * message.
 */
import { fixText } from '../../src/linter/fix.ts';
import { World } from '../../src/history/world.ts';
import { play } from '../../src/history/play.ts';
import { Script } from '../../src/syntax/script.ts';
import { sameState } from '../../src/database/state.ts';
import type { Engine, Session, Step } from '../../src/database/types.ts';
import { oneMessage, statementByStatement } from '../../src/project/runners.ts';
import { stepsAsSent } from '../../src/verify/sending.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { difference } from '../support/database.ts';
import { secondRunRules } from '../support/fixtures.ts';

/** Numbers from a seed, each below a bound. */
type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * below);
  };
}

/** Statements that are tried in their order; those that PostgreSQL refuses are left out. */
interface Candidates {
  /** What earlier migrations have run. */
  history: string[];
  /** What somebody else has made in a database that does not have that history. */
  stale: string[];
  migration: string[];
}

interface SequenceRun {
  /** Whether there was anything to run. */
  isRun: boolean;
  /** Whether something was left to say of the fixed migration. */
  isReported: boolean;
  violation: string | undefined;
}

type Make = (pick: Pick) => string;

class Pick {
  private readonly random: Random;
  constructor(random: Random) {
    this.random = random;
  }
  of(...items: string[]): string {
    return items[this.random(items.length)]!;
  }
  maybe(text: string): string {
    return this.random(2) === 0 ? text : '';
  }
  table = () => this.of('t', 'u', 'v');
  column = () => this.of('a', 'b', 'c');
  view = () => this.of('w', 'x');
  type = () => this.of('e', 'f');
  index = () => this.of('i', 'j');
  constraint = () => this.of('k', 'l');
  label = () => this.of("'one'", "'two'", "'three'");
  value = () => this.of('1', '2', '3');
}

const TABLES: Make[] = [
  (p) => `CREATE TABLE ${p.maybe('IF NOT EXISTS ')}${p.table()} (id int PRIMARY KEY, a int, b text)`,
  (p) => `CREATE TABLE ${p.table()} (a int, c ${p.of('e', 'f', 'int')})`,
  (p) => `CREATE TABLE ${p.table()} (id serial PRIMARY KEY, a int UNIQUE DEFAULT ${p.value()})`,
  (p) => `CREATE TABLE ${p.table()} (id int PRIMARY KEY REFERENCES ${p.table()}, b text)`,
  (p) => `CREATE TABLE ${p.table()} AS SELECT * FROM ${p.table()}`,
  (p) => `CREATE TABLE ${p.table()} (LIKE ${p.table()} INCLUDING ALL)`,
  (p) => `DROP TABLE ${p.maybe('IF EXISTS ')}${p.table()}${p.maybe(' CASCADE')}`,
  (p) => `ALTER TABLE ${p.table()} RENAME TO ${p.table()}`,
  (p) => `ALTER TABLE ${p.table()} SET SCHEMA ${p.of('z', 'public')}`,
  (p) => `CREATE TEMP TABLE m AS SELECT * FROM ${p.table()}`,
  (p) => `INSERT INTO ${p.table()} SELECT * FROM m`,
  () => 'DROP TABLE m',
  (p) => `ALTER TABLE ${p.table()} ENABLE ROW LEVEL SECURITY`,
  (p) => `CREATE POLICY ${p.of('p', 'q')} ON ${p.table()} USING (${p.column()} IS NOT NULL)`,
  (p) => `DROP POLICY ${p.maybe('IF EXISTS ')}${p.of('p', 'q')} ON ${p.table()}`,
  (p) => `ALTER POLICY p ON ${p.table()} RENAME TO q`,
];

const COLUMNS: Make[] = [
  (p) => `ALTER TABLE ${p.table()} RENAME ${p.column()} TO ${p.column()}`,
  (p) =>
    `ALTER TABLE ${p.table()} ADD COLUMN ${p.maybe('IF NOT EXISTS ')}${p.column()} ${p.of('int', 'text', 'e', 'bigint')}`,
  (p) => `ALTER TABLE ${p.table()} ADD COLUMN ${p.column()} int NOT NULL DEFAULT ${p.value()}`,
  (p) => `ALTER TABLE ${p.table()} DROP COLUMN ${p.maybe('IF EXISTS ')}${p.column()}${p.maybe(' CASCADE')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.column()} TYPE ${p.of('text', 'bigint', 'numeric(10, 2)', 'varchar(9)')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER a TYPE int USING a::int * ${p.value()}`,
  (p) => `ALTER TABLE ${p.table()} ALTER c TYPE ${p.type()} USING c::text::${p.type()}`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.column()} ${p.of('SET NOT NULL', 'DROP NOT NULL', 'DROP DEFAULT')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER ${p.column()} SET DEFAULT ${p.of('1', "'one'", 'NULL')}`,
  (p) => `ALTER TABLE ${p.table()} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}CHECK (${p.column()} IS NOT NULL)`,
  (p) => `ALTER TABLE ${p.table()} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}UNIQUE (${p.column()})`,
  (p) =>
    `ALTER TABLE ${p.table()} ADD ${p.maybe(`CONSTRAINT ${p.constraint()} `)}FOREIGN KEY (a) REFERENCES ${p.table()}`,
  (p) => `ALTER TABLE ${p.table()} DROP CONSTRAINT ${p.maybe('IF EXISTS ')}${p.constraint()}`,
  (p) => `ALTER TABLE ${p.table()} RENAME CONSTRAINT ${p.constraint()} TO ${p.constraint()}`,
  (p) => `CREATE ${p.maybe('UNIQUE ')}INDEX ${p.maybe(p.index())} ON ${p.table()} (${p.column()})`,
  (p) => `DROP INDEX ${p.maybe('IF EXISTS ')}${p.index()}`,
  (p) => `ALTER INDEX ${p.index()} RENAME TO ${p.index()}`,
];

const ROWS: Make[] = [
  (p) => `INSERT INTO ${p.table()} (id, a) VALUES (${p.value()}, ${p.value()})`,
  (p) => `INSERT INTO ${p.table()} (a) VALUES (${p.value()})`,
  (p) => `INSERT INTO ${p.table()} (b) VALUES (${p.label()})`,
  (p) => `INSERT INTO ${p.table()} (c) VALUES (${p.label()})`,
  (p) => `INSERT INTO ${p.table()} SELECT * FROM ${p.table()}`,
  (p) => `INSERT INTO ${p.table()} (id, a) VALUES (${p.value()}, 1) ON CONFLICT DO NOTHING`,
  (p) => `UPDATE ${p.table()} SET a = ${p.value()}${p.maybe(` WHERE a = ${p.value()}`)}`,
  (p) => `UPDATE ${p.table()} SET ${p.of('a = a + 1', "b = b || '!'", 'a = id', 'id = id + 10')}`,
  (p) => `UPDATE ${p.table()} SET b = ${p.label()} WHERE b = ${p.label()}`,
  (p) => `DELETE FROM ${p.table()}${p.maybe(` WHERE a = ${p.value()}`)}`,
  (p) => `DELETE FROM ${p.table()} WHERE id = (SELECT max(id) FROM ${p.table()})`,
  (p) => `TRUNCATE ${p.table()}${p.maybe(' CASCADE')}`,
  (p) => `UPDATE ${p.table()} SET a = (SELECT m FROM y)${p.maybe(' WHERE a IS NULL')}`,
  (p) => `INSERT INTO ${p.table()} (a) SELECT m FROM y`,
  (p) => `UPDATE t SET a = (SELECT max(a) FROM ${p.table()} WHERE c::text = b)`,
  (p) =>
    `INSERT INTO ${p.table()} (id, a) SELECT 7, ${p.value()} WHERE NOT EXISTS (SELECT FROM t WHERE ${p.of('a', 'id')} = ${p.of('7', p.value())})`,
  (p) =>
    `INSERT INTO u (a) SELECT x.a FROM t x LEFT JOIN u y ON y.a = x.${p.of('a', 'id')} WHERE ${p.of('y.a IS NULL', 'x.id > 1')}`,
  (p) => `WITH d AS (DELETE FROM ${p.table()} RETURNING *) INSERT INTO ${p.table()} SELECT * FROM d`,
];

const OTHERS: Make[] = [
  (p) => `CREATE TYPE ${p.type()} AS ENUM (${p.of("'one', 'two'", "'one', 'two', 'three'", "'one'")})`,
  (p) => `ALTER TYPE ${p.type()} ADD VALUE ${p.maybe('IF NOT EXISTS ')}${p.label()}`,
  (p) => `ALTER TYPE ${p.type()} RENAME VALUE ${p.label()} TO ${p.label()}`,
  (p) => `ALTER TYPE ${p.type()} RENAME TO ${p.type()}`,
  (p) => `DROP TYPE ${p.maybe('IF EXISTS ')}${p.type()}${p.maybe(' CASCADE')}`,
  (p) =>
    `CREATE ${p.maybe('OR REPLACE ')}VIEW ${p.view()} AS SELECT ${p.of('*', 'a', 'a, b', 'b AS a')} FROM ${p.table()}`,
  (p) => `DROP VIEW ${p.maybe('IF EXISTS ')}${p.view()}${p.maybe(' CASCADE')}`,
  (p) => `ALTER VIEW ${p.view()} RENAME TO ${p.view()}`,
  (p) => `CREATE ${p.maybe('OR REPLACE ')}FUNCTION g() RETURNS ${p.of('int', 'text')} LANGUAGE sql AS 'SELECT NULL'`,
  () =>
    'CREATE OR REPLACE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := NEW.a + 1; RETURN NEW; END $$',
  (p) => `DROP FUNCTION ${p.maybe('IF EXISTS ')}${p.of('g', 'h')}${p.maybe('()')}${p.maybe(' CASCADE')}`,
  (p) => `ALTER TABLE ${p.table()} ALTER a SET DEFAULT g()`,
  (p) => `CREATE TRIGGER r BEFORE ${p.of('UPDATE', 'INSERT')} ON ${p.table()} FOR EACH ROW EXECUTE FUNCTION h()`,
  (p) => `DROP TRIGGER ${p.maybe('IF EXISTS ')}r ON ${p.table()}`,
  (p) => `CREATE SEQUENCE ${p.of('s', 'n')}`,
  (p) => `ALTER SEQUENCE s RENAME TO n${p.maybe('')}`,
  (p) => `DROP SEQUENCE ${p.maybe('IF EXISTS ')}${p.of('s', 'n')}`,
  () => "SELECT setval('s', 5)",
  (p) => `ALTER SEQUENCE ${p.of('s', 'n')} OWNED BY ${p.of(`${p.table()}.a`, `${p.table()}.b`, 'NONE')}`,
  (p) => `CREATE SEQUENCE ${p.of('s', 'n')} OWNED BY ${p.table()}.${p.column()}`,
  (p) => `CREATE MATERIALIZED VIEW ${p.maybe('IF NOT EXISTS ')}y AS SELECT max(a) AS m FROM ${p.table()}`,
  (p) => `REFRESH MATERIALIZED VIEW y${p.maybe('')}`,
  (p) => `CREATE DOMAIN d AS int CHECK (VALUE > ${p.value()})`,
  (p) => `DROP DOMAIN ${p.maybe('IF EXISTS ')}d${p.maybe(' CASCADE')}`,
  (p) => `CREATE SCHEMA ${p.maybe('IF NOT EXISTS ')}z`,
  (p) => `DROP SCHEMA ${p.maybe('IF EXISTS ')}z${p.maybe(' CASCADE')}`,
  (p) => `COMMENT ON TABLE ${p.table()} IS ${p.label()}`,
  (p) => `GRANT SELECT ON ${p.table()} TO PUBLIC`,
];

const SIMPLE = [TABLES, COLUMNS, ROWS, OTHERS];

function statement(random: Random, pick: Pick): string {
  const kinds = SIMPLE[random(SIMPLE.length)]!;
  return kinds[random(kinds.length)]!(pick);
}

/** A statement, or some of them in a DO block. */
function candidate(random: Random): string {
  const pick = new Pick(random);
  if (random(10) > 0) return statement(random, pick);
  const body = Array.from({ length: 1 + random(3) }, () => `${statement(random, pick)};`).join('\n  ');
  const inner = `BEGIN\n  ${body}\nEND`;
  switch (random(3)) {
    case 0:
      return `DO $do$ ${inner} $do$`;
    case 1:
      return `DO $do$ BEGIN IF to_regclass('${pick.table()}') IS ${pick.maybe('NOT ')}NULL THEN\n  ${body}\nEND IF; END $do$`;
    default:
      return `DO $do$ BEGIN\n  ${body}\nEXCEPTION WHEN ${pick.of('duplicate_object', 'duplicate_table', 'undefined_table', 'OTHERS')} THEN NULL;\nEND $do$`;
  }
}

/** A history that makes what most statements need, more of it, what somebody else has made, and a migration. */
export function candidatesFrom(seed: number): Candidates {
  const random = randomFrom(seed);
  const some = (length: number) => Array.from({ length }, () => candidate(random));
  return {
    history: [...(random(4) > 0 ? START : []), ...some(random(5))],
    stale: [...(random(2) > 0 ? START.slice(random(3)) : []), ...some(2 + random(6))],
    migration: some(5 + random(10)),
  };
}

/** What most statements need. */
const START = [
  "CREATE TYPE e AS ENUM ('one', 'two')",
  'CREATE TABLE t (id int PRIMARY KEY, a int, b text)',
  'CREATE TABLE u (a int, c e)',
  'CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := NEW.a + 1; RETURN NEW; END $$',
  "INSERT INTO t VALUES (1, 1, 'one'), (2, 3, NULL)",
  "INSERT INTO u VALUES (1, 'one')",
];

const textOf = (statements: readonly string[]): string => statements.map((sql) => `${sql};\n`).join('');

const stepsOf = (text: string): readonly Step[] => planSteps(text, 'migration.sql').steps;

/** What the embedded PostgreSQL refuses of a text, in words; undefined where it runs. */
async function run(
  session: Session,
  text: string,
  steps: readonly Step[] = stepsOf(text),
): Promise<string | undefined> {
  const failure = await session.run([...steps], 'stop');
  if (failure) return `${failure.code} ${failure.message}, in: ${steps[failure.step]!.sql}`;
  await session.reset();
  return undefined;
}

/** Those of the candidates that run one after the other. */
async function runnable(session: Session, candidates: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  for (const sql of candidates) if ((await session.run([...stepsOf(`${sql};`)], 'stop')) === undefined) kept.push(sql);
  await session.reset();
  return kept;
}

const asMessage = (text: string): readonly Step[] =>
  stepsAsSent({ path: 'migration.sql', text }, [...stepsOf(text)], oneMessage('psql', 'none'));

const RUNNERS = [statementByStatement('psql', 'none'), oneMessage('psql', 'none')];

/** Runs one migration, and what `--fix` makes of it, from all states and in all ways. */
export async function executeSequence(engine: Engine, candidates: Candidates): Promise<SequenceRun> {
  const session = await engine.open();
  try {
    const empty = await session.mark();
    const history = await runnable(session, candidates.history);
    const base = await session.mark();
    const migration = await runnable(session, candidates.migration);
    const isRun = migration.length > 0;
    if (!isRun) return { isRun, isReported: false, violation: undefined };
    const text = textOf(migration);
    const world = new World();
    play(new Script(textOf(history)).statements, world);
    const { output, messages } = fixText(text, 'migration.sql', {
      rules: secondRunRules,
      world,
      runners: () => RUNNERS,
    });
    const fixed = output ?? text;
    const isReported = messages.length > 0;
    const told = (what: string | undefined) => ({
      isRun,
      isReported,
      violation:
        what &&
        `${what}\n--- history\n${textOf(history)}--- stale\n${textOf(candidates.stale)}--- migration\n${text}--- fixed\n${fixed}`,
    });
    const from = { session, text, fixed };
    await session.rewind(base);
    const lost = await unpreserved(from);
    if (lost) return told(lost);
    if (!isReported) {
      await session.rewind(base);
      const unlike = await unrepeatable(from);
      if (unlike) return told(unlike);
    }
    await session.rewind(empty);
    await runnable(session, candidates.stale);
    const stale = await unpreserved(from);
    // A guard takes a row that somebody else has written for its own: nothing else tells one from the other.
    const isEqualRow = stale?.includes('\n-ROWS OF ') && /IF NOT EXISTS \(SELECT 1 FROM \w+ WHERE/.test(fixed);
    const isExplained = isEqualRow === true || (stale !== undefined && isEqualKey(stale));
    return told(isExplained ? undefined : stale && `on a stale state, ${stale}`);
  } finally {
    await session.close();
  }
}

/**
 * Whether states differ only in keys and indexes to which PostgreSQL gives a number, since another one has the name: a
 * fix gives them the name that the history of the migration shows to be free.
 */
const isEqualKey = (difference: string): boolean =>
  difference
    .split('\n')
    .filter((line) => /^[-+]/.test(line))
    .every((line) => /^[-+](CONSTRAINT|INDEX CREATE (UNIQUE )?INDEX) \w+_(key|idx|check|fkey|pkey)\d* /.test(line));

interface Subject {
  session: Session;
  text: string;
  fixed: string;
}

/** What the fixed migration does otherwise than the original, from where the session stands, in both ways. */
async function unpreserved({ session, text, fixed }: Subject): Promise<string | undefined> {
  const before = await session.mark();
  try {
    for (const [way, steps] of [
      ['', stepsOf],
      ['as one message, ', asMessage],
    ] as const) {
      await session.rewind(before);
      if (await run(session, text, steps(text))) continue;
      const wanted = await session.state();
      await session.rewind(before);
      const failure = await run(session, fixed, steps(fixed));
      if (failure) return `${way}the fixed migration fails: ${failure}`;
      const found = await session.state();
      if (!sameState(wanted, found))
        return `${way}the fixed migration leaves something else:\n${await difference(wanted, found)}`;
    }
    return undefined;
  } finally {
    await before.release();
  }
}

/** What goes wrong when the fixed migration runs again, from its end and from each of its statements. */
async function unrepeatable({ session, text, fixed }: Subject): Promise<string | undefined> {
  const silent = fixed === text ? 'nothing is said of the migration, but ' : '';
  const before = await session.mark();
  try {
    if (await run(session, fixed)) return undefined;
    const wanted = await session.state();
    const again = await run(session, fixed);
    if (again) return `${silent}a second run fails: ${again}`;
    const found = await session.state();
    if (!sameState(wanted, found))
      return `${silent}a second run changes something:\n${await difference(wanted, found)}`;
    if (fixed === text) return undefined;
    const steps = stepsOf(fixed);
    // A few places to stop at are enough: there are many migrations.
    for (let cut = 1; cut < steps.length; cut += Math.ceil(steps.length / 4)) {
      await session.rewind(before);
      await run(session, fixed, steps.slice(0, cut));
      const failure = await run(session, fixed);
      // A table that a file makes for itself stays bare where DO blocks keep its statements from going into one.
      const isOwnTable = failure && /^42P07 .*, in: (DO \$do\$ BEGIN\s+)?CREATE TABLE/s.test(failure);
      if (isOwnTable && /^DO /m.test(text) && /DROP TABLE/.test(text)) return undefined;
      if (failure) return `stopped after ${cut} statements, it fails: ${failure}`;
      const end = await session.state();
      if (!sameState(wanted, end))
        return `stopped after ${cut} statements, it leaves something else:\n${await difference(wanted, end)}`;
    }
    return undefined;
  } finally {
    await before.release();
  }
}

/** The fewest candidates for which a violation is still found. */
export async function shrink(engine: Engine, candidates: Candidates, violation: string): Promise<string> {
  let least = candidates;
  let said = violation;
  const parts = ['stale', 'history', 'migration'] as const;
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    for (const part of parts)
      for (let k = least[part].length - 1; k >= 0; k--) {
        const fewer = { ...least, [part]: least[part].filter((_, at) => at !== k) };
        const found = await executeSequence(engine, fewer).catch(() => undefined);
        if (found?.violation === undefined) continue;
        least = fewer;
        said = found.violation;
        goesOn = true;
      }
  }
  return said;
}
