/** Tells the values that are others at every run of a chain from those that a squash has to leave as they are. */
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import type { Mark, Session, State } from '../../database/types.ts';
import { flatMap } from '../../lists.ts';
import {
  columnDigests,
  digestOf,
  literalOf,
  readColumns,
  readReferences,
  readShape,
  ROW,
  type Reference,
} from './rows.ts';

/** What of the rows of a table is the same at every run. */
export interface Stability {
  /** The columns whose values are others at every run. */
  volatile: ReadonlySet<string>;
  /** SQL that says the value of a column of a row: of those that are the same at every run, and of references. */
  values: ReadonlyMap<string, string>;
  /** Columns that tell the rows apart at every run. */
  key: readonly string[] | undefined;
  /** The tables of the rows that it refers to with values that are others at every run. */
  refersTo: ReadonlySet<string>;
  /** A digest of all that `values` say. */
  digest: string;
}

/** The database as some files have left it. */
export interface Left {
  mark: Mark;
  state: State;
}

/** Finds out which values are others at every run, by what a second run of the files has left. */
export class Stabilities {
  private readonly playAgain: Again;
  private readonly known = new Map<string, Promise<Stability>>();
  private readonly volatile = new Map<string, Promise<ReadonlySet<string>>>();
  private again: ReturnType<Again> | undefined;
  private references: Promise<Map<string, Map<string, Reference>>> | undefined;

  constructor(playAgain: Again) {
    this.playAgain = playAgain;
  }

  of(session: Session, table: string, left: Left): Promise<Stability> {
    const known = this.known.get(table) ?? this.find(session, table, left);
    this.known.set(table, known);
    return known;
  }

  private async find(session: Session, table: string, left: Left): Promise<Stability> {
    const here = await session.mark();
    await session.rewind(left.mark);
    const volatile = await this.volatileOf(session, table, left);
    const names = (await readColumns(session)).get(table) ?? [];
    const values = new Map<string, string>();
    for (const name of names) {
      const said = await this.say(session, { table, alias: ROW, above: [] }, name, left);
      if (said !== undefined) values.set(name, said);
    }
    const keys = names.length === 0 ? [] : (await readShape(session, table)).keys;
    const digest = names.length === 0 ? '' : await digestOf(session, table, [...values.values()]);
    await session.rewind(here);
    await here.release();
    const references = (await this.references)?.get(table);
    const key = keys.find((one) => one.every((name) => values.has(name)));
    const refersTo = new Set(flatMap(volatile, (name) => (values.has(name) ? references!.get(name)!.table : [])));
    return { volatile, values, key, refersTo, digest };
  }

  private volatileOf(session: Session, table: string, left: Left): Promise<ReadonlySet<string>> {
    const known = this.volatile.get(table) ?? this.findVolatile(session, table, left);
    this.volatile.set(table, known);
    return known;
  }

  private async findVolatile(session: Session, table: string, { state }: Left): Promise<ReadonlySet<string>> {
    const columns = await readColumns(session);
    this.again ??= this.playAgain(
      new Map([...columns].filter(([name]) => (state.tables.get(name)?.count ?? '0') !== '0')),
    );
    const other = (await this.again).get(table);
    if (!other) return new Set(columns.get(table));
    const own = await columnDigests(session, table, columns.get(table) ?? []);
    return new Set([...own].filter(([name, digest]) => digest !== other.get(name)).map(([name]) => name));
  }

  /**
   * SQL that says a value: as a literal, or as the query that finds the row that it refers to.
   * @returns undefined where it is another one at every run, and refers to no row that has a key
   */
  private async say(session: Session, row: Row, name: string, left: Left): Promise<string | undefined> {
    const value = `${row.alias}.${quoteIdent(name)}`;
    if (!(await this.volatileOf(session, row.table, left)).has(name)) return literalOf(value);
    this.references ??= readReferences(session);
    const to = (await this.references).get(row.table)?.get(name);
    const above = [...row.above, row.table];
    if (!to || above.includes(to.table)) return undefined;
    const alias = `${ROW}_${above.length}`;
    const key = await this.sayKey(session, { table: to.table, alias, above }, left);
    if (!key) return undefined;
    const column = quoteIdent(to.column);
    const conditions = flatMap(key, ([own, said], k) => [
      quoteLiteral(`${k === 0 ? '' : ' AND '}${quoteIdent(own)} = `),
      said,
    ]);
    const text = [quoteLiteral(`(SELECT ${column} FROM ${to.table} WHERE `), ...conditions, "')'"].join(' || ');
    const found = `(SELECT ${text} FROM ${to.table} AS ${alias} WHERE ${alias}.${column} = ${value})`;
    return `CASE WHEN ${value} IS NULL THEN 'NULL' ELSE coalesce(${found}, ${literalOf(value)}) END`;
  }

  /** The first key of a table whose values can be said. */
  private async sayKey(session: Session, row: Row, left: Left): Promise<[name: string, said: string][] | undefined> {
    for (const key of (await readShape(session, row.table)).keys) {
      const said: [string, string][] = [];
      for (const name of key) {
        const value = await this.say(session, row, name, left);
        if (value !== undefined) said.push([name, value]);
      }
      if (said.length === key.length) return said;
    }
    return undefined;
  }
}

/** Runs the files once more, and reads a digest of each column of some tables. */
type Again = (tables: ReadonlyMap<string, string[]>) => Promise<Map<string, Map<string, string>>>;

/** A row in SQL: its table, its name, and the tables of the rows that refer to it. */
interface Row {
  table: string;
  alias: string;
  above: readonly string[];
}
