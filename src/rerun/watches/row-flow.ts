/**
 * Follows values from statement to statement of a file: an UPDATE or DELETE that reads what a later statement changes
 * does something else in the second run.
 */
import { constantOf, sameConstant } from '../../catalog/constants.ts';
import { digestOf } from '../../catalog/digest.ts';
import { picksRows, positive } from '../../catalog/deletes.ts';
import {
  columnName,
  columnsIn,
  conjuncts,
  containsColumn,
  isCastChain,
  nameOfRange,
  nodeAs,
  queriesInWith,
  rangeVarsIn,
  strings,
  walk,
} from '../../catalog/nodes.ts';
import { TEMPORARY, type Name, type ObjectRef } from '../../catalog/objects.ts';
import {
  assignmentsOf,
  equalities,
  excludesDone,
  type Assignments,
  type Equality,
} from '../../catalog/update-conditions.ts';
import { flatMap, pushTo } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Judgement } from '../finding.ts';
import type { FirstRun } from '../first-run.ts';
import { insertColumns, insertRows } from '../inserts.ts';
import { keeps, meets } from '../../catalog/met-rows.ts';
import { withOuterColumns } from '../outer-columns.ts';
import { queriesIn, rowSourcesOf } from './row-sources.ts';

/** An UPDATE or DELETE, as far as it is read here. */
interface Rows {
  step: number;
  /** The key of the table. */
  table: string;
  set: Assignments;
  where: Node | undefined;
}

interface InsertedRow {
  step: number;
  columns: readonly string[];
  row: readonly Node[];
}

/** A statement that makes or fills a table. */
interface Fill {
  step: number;
  node: object;
  /** The table, where the statement makes it. */
  made: Name | undefined;
  /** The relations that it reads. */
  reads: () => readonly Name[];
  /** Whether it takes its values from variables of a block, so that they may come from any table. */
  isUnclear: boolean;
}

/** What it reads of the first run. */
type Played = Pick<FirstRun, 'steps' | 'occurrences' | 'after'>;

/** A column that an expression reads. */
interface Read {
  table: Name;
  name: string;
}

/** A column that gets another name. */
interface Renamed {
  step: number;
  object: ObjectRef;
  to: ObjectRef;
}

/**
 * The values of a file's statements about rows, by the tables and columns that they are for. Each index is made when a
 * statement asks for it: most files need none.
 */
export class RowFlow {
  private readonly first: Played;
  private settings: { byColumn: Map<string, Rows[]>; byConstant: Map<string, Rows[]> } | undefined;
  /** The statements that fill tables, by the names of the tables. */
  private fills: ReadonlyMap<string, Fill[]> | undefined;
  private renamed: readonly Renamed[] | undefined;
  private ownTables: boolean | undefined;
  /** The statements that remove rows, by the keys of their tables. */
  private removals: ReadonlyMap<string, readonly Rows[]> | undefined;
  /** The rows of INSERTs, by table, column and constant; filled for a table when it is asked for. */
  private readonly inserted = new Map<string, Map<string, InsertedRow[]>>();
  /** The rows of INSERTs, by table; read for a table when it is asked for. */
  private readonly rows = new Map<string, InsertedRow[]>();
  /** The steps that insert rows, by the keys of their tables. */
  private inserts: ReadonlyMap<string, readonly number[]> | undefined;
  /** Those of which the text tells no rows, by table; found for a table when it is asked for. */
  private readonly untold = new Map<string, readonly number[]>();

  constructor(first: Played) {
    this.first = first;
  }

  /** The UPDATEs that set a column, by table and column, and by table, column and constant. */
  private get setting(): { byColumn: Map<string, Rows[]>; byConstant: Map<string, Rows[]> } {
    if (this.settings) return this.settings;
    const setting = { byColumn: new Map<string, Rows[]>(), byConstant: new Map<string, Rows[]>() };
    this.first.steps.forEach(({ statement }, step) => {
      // What stands in a block may run or not.
      const rows = statement.parent === undefined && statement.type === 'UpdateStmt' && this.rowsOf(statement, step);
      if (!rows) return;
      for (const [column, value] of rows.set) {
        pushTo(setting.byColumn, placeOf(rows.table, column), rows);
        const constant = constantText(value);
        if (constant !== undefined) pushTo(setting.byConstant, placeOf(rows.table, column, constant), rows);
      }
    });
    return (this.settings = setting);
  }

  /** The columns that get another name, in the order of the statements. */
  private get renamedColumns(): readonly Renamed[] {
    return (this.renamed ??= flatMap(this.first.occurrences, (occurrences) =>
      flatMap(occurrences, ({ effect, step }) =>
        effect.action === 'rename' && effect.object.kind === 'column' ? [{ step, ...effect }] : [],
      ),
    ));
  }

  /** What a second run of an UPDATE or DELETE does otherwise, since other statements have changed what it reads. */
  judge(statement: Statement, step: number): Judgement | undefined {
    const rows = this.rowsOf(statement, step);
    if (!rows) return undefined;
    const reason = this.foundAgain(rows) ?? this.computedFromOlder(rows);
    if (reason !== undefined) return { kind: 'changes-rows', reason, clockOnly: false };
    const met = this.meetsLaterRows(rows, statement.as('UpdateStmt')?.relation?.relname ?? '');
    if (met) return met;
    const update = statement.as('UpdateStmt');
    const unclear = update && (this.computedFromLater(update, rows) ?? this.computedFromRemoved(rows));
    return unclear === undefined ? undefined : { kind: 'undecidable', reason: unclear };
  }

  /**
   * How a second run fills a table otherwise: from a copy that the file makes of it, with values that it computes, and
   * drops again.
   */
  judgeCopy(statement: Statement, step: number): Judgement | undefined {
    const [update, insert] = [statement.as('UpdateStmt'), statement.as('InsertStmt')];
    const merge = statement.as('MergeStmt');
    const node = update ?? insert ?? merge;
    if (!this.hasOwnTables) return undefined;
    if (!node) return this.judgePicked(statement, step);
    const table = this.keyOf(nameOfRange(node.relation));
    const set = update && assignmentsOf(update.targetList);
    const values = update ? [update.fromClause, update.targetList] : [insert?.selectStmt, merge?.sourceRelation];
    const sources = rangesIn([node.withClause, ...values]);
    for (const source of sources) {
      const fills = this.fillsOf(source, step);
      if (!fills.some((fill) => fill.isUnclear || this.reads(fill, table))) continue;
      const computed = [...flatMap(fills, (fill) => computedColumns(fill.node)), ...computedColumns(node)];
      const isComputed = computed.some((column) => set?.has(column) ?? true);
      if (!isComputed && !fills.some(({ isUnclear }) => isUnclear)) continue;
      const reason =
        `it computes rows of "${node.relation?.relname ?? ''}" from those of "${source.name}", ` +
        'which is a copy of them, and the text does not tell whether the same comes out';
      return { kind: 'undecidable', reason };
    }
    return this.judgePicked(statement, step);
  }

  /**
   * How a second run of an UPDATE or DELETE finds more rows: by a table that the file has made of those that an
   * aggregate or LIMIT picks among the rows that are left.
   */
  private judgePicked(statement: Statement, step: number): Judgement | undefined {
    const node = statement.as('UpdateStmt') ?? statement.as('DeleteStmt');
    const rows = this.rowsOf(statement, step);
    if (!node || !rows) return undefined;
    const ranges = statement.as('UpdateStmt')?.fromClause ?? statement.as('DeleteStmt')?.usingClause;
    const isPicked = ({ node: fill }: Fill) =>
      picksRows(fill) &&
      (statement.type === 'DeleteStmt' || containsColumn(fill, (parts) => rows.set.has(parts.at(-1)!)));
    for (const source of rangesIn([ranges, positive(node.whereClause)])) {
      const fills = this.fillsOf(source, step);
      if (!fills.some((fill) => this.reads(fill, rows.table))) continue;
      if (!fills.some(isPicked)) continue;
      const reason =
        `it finds rows of "${node.relation?.relname ?? ''}" by those that "${source.name}" has picked among them, ` +
        'and the text does not tell whether a second run picks others';
      return { kind: 'undecidable', reason };
    }
    return undefined;
  }

  /**
   * The statements before a step that fill a table of the file's own, which is temporary or gone at the end, and those
   * that fill the tables of that kind from which they do.
   */
  private fillsOf(table: Name, step: number, seen = new Set<string>()): Fill[] {
    if (seen.has(table.name)) return [];
    seen.add(table.name);
    const all = (this.fills ??= fillsIn(this.first.steps)).get(table.name) ?? [];
    const isOwn = all.some(
      ({ made, step: at }) => at < step && made && (made.schema === TEMPORARY || !this.isThereAtEnd(table)),
    );
    if (!isOwn) return [];
    const own = all.filter((fill) => fill.step < step);
    return [
      ...own,
      ...flatMap(
        flatMap(own, ({ reads }) => reads()),
        (name) => this.fillsOf(name, step, seen),
      ),
    ];
  }

  /** Whether the file makes a table that is temporary or gone at the end: values go through no other table. */
  private get hasOwnTables(): boolean {
    return (this.ownTables ??= this.first.steps.some(({ statement }) => {
      const relation = makerOf(statement)?.relation;
      if (!relation) return false;
      const table = nameOfRange(relation);
      return table.schema === TEMPORARY || !this.isThereAtEnd(table);
    }));
  }

  /**
   * How a second run makes, changes or removes more rows: those for which it finds rows that a later statement adds to
   * another table. Where the file adds removed rows again, both belong together.
   * @param isEmptied whether that table, by its key, has no rows of the first run by then
   */
  judgeGrowth(statement: Statement, step: number, isEmptied: (table: string) => boolean): Judgement | undefined {
    const reader = readerOf(statement);
    if (!reader) return undefined;
    const { relation, withClause, query, does, more } = reader;
    const own = this.keyOf(nameOfRange(relation));
    const [isInsert, update] = [statement.type === 'InsertStmt', statement.as('UpdateStmt')];
    if (!isInsert && !update && this.insertsInto(own).some((at) => at > step)) return undefined;
    if (update && excludesDone(update.whereClause, assignmentsOf(update.targetList))) return undefined;
    const sources = rowSourcesOf(query, queriesInWith(withClause), isInsert);
    const growing = sources.find(({ table, conditions }) => {
      const key = this.keyOf(table);
      const isTaken = (row: InsertedRow) => conditions.every((condition) => this.mayMeet(condition, row, table.name));
      return (
        key !== own &&
        !isEmptied(key) &&
        this.first.after.existsKey(key) !== false &&
        this.removedFrom(key).length === 0 &&
        this.isAddedLater(key, step, isTaken)
      );
    });
    if (!growing) return undefined;
    const reason =
      `it ${does} those of "${growing.table.name}", to which a later statement adds some, ` +
      `and the text does not tell whether a second run ${more}`;
    return { kind: 'undecidable', reason, why: 'put it behind that statement, or ask for the rows that are meant' };
  }

  private mayMeet(where: Node | undefined, { columns, row }: InsertedRow, table: string): boolean {
    return meets(where, (column) => row[columns.indexOf(column)], table) !== false;
  }

  /** Whether a statement behind a step inserts rows of which one may be what is asked for. */
  private isAddedLater(table: string, step: number, mayBe: (row: InsertedRow) => boolean): boolean {
    return (
      this.rowsInto(table).some((row) => row.step > step && mayBe(row)) ||
      this.untoldInto(table).some((at) => at > step)
    );
  }

  /** The steps that insert rows into a table of which the text tells none. */
  private untoldInto(table: string): readonly number[] {
    const known = this.untold.get(table);
    if (known) return known;
    const told = new Set(this.rowsInto(table).map(({ step }) => step));
    const found = this.insertsInto(table).filter((step) => !told.has(step));
    this.untold.set(table, found);
    return found;
  }

  /** The steps that insert rows into a table. */
  private insertsInto(table: string): readonly number[] {
    if (!this.inserts) {
      const inserts = new Map<string, number[]>();
      for (const { effect, step } of this.first.occurrences.flat())
        if (effect.action === 'insert') pushTo(inserts, this.keyOf(effect.object), step);
      this.inserts = inserts;
    }
    return this.inserts.get(table) ?? [];
  }

  private reads({ reads }: Fill, table: string): boolean {
    return reads().some((name) => this.keyOf(name) === table);
  }

  private isThereAtEnd(table: Name): boolean {
    return this.first.after.existsKey(this.keyOf(table)) === true;
  }

  private rowsOf(statement: Statement, step: number): Rows | undefined {
    const node = statement.as('UpdateStmt') ?? statement.as('DeleteStmt');
    if (!node) return undefined;
    return {
      step,
      table: this.keyOf(nameOfRange(node.relation)),
      set: assignmentsOf(statement.as('UpdateStmt')?.targetList),
      where: node.whereClause,
    };
  }

  private keyOf(table: Name): string {
    return this.first.after.key({ kind: 'table', ...table });
  }

  /** Whether a later statement gives rows the values by which this one finds its rows. */
  private foundAgain(rows: Rows): string | undefined {
    const asked = equalities(rows.where);
    for (const { column, values } of asked)
      for (const value of values)
        if (this.isSetAgain(rows, column, value, asked) || this.isInsertedAgain(rows, column, value, asked))
          return `a later statement gives "${column}" the value again by which it finds its rows`;
    return undefined;
  }

  /** How an UPDATE changes rows in a second run that a later INSERT adds. */
  private meetsLaterRows({ step, table, set, where }: Rows, name: string): Judgement | undefined {
    if (set.size === 0) return undefined;
    let isSure: boolean | undefined;
    for (const { step: at, columns, row } of this.rowsInto(table)) {
      if (at <= step) continue;
      const value = (column: string) => row[columns.indexOf(column)];
      const [met, kept] = [meets(where, value, name), keeps(set, value)];
      if (met === false || kept === true) continue;
      isSure = (isSure ?? false) || (met === true && kept === false);
    }
    if (isSure === undefined) return undefined;
    if (isSure)
      return {
        kind: 'changes-rows',
        reason: 'a later statement adds rows that it finds by then, and changes',
        clockOnly: false,
      };
    return {
      kind: 'undecidable',
      reason: 'a later statement adds rows, and the text does not tell whether it finds and changes them by then',
    };
  }

  /** Whether a later UPDATE sets the column to the value, in rows that this statement does not bring there itself. */
  private isSetAgain(mine: Rows, column: string, value: Node, asked: readonly Equality[]): boolean {
    const later = this.setting.byConstant.get(placeOf(mine.table, column, constantText(value)!)) ?? [];
    return later.some(({ step, set, where }) => {
      if (step <= mine.step) return false;
      const theirs = equalities(where);
      // Rows that differ in another column are others; those that this statement has made are what they were before.
      const isApart = asked.some(
        (e) => !set.has(e.column) && theirs.some((o) => o.column === e.column && areDifferent(e.values, o.values)),
      );
      const isReturn = theirs.some((e) => e.values.every((v) => sameConstant(v, mine.set.get(e.column)) === true));
      return !isApart && !isReturn;
    });
  }

  /** Whether a later INSERT adds a row that an UPDATE finds by that value, and changes. */
  private isInsertedAgain(mine: Rows, column: string, value: Node, asked: readonly Equality[]): boolean {
    if (mine.set.size === 0) return false;
    const rows = this.insertedInto(mine.table).get(placeOf('', column, constantText(value)!)) ?? [];
    return rows.some(({ step, columns, row }) => {
      const written = (name: string) => row[columns.indexOf(name)];
      return (
        step > mine.step &&
        asked.every((e) => e.values.some((v) => sameConstant(v, written(e.column)) === true)) &&
        [...mine.set].some(([name, to]) => sameConstant(to, written(name)) !== true)
      );
    });
  }

  /** The rows of INSERTs that stand outside of blocks, by column and constant. */
  private insertedInto(table: string): ReadonlyMap<string, InsertedRow[]> {
    const known = this.inserted.get(table);
    if (known) return known;
    const found = new Map<string, InsertedRow[]>();
    this.inserted.set(table, found);
    for (const inserted of this.rowsInto(table)) {
      const { step, columns, row } = inserted;
      if (this.first.steps[step]!.statement.parent !== undefined) continue;
      row.forEach((value, k) => {
        const constant = constantText(value);
        if (constant !== undefined && columns[k] !== undefined)
          pushTo(found, placeOf('', columns[k], constant), inserted);
      });
    }
    return found;
  }

  /** The rows of all INSERTs into a table. */
  private rowsInto(table: string): readonly InsertedRow[] {
    const known = this.rows.get(table);
    if (known) return known;
    const found: InsertedRow[] = [];
    this.rows.set(table, found);
    for (const [step, { statement }] of this.first.steps.entries()) {
      for (const row of rowsMerged(statement.as('MergeStmt'), (name) => this.keyOf(name) === table))
        found.push({ step, ...row });
      const insert = statement.as('InsertStmt');
      if (!insert || this.keyOf(nameOfRange(insert.relation)) !== table) continue;
      if (insert.onConflictClause?.action === 'ONCONFLICT_UPDATE') continue;
      const columns = insertColumns(insert, this.first.after);
      for (const row of (columns && insertRows(insert)) ?? []) found.push({ step, columns: columns!, row });
    }
    return found;
  }

  /**
   * A column that gets a value computed from a column which had its name before: `RENAME price TO old`, a new `price`
   * computed from `old`, `DROP old`. A second run computes from what the first has computed.
   */
  private computedFromOlder({ step, table, set }: Rows): string | undefined {
    if (set.size === 0) return undefined;
    for (const { step: renamed, object, to } of this.renamedColumns) {
      if (renamed >= step) break;
      const value = set.get(object.name);
      if (!value || this.keyOf(object.of!) !== table || isCastChain(value, to.name)) continue;
      if (readColumns(value).some((column) => column.at(-1) === to.name))
        return `"${object.name}" is computed from "${to.name}", which is "${object.name}" of the run before`;
    }
    return undefined;
  }

  /** A column that is computed from one which a later statement changes, where WHERE does not leave out such rows. */
  private computedFromLater(update: NodeOf<'UpdateStmt'>, rows: Rows): string | undefined {
    if (excludesDone(rows.where, rows.set)) return undefined;
    const tables = tablesOf(update);
    for (const [column, value] of rows.set)
      for (const { table, name } of [
        ...this.readOutside(value, update, tables),
        ...this.readInQueries(withOuterColumns(value, update, this.first.after), tables),
      ]) {
        // What a column is computed from itself is judged with the statement.
        if (name === column && this.keyOf(table) === rows.table) continue;
        const isChanged = this.settingWhatIsRead(table, name, column, rows).some(
          ({ step, set, where }) =>
            step > rows.step &&
            !excludesDone(rows.where, set) &&
            !excludesNull(rows.where, set) &&
            !isAskedToBe(name, set.get(name), where),
        );
        if (isChanged)
          return (
            `it computes "${column}" from "${name}", which a later statement changes, ` +
            'and the text does not tell whether the same comes out'
          );
      }
    return undefined;
  }

  /** The columns that an expression reads outside of subqueries, with their tables. */
  private readOutside(
    value: Node | undefined,
    { relation }: NodeOf<'UpdateStmt'>,
    tables: ReadonlyMap<string, Name>,
  ): Read[] {
    const only = tables.size === 1 ? nameOfRange(relation) : undefined;
    return flatMap(readColumns(value), (parts) => {
      const table = parts.length > 1 ? tables.get(parts.at(-2)!) : only;
      return table ? { table, name: parts.at(-1)! } : [];
    });
  }

  /** The columns that subqueries read, with their tables; a column without the name of its table may be of several. */
  private readInQueries(value: Node | undefined, outside: ReadonlyMap<string, Name>): Read[] {
    return flatMap(queriesIn([value]), (query): Read[] => {
      const inside = tablesIn([query]);
      const tables = new Map([...outside, ...inside]);
      return flatMap(columnsIn(query), (parts): Read[] => {
        const name = parts.at(-1)!;
        const named = tables.get(parts.at(-2) ?? '');
        if (parts.length > 1) return named ? [{ table: named, name }] : [];
        const mayHave = (table: Name) => this.first.after.has({ kind: 'column', name, of: table }) !== false;
        return flatMap(inside.values(), (table) => (mayHave(table) ? { table, name } : []));
      });
    });
  }

  /** A value from a subquery on a table from which a later statement removes rows: a second run finds none there. */
  private computedFromRemoved(rows: Rows): string | undefined {
    if (excludesDone(rows.where, rows.set)) return undefined;
    for (const query of queriesIn([...rows.set.values()]))
      for (const table of rangesIn(query)) {
        const removals = this.removedFrom(this.keyOf(table)).filter(({ step }) => step > rows.step);
        const asked = equalities(query.whereClause);
        const isApart = ({ where }: Rows) =>
          equalities(where).some((e) => asked.some((o) => o.column === e.column && areDifferent(e.values, o.values)));
        if (removals.length > 0 && !removals.every(isApart) && !this.isFilledBefore(table, rows))
          return `it takes values from "${table.name}", from which a later statement removes rows`;
      }
    return undefined;
  }

  /** The statements that remove rows of a table which the file does not drop. */
  private removedFrom(table: string): readonly Rows[] {
    this.removals ??= grouped(
      flatMap([...this.first.steps.entries()], ([step, { statement }]): Rows[] => {
        const { relation, whereClause: where } = statement.as('DeleteStmt') ?? {};
        const emptied = flatMap(
          statement.as('TruncateStmt')?.relations ?? [],
          (node) => nodeAs(node, 'RangeVar') ?? [],
        );
        return [...(relation ? [relation] : []), ...emptied].map((of) => ({
          step,
          table: this.keyOf(nameOfRange(of)),
          set: new Map(),
          where,
        }));
      }),
    );
    return this.removals.get(table) ?? [];
  }

  /** Whether the file fills a table before a step: a second run fills it again. */
  private isFilledBefore(table: Name, { step }: Rows): boolean {
    return this.insertsInto(this.keyOf(table)).some((at) => at < step);
  }

  /** The UPDATEs that set a column which a value is read from, also where a table of the file's own stands between. */
  private settingWhatIsRead(table: Name, name: string, column: string, rows: Rows): Rows[] {
    const places = new Set([placeOf(this.keyOf(table), name)]);
    for (const { node, reads } of this.fillsOf(table, rows.step))
      for (const source of reads().map((read) => this.keyOf(read)))
        for (const read of [name, ...columnsIn(node).map((parts) => parts.at(-1)!)])
          if (source !== rows.table || read !== column) places.add(placeOf(source, read));
    return flatMap(places, (place) => this.setting.byColumn.get(place) ?? []);
  }
}

const placeOf = (...parts: readonly string[]): string => parts.join('\0');

function constantText(value: Node | undefined): string | undefined {
  const constant = constantOf(value);
  return constant && `${constant.kind} ${constant.text}`;
}

function grouped(all: readonly Rows[]): Map<string, Rows[]> {
  const groups = new Map<string, Rows[]>();
  for (const rows of all) pushTo(groups, rows.table, rows);
  return groups;
}

/** The statements that make or fill tables, by the names of the tables. */
function fillsIn(steps: FirstRun['steps']): Map<string, Fill[]> {
  const fills = new Map<string, Fill[]>();
  for (const [step, { statement }] of steps.entries()) {
    const made = makerOf(statement);
    const { node, relation } = made ?? writerOf(statement) ?? {};
    if (!node || !relation) continue;
    const table = nameOfRange(relation);
    const isUnclear = statement.parent !== undefined && takesVariables(statement);
    let known: readonly Name[] | undefined;
    const reads = () => (known ??= rangesIn(node, relation));
    pushTo(fills, table.name, { step, node, made: made && table, reads, isUnclear });
  }
  return fills;
}

interface Filling {
  node: object;
  relation: NodeOf<'RangeVar'> | undefined;
}

/** A statement that makes a table or a view, with its name. */
function makerOf(statement: Statement): Filling | undefined {
  const [copy, query] = [statement.as('CreateTableAsStmt'), statement.as('SelectStmt')];
  if (copy) return { node: copy, relation: copy.into?.rel };
  if (query) return query.intoClause && { node: query, relation: query.intoClause.rel };
  const [table, view] = [statement.as('CreateStmt'), statement.as('ViewStmt')];
  if (table) return { node: table, relation: table.relation };
  return view && { node: view, relation: view.view };
}

/** A statement that writes rows, with the table. */
function writerOf(statement: Statement): Filling | undefined {
  const node = statement.as('InsertStmt') ?? statement.as('UpdateStmt') ?? statement.as('MergeStmt');
  return node && { node, relation: node.relation };
}

/** Whether an INSERT or UPDATE takes values from elsewhere than the tables that it names. */
function takesVariables(statement: Statement): boolean {
  const [insert, update] = [statement.as('InsertStmt'), statement.as('UpdateStmt')];
  const rows = insert && insertRows(insert);
  const values = rows ? rows.flat() : [...assignmentsOf(update?.targetList).values()];
  return values.some((value) => readColumns(value).length > 0);
}

/** The tables of an UPDATE by what its expressions call them. */
const tablesOf = ({ relation, fromClause }: NodeOf<'UpdateStmt'>): Map<string, Name> =>
  tablesIn([relation && { RangeVar: relation }, fromClause]);

/** The tables in trees by what expressions call them. */
function tablesIn(trees: readonly unknown[]): Map<string, Name> {
  const tables = new Map<string, Name>();
  walk(trees, (type, node) => {
    if (type === 'RangeSubselect') {
      tables.set((node.alias as { aliasname?: string } | undefined)?.aliasname ?? '', { name: '' });
      return false;
    }
    if (type !== 'RangeVar') return undefined;
    const range = node as NodeOf<'RangeVar'>;
    tables.set(range.alias?.aliasname ?? range.relname ?? '', nameOfRange(range));
    return undefined;
  });
  return tables;
}

/** The relations that a tree names, without the one that it fills. */
const rangesIn = (tree: unknown, filled?: object): Name[] =>
  rangeVarsIn(tree)
    .filter((range) => range !== filled)
    .map(nameOfRange);

/** The columns that a statement computes with, rather than to copy them. */
function computedColumns(statement: object): string[] {
  const columns: string[] = [];
  walk([statement], (type, node) => {
    if (type !== 'ResTarget') return;
    const value = node.val as Node | undefined;
    for (const parts of readColumns(value)) if (!isCastChain(value, parts.at(-1)!)) columns.push(parts.at(-1)!);
  });
  return columns;
}

/** The columns that an expression reads, outside of subqueries, as they are written. */
function readColumns(value: Node | undefined): string[][] {
  const columns: string[][] = [];
  walk([value], (type, node) => {
    if (type === 'SubLink') return false;
    if (type === 'ColumnRef') columns.push(strings(node.fields as Node[]));
    return undefined;
  });
  return columns;
}

/** The rows that a MERGE inserts, as far as it names their columns. */
function rowsMerged(
  merge: NodeOf<'MergeStmt'> | undefined,
  isInto: (table: Name) => boolean,
): Omit<InsertedRow, 'step'>[] {
  if (!merge || !isInto(nameOfRange(merge.relation))) return [];
  return flatMap(merge.mergeWhenClauses ?? [], (node) => {
    const { commandType, targetList = [], values: row } = nodeAs(node, 'MergeWhenClause') ?? {};
    if (commandType !== 'CMD_INSERT' || !row) return [];
    return { columns: targetList.map((target) => nodeAs(target, 'ResTarget')?.name ?? ''), row };
  });
}

/** A statement that makes, changes or removes rows by those that a query finds. */
interface Reader extends Pick<NodeOf<'DeleteStmt'>, 'relation' | 'withClause'> {
  query: NodeOf<'SelectStmt'>;
  /** What it does, and what a second run may do besides, in words. */
  does: string;
  more: string;
}

function readerOf(statement: Statement): Reader | undefined {
  const insert = statement.as('InsertStmt');
  const select = nodeAs(insert?.selectStmt, 'SelectStmt');
  if (insert && select && !select.valuesLists)
    return { ...insert, query: select, does: 'makes rows of', more: 'makes more' };
  const update = statement.as('UpdateStmt');
  if (update) return { ...update, query: update, does: 'changes rows that it finds by', more: 'changes others' };
  const removal = statement.as('DeleteStmt') ?? removingMerge(statement);
  if (!removal) return undefined;
  const { usingClause: fromClause = [], ...rest } = removal;
  return { ...rest, query: { ...rest, fromClause }, does: 'removes rows that it finds by', more: 'removes more' };
}

type Removal = Pick<NodeOf<'DeleteStmt'>, 'relation' | 'usingClause' | 'whereClause' | 'withClause'>;

/** A MERGE that deletes rows, as the DELETE with USING that it is. */
function removingMerge(statement: Statement): Removal | undefined {
  const merge = statement.as('MergeStmt');
  const deletes = (merge?.mergeWhenClauses ?? []).some(
    (clause) => nodeAs(clause, 'MergeWhenClause')?.commandType === 'CMD_DELETE',
  );
  if (!merge || !deletes || !merge.sourceRelation) return undefined;
  const { joinCondition: whereClause, ...rest } = merge;
  return { ...rest, usingClause: [merge.sourceRelation], ...(whereClause && { whereClause }) };
}

const areDifferent = (mine: readonly Node[], theirs: readonly Node[]): boolean =>
  mine.every((a) => theirs.every((b) => sameConstant(a, b) === false));

/** Whether SET gives a column the value that WHERE asks it to have already: `SET kind = k.code WHERE kind = k.code`. */
const isAskedToBe = (column: string, value: Node | undefined, where: Node | undefined): boolean =>
  value !== undefined &&
  conjuncts(where).some((condition) => {
    const { kind, name, lexpr, rexpr } = nodeAs(condition, 'A_Expr') ?? {};
    if (kind !== 'AEXPR_OP' || strings(name).at(-1) !== '=') return false;
    const isIt = (side: Node | undefined) => strings(nodeAs(side, 'ColumnRef')?.fields).at(-1) === column;
    const isValue = (side: Node | undefined) => digestOf(side) === digestOf(value);
    return (isIt(lexpr) && isValue(rexpr)) || (isIt(rexpr) && isValue(lexpr));
  });

/** Whether WHERE asks for a column that is not null, and SET makes it null. */
function excludesNull(where: Node | undefined, set: Assignments): boolean {
  const bool = nodeAs(where, 'BoolExpr');
  if (bool) return bool.boolop === 'AND_EXPR' && (bool.args ?? []).some((arg) => excludesNull(arg, set));
  const test = nodeAs(where, 'NullTest');
  const column = columnName(test?.arg) ?? '';
  return test?.nulltesttype === 'IS_NOT_NULL' && constantOf(set.get(column))?.kind === 'null';
}
