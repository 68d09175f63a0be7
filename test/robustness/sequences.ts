/**
 * Migrations whose statements undo, rename, swap and refill what the others make. Which candidates run is found out on
 * PostgreSQL. What `--fix` makes of them is run from several states, cut and sent as one message.
 */
import { fixText } from '../../src/linter/fix.ts';
import { World } from '../../src/history/world.ts';
import { play } from '../../src/history/play.ts';
import { Script } from '../../src/syntax/script.ts';
import { sameState } from '../../src/database/state.ts';
import type { Engine, Mark, Session, State, Step } from '../../src/database/types.ts';
import { oneMessage, statementByStatement } from '../../src/project/runners.ts';
import type { Runner } from '../../src/project/types.ts';
import { stepsAsSent } from '../../src/verify/sending.ts';
import { fill } from '../../src/verify/states.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { difference } from '../support/database.ts';
import { secondRunRules } from '../support/fixtures.ts';
import { candidate, randomFrom, START, THEMES, type Random } from './statements.ts';

/** Statements that are tried in their order; those that PostgreSQL refuses are left out. */
interface Candidates {
  /** What earlier migrations have run. */
  history: string[];
  /** Whether somebody has filled the tables since. */
  isFilled: boolean;
  /** What somebody else has made in a database that does not have that history. */
  stale: string[];
  migration: string[];
  /** How the migration is sent. */
  ways: Runner[];
  /** After which statement it is cut first. */
  cut: number;
}

interface SequenceRun {
  /** Whether there was anything to run. */
  isRun: boolean;
  /** Whether something was left to say of the fixed migration. */
  isReported: boolean;
  violation: string | undefined;
}

const STATEMENTS = statementByStatement('psql', 'none');
const MESSAGE = oneMessage('psql', 'none');
const TRANSACTION = statementByStatement('psql', 'file');

const WAYS: Runner[][] = [[STATEMENTS, MESSAGE], [STATEMENTS, MESSAGE], [STATEMENTS], [TRANSACTION], [MESSAGE]];

/** A history that makes what most statements need, more of it, what somebody else has made, and a migration. */
export function candidatesFrom(seed: number): Candidates {
  const random = randomFrom(seed);
  const themes = Array.from({ length: 1 + random(4) }, () => THEMES[random(THEMES.length)]!);
  const some = (length: number) => Array.from({ length }, () => candidate(random, themes));
  const history = [...(random(4) > 0 ? START : []), ...some(random(5))];
  const migration = some(4 + random(10));
  return {
    history,
    isFilled: random(4) === 0,
    stale: staleFrom(random, history, migration, some),
    migration,
    ways: WAYS[random(WAYS.length)]!,
    cut: 1 + random(4),
  };
}

/** What others may have done instead: something else, only a part, or a table of another shape first. */
function staleFrom(
  random: Random,
  history: readonly string[],
  migration: readonly string[],
  some: (length: number) => string[],
): string[] {
  const partOf = (statements: readonly string[]) => statements.filter(() => random(2) === 0);
  switch (random(4)) {
    case 0:
      return [...(random(2) > 0 ? START.slice(random(3)) : []), ...some(2 + random(6))];
    case 1:
      return [...history, ...partOf(migration)];
    case 2:
      return [`CREATE TABLE ${['t', 'u', 'v'][random(3)]!} (zz_stale int)`, ...history, ...some(random(3))];
    default:
      return [...history, ...some(1 + random(4)), ...partOf(migration)];
  }
}

const textOf = (statements: readonly string[]): string => statements.map((sql) => `${sql};\n`).join('');

const stepsOf = (text: string): readonly Step[] => planSteps(text, 'migration.sql').steps;

const sent = (text: string, way: Runner): readonly Step[] =>
  stepsAsSent({ path: 'migration.sql', text }, [...stepsOf(text)], way);

/** What the embedded PostgreSQL refuses, in words; undefined where all of it runs. */
async function run(session: Session, steps: readonly Step[]): Promise<string | undefined> {
  const failure = await session.run(steps, 'stop');
  if (failure) return `${failure.code} ${failure.message}, in: ${steps[failure.step]!.sql}`;
  await session.reset();
  return undefined;
}

/** Those of the candidates that run one after the other, from where the session stands. */
async function runnable(session: Session, candidates: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  for (const sql of candidates) if (!(await session.run(stepsOf(`${sql};`), 'continue'))) kept.push(sql);
  await session.reset();
  return kept;
}

/** A session that all sequences go back in, to a database with nothing in it, or with what most of them begin with. */
export interface Ground {
  session: Session;
  empty: Mark;
  started: Mark;
}

export async function openGround(engine: Engine): Promise<Ground> {
  const session = await engine.open();
  const empty = await session.mark();
  await runnable(session, START);
  await session.state();
  return { session, empty, started: await session.mark() };
}

/** Runs those of the candidates that run on an empty database. @returns them */
async function build({ session, empty, started }: Ground, candidates: readonly string[]): Promise<string[]> {
  const isStarted = START.every((sql, k) => candidates[k] === sql);
  await session.rewind(isStarted ? started : empty);
  if (!isStarted) return runnable(session, candidates);
  return [...START, ...(await runnable(session, candidates.slice(START.length)))];
}

/** Runs one migration, and what `--fix` makes of it, from all states and in all ways. */
export async function executeSequence(ground: Ground, candidates: Candidates): Promise<SequenceRun> {
  const { session } = ground;
  const history = await build(ground, candidates.history);
  if (candidates.isFilled) await run(session, [fill(['t', 'u', 'v'])]);
  await session.state();
  const base = await session.mark();
  try {
    const migration = await runnable(session, candidates.migration);
    if (migration.length === 0) return { isRun: false, isReported: false, violation: undefined };
    const text = textOf(migration);
    const world = new World();
    play(new Script(textOf(history)).statements, world);
    const { ways, cut } = candidates;
    const { output, messages } = fixText(text, 'migration.sql', { rules: secondRunRules, world, runners: () => ways });
    const isReported = messages.length > 0;
    const subject = { session, text, fixed: output ?? text, ways };
    const isSent = migration.length === candidates.migration.length;
    const begin = () => session.rewind(base);
    const takenBack = messages.find(({ message }) => message.includes('Please report this'))?.message;
    const left = takenBack ?? (await repeated(subject, begin, isReported, isSent ? await session.state() : undefined));
    const found =
      typeof left === 'string'
        ? left
        : ((isReported || !left ? undefined : await interrupted(subject, begin, left, cut)) ??
          (await onStale(subject, ground, candidates.stale)));
    const violation =
      found &&
      [
        `${found}\n--- history${candidates.isFilled ? ', filled' : ''}\n${textOf(history)}--- stale\n`,
        `${textOf(candidates.stale)}--- migration, ${ways.map((way) => `${way.cut} ${way.transaction}`).join(', ')}\n`,
        `${text}--- fixed\n${subject.fixed}`,
      ].join('');
    return { isRun: true, isReported, violation };
  } finally {
    await base.release();
  }
}

interface Subject {
  session: Session;
  text: string;
  fixed: string;
  ways: readonly Runner[];
}

type Begin = () => Promise<void>;

/**
 * What goes wrong when the fixed migration runs in the place of the original, and when it runs once more.
 * @param isReported whether something was left to say, so that nothing is promised of a second run
 * @param left what the original leaves statement by statement, where it has just run
 * @returns what is wrong, or what the original leaves; undefined where it does not run
 */
async function repeated(
  subject: Subject,
  begin: Begin,
  isReported: boolean,
  left?: State,
): Promise<string | State | undefined> {
  let known = left;
  for (const way of subject.ways) {
    let found = await inOneWay(subject, begin, way, isReported, known, left !== undefined && way === STATEMENTS);
    // What another way leaves may be something else.
    if (typeof found === 'string' && known) found = await inOneWay(subject, begin, way, isReported);
    if (typeof found === 'string') return `${way === STATEMENTS ? '' : `${inWords(way)}, `}${found}`;
    known ??= found;
  }
  return known;
}

const inWords = ({ cut, transaction }: Runner): string =>
  cut === 'whole' ? 'as one message' : transaction === 'none' ? 'statement by statement' : 'in a transaction';

/**
 * @param known what the original leaves, unless it leaves something else in this way
 * @returns what is wrong, or what the original leaves; undefined where it does not run in this way
 */
async function inOneWay(
  { session, text, fixed }: Subject,
  begin: Begin,
  way: Runner,
  isReported: boolean,
  known?: State,
  hasRun = false,
): Promise<string | State | undefined> {
  const steps = sent(fixed, way);
  if (!hasRun) {
    await begin();
    if (await run(session, sent(text, way))) return undefined;
  }
  const wanted = known ?? (await session.state());
  if (fixed !== text) {
    await begin();
    const failure = await run(session, steps);
    if (failure) return `the fixed migration fails: ${failure}`;
    const found = await session.state();
    if (!sameState(wanted, found))
      return `the fixed migration leaves something else:\n${await difference(wanted, found)}`;
  }
  if (isReported) return wanted;
  const silent = fixed === text ? 'nothing is said of the migration, but ' : '';
  const again = await run(session, steps);
  if (again) return `${silent}a second run fails: ${again}`;
  const found = await session.state();
  return sameState(wanted, found)
    ? wanted
    : `${silent}a second run changes something:\n${await difference(wanted, found)}`;
}

/** How often a migration is cut: there are many of them. */
const CUTS = 4;

/** What goes wrong when the fixed migration runs again after it was stopped, from the first place where it does. */
async function interrupted(
  { session, text, fixed, ways }: Subject,
  begin: Begin,
  wanted: State,
  first: number,
): Promise<string | undefined> {
  const steps = stepsOf(fixed);
  if (fixed === text || ways[0] !== STATEMENTS) return undefined;
  const distance = Math.ceil(steps.length / CUTS);
  for (let cut = 1 + (first % distance); cut < steps.length; cut += distance) {
    await begin();
    await run(session, steps.slice(0, cut));
    const failure = await run(session, steps);
    // A table that a file makes for itself stays bare where DO blocks keep its statements from going into one.
    const isOwnTable = failure && /^42P07 .*, in: (DO \$do\$ BEGIN\s+)?CREATE TABLE/s.test(failure);
    if (isOwnTable && /^DO /m.test(text) && /DROP TABLE/.test(text)) return undefined;
    if (failure) return `stopped after ${cut} statements, it fails: ${failure}`;
    const end = await session.state();
    if (!sameState(wanted, end))
      return `stopped after ${cut} statements, it leaves something else:\n${await difference(wanted, end)}`;
  }
  return undefined;
}

/** What the fixed migration does otherwise than the original in a database that has another history. */
async function onStale(subject: Subject, ground: Ground, candidates: readonly string[]): Promise<string | undefined> {
  const { session, text, fixed } = subject;
  if (fixed === text) return undefined;
  const stale = await build(ground, candidates);
  // As a rule the original does not run from there.
  if (stale.length === candidates.length && (await run(session, sent(text, subject.ways[0]!)))) return undefined;
  const begin = async () => void (await build(ground, stale));
  const found = await repeated(subject, begin, true);
  if (typeof found !== 'string') return undefined;
  // A guard takes a row that somebody else has written for its own: nothing else tells one from the other.
  const isEqualRow = found.includes('\n-ROWS OF ') && /IF NOT EXISTS \(SELECT 1 FROM \w+ WHERE/.test(fixed);
  return isEqualRow || isEqualKey(found) ? undefined : `on a stale state, ${found}`;
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

/** How long to look for fewer candidates, where every try takes long. */
const SHRINK_MS = 30_000;

/** The fewest candidates for which a violation is still found, as far as time allows. */
export async function shrink(ground: Ground, candidates: Candidates, violation: string): Promise<string> {
  let least = candidates;
  let said = violation;
  const parts = ['stale', 'history', 'migration'] as const;
  const until = performance.now() + SHRINK_MS;
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    for (const part of parts)
      for (let k = least[part].length - 1; k >= 0 && performance.now() < until; k--) {
        const fewer = { ...least, [part]: least[part].filter((_, at) => at !== k) };
        const found = await executeSequence(ground, fewer).catch(() => undefined);
        if (found?.violation === undefined) continue;
        least = fewer;
        said = found.violation;
        goesOn = true;
      }
  }
  return said;
}
