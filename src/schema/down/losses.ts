/** What a migration loses that no statement brings back: rows, and values of columns. */
import { quoteIdent } from '../../catalog/names.ts';
import { isCastChain, nameOfRange, nodeAs, rowsOfValues, walk } from '../../catalog/nodes.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parse.ts';
import type { Script, Statement } from '../../syntax/script.ts';
import { lastPart, type LiveObjects } from '../objects.ts';
import { isWider } from '../writing.ts';
import type { Identities } from './identities.ts';
import { columnsByTable } from './rows.ts';

/** Something that does not come back. */
export interface Loss {
  /** The identity of the table before the migration. */
  table: string;
  /** The columns whose values are lost; undefined where rows are. */
  columns?: readonly string[];
  /** What loses it, in words: `DROP COLUMN`, `DELETE in line 4`. */
  by: string;
  /** Whether the whole table, or the column, was dropped, so that it comes back empty. */
  isDropped?: true;
  /** What removes or changes them, where it is a statement of the file itself. */
  statement?: Statement;
}

/** In words, as it is said in a file and in a report. */
export function wordsOf({ table, columns, by }: Loss): string {
  const what =
    columns === undefined
      ? `rows of ${table}`
      : `the values of ${columns.map((column) => `${table}.${column}`).join(', ')}`;
  return `${what} (${by})`;
}

/** All that a migration loses. @param after the database as the migration leaves it */
export const lostBy = (
  script: Script,
  before: { identities: Identities; objects: LiveObjects },
  after: { identities: Identities; objects: LiveObjects },
): Loss[] => [
  ...dropped(before, after.identities),
  ...changed(script, before, after.identities),
  ...converted(script, before, after),
];

/** Tables and columns that are there no more. */
function dropped(before: { identities: Identities; objects: LiveObjects }, after: Identities): Loss[] {
  const numbers = new Map<string, string>();
  for (const { key, identity } of before.identities.values())
    if (key.startsWith('pg_class/') || key.startsWith('pg_attribute/'))
      numbers.set(`${key.split('/', 1)[0]!} ${identity}`, key);
  return flatMap(columnsByTable(before.objects), ([table, columns]): Loss[] => {
    const key = numbers.get(`pg_class ${table}`);
    if (key === undefined) return [];
    if (!after.has(key)) return [{ table, by: 'the table is dropped', isDropped: true }];
    return flatMap(columns, ({ name }): Loss | [] => {
      const own = numbers.get(`pg_attribute ${name}`);
      return own === undefined || after.has(own)
        ? []
        : { table, columns: [lastPart(name)], by: 'the column is dropped', isDropped: true };
    });
  });
}

/** Statements that change or remove rows of tables that were there before. */
export function changed(
  script: Script,
  before: { identities: Identities; objects: LiveObjects },
  after: Identities,
): Loss[] {
  const tables = columnsByTable(before.objects);
  return flatMap(script.all(), (statement): Loss[] => {
    if (statement.direction !== 'up' || NO_RUN.has(statement.type ?? '')) return [];
    const found: Loss[] = [];
    const lose = (relation: NodeOf<'RangeVar'> | undefined, word: string, set?: readonly string[]) => {
      const table = tableOf(relation, tables, before.identities, after);
      if (table === undefined) return;
      const known = new Set(tables.get(table)!.map(({ name }) => lastPart(name)));
      // What the migration has added itself goes with its column.
      const columns = set?.map(quoteIdent).filter((column) => known.has(column));
      if (columns?.length === 0) return;
      found.push({ table, ...(columns && { columns }), by: `${word} in line ${lineOf(statement)}`, statement });
    };
    walk([{ [statement.type ?? '']: statement.node }], (type, node) => {
      if (type === 'UpdateStmt') {
        const { relation, targetList } = node as NodeOf<'UpdateStmt'>;
        lose(relation, 'UPDATE', namesIn(targetList));
      } else if (type === 'DeleteStmt') lose((node as NodeOf<'DeleteStmt'>).relation, 'DELETE');
      else if (type === 'MergeStmt') lose((node as NodeOf<'MergeStmt'>).relation, 'MERGE');
      else if (type === 'TruncateStmt')
        for (const relation of (node as NodeOf<'TruncateStmt'>).relations ?? [])
          lose(nodeAs(relation, 'RangeVar'), 'TRUNCATE');
      else if (type === 'InsertStmt') {
        const { relation, onConflictClause: clause } = node as NodeOf<'InsertStmt'>;
        if (clause?.action === 'ONCONFLICT_UPDATE') lose(relation, 'ON CONFLICT DO UPDATE', namesIn(clause.targetList));
      }
    });
    return found;
  });
}

/** Statements in which others stand that do not run with them. */
const NO_RUN = new Set(['CreateFunctionStmt', 'RuleStmt', 'ViewStmt', 'DoStmt', '']);

const lineOf = (statement: Statement): number => statement.script.locate(statement.start).line;

const namesIn = (list: NodeOf<'UpdateStmt'>['targetList']): string[] =>
  flatMap(list ?? [], (item) => nodeAs(item, 'ResTarget')?.name ?? []);

/** The table before the migration that a statement of it speaks of. */
function tableOf(
  relation: NodeOf<'RangeVar'> | undefined,
  tables: ReadonlyMap<string, unknown>,
  before: Identities,
  after: Identities,
): string | undefined {
  const { schema, name } = nameOfRange(relation);
  const isIt = (identity: string) => {
    const parts = identity.split('.');
    return unquoted(lastPart(identity)) === name && (schema === undefined || unquoted(parts[0]!) === schema);
  };
  for (const table of tables.keys()) if (isIt(table)) return table;
  // It may have got its name by the migration.
  for (const { key, identity } of after.values()) {
    const was = key.startsWith('pg_class/') && isIt(identity) ? before.get(key) : undefined;
    if (was && tables.has(was.identity)) return was.identity;
  }
  return undefined;
}

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);

/**
 * The values that the INSERT statements of a migration write, by the own name of the table.
 * @param columnsOf the columns of a table, in their order
 */
export function givenValues(
  script: Script,
  columnsOf: (table: string) => readonly string[],
): Map<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const given = new Map<string, Map<string, Set<string>>>();
  for (const statement of script.all()) {
    if (statement.direction !== 'up' || NO_RUN.has(statement.type ?? '')) continue;
    walk([{ [statement.type ?? '']: statement.node }], (type, node) => {
      if (type !== 'InsertStmt') return;
      const { relation, cols, selectStmt } = node as NodeOf<'InsertStmt'>;
      const { name } = nameOfRange(relation);
      const columns = cols ? namesIn(cols).map(quoteIdent) : columnsOf(name);
      const known = given.get(name) ?? new Map<string, Set<string>>();
      given.set(name, known);
      for (const column of columns) if (!known.has(column)) known.set(column, new Set());
      const { valuesLists = [], targetList = [] } = nodeAs(selectStmt, 'SelectStmt') ?? {};
      const rows = [...rowsOfValues(valuesLists), targetList.map((item) => nodeAs(item, 'ResTarget')?.val)];
      for (const row of rows)
        row.forEach((value, k) => {
          const text = constantOf(value);
          if (text !== undefined) known.get(columns[k] ?? '')?.add(text);
        });
    });
  }
  return given;
}

/** A constant as text, also one with a cast. */
function constantOf(node: Node | undefined): string | undefined {
  const cast = nodeAs(node, 'TypeCast');
  if (cast) return constantOf(cast.arg);
  const constant = nodeAs(node, 'A_Const');
  if (constant?.sval) return constant.sval.sval ?? '';
  return constant?.ival ? String(constant.ival.ival ?? 0) : constant?.fval?.fval;
}

/** Types that hold any text as it is. */
const IS_TEXT = /^(?:text|character varying|citext|name)\b/;

/** Columns with another type, of which the values do not become again what they were. */
function converted(
  script: Script,
  before: { identities: Identities; objects: LiveObjects },
  after: { identities: Identities; objects: LiveObjects },
): Loss[] {
  const computed = computedIn(script);
  return flatMap(before.identities.values(), ({ key, identity }): Loss | [] => {
    const was = key.startsWith('pg_attribute/') ? before.objects.get(`column ${identity}`) : undefined;
    const now = was && after.identities.get(key)?.identity;
    const is = now === undefined ? undefined : after.objects.get(`column ${now}`);
    if (!was || !is) return [];
    const [from, to] = [was.properties.type!, is.properties.type!];
    if (from === to) return [];
    const isLabel = after.objects.has(`enum ${to}`);
    const holds =
      isWider(from, to) || (IS_TEXT.test(from) && (IS_TEXT.test(to) || isLabel)) || before.objects.has(`enum ${from}`);
    if (holds && !computed.has(lastPart(now!))) return [];
    return { table: was.of!, columns: [lastPart(identity)], by: `they are made ${to}` };
  });
}

/** The columns whose new values a USING computes. */
function computedIn(script: Script): Set<string> {
  const found = new Set<string>();
  for (const statement of script.all()) {
    if (statement.direction !== 'up') continue;
    for (const cmd of statement.as('AlterTableStmt')?.cmds ?? []) {
      const { subtype, name = '', def } = nodeAs(cmd, 'AlterTableCmd') ?? {};
      const using = nodeAs(def, 'ColumnDef')?.raw_default;
      if (subtype === 'AT_AlterColumnType' && using && !isCastChain(using, name)) found.add(quoteIdent(name));
    }
  }
  return found;
}
