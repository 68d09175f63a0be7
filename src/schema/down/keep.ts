/**
 * Keeps aside what a migration loses, before it runs, and brings it back from there. Nothing is kept that could not be
 * told from what others have put there since: then it is said why.
 */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { quoteIdent, quoteLiteral } from '../../catalog/names.ts';
import { nameOfRange, nodeAs } from '../../catalog/nodes.ts';
import { flatMap } from '../../lists.ts';
import type { NodeOf } from '../../syntax/parse.ts';
import type { Script, Statement } from '../../syntax/script.ts';
import { readerOf, type Reader } from '../../syntax/tokens.ts';
import { lastPart, type LiveObject, type LiveObjects } from '../objects.ts';
import type { BackStatement } from './compose.ts';
import { wordsOf, type Loss } from './losses.ts';
import { columnsByTable, rowSource } from './rows.ts';
import { keysOf } from './telling.ts';

/** The schema that holds what is kept. */
const KEPT_IN = 'sql_lint_kept';

/** Something that is kept aside. */
export interface Kept {
  losses: readonly Loss[];
  /** Whether policies would hide rows of the table from its owner. */
  isForced: boolean;
  /** The identity of the table that holds it. */
  table: string;
  /** Reads it, before the migration. */
  query: string;
  /** Brings it back. */
  back: BackStatement;
}

/** A loss that cannot be kept. */
export interface Unkept {
  loss: Loss;
  why: string;
}

/**
 * What of the losses of a migration can be kept aside, and how.
 * @param path the migration, after which what holds it is called
 * @param objects those before the migration
 */
export function keepingOf(
  losses: readonly Loss[],
  { script, path, objects }: { script: Script; path: string; objects: LiveObjects },
): { kept: Kept[]; unkept: Unkept[] } {
  const keeper = new Keeper(script, path, objects);
  const kept: Kept[] = [];
  const unkept: Unkept[] = [];
  const add = (found: Kept | string, of: readonly Loss[]) => {
    if (typeof found !== 'string') kept.push(found);
    else unkept.push(...of.map((loss) => ({ loss, why: found })));
  };
  const columns = new Map<string, Loss[]>();
  for (const loss of losses)
    if (loss.isDropped && loss.columns) columns.set(loss.table, [...(columns.get(loss.table) ?? []), loss]);
  for (const loss of losses) if (loss.isDropped && !loss.columns) add(keeper.rowsOfTable(loss), [loss]);
  for (const [table, of] of columns) add(keeper.valuesOfColumns(table, of), of);
  for (const loss of losses) if (!loss.isDropped && !isCovered(loss, kept)) add(keeper.byStatement(loss), [loss]);
  return { kept, unkept };
}

/** Whether what a statement changes is dropped later, and kept for that. */
export const isCovered = ({ table, columns }: Loss, kept: readonly Kept[]): boolean =>
  kept.some(({ losses }) =>
    losses.some(
      (loss) =>
        loss.table === table &&
        loss.isDropped &&
        (!loss.columns || columns?.every((one) => loss.columns!.includes(one))),
    ),
  );

/** The migration that keeps it aside. @param block the lines that have to stand around a statement with semicolons */
export function keepingText(
  kept: readonly Kept[],
  path: string,
  block: { begin: string; end: string } | undefined,
): string {
  const statements = kept.map(({ losses, table, query, isForced }) => {
    const text = [
      'DO $$',
      'BEGIN',
      ...(isForced ? [`  ${ALL_ROWS}`] : []),
      `  IF to_regclass(${quoteLiteral(table)}) IS NULL THEN`,
      `    CREATE TABLE ${table} AS ${query};`,
      '  END IF;',
      'END $$;',
    ];
    const what = losses.map((loss) => `-- Keeps ${wordsOf(loss)}.`);
    return [...what, ...(block ? [block.begin, ...text, block.end] : text)].join('\n');
  });
  const head = `-- Run this right before ${basename(path)}: what changes in between is not kept.`;
  return `${[`${head}\nCREATE SCHEMA IF NOT EXISTS ${KEPT_IN};`, ...statements].join('\n\n')}\n`;
}

/** Fills what is kept anew, from the rows that are there now. */
export const keepingAnew = (kept: readonly Kept[]): string[] =>
  flatMap(kept, ({ table, query }) => [`DELETE FROM ${table}`, `INSERT INTO ${table} ${query}`]);

/** PostgreSQL then fails where a policy would hide rows. */
const ALL_ROWS = 'SET LOCAL row_security = off;';

const NO_KEY = 'no key tells its rows apart';

/** Builds what keeps and what brings back. */
class Keeper {
  private readonly script: Script;
  private readonly migration: string;
  private readonly objects: LiveObjects;
  private readonly columns: ReadonlyMap<string, readonly LiveObject[]>;

  constructor(script: Script, path: string, objects: LiveObjects) {
    this.script = script;
    this.migration = nameOfMigration(path);
    this.objects = objects;
    this.columns = columnsByTable(objects);
  }

  /** All rows of a table that is dropped. It comes back empty, which tells that they are not back yet. */
  rowsOfTable(loss: Loss): Kept {
    const { table } = loss;
    const columns = this.columns.get(table)!;
    const names = columns.map(({ name }) => lastPart(name));
    const kept = this.nameOf(table, ['rows']);
    const counted = columns.filter(({ properties: p }) => p.identity != null || /^nextval\(/.test(p.default ?? ''));
    const body = [
      `IF NOT EXISTS (SELECT FROM ${table}) THEN`,
      ...this.withoutTriggers(table, 'INSERT', [
        `INSERT INTO ${table} (${names.join(', ')})${overriding(columns)} SELECT ${columns.map(valueOf('k')).join(', ')} FROM ${kept} AS k;`,
        ...counted.map(({ name }) => {
          const own = lastPart(name);
          const sequence = `pg_get_serial_sequence(${quoteLiteral(table)}, ${quoteLiteral(unquoted(own))})`;
          return `PERFORM setval(${sequence}, max(${own})) FROM ${table} HAVING max(${own}) IS NOT NULL;`;
        }),
      ]).map((line) => `  ${line}`),
      'END IF;',
    ];
    return this.kept([loss], kept, this.selectOf(table, columns), body);
  }

  /** The values of columns that are dropped, by the key of their rows. */
  valuesOfColumns(table: string, losses: readonly Loss[]): Kept | string {
    const lost = flatMap(losses, ({ columns }) => columns ?? []);
    const key = this.keyOf(table);
    if (!key) return NO_KEY;
    if (key.some((name) => lost.includes(name))) return 'its key is dropped too';
    const columns = this.columns.get(table)!.filter(({ name }) => [...key, ...lost].includes(lastPart(name)));
    const kept = this.nameOf(table, lost);
    const own = columns.filter(({ name }) => lost.includes(lastPart(name)));
    const body = this.withoutTriggers(
      table,
      'UPDATE',
      own.map((column) => {
        const name = lastPart(column.name);
        const empty = emptyAs(column);
        return this.update(table, kept, key, column, empty === undefined ? undefined : isSame(`t.${name}`, empty));
      }),
    );
    return this.kept(losses, kept, this.selectOf(table, columns), body);
  }

  /** What a statement of the migration removes or changes. */
  byStatement(loss: Loss): Kept | string {
    const { statement, table } = loss;
    if (!statement) return 'only what is dropped, deleted or updated by a statement of the file can be kept';
    const type = statement.type ?? '';
    const node = statement.node as NodeOf<'DeleteStmt'> & NodeOf<'UpdateStmt'>;
    if (!['DeleteStmt', 'UpdateStmt', 'TruncateStmt'].includes(type))
      return 'which rows it changes is seen only as it runs';
    const key = this.keyOf(table);
    if (!key) return NO_KEY;
    const earlier = this.spokenOfBefore(statement);
    if (earlier !== undefined) return `an earlier statement of the file speaks of ${earlier}`;
    if (type === 'TruncateStmt') return this.rowsOfStatement(loss, key, '');
    const { relation, withClause, returningClause, usingClause, fromClause } = node;
    if (withClause || returningClause || usingClause || fromClause)
      return 'which rows it changes is seen only as it runs';
    if (nameOfRange(relation).name !== unquoted(lastPart(table))) return 'it has another name by then';
    const reader = readerOf(statement);
    const alias = relation?.alias?.aliasname;
    const where = conditionOf(reader);
    const source = `${alias === undefined ? '' : ` AS ${quoteIdent(alias)}`}${where === '' ? '' : ` WHERE ${where}`}`;
    return type === 'DeleteStmt' ? this.rowsOfStatement(loss, key, source) : this.updated(loss, key, source, reader);
  }

  /** Rows that are deleted. @param source what stands behind the table in the query */
  private rowsOfStatement(loss: Loss, key: readonly string[], source: string): Kept {
    const { table } = loss;
    const columns = this.columns.get(table)!;
    const kept = this.nameOf(table, ['deleted', String(lineOf(loss.statement!))]);
    const names = columns.map(({ name }) => lastPart(name));
    const is = key.map((name) => `t.${name} = ${valueOf('k')(this.column(table, name))}`).join(' AND ');
    const body = this.withoutTriggers(table, 'INSERT', [
      `INSERT INTO ${table} (${names.join(', ')})${overriding(columns)} SELECT ${columns.map(valueOf('k')).join(', ')} FROM ${kept} AS k ` +
        `WHERE NOT EXISTS (SELECT FROM ${table} AS t WHERE ${is});`,
    ]);
    return this.kept([loss], kept, this.selectOf(table, columns, source), body);
  }

  /** Values that are changed, with those that they become: whoever has changed them since keeps theirs. */
  private updated(loss: Loss, key: readonly string[], source: string, reader: Reader): Kept | string {
    const { table } = loss;
    const set = assignmentsOf(reader);
    if (!set) return 'its SET is not read';
    const names = loss.columns ?? [];
    if (names.some((name) => key.includes(name))) return 'its key is changed too';
    const columns = this.columns.get(table)!.filter(({ name }) => [...key, ...names].includes(lastPart(name)));
    const kept = this.nameOf(table, ['updated', String(lineOf(loss.statement!))]);
    const own = columns.filter(({ name }) => names.includes(lastPart(name)));
    const become = own.map((column) => {
      const name = lastPart(column.name);
      const value = set.get(unquoted(name));
      return value === undefined
        ? undefined
        : `${castOf(column, `CAST((${value}) AS ${column.properties.type!})`)} AS ${after(name)}`;
    });
    if (become.includes(undefined)) return 'its SET is not read';
    const list = columns.map(readOf).join(', ');
    const query = `SELECT ${[list, ...become].join(', ')} FROM ${rowSource(table, this.objects)}${source}`;
    const body = this.withoutTriggers(
      table,
      'UPDATE',
      own.map((column) => {
        const name = lastPart(column.name);
        const became = valueAs(column, `k.${after(name)}`);
        return this.update(table, kept, key, column, isSame(`t.${name}`, became));
      }),
    );
    return this.kept([loss], kept, query, body);
  }

  private update(
    table: string,
    kept: string,
    key: readonly string[],
    column: LiveObject,
    condition: string | undefined,
  ): string {
    const name = lastPart(column.name);
    const value = valueOf('k')(column);
    const is = key.map((one) => `t.${one} = ${valueOf('k')(this.column(table, one))}`);
    const where = [...is, ...(condition === undefined ? [] : [condition]), `NOT (${isSame(`t.${name}`, value)})`];
    return `UPDATE ${rowSource(table, this.objects)} AS t SET ${name} = ${value} FROM ${kept} AS k WHERE ${where.join(' AND ')};`;
  }

  private kept(losses: readonly Loss[], table: string, query: string, body: readonly string[]): Kept {
    const isForced = this.objects.get(`table ${losses[0]!.table}`)?.properties['forced row level security'] != null;
    const lines = [...(isForced ? [ALL_ROWS] : []), ...body];
    const sql = ['DO $$', 'BEGIN', ...lines.map((line) => `  ${line}`), 'END $$'].join('\n');
    const notes = losses.map((loss) => `Brings back ${wordsOf(loss)}.`);
    return { losses, isForced, table, query, back: { sql, notes } };
  }

  private selectOf(table: string, columns: readonly LiveObject[], source = ''): string {
    return `SELECT ${columns.map(readOf).join(', ')} FROM ${rowSource(table, this.objects)}${source}`;
  }

  /** The triggers of the table have run when the rows came; they would change other rows, or these ones. */
  private withoutTriggers(table: string, event: 'INSERT' | 'UPDATE', body: readonly string[]): string[] {
    const fires = new RegExp(` (?:BEFORE|AFTER) (?:[^]*? OR )?${event}\\b[^]*? ON `);
    const triggers = [...this.objects.values()].filter(
      ({ kind, of, properties: p }) =>
        kind === 'trigger' &&
        of === table &&
        /^(?:yes|always)$/.test(p.enabled ?? '') &&
        fires.test(p.definition ?? ''),
    );
    const nameOf = ({ name }: LiveObject) => name.slice(0, -` on ${table}`.length);
    return [
      ...triggers.map((trigger) => `ALTER TABLE ${table} DISABLE TRIGGER ${nameOf(trigger)};`),
      ...body,
      ...triggers.map(
        (trigger) =>
          `ALTER TABLE ${table} ENABLE ${trigger.properties.enabled === 'always' ? 'ALWAYS ' : ''}TRIGGER ${nameOf(trigger)};`,
      ),
    ];
  }

  /** The columns of a key that has a value in every row. */
  private keyOf(table: string): readonly string[] | undefined {
    return keysOf(table, this.objects).find((columns) =>
      columns.every((name) => this.objects.get(`column ${table}.${name}`)?.properties.nullable === 'no'),
    );
  }

  private column(table: string, name: string): LiveObject {
    return this.objects.get(`column ${table}.${name}`)!;
  }

  /** A relation of a statement of which one before it speaks: then the rows are others when it runs. */
  private spokenOfBefore(statement: Statement): string | undefined {
    const own = relationsIn(statement);
    for (const other of this.script.all()) {
      if (other.start >= statement.start) return undefined;
      if (other.direction !== 'up') continue;
      for (const name of relationsIn(other)) if (own.has(name)) return name;
      // What it does is seen only as it runs.
      if (/^(?:DoStmt|CallStmt)$/.test(other.type ?? '')) return 'what a block or a procedure does';
    }
    return undefined;
  }

  /** A name that says what is kept, for which migration; PostgreSQL has room for 63 bytes. */
  private nameOf(table: string, what: readonly string[]): string {
    const words = [...table.split('.').filter((part) => part !== 'public'), ...what, 'before', this.migration];
    const name = words
      .map(unquoted)
      .join('_')
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '_');
    if (name.length <= 63) return `${KEPT_IN}.${quoteIdent(name)}`;
    const digest = createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 8);
    return `${KEPT_IN}.${quoteIdent(`${name.slice(0, 54)}_${digest}`)}`;
  }
}

/** The name of a migration without what its tool adds. */
function nameOfMigration(path: string): string {
  const name = basename(path);
  const own = /^(?:migration|up|down)\.sql$/i.test(name) ? basename(dirname(path)) : name;
  return own.replace(/(?:\.up|\.do)?\.sql$/i, '');
}

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
const after = (name: string): string => quoteIdent(`${unquoted(name)} after`);
const lineOf = (statement: Statement): number => statement.script.locate(statement.start).line;

/** A type of the user's may be dropped by the migration: its values are kept as text. */
const isOwn = ({ properties }: LiveObject): boolean => /[."]/.test(properties.type ?? '');
const castOf = (column: LiveObject, value: string): string => (isOwn(column) ? `${value}::text` : value);
const valueAs = (column: LiveObject, value: string): string =>
  isOwn(column) ? `${value}::${column.properties.type!}` : value;
const readOf = (column: LiveObject): string => {
  const name = lastPart(column.name);
  return isOwn(column) ? `${name}::text AS ${name}` : name;
};
const valueOf =
  (alias: string) =>
  (column: LiveObject): string =>
    valueAs(column, `${alias}.${lastPart(column.name)}`);

const overriding = (columns: readonly LiveObject[]): string =>
  columns.some(({ properties }) => properties.identity === 'ALWAYS') ? ' OVERRIDING SYSTEM VALUE' : '';

/** Also of types that have no `=`. */
const isSame = (a: string, b: string): string =>
  b === 'NULL' ? `${a} IS NULL` : `(${a})::text IS NOT DISTINCT FROM (${b})::text`;

/** The value that a column has in every row when it comes back; undefined where each row gets another one. */
function emptyAs({ properties: { default: value, identity } }: LiveObject): string | undefined {
  if (identity != null) return undefined;
  if (value == null) return 'NULL';
  return /^(?:'(?:[^']|'')*'|-?[\d.]+|true|false)(?:::[\w ."[\]]+)?$/.test(value) ? value : undefined;
}

/** The own names of all that a statement speaks of as a relation, or drops. */
function relationsIn(statement: Statement): Set<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      if ('relname' in value && typeof value.relname === 'string') found.add(value.relname);
      Object.values(value).forEach(look);
    }
  };
  look(statement.node);
  for (const item of statement.as('DropStmt')?.objects ?? []) {
    const name = nodeAs(nodeAs(item, 'List')?.items?.at(-1), 'String')?.sval;
    if (name !== undefined) found.add(name);
  }
  return found;
}

/** The end of a statement, without a semicolon. */
const endOf = (reader: Reader): number => {
  const last = reader.tokens.length;
  return reader.raw(last - 1) === ';' ? last - 1 : last;
};

/** What stands behind WHERE; empty where there is none. */
function conditionOf(reader: Reader): string {
  const where = reader.first('WHERE');
  return where ? reader.slice({ from: where.to, to: endOf(reader) }) : '';
}

/** What SET gives to each column; undefined where it does so in a form that is not read. */
function assignmentsOf(reader: Reader): Map<string, string> | undefined {
  const set = reader.first('SET');
  if (!set) return undefined;
  const end = reader.first('WHERE')?.from ?? endOf(reader);
  const found = new Map<string, string>();
  for (let k = set.to; k < end;) {
    const to = Math.min(reader.itemEnd(k), end);
    if (reader.raw(k + 1) !== '=' || reader.word(k + 2) === 'default') return undefined;
    const word = reader.raw(k);
    found.set(word.startsWith('"') ? unquoted(word) : word.toLowerCase(), reader.slice({ from: k + 2, to }));
    k = to + 1;
  }
  return found;
}
