/** Makes one migration of the files of a chain, and proves that it leaves what they leave. */
import type { Mark, Session, State, Step, StepFailure } from '../../database/types.ts';
import { flatMap } from '../../lists.ts';
import { loadParser } from '../../syntax/parser.ts';
import type { Marks } from '../../project/types.ts';
import { locate } from '../../verify/steps.ts';
import { play, sentFor, type MigrationFile, type Played, type PlayOptions } from '../../verify/index.ts';
import { readObjects, type LiveObjects } from '../objects.ts';
import { readWritings, type Authored } from './authored.ts';
import { DataSearch, tablesApart, type DataFound, type DataItem } from './data.ts';
import type { Item } from './items.ts';
import { columnDigests, digestOf, readColumns, readIdentities, readPublic, readSequences } from './rows.ts';
import { rootsOf } from './placing.ts';
import { SchemaSearch, type SchemaFound } from './schema.ts';
import { Stabilities } from './stability.ts';
import { textOf, type Order } from './text.ts';

export interface SquashOptions extends Omit<PlayOptions, 'atStart' | 'onFile' | 'atEnd'> {
  /** The path of the new file, as its tool sees it. */
  path: string;
  kind?: MigrationFile['kind'];
  /** How many of the files are squashed; the others run behind the new one. @default all */
  first?: number;
  /** What stands above the statements. */
  head: string;
  /** The lines that the tool wants around statements with semicolons. */
  block?: Marks['block'];
  /** The text as the tool wants it. */
  wrap: (sql: string) => string;
  /** Makes a migration repeatable: what `--fix` makes of its text. */
  fix: (text: string) => Promise<string>;
  onProgress?: (what: string) => void;
}

export interface Squash {
  text: string;
  /** Why it is not proven, if it is not. */
  unproven?: string;
  /** Files of the chain that do not run, or not in full. */
  failures: readonly { path: string; outcome: Exclude<Played, { verdict: 'ok' }> }[];
  /** How many statements there are, and how many of them are the authors' own texts. */
  statements: number;
  own: number;
  /** The statements that put rows there or call something. */
  data: readonly DataItem[];
  /** Calls that are left out, since what they leave is there without them; they may send something elsewhere. */
  leftOut: readonly Authored[];
}

/** A statement that may do something which no catalog and no row shows. Values of sequences are composed. */
const CALLS = /^(?:select|call|do)\b(?!\s+(?:pg_catalog\.)?(?:setval|set_config)\s*\([^;]*$)/i;

/** The database at one point, with all that is compared. */
interface Reading {
  mark: Mark;
  state: State;
  /** What everybody may do in the schema public. */
  open: string;
  sequences: ReadonlyMap<string, string>;
  stabilities: Stabilities;
}

/** So often a squash is written and proven, where rows are found that do not come twice. */
const MOST_PROOFS = 4;

/** @throws UserError where the server or the environment cannot be used */
export async function squash(files: readonly MigrationFile[], options: SquashOptions): Promise<Squash> {
  await loadParser();
  const { first = files.length, onProgress } = options;
  const playing = playingOf(options);
  let made: Squash | undefined;
  let base: LiveObjects | undefined;
  let start: Mark | undefined;
  let middle: Reading | undefined;
  const failures: Squash['failures'][number][] = [];
  const columns = new Map<string, string[]>();
  const identities = new Map<string, string>();
  let openBefore = '';
  let end: LiveObjects | undefined;
  let done = 0;
  const readMiddle = async (session: Session) => {
    end = await readObjects((sql) => session.ask(sql));
    for (const [table, names] of await readColumns(session)) columns.set(table, names);
    for (const [column, name] of await readIdentities(session)) identities.set(column, name);
    middle = await read(session, playAgain(files.slice(0, first), playing));
  };
  await play(files, {
    ...playing,
    atStart: async (session) => {
      base = await readObjects((sql) => session.ask(sql));
      openBefore = await readPublic(session);
      start = await session.mark();
    },
    onFile: async (session, file, outcome) => {
      onProgress?.(file.path);
      if (outcome.verdict !== 'ok') failures.push({ path: file.path, outcome });
      if (++done === first) await readMiddle(session);
    },
    atEnd: async (session) => {
      const last = first === files.length ? middle! : await read(session, playAgain(files, playing));
      const work = new Work(session, {
        start: start!,
        base: base!,
        end: end!,
        columns,
        identities,
        middle: middle!,
        last,
        squashed: files.slice(0, first),
        rest: files.slice(first),
        unplayed: unplayedIn(failures),
        openBefore,
        options,
      });
      made = { ...(await work.run()), failures };
    },
  });
  return made!;
}

/** What of the options says how migrations are played. */
function playingOf(options: SquashOptions): PlayOptions {
  const { environment, placeholders, runnersOf, timeout, databaseUrl, cache, signal } = options;
  return {
    ...(environment && { environment }),
    ...(placeholders && { placeholders }),
    ...(runnersOf && { runnersOf }),
    ...(timeout !== undefined && { timeout }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    cache,
    signal,
  };
}

const read = async (session: Session, stabilities: Stabilities): Promise<Reading> => ({
  state: await session.state(),
  open: await readPublic(session),
  sequences: await readSequences(session),
  mark: await session.mark(),
  stabilities,
});

/** Runs files once more, and reads a digest of each column of some tables. */
const playAgain = (files: readonly MigrationFile[], options: PlayOptions): Stabilities =>
  new Stabilities(async (tables) => {
    const found = new Map<string, Map<string, string>>();
    await play(files, {
      ...options,
      atEnd: async (session) => {
        for (const [table, names] of tables) found.set(table, await columnDigests(session, table, names));
      },
    });
    return found;
  });

interface Task {
  start: Mark;
  base: LiveObjects;
  end: LiveObjects;
  columns: ReadonlyMap<string, readonly string[]>;
  identities: ReadonlyMap<string, string>;
  /** The database behind the files that are squashed, and behind all. */
  middle: Reading;
  last: Reading;
  squashed: readonly MigrationFile[];
  rest: readonly MigrationFile[];
  /** Why the chain is not what its files make, if it is not. */
  unplayed: Problem | undefined;
  /** What everybody may do in the schema public before the first file. */
  openBefore: string;
  options: SquashOptions;
}

class Work {
  private readonly session: Session;
  private readonly task: Task;

  constructor(session: Session, task: Task) {
    this.session = session;
    this.task = task;
  }

  async run(): Promise<Omit<Squash, 'failures'>> {
    const { session, task } = this;
    const writings = readWritings(task.squashed);
    const { base, end, columns, identities, start, options } = task;
    options.onProgress?.('the schema');
    const found = await new SchemaSearch(session, start, {
      base,
      end,
      columns,
      identities,
      writings,
      open: task.middle.open === task.openBefore ? undefined : task.middle.open,
    }).run();
    const composed = new Set<string>();
    let isShared = true;
    for (let proof = 1; ; proof++) {
      options.onProgress?.('the rows');
      const order = await this.order(found, writings.data, { composed, isShared });
      const text = await options.fix(options.wrap(textOf(order, options.head, options.block)));
      options.onProgress?.('the proof');
      const problem = task.unplayed ?? schemaProblem(found) ?? order.problem ?? (await this.prove(text));
      const items = [...flatMap(order.runs, (run) => run.items), ...order.late];
      const result = {
        text,
        statements: items.length + order.data.length,
        own: items.filter(({ isOwn }) => isOwn).length + order.data.filter(({ from }) => from).length,
        data: order.data,
        leftOut: writings.data.filter((one) => CALLS.test(one.sql) && !order.data.some(({ from }) => from === one)),
      };
      if (problem === undefined) return result;
      const { tables = [] } = problem;
      const isNew = tables.filter((table) => !composed.has(table));
      // What a trigger puts there beside composed rows may be the cause.
      const isOther = isNew.length > 0 || (isShared && tables.length > 0);
      if (!isOther || proof === MOST_PROOFS) return { ...result, unproven: problem.reason };
      if (isNew.length === 0) isShared = false;
      for (const table of isNew) composed.add(table);
    }
  }

  /** Puts the rows behind the schema, or before its triggers where these would change them. */
  private async order(
    { placed }: SchemaFound,
    candidates: readonly Authored[],
    composing: Composing,
  ): Promise<Order & { problem?: Problem }> {
    const { session } = this;
    const inFront = await this.rows(placed.runs, [], candidates, composing);
    const whole = { runs: placed.runs, data: inFront.items, late: [] };
    const hasComposed = inFront.items.some(({ table }) => table !== undefined);
    if (inFront.bad.length === 0 && !hasComposed) return whole;
    const late: Item[] = [];
    const runs = flatMap(placed.runs, (run) => {
      const items = run.items.filter((item) => !isLate(item));
      late.push(...run.items.filter(isLate));
      return items.length > 0 ? [{ ...run, items }] : [];
    });
    if (late.length > 0) {
      const behind = await this.rows(runs, late, candidates, composing);
      if (isBetter(behind, inFront)) return { runs, data: behind.items, late, ...this.problemOf(behind) };
    }
    await session.reset();
    return { ...whole, ...this.problemOf(inFront) };
  }

  private problemOf = ({ bad }: DataFound): { problem?: Problem } =>
    bad.length === 0 ? {} : { problem: { reason: `the rows of ${bad.join(', ')} are others than those of the chain` } };

  private async rows(
    runs: Order['runs'],
    late: readonly Item[],
    candidates: readonly Authored[],
    { composed, isShared }: Composing,
  ): Promise<DataFound> {
    const { session, task } = this;
    await session.rewind(task.start);
    for (const { items } of runs) for (const { sql } of items) await session.run([{ sql, offset: 0 }], 'stop');
    const mark = await session.mark();
    const { middle } = task;
    const search = new DataSearch(
      session,
      {
        end: middle.mark,
        state: middle.state,
        sequences: middle.sequences,
        stabilityOf: (table) => middle.stabilities.of(session, table, middle),
        isSame: (table) => this.isSameButVolatile(table, middle),
      },
      composed,
      isShared,
    );
    const found = await search.run(mark, candidates);
    await mark.release();
    for (const { sql } of late) await session.run([{ sql, offset: 0 }], 'stop');
    return found;
  }

  // The proof -------------------------------------------------------------------------------------------------------

  /** Runs the text on an empty database, twice, and on the end of the chain. */
  private async prove(text: string): Promise<Problem | undefined> {
    const { session, task } = this;
    const { options, start, middle, last, rest } = task;
    const file: MigrationFile = { path: options.path, text, ...(options.kind && { kind: options.kind }) };
    const sent = sentFor(file, options);
    if (sent.unknown !== undefined) return { reason: sent.unknown };
    for (const { name, steps } of sent.ways) {
      const fails = (when: string, failure: StepFailure): Problem => ({
        reason: inWords(when, failure, text, steps, name),
        tables: filledBy(locate(text, steps, failure).statement, middle.state),
      });
      await session.rewind(start);
      const failure = await session.run(steps, 'stop');
      if (failure) return fails('on an empty database', failure);
      await session.reset();
      const once = await this.compare('on an empty database', middle);
      if (once) return once;
      const second = await session.run(steps, 'stop');
      if (second) return fails('when it is run again', second);
      await session.reset();
      const twice = await this.compare('when it is run again', middle, true);
      if (twice) return twice;
      await session.rewind(middle.mark);
      const third = await session.run(steps, 'stop');
      if (third) return fails('on a database that has the migrations', third);
      await session.reset();
      const there = await this.compare('on a database that has the migrations', middle, true);
      if (there) return there;
    }
    return rest.length === 0 ? undefined : this.proveRest(sent.ways[0]!.steps, rest, last);
  }

  /** The files that are not squashed run on top. */
  private async proveRest(
    steps: readonly Step[],
    rest: readonly MigrationFile[],
    last: Reading,
  ): Promise<Problem | undefined> {
    const { session, task } = this;
    await session.rewind(task.start);
    await session.run(steps, 'stop');
    await session.reset();
    for (const file of rest) {
      const [way] = sentFor(file, task.options).ways;
      const failure = await session.run(way!.steps, 'stop');
      if (failure) return { reason: inWords(`${file.path} does not run on top of it`, failure, file.text, way!.steps) };
      await session.reset();
    }
    return this.compare(`with the ${rest.length} files behind it`, last);
  }

  /** @param isAgain whether sequences may be further: what finds its row there has drawn a number all the same */
  private async compare(when: string, wanted: Reading, isAgain = false): Promise<Problem | undefined> {
    const { session } = this;
    const now = await session.state();
    const [missing, more] = linesApart(wanted.state, now);
    if (missing.length > 0 || more.length > 0) {
      const shown = [...missing.slice(0, 2).map((line) => `- ${line}`), ...more.slice(0, 2).map((line) => `+ ${line}`)];
      return { reason: `${when}, the schema is another one than that of the chain:\n${shown.join('\n')}` };
    }
    if ((await readPublic(session)) !== wanted.open) return { reason: `${when}, everybody has other rights in public` };
    const bad = await tablesApart(wanted.state, now, (table) => this.isSameButVolatile(table, wanted));
    if (bad.length > 0)
      return { reason: `${when}, the rows of ${bad.join(', ')} are others than those of the chain`, tables: bad };
    const sequences = await readSequences(session);
    const apart = [...wanted.sequences].filter(
      ([name, value]) => sequences.get(name) !== value && !(isAgain && isFurther(sequences.get(name), value)),
    );
    if (apart.length === 0) return undefined;
    const said = apart.map(([name, value]) => `${name} is at ${sequences.get(name) ?? 'nothing'}, not at ${value}`);
    return { reason: `${when}, ${said.join(', ')}` };
  }

  private async isSameButVolatile(table: string, wanted: Reading): Promise<boolean> {
    const { session } = this;
    const { volatile, values, digest } = await wanted.stabilities.of(session, table, wanted);
    return volatile.size > 0 && (await digestOf(session, table, [...values.values()])) === digest;
  }
}

/** Which tables are filled with composed rows, and whether others may fill them too. */
interface Composing {
  composed: ReadonlySet<string>;
  isShared: boolean;
}

interface Problem {
  reason: string;
  /** The tables whose rows are others. */
  tables?: string[];
}

/** A file that does not run makes something elsewhere that is not known here. */
function unplayedIn([first, ...others]: Squash['failures']): Problem | undefined {
  if (!first) return undefined;
  const { path, outcome } = first;
  const why =
    outcome.verdict === 'fails'
      ? `line ${outcome.failure.line}: ${outcome.failure.message} (${outcome.failure.code})`
      : outcome.reason;
  const more = others.length > 0 ? `, and neither do ${others.length} others` : '';
  return { reason: `${path} does not run on the embedded PostgreSQL: ${why}${more}` };
}

const isLate = ({ object: { kind, name } }: Item): boolean =>
  kind === 'trigger' || kind === 'materialized view' || (kind === 'comment' && name.startsWith('trigger '));

const isBetter = (one: DataFound, other: DataFound): boolean => {
  const composedIn = ({ items }: DataFound) => items.filter(({ table }) => table !== undefined).length;
  return (
    one.bad.length < other.bad.length || (one.bad.length === other.bad.length && composedIn(one) < composedIn(other))
  );
};

function schemaProblem({ placed, left }: SchemaFound): Problem | undefined {
  const [refused] = rootsOf(placed.refused);
  if (refused) {
    const { sql, object } = refused.item;
    const { message, code } = refused.failure!;
    return { reason: `the ${object.kind} ${object.name} cannot be made: ${message} (${code}), in: ${firstLine(sql)}` };
  }
  const [other] = left;
  if (!other) return undefined;
  const { kind, name } = (other.expected ?? other.actual)!;
  const what = other.properties ? `, in ${other.properties.join(', ')}` : '';
  return { reason: `the ${kind} ${name} is ${other.kind}${what}` };
}

/** The table that a statement puts rows into, where it does; within a guard too. */
function filledBy(sql: string, { tables }: State): string[] {
  const name = /\binsert\s+into\s+((?:"(?:[^"]|"")*"|[\w$.])+)/i.exec(sql)?.[1];
  const table = name === undefined || name.includes('.') ? name : `public.${name}`;
  return table !== undefined && tables.has(table) ? [table] : [];
}

const firstLine = (sql: string): string => sql.split('\n', 1)[0]!;

function inWords(when: string, failure: StepFailure, text: string, steps: readonly Step[], way?: string): string {
  const { line, statement, message, code } = locate(text, steps, failure);
  const sent = way === undefined ? '' : ` (${way})`;
  return `${when}, line ${line} fails: ${message} (${code}), in: ${firstLine(statement)}${sent}`;
}

/** It is told only where it was touched; what everybody may do there is read by itself. */
const isCompared = (line: string): boolean => !line.startsWith('SCHEMA public ');

const isFurther = (value: string | undefined, than: string): boolean =>
  value !== undefined && BigInt(/^-?\d+/.exec(value)![0]) >= BigInt(/^-?\d+/.exec(than)![0]);

/**
 * A line of a state without what older versions of PostgreSQL do not have: the names of NOT NULL constraints (before
 * 18), and the right MAINTAIN (before 17).
 */
const comparable = (line: string): string =>
  /^(?:RELATION|DEFAULT PRIVILEGES) /.test(line)
    ? line
        .replace(/(?<= )(\S*=)([a-zA-Z*]+)(\/\S+)(?: |$)/g, (_, who: string, rights: string, by: string) => {
          const left = rights.replace(/m\*?/g, '');
          return left === '' ? '' : `${who}${left}${by} `;
        })
        .trimEnd()
    : line.replace(/^CONSTRAINT (?:"(?:[^"]|"")*"|\S+) (ON \S+ {2}NOT NULL )/, 'CONSTRAINT $1');

function linesApart(a: State, b: State): [missing: string[], more: string[]] {
  if (a.digest === b.digest) return [[], []];
  const count = (state: State) => {
    const counts = new Map<string, number>();
    for (const line of state.lines().filter(isCompared).map(comparable)) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  };
  const [one, other] = [count(a), count(b)];
  const missing = [...one].filter(([line, n]) => (other.get(line) ?? 0) < n).map(([line]) => line);
  const more = [...other].filter(([line, n]) => (one.get(line) ?? 0) < n).map(([line]) => line);
  return [missing, more];
}
