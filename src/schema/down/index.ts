/** The way back of a migration: composed on the database that it leaves, and proven there. */
import { sameState } from '../../database/state.ts';
import type { Mark, Session, State, Step, StepFailure } from '../../database/types.ts';
import { flatMap } from '../../lists.ts';
import type { FileKind } from '../../project/format.ts';
import type { Direction, Runner } from '../../project/types.ts';
import { Script } from '../../syntax/script.ts';
import type { MigrationFile, PlayOptions } from '../../verify/index.ts';
import { stepsAsSent } from '../../verify/sending.ts';
import { fill } from '../../verify/states.ts';
import { locate, planSteps } from '../../verify/steps.ts';
import { differences, keyOf, lastPart, type LiveObjects } from '../objects.ts';
import { AuthorTexts } from './authors.ts';
import { compose, type Composed } from './compose.ts';
import { readIdentities, type Identities } from './identities.ts';
import { isCovered, keepingAnew, keepingOf, keepingText, type Kept, type Unkept } from './keep.ts';
import { playTo, reasonOf, runUp, startAt, type Start } from './playing.ts';
import { otherRows, stateDiffers } from './whole.ts';
import { inWords } from './words.ts';
import { changed, givenValues, lostBy, wordsOf, type Loss } from './losses.ts';
import {
  childrenFirst,
  columnsByTable,
  digestsOf,
  putBack,
  readRows,
  sidesOf,
  takeAway,
  type Digest,
  type Inserted,
} from './rows.ts';

export { wordsOf, type Loss } from './losses.ts';
export type { Kept, Unkept } from './keep.ts';

/** How the way back of a file is written and sent. */
export interface Form {
  /** The file that holds it. */
  path: string;
  kind: FileKind;
  direction: Direction;
  /** The lines that have to stand around a statement with semicolons of its own. */
  block?: { begin: string; end: string } | undefined;
  /** The text of that file with these statements. */
  text: (sql: string) => string;
  runners: (text: string) => readonly Runner[];
}

export interface WayBackOptions extends Omit<PlayOptions, 'atStart' | 'onFile' | 'atEnd'> {
  /** The major version of PostgreSQL that is to run it. @default 18 */
  version?: number;
  /** Makes statements repeatable: what `--fix` makes of them. */
  fix: (sql: string, file: MigrationFile) => Promise<string>;
  formOf: (file: MigrationFile) => Form;
}

export interface WayBack {
  path: string;
  /** Why there is none: the file does not run here. */
  refused?: string;
  /** The statements, with comments. Empty where the file leaves what was there before. */
  sql: string;
  /** The file that holds it, with it. */
  text: string;
  /** What does not come back. */
  losses: readonly Loss[];
  /** Why it is not proven. */
  unproven?: string;
  /** Whether it has also run where tables hold rows. */
  isFilled: boolean;
}

/**
 * The ways back of some files, in the order of the files.
 * @param files the migrations, in the order in which their tool runs them
 */
export async function waysBack(
  files: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  options: WayBackOptions,
  onWayBack: (wayBack: WayBack) => void,
): Promise<void> {
  await playTo(files, wanted, options, async (session, file, outcome, start) => {
    if (outcome.verdict !== 'ok') {
      onWayBack({ path: file.path, refused: reasonOf(outcome), sql: '', text: '', losses: [], isFilled: false });
      return;
    }
    const after = await session.mark();
    try {
      onWayBack(await undo(session, file, start, after, options));
    } finally {
      await session.rewind(after);
      await after.release();
    }
  });
}

/**
 * The way back of a migration that has just run.
 * @param after where the session is; it may be left anywhere
 */
export const undo = (
  session: Session,
  file: MigrationFile,
  start: Start,
  after: Mark,
  options: WayBackOptions,
): Promise<WayBack> => new Undoing(session, file, start, after, options).run();

/** A migration that keeps aside what another one loses, and the way back of that one, which restores it from there. */
export interface KeptAside {
  path: string;
  /** Why there is none: the file does not run here, or not behind it. */
  refused?: string;
  /** The migration that has to run before. Empty where nothing can be kept. */
  sql: string;
  kept: readonly Kept[];
  unkept: readonly Unkept[];
  /** None where nothing is kept. */
  wayBack?: WayBack;
}

/** Keeps aside what some files lose, in the order of the files. */
export async function keepAside(
  files: readonly MigrationFile[],
  wanted: ReadonlySet<string>,
  options: WayBackOptions,
  onKept: (kept: KeptAside) => void,
): Promise<void> {
  await playTo(files, wanted, options, async (session, file, outcome, start) => {
    if (outcome.verdict !== 'ok') {
      onKept({ path: file.path, refused: reasonOf(outcome), sql: '', kept: [], unkept: [] });
      return;
    }
    const after = await session.mark();
    try {
      onKept(await keep(session, file, start, after, options));
    } finally {
      await session.rewind(after);
      await after.release();
    }
  });
}

/**
 * Keeps aside what a migration loses that has just run.
 * @param after where the session is; it may be left anywhere
 */
export async function keep(
  session: Session,
  file: MigrationFile,
  start: Start,
  after: Mark,
  options: WayBackOptions,
): Promise<KeptAside> {
  const { kept, unkept } = await new Undoing(session, file, start, after, options).keeping();
  const { path } = file;
  if (kept.length === 0) return { path, sql: '', kept, unkept };
  const sql = await options.fix(keepingText(kept, path, options.formOf(file).block), file);
  const refuse = (refused: string): KeptAside => ({ path, refused, sql: '', kept: [], unkept });
  const { steps } = planSteps(sql, path, options.placeholders);
  await session.rewind(start.mark);
  const states: State[] = [];
  for (const time of ['first', 'second']) {
    const failure = await session.run(steps, 'stop');
    if (failure) return refuse(`what keeps it aside does not run: ${failed(time, sql, steps, failure)}`);
    await session.reset();
    states.push(await session.state());
  }
  if (!sameState(states[0]!, states[1]!)) return refuse('the second run of what keeps it aside changes something');
  const from = await startAt(session, start.read, start.statements);
  const failure = await runUp(session, file, options);
  if (failure) return refuse(`it does not run behind what keeps it aside: ${failure.message} (${failure.code})`);
  const then = await session.mark();
  const wayBack = await undo(session, file, from, then, options);
  await then.release();
  await from.mark.release();
  return { path, sql, kept, unkept, wayBack };
}

class Undoing {
  private readonly session: Session;
  private readonly file: MigrationFile;
  private readonly start: Start;
  private readonly after: Mark;
  private readonly options: WayBackOptions;

  constructor(session: Session, file: MigrationFile, start: Start, after: Mark, options: WayBackOptions) {
    this.session = session;
    this.file = file;
    this.start = start;
    this.after = after;
    this.options = options;
  }

  private readonly ask = (sql: string) => this.session.ask(sql);
  private readonly read = () => this.start.read();

  async run(): Promise<WayBack> {
    const { file, start, session, after } = this;
    const script = new Script(file.text, file.path, file.kind);
    const identities = await readIdentities(this.ask);
    // Where tables are empty, a statement that changes rows changes none.
    if (sameState(start.state, await session.state()) && changed(script, start, identities).length === 0)
      return { path: file.path, sql: '', text: '', losses: [], isFilled: false };
    const own = await this.ownRows(script, identities);
    const unclear = own.unclear.map((table): Loss => ({ table, by: UNCLEAR }));
    const lost = lostBy(script, start, { identities, objects: await this.read() });
    const keeping = keepingOf(lost, { script, path: file.path, objects: start.objects });
    const kept = keeping.kept.filter(({ table }) => start.objects.has(`table ${table}`));
    const composing = {
      session,
      read: this.read,
      before: start,
      version: this.options.version ?? 18,
      authors: new AuthorTexts(start.statements),
      takeAway: own.statements,
      restores: parentsFirst(kept, start.objects).map(({ back }) => back),
      putBack: async () =>
        putBack(start.rows, await readRows(this.ask, await this.read()), start.objects, start.statements),
    };
    const composed = await compose(composing, () => session.rewind(after));
    const restored = kept.filter(({ back }) => composed.statements.includes(back));
    const losses = merged([
      ...lost.filter((loss) => !isKept(loss, restored)),
      ...unclear,
      ...composed.kept,
      ...flatMap(composed.statements, ({ lost: one }) => one ?? []),
    ]);
    const sql = await this.options.fix(this.textOf(composed, losses), file);
    const form = this.options.formOf(file);
    const text = form.text(sql);
    const unread = this.misread(sql, text, form);
    const proof =
      unread === undefined
        ? await this.prove(text, form, composed, losses, restored)
        : { losses, isFilled: false, unproven: unread };
    return { path: file.path, sql, text, ...proof };
  }

  /** What can be kept aside of what the migration loses. */
  async keeping(): Promise<{ kept: Kept[]; unkept: Unkept[] }> {
    const { file, start } = this;
    const script = new Script(file.text, file.path, file.kind);
    const now = { identities: await readIdentities(this.ask), objects: await this.read() };
    return keepingOf(lostBy(script, start, now), { script, path: file.path, objects: start.objects });
  }

  /** The statements that take away the rows that the migration has put into tables that stay. */
  private async ownRows(script: Script, identities: Identities): Promise<Inserted> {
    const { session, start, after } = this;
    const rows = await readRows(this.ask, await this.read());
    const none: Inserted = { statements: [], unclear: [] };
    if (rows.size === 0) return none;
    const once = sidesOf(start, { identities, rows }, rows);
    if (!once.some(({ before, after: now }) => hasNew(before, now))) return none;
    await session.rewind(start.mark);
    await runUp(session, this.file, this.options);
    const again = await readRows(this.ask, await this.read());
    await session.rewind(after);
    const ownName = (table: string) => lastPart(table).replace(/^"|"$/g, '');
    const tables = columnsByTable(start.objects);
    const given = givenValues(script, (name) => {
      const found = [...tables].find(([table]) => ownName(table) === name);
      return found?.[1].map((column) => lastPart(column.name)) ?? [];
    });
    return takeAway(sidesOf(start, { identities, rows }, again), start.objects, (table) => given.get(ownName(table)), [
      ...start.statements,
      this.file.text,
    ]);
  }

  /** What is sent, in each way in which the tool may send it. */
  private waysOf(text: string, { path, kind, direction, runners }: Form): Step[][] {
    const { steps } = planSteps(text, path, this.options.placeholders, kind, direction);
    const ways = runners(text).map((runner) => stepsAsSent({ path, text, kind }, steps, runner, direction));
    return ways.length > 0 ? ways : [steps];
  }

  /** Why the tool would run something else than the statements. */
  private misread(sql: string, text: string, { path, kind, direction }: Form): string | undefined {
    const forbidden = kind.tool?.forbidden?.find((one) => one.text.test(sql));
    if (forbidden) return `${forbidden.why}: ${forbidden.text.exec(sql)![0]}`;
    return planSteps(text, path, this.options.placeholders, kind, direction).unknown?.reason;
  }

  private textOf({ statements }: Composed, losses: readonly Loss[]): string {
    const { block } = this.options.formOf(this.file);
    const said = new Set<Loss>();
    const blocks = statements.map(({ sql, notes = [], object, lost }) => {
      const own = losses.filter((loss) => {
        if (said.has(loss) || !object) return false;
        if (loss === lost) return true;
        if (!loss.isDropped) return false;
        const names = loss.columns?.map((column) => `${loss.table}.${column}`) ?? [loss.table];
        return names.includes(object.name) && (object.kind === 'table' || object.kind === 'column');
      });
      for (const loss of own) said.add(loss);
      const comments = [...own.map((loss) => `Incomplete: ${wordsOf(loss)} do not come back.`), ...notes];
      const text = `${sql};`;
      const isBlock = block && sql.includes(';');
      return [...comments.map((line) => `-- ${line}`), ...(isBlock ? [block.begin, text, block.end] : [text])].join(
        '\n',
      );
    });
    const others = losses
      .filter((loss) => !said.has(loss))
      .map((loss) => `-- Incomplete: ${wordsOf(loss)} do not come back.`);
    return `${[...(others.length > 0 ? [others.join('\n')] : []), ...blocks].join('\n\n')}\n`;
  }

  // Proof -------------------------------------------------------------------------------------------------------------

  private async prove(
    text: string,
    form: Form,
    { left, statements }: Composed,
    losses: readonly Loss[],
    kept: readonly Kept[],
  ): Promise<Pick<WayBack, 'losses' | 'unproven' | 'isFilled'>> {
    const ways = this.waysOf(text, form);
    const open = new Set(flatMap(statements, ({ open: key }) => key ?? []));
    const [first] = left;
    if (first) {
      const { difference, why } = first;
      return { losses, isFilled: false, unproven: `${inWords(difference)}${why === undefined ? '' : `: ${why}`}` };
    }
    // The state is another one, and nothing that is read of it is.
    const { session, start, after } = this;
    if (statements.length === 0 && losses.length === 0) {
      const [unread = 'what it has changed is not among what is read of a database'] = [
        ...stateDiffers(start.state, await session.state()),
        ...otherRows(start.state, await session.state(), start.objects),
      ];
      return { losses, isFilled: false, unproven: unread };
    }
    for (const steps of ways) {
      await session.rewind(after);
      const plain = await this.twice(text, steps, start.objects, new Set());
      if (plain !== undefined) return { losses, isFilled: false, unproven: plain };
    }
    const [others] = otherRows(start.state, await session.state(), start.objects);
    if (others !== undefined) return { losses, isFilled: false, unproven: others };
    const wrong = rowsDiffer(
      losses,
      await digestsOf(this.ask, await this.read(), new Set()),
      start.rows.size === 0 ? undefined : await this.digestsBefore(),
    );
    if (wrong !== undefined) return { losses, isFilled: false, unproven: wrong };
    const proof = await this.proveFilled(text, ways[0]!, open, losses, kept);
    // What was not seen to come back is not said to.
    return proof.isFilled ? proof : { ...proof, losses: [...proof.losses, ...flatMap(kept, (one) => one.losses)] };
  }

  private async digestsBefore(): Promise<Map<string, Digest>> {
    const here = await this.session.mark();
    await this.session.rewind(this.start.mark);
    const digests = await digestsOf(this.ask, this.start.objects, new Set());
    await this.session.rewind(here);
    await here.release();
    return digests;
  }

  /** Runs the way back twice; answers what is wrong. */
  private async twice(
    text: string,
    steps: readonly Step[],
    wanted: LiveObjects,
    open: ReadonlySet<string>,
  ): Promise<string | undefined> {
    const { session } = this;
    const failure = await session.run(steps, 'stop');
    if (failure) return failed('first', text, steps, failure);
    await session.reset();
    const [other] = differences(wanted, await this.read()).filter(
      ({ expected, actual }) => !open.has(keyOf((expected ?? actual)!)),
    );
    if (other) return inWords(other);
    const once = await session.state();
    const [beside] = stateDiffers(this.start.state, once, touches(open));
    if (beside !== undefined) return beside;
    const second = await session.run(steps, 'stop');
    if (second) return failed('second', text, steps, second);
    await session.reset();
    return sameState(once, await session.state()) ? undefined : 'its second run changes something';
  }

  private async proveFilled(
    text: string,
    steps: readonly Step[],
    open: ReadonlySet<string>,
    losses: readonly Loss[],
    kept: readonly Kept[],
  ): Promise<Pick<WayBack, 'losses' | 'unproven' | 'isFilled'>> {
    const { session, start } = this;
    await session.rewind(start.mark);
    if (await session.run([fill(undefined)], 'continue')) return { losses, isFilled: false };
    const anew = keepingAnew(kept).map((sql) => ({ sql, offset: 0 }));
    if (await session.run(anew, 'stop')) return { losses, isFilled: false };
    await session.reset();
    const lost = new Set(flatMap(losses, ({ table, columns }) => columns?.map((column) => `${table}.${column}`) ?? []));
    const before = await digestsOf(this.ask, start.objects, lost);
    if (await runUp(session, this.file, this.options)) return { losses, isFilled: false };
    await session.reset();
    const wrong = await this.twice(text, steps, start.objects, open);
    if (wrong !== undefined) return { losses, isFilled: false, unproven: `where tables hold rows, ${wrong}` };
    const now = await digestsOf(this.ask, await this.read(), lost);
    const seen = flatMap(before, ([table, digest]): Loss | [] => {
      if (losses.some((loss) => loss.table === table && loss.columns === undefined)) return [];
      const other = now.get(table);
      if (!other || other.count !== digest.count) return { table, by: 'seen when it ran' };
      const columns = [...digest.columns]
        .filter(([column, value]) => !lost.has(`${table}.${column}`) && other.columns.get(column) !== value)
        .map(([column]) => column);
      if (columns.length > 0) return { table, columns, by: 'seen when it ran' };
      return other.whole === digest.whole ? [] : { table, by: 'seen when it ran' };
    });
    return { losses: [...losses, ...seen], isFilled: true };
  }
}

/** What a column or a constraint that may differ says: of the lines of its table, those about columns and keys. */
const touches =
  (open: ReadonlySet<string>) =>
  (line: string): boolean =>
    [...open].some((key) => {
      const table = /^column (.*)\./s.exec(key)?.[1] ?? / on (.*)$/s.exec(key)?.[1];
      return table !== undefined && /^(?:COLUMN|CONSTRAINT|INDEX) /.test(line) && line.includes(table);
    });

/** Whether it comes back from where it was kept. */
const isKept = (loss: Loss, kept: readonly Kept[]): boolean =>
  kept.some(({ losses }) => losses.includes(loss)) || isCovered(loss, kept);

/** Rows come back behind those that they refer to. */
const parentsFirst = (kept: readonly Kept[], objects: LiveObjects): Kept[] =>
  childrenFirst(
    kept.map((one) => ({ one, table: one.losses[0]!.table })),
    objects,
  )
    .reverse()
    .map(({ one }) => one);

/** Why rows that the migration has put somewhere stay there. */
const UNCLEAR = 'what it has put there cannot be told from what others have';

const hasNew = (before: readonly (readonly string[])[], now: readonly (readonly string[])[]): boolean => {
  const known = new Set(before.map((row) => JSON.stringify(row)));
  return now.some((row) => !known.has(JSON.stringify(row)));
};

/** What is otherwise in tables of which nothing is said. */
function rowsDiffer(
  losses: readonly Loss[],
  now: ReadonlyMap<string, Digest>,
  before: ReadonlyMap<string, Digest> | undefined,
): string | undefined {
  const lost = (table: string, isRows: boolean) =>
    losses.some((loss) => loss.table === table && (loss.columns === undefined) === isRows);
  for (const [table, { count, whole }] of now) {
    if (lost(table, true)) continue;
    const was = before?.get(table);
    const isSame = was === undefined || was.whole === whole || lost(table, false);
    if (count !== (was?.count ?? '0') || !isSame) return `${table} has other rows than before`;
  }
  return undefined;
}

function failed(time: string, text: string, steps: readonly Step[], failure: StepFailure): string {
  const { line, message, code } = locate(text, steps, failure);
  return `its ${time} run fails in line ${line}: ${message} (${code})`;
}

/** Of one column or table, what is dropped counts. */
function merged(losses: readonly Loss[]): Loss[] {
  const gone = new Set(
    flatMap(losses, ({ isDropped, table, columns }) => (isDropped && columns === undefined ? table : [])),
  );
  const seen = new Set<string>();
  return losses.filter((loss) => {
    const key = `${loss.table} ${loss.columns?.join() ?? ''}`;
    if (seen.has(key) || (gone.has(loss.table) && !(loss.isDropped && loss.columns === undefined))) return false;
    seen.add(key);
    return true;
  });
}
