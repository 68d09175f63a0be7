/** Finds the statements that leave the rows of a chain on its final schema, and composes the others. */
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import { flatMap } from '../../lists.ts';
import type { Mark, Session, State, Step } from '../../database/types.ts';
import type { Authored } from './authored.ts';
import { literalOf, readRows, readSequences, readShape, ROW, type TableShape } from './rows.ts';
import type { Stability } from './stability.ts';

/** A statement that puts rows there, or calls something. */
export interface DataItem {
  sql: string;
  /** The rows below COPY. */
  rows?: string;
  comment: string;
  from?: Authored;
  /** The table that it is composed for. */
  table?: string;
  /** The tables whose rows it has changed. */
  touched: ReadonlySet<string>;
}

/** What the chain leaves. */
export interface DataGoal {
  end: Mark;
  state: State;
  sequences: ReadonlyMap<string, string>;
  stabilityOf: (table: string) => Promise<Stability>;
  /** Whether the rows of a table are those of the chain but for these values. */
  isSame: (table: string) => Promise<boolean>;
}

export interface DataFound {
  items: DataItem[];
  /** Tables that do not get the rows of the chain. */
  bad: string[];
}

/** The rows of a table as the chain leaves them. */
interface Wanted {
  shape: TableShape;
  rows: string[][];
  stability: Stability;
}

const MOST_PASSES = 8;
/** So many rows one INSERT has at most. */
const ROWS_AT_ONCE = 500;

const stepOf = ({ sql, rows }: Pick<DataItem, 'sql' | 'rows'>): Step => ({
  sql,
  offset: 0,
  ...(rows !== undefined && { copy: rows.replace(/^[^\n]*\n/, '').replace(/\\\.[ \t]*$/, '') }),
});

export class DataSearch {
  private readonly session: Session;
  private readonly goal: DataGoal;
  private readonly wanted = new Map<string, Wanted>();
  /** Tables whose rows are composed. */
  readonly composed: Set<string>;
  private isShared: boolean;

  /** @param isShared whether what fills other tables too, as with a trigger, may fill those that are composed */
  constructor(session: Session, goal: DataGoal, composed: ReadonlySet<string>, isShared: boolean) {
    this.session = session;
    this.goal = goal;
    this.composed = new Set(composed);
    this.isShared = isShared;
  }

  /**
   * @param start the final schema, without rows @param candidates what may put rows there, in its order
   */
  async run(start: Mark, candidates: readonly Authored[]): Promise<DataFound> {
    const { session } = this;
    await session.rewind(start);
    const empty = await session.state();
    if ((await this.badTables(empty)).length === 0) return { items: await this.sequenceItems(), bad: [] };
    let list = candidates.map((from): DataItem => ({
      sql: from.sql,
      ...(from.rows !== undefined && { rows: from.rows }),
      comment: from.comment,
      from,
      touched: new Set(),
    }));
    let bad: string[] = [];
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      // The first pass finds out what each statement changes.
      if (pass > 0) {
        list = [...this.withoutComposed(list), ...(await this.composedRows())];
        await session.rewind(start);
      }
      const { kept, isSpoiled } = await this.pass(list);
      list = kept;
      if (isSpoiled) continue;
      bad = await this.badTables(await session.state());
      const isFirst = pass === 0 && this.composed.size > 0;
      if (bad.length === 0 && !isFirst) break;
      const isNew = bad.filter((table) => !this.composed.has(table) && isComposable(table));
      if (isNew.length === 0 && !isFirst && !this.isShared) break;
      if (isNew.length === 0 && !isFirst) this.isShared = false;
      for (const table of isNew) this.composed.add(table);
    }
    const items = this.pruned(list, empty);
    await session.rewind(start);
    for (const item of items) await session.run([stepOf(item)], 'stop');
    return { items: [...items, ...(await this.sequenceItems())], bad };
  }

  /** Runs the statements, and keeps those that run and change rows. */
  private async pass(list: readonly DataItem[]): Promise<{ kept: DataItem[]; isSpoiled: boolean }> {
    const { session } = this;
    const kept: DataItem[] = [];
    let waiting: DataItem[] = [];
    let before = await session.state();
    const { digest } = before;
    const attempt = async (item: DataItem): Promise<'refused' | 'idle' | 'kept' | 'spoils'> => {
      if (await session.run([stepOf(item)], 'stop')) return 'refused';
      const after = await session.state();
      if (after.digest !== digest) return 'spoils';
      const touched = touchedIn(before, after);
      before = after;
      if (touched.size === 0) return 'idle';
      kept.push({ ...item, touched });
      return 'kept';
    };
    /** @returns whether some of what was refused runs now */
    const retry = async (): Promise<boolean> => {
      let isAny = false;
      for (const one of [...waiting]) {
        if ((await attempt(one)) !== 'kept') continue;
        waiting = waiting.filter((other) => other !== one);
        isAny = true;
      }
      return isAny;
    };
    for (const [k, item] of list.entries()) {
      const outcome = await attempt(item);
      if (outcome === 'spoils') return { kept: [...kept, ...waiting, ...list.slice(k + 1)], isSpoiled: true };
      if (outcome === 'refused' && item.table !== undefined) waiting.push(item);
      if (outcome === 'kept') await retry();
    }
    for (;;) if (!(await retry())) break;
    return { kept, isSpoiled: false };
  }

  /** Without what is composed, and without what has changed tables whose rows are composed. */
  private withoutComposed(list: readonly DataItem[]): DataItem[] {
    const { composed } = this;
    const authored = list.filter(({ table }) => table === undefined);
    const isComposed = (one: string) => composed.has(one);
    if (this.isShared) return authored.filter(({ touched }) => touched.size === 0 || ![...touched].every(isComposed));
    // The other tables of what goes are composed too.
    for (let size = -1; size !== composed.size;) {
      size = composed.size;
      const own = authored.filter(({ touched }) => [...touched].some(isComposed));
      for (const one of flatMap(own, ({ touched }) => [...touched])) if (isComposable(one)) composed.add(one);
    }
    return authored.filter(({ touched }) => ![...touched].some(isComposed));
  }

  /** What puts the rows of composed tables there: those that others refer to come first. */
  private async composedRows(): Promise<DataItem[]> {
    const ordered = new Set<string>();
    const add = async (table: string, above: readonly string[]): Promise<void> => {
      if (!this.composed.has(table) || ordered.has(table) || above.includes(table)) return;
      for (const other of (await this.wantedOf(table)).stability.refersTo) await add(other, [...above, table]);
      ordered.add(table);
    };
    for (const table of this.composed) await add(table, []);
    const items: DataItem[] = [];
    for (const table of ordered) items.push(...(await this.compose(table)));
    return items;
  }

  private async compose(table: string): Promise<DataItem[]> {
    const { shape, rows, stability } = await this.wantedOf(table);
    const { volatile, key } = stability;
    const clocks = new Set(
      shape.columns
        .filter(({ name, type, hasDefault }) => volatile.has(name) && hasDefault && /^(timestamp|date|time)/.test(type))
        .map(({ name }) => name),
    );
    const names = shape.columns.map(({ name }) => name);
    // Without a key, a second INSERT would find rows there, and do nothing.
    const size = key ? ROWS_AT_ONCE : rows.length;
    const items: DataItem[] = [];
    for (let k = 0; k < rows.length; k += size)
      items.push({
        sql: insertText(table, shape.columns, { names, without: clocks, ...(key && { key }) }, rows.slice(k, k + size)),
        comment: '',
        table,
        touched: new Set([table]),
      });
    return items;
  }

  private async wantedOf(table: string): Promise<Wanted> {
    const known = this.wanted.get(table);
    if (known) return known;
    const { session, goal } = this;
    const stability = await goal.stabilityOf(table);
    const here = await session.mark();
    await session.rewind(goal.end);
    const shape = await readShape(session, table);
    const values = shape.columns.map(
      ({ name }) => stability.values.get(name) ?? literalOf(`${ROW}.${quoteIdent(name)}`),
    );
    const rows = await readRows(session, table, values);
    await session.rewind(here);
    await here.release();
    const wanted: Wanted = { shape, rows, stability };
    this.wanted.set(table, wanted);
    return wanted;
  }

  private badTables = (now: State): Promise<string[]> => tablesApart(this.goal.state, now, this.goal.isSame);

  /** Without statements whose rows are gone at the end. */
  private pruned(list: readonly DataItem[], empty: State): DataItem[] {
    const { state } = this.goal;
    const isAsBefore = (table: string) => {
      const [a, b] = [empty.tables.get(table), state.tables.get(table)];
      return a?.count === b?.count && a?.digest === b?.digest;
    };
    return list.filter(({ touched }) => ![...touched].every(isAsBefore));
  }

  /** What gives sequences the values that they have in the chain. */
  private async sequenceItems(): Promise<DataItem[]> {
    const now = await readSequences(this.session);
    const items: DataItem[] = [];
    for (const [name, value] of this.goal.sequences) {
      if (now.get(name) === value) continue;
      const [last] = value.split(' ');
      const isCalled = !value.includes('not called');
      const sequence = quoteLiteral(name);
      items.push({
        // A database that is in use may be further.
        sql: isCalled
          ? `SELECT setval(${sequence}, greatest(${last!}, (SELECT last_value FROM ${name})))`
          : `SELECT setval(${sequence}, ${last!}, false) FROM ${name} WHERE NOT is_called AND last_value < ${last!}`,
        comment: '',
        touched: new Set(),
      });
    }
    return items;
  }
}

/** Rows of large objects, and of tables that belong to functions of their own, are not written as they are. */
const isComposable = (table: string): boolean =>
  table.includes('.') && !/^(?:cron|vault|net|pgmq|pgsodium)\./.test(table);

/**
 * The tables whose rows are others than they should be.
 * @param isSame whether those of a table are the same but for values that are others at every run
 */
export async function tablesApart(
  wanted: State,
  now: State,
  isSame: (table: string) => Promise<boolean>,
): Promise<string[]> {
  const apart: string[] = [];
  for (const [table, { count, digest }] of wanted.tables) {
    const own = now.tables.get(table);
    if (own?.count === count && (own.digest === digest || (await isSame(table)))) continue;
    apart.push(table);
  }
  return apart;
}

function touchedIn(before: State, after: State): Set<string> {
  const touched = new Set<string>();
  for (const [table, { count, digest }] of after.tables) {
    const old = before.tables.get(table);
    if (old?.count !== count || old.digest !== digest) touched.add(table);
  }
  return touched;
}

function insertText(
  table: string,
  columns: TableShape['columns'],
  { names, without, key }: { names: readonly string[]; without: ReadonlySet<string>; key?: readonly string[] },
  rows: readonly string[][],
): string {
  const kept = columns.filter(({ name }) => !without.has(name));
  const at = kept.map(({ name }) => names.indexOf(name));
  const list = kept.map(({ name }) => quoteIdent(name)).join(', ');
  const values = rows.map((row) => `(${at.map((k) => row[k]!).join(', ')})`);
  const overriding = kept.some(({ isAlways }) => isAlways) ? ' OVERRIDING SYSTEM VALUE' : '';
  const head = `INSERT INTO ${table} (${list})${overriding}`;
  if (key)
    return `${head} VALUES\n  ${values.join(',\n  ')}\nON CONFLICT (${key.map(quoteIdent).join(', ')}) DO NOTHING`;
  // Nothing tells one row from another: the first run puts them there.
  const typed = kept.map(({ type }, k) => `${rows[0]![at[k]!]!}::${type}`).join(', ');
  const all = [`(${typed})`, ...values.slice(1)];
  return `${head}\nSELECT * FROM (VALUES\n  ${all.join(',\n  ')}\n) AS v\nWHERE NOT EXISTS (SELECT 1 FROM ${table})`;
}
