/** The rows of the tables on both sides of a migration: those that it has put there, and those that are gone. */
import { SPELLING } from '../../database/catalogs.ts';
import type { Ask } from '../../database/state.ts';
import { flatMap } from '../../lists.ts';
import { lastPart, type LiveObject, type LiveObjects } from '../objects.ts';
import type { BackStatement } from './compose.ts';
import type { Identities } from './identities.ts';
import { Telling, type Given } from './telling.ts';

/** A table with more rows is not read: no way back lists them. */
const MOST_ROWS = 500;

/** The rows of a table: the values as literals of SQL, in the order of the columns. */
export interface TableRows {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** By the identity of the table; undefined where it has more rows than are read. */
export type AllRows = ReadonlyMap<string, TableRows | undefined>;

/** The columns of the tables whose rows are their own, by the identity of the table. */
export function columnsByTable(objects: LiveObjects): Map<string, LiveObject[]> {
  const found = new Map<string, LiveObject[]>();
  for (const object of objects.values())
    if (object.kind === 'table' && object.properties.partition == null) found.set(object.name, []);
  for (const object of objects.values())
    if (object.kind === 'column' && object.properties.generated == null) found.get(object.of!)?.push(object);
  return found;
}

/** A partitioned table has the rows of its partitions; one that others inherit from has them too. */
export const rowSource = (table: string, objects: LiveObjects): string =>
  objects.get(`table ${table}`)?.properties['partitioned by'] == null ? `ONLY ${table}` : table;

/** Reads the rows of the tables that have any, without those of the platform. */
export async function readRows(ask: Ask, objects: LiveObjects, only?: ReadonlySet<string>): Promise<AllRows> {
  const tables = [...columnsByTable(objects)].filter(
    ([table, columns]) => columns.length > 0 && (only?.has(table) ?? true),
  );
  const all = new Map<string, TableRows | undefined>();
  if (tables.length === 0) return all;
  const counted = await ask(
    `${SPELLING}\n${tables.map(([table]) => `SELECT count(*)::int FROM (SELECT FROM ${rowSource(table, objects)} LIMIT ${MOST_ROWS + 1}) AS s`).join(';\n')}`,
  );
  const filled = tables.filter((_, k) => (counted[k]![0]![0] as number) > 0);
  const read = filled.filter(
    ([table]) => (counted[tables.findIndex(([name]) => name === table)]![0]![0] as number) <= MOST_ROWS,
  );
  for (const [table] of filled) all.set(table, undefined);
  if (read.length === 0) return all;
  const answers = await ask(
    `${SPELLING}\n${read
      .map(([table, columns]) => {
        const values = columns.map(({ name }) => `quote_nullable(r.${lastPart(name)}::text)`);
        return `SELECT coalesce(json_agg(json_build_array(${values.join(', ')})), '[]')::text FROM ${rowSource(table, objects)} AS r`;
      })
      .join(';\n')}`,
  );
  read.forEach(([table, columns], k) => {
    const rows = JSON.parse(answers[k]![0]![0] as string) as string[][];
    all.set(table, { columns: columns.map(({ name }) => lastPart(name)), rows });
  });
  return all;
}

/** How many rows a table has, and digests of its columns, of whatever order they are. */
export interface Digest {
  count: string;
  /** Of the columns together, row by row, without those that are left out. */
  whole: string;
  columns: ReadonlyMap<string, string>;
}

/** @param without columns, by their identity, whose values do not count */
export async function digestsOf(
  ask: Ask,
  objects: LiveObjects,
  without: ReadonlySet<string>,
): Promise<Map<string, Digest>> {
  const tables = [...columnsByTable(objects)];
  const found = new Map<string, Digest>();
  if (tables.length === 0) return found;
  const hash = (value: string) => `coalesce(sum(hashtextextended(coalesce(${value}, ''), 0)), 0)::text`;
  const queries = tables.map(([table, columns]) => {
    const named = columns.map(({ name }) => `r.${lastPart(name)}::text`);
    const kept = columns
      .filter(({ name }) => !without.has(name))
      .map(({ name }) => `coalesce(quote_literal(r.${lastPart(name)}::text), '')`)
      .sort();
    const whole = kept.length === 0 ? "''" : `concat_ws(',', ${kept.join(', ')})`;
    return `SELECT json_build_array(count(*)::text, ${hash(whole)}${named.map((value) => `, ${hash(value)}`).join('')})::text FROM ${rowSource(table, objects)} AS r`;
  });
  const answers = await ask(`${SPELLING}\n${queries.join(';\n')}`);
  tables.forEach(([table, columns], k) => {
    const [count, whole, ...values] = JSON.parse(answers[k]![0]![0] as string) as string[];
    found.set(table, {
      count: count!,
      whole: whole!,
      columns: new Map(columns.map(({ name }, at) => [lastPart(name), values[at]!])),
    });
  });
  return found;
}

/** The rows of one table on both sides of a migration, under the names that it had before. */
export interface Sides {
  table: string;
  columns: readonly string[];
  before: readonly (readonly string[])[];
  after: readonly (readonly string[])[];
  /** The same after another run. */
  again: readonly (readonly string[])[];
}

/** Puts the rows of the tables that outlive a migration side by side. */
export function sidesOf(
  before: { identities: Identities; rows: AllRows; objects: LiveObjects },
  after: { identities: Identities; rows: AllRows },
  again: AllRows,
): Sides[] {
  return flatMap(columnsByTable(before.objects), ([table, columns]): Sides | [] => {
    const key = keyOfTable(before.identities, table);
    const now = key === undefined ? undefined : after.identities.get(key)?.identity;
    if (key === undefined || now === undefined) return [];
    const names = flatMap(columns, ({ name }) => {
      const own = [...before.identities.values()].find(
        ({ key: other, identity }) =>
          other.startsWith(`pg_attribute/${key.slice('pg_class/'.length)}/`) && identity === name,
      );
      const is = own && after.identities.get(own.key);
      return is ? { was: lastPart(name), is: is.name } : [];
    });
    if (names.length === 0) return [];
    const side = (rows: AllRows, name: string, of: 'was' | 'is'): string[][] | undefined => {
      if (!rows.has(name)) return [];
      const held = rows.get(name);
      const places = names.map((pair) => held?.columns.indexOf(pair[of]) ?? -1);
      return held?.rows.map((row) => places.map((place) => row[place] ?? 'NULL'));
    };
    const sides = [side(before.rows, table, 'was'), side(after.rows, now, 'is'), side(again, now, 'is')];
    const [first, second, third] = sides;
    if (!first || !second || !third) return [];
    return { table, columns: names.map(({ was }) => was), before: first, after: second, again: third };
  });
}

const keyOfTable = (identities: Identities, table: string): string | undefined =>
  [...identities.values()].find(({ key, identity }) => key.startsWith('pg_class/') && identity === table)?.key;

/** The rows that a migration has put into a table, as long as nobody has changed them. */
export interface Inserted {
  statements: readonly BackStatement[];
  /** Tables with rows that cannot be told from those of others. */
  unclear: readonly string[];
}

/**
 * Takes away the rows that the migration has put into tables that were there before.
 * @param given the values that the INSERT statements of the migration write, by table
 * @param texts the statements that may have given values
 */
export function takeAway(
  sides: readonly Sides[],
  objects: LiveObjects,
  given: (table: string) => Given | undefined,
  texts: readonly string[],
): Inserted {
  const unclear: string[] = [];
  const [telling, tellingAgain] = (['after', 'again'] as const).map((side) =>
    tellingOf(sides, side, objects, texts),
  ) as [Telling, Telling];
  const found = flatMap(sides, (side): { table: string; statement: BackStatement } | [] => {
    const rows = insertedRows(side, telling);
    if (rows.length === 0) return [];
    const { table, columns } = side;
    const told = (rows_: readonly (readonly string[])[], by: Telling) =>
      rows_.map((row) => columns.map((column, k) => toldBy(by, table, column, row[k]!, given(table))));
    const conditions = told(rows, telling);
    const again = told(insertedRows({ ...side, after: side.again }, telling), tellingAgain);
    const isSteady = columns.map(
      (_, k) => conditions.every((row) => row[k] !== undefined) && sameValues(conditions, again, k),
    );
    const steady = columns.filter((_, k) => isSteady[k]);
    const isKnown = telling.keyColumns(table, new Set(steady)) !== undefined || steady.length === columns.length;
    const lists = conditions.map((row) => row.filter((_, k) => isSteady[k]).join(' AND '));
    if (steady.length === 0 || (!isKnown && new Set(lists).size < rows.length) || rows.length > MOST_ROWS) {
      unclear.push(table);
      return [];
    }
    return { table, statement: deletionOf(table, lists, isKnown, guardsOf(objects, table)) };
  });
  return { statements: childrenFirst(found, objects).map(({ statement }) => statement), unclear };
}

/** What is known of the rows on one side of the migration. */
const tellingOf = (
  sides: readonly Sides[],
  side: 'after' | 'again' | 'before',
  objects: LiveObjects,
  texts: readonly string[],
): Telling =>
  new Telling(
    objects,
    (table) => {
      const found = sides.find((one) => one.table === table);
      return found && { columns: found.columns, rows: [...found.before, ...found[side]] };
    },
    texts,
  );

/** A number that the database has counted itself says nothing of a row. */
const toldBy = (by: Telling, table: string, column: string, value: string, given: Given | undefined) =>
  by.isCounted(table, column) && given?.has(column) !== true ? undefined : by.condition(table, column, value, given);

/** @param told the conditions of each row @param guards under which a row goes alone */
function deletionOf(
  table: string,
  told: readonly string[],
  isKnown: boolean,
  guards: readonly string[],
): BackStatement {
  const conditions = isKnown ? told : told.map((all) => `${all} AND (SELECT count(*) FROM ${table} WHERE ${all}) = 1`);
  const list = conditions.length === 1 ? conditions[0]! : conditions.map((one) => `(${one})`).join('\n   OR ');
  const where =
    guards.length === 0
      ? list
      : `${conditions.length === 1 ? list : `(${list})`}${guards.map((guard) => `\n  AND ${guard}`).join('')}`;
  const notes = [
    'Rows that the migration has put there, unless somebody has changed them since.',
    ...(isKnown ? [] : ['No key tells them from others: where there are several like it, they stay.']),
    ...(guards.length > 0 ? ['A row that others refer to stays: they would go with it.'] : []),
  ];
  const alias = guards.length > 0 ? ' AS r' : '';
  return { sql: `DELETE FROM ${table}${alias}\nWHERE ${where}`, notes, rowsOf: table };
}

const insertedRows = ({ table, columns, before, after }: Sides, telling: Telling): (readonly string[])[] => {
  const key = telling.keyColumns(table, new Set(columns)) ?? columns;
  const places = key.map((column) => columns.indexOf(column));
  const keyOf = (row: readonly string[]) => JSON.stringify(places.map((place) => row[place]));
  const known = new Set(before.map(keyOf));
  return after.filter((row) => !known.has(keyOf(row)));
};

const sameValues = (
  a: readonly (readonly (string | undefined)[])[],
  b: readonly (readonly (string | undefined)[])[],
  k: number,
): boolean => {
  const values = (rows: readonly (readonly (string | undefined)[])[]) =>
    JSON.stringify(rows.map((row) => row[k]).sort());
  return values(a) === values(b);
};

const FOREIGN_KEY = /^FOREIGN KEY \((.*?)\) REFERENCES (.*?)\((.*?)\)(.*)$/s;

/** Conditions under which nothing goes with a row. */
const guardsOf = (objects: LiveObjects, table: string): string[] =>
  flatMap(objects.values(), ({ kind, of, properties: { definition } }) => {
    const found = kind === 'constraint' ? FOREIGN_KEY.exec(definition ?? '') : null;
    if (!found || found[2] !== table || !/ ON DELETE (?:CASCADE|SET)/.test(found[4]!)) return [];
    const [from_, to] = [found[1]!.split(', '), found[3]!.split(', ')];
    return `NOT EXISTS (SELECT FROM ${of!} AS o WHERE ${from_.map((column, k) => `o.${column} = r.${to[k]!}`).join(' AND ')})`;
  });

/** Rows go before those that they refer to. */
export function childrenFirst<T extends { table: string }>(found: readonly T[], objects: LiveObjects): T[] {
  const refers = flatMap(objects.values(), ({ kind, of, properties: { definition } }) => {
    const to = kind === 'constraint' ? FOREIGN_KEY.exec(definition ?? '')?.[2] : undefined;
    return to === undefined || to === of ? [] : { from: of!, to };
  });
  const open = [...found];
  const sorted: T[] = [];
  while (open.length > 0) {
    const next = open.findIndex(
      ({ table }) => !refers.some(({ from: child, to }) => to === table && open.some((other) => other.table === child)),
    );
    sorted.push(...open.splice(Math.max(next, 0), 1));
  }
  return sorted;
}

/**
 * Puts back the rows that the migrations before have put there, and this one has removed or changed.
 * @param texts the statements of the migrations before
 */
export function putBack(
  before: AllRows,
  now: AllRows,
  objects: LiveObjects,
  texts: readonly string[],
): BackStatement[] {
  const telling = new Telling(objects, (table) => before.get(table), texts);
  const found = flatMap(before, ([table, held]): { table: string; statements: BackStatement[] } | [] => {
    if (!held) return [];
    const { columns, rows } = held;
    const is = now.get(table);
    if (now.has(table) && !is) return [];
    const places = columns.map((column) => is?.columns.indexOf(column) ?? -1);
    const present = (is?.rows ?? []).map((row) => places.map((place) => row[place] ?? 'NULL'));
    const known = new Set(present.map((row) => JSON.stringify(row)));
    const gone = rows.filter((row) => !known.has(JSON.stringify(row)));
    const key = telling.keyColumns(table, new Set(columns));
    const keyPlaces = (key ?? columns).map((column) => columns.indexOf(column));
    const keyOf = (row: readonly string[]) => JSON.stringify(keyPlaces.map((place) => row[place]));
    const byKey = new Map(present.map((row) => [keyOf(row), row]));
    const putting = { table, columns, telling };
    const missing = gone.filter((row) => !byKey.has(keyOf(row)));
    const statements = [
      ...insert(putting, missing, objects, key !== undefined),
      ...flatMap(gone, (row) => {
        const other = byKey.get(keyOf(row));
        return other ? (update(putting, row, other, keyPlaces) ?? []) : [];
      }),
    ];
    return statements.length === 0 ? [] : { table, statements };
  });
  return flatMap(childrenFirst(found, objects).reverse(), ({ statements }) => statements);
}

/** A table whose rows are put back. */
interface Putting {
  table: string;
  columns: readonly string[];
  telling: Telling;
}

/** A row of which every value is the same in every database, as expressions. */
const valuesOf = ({ table, columns, telling }: Putting, row: readonly string[]): string[] | undefined => {
  const values = columns.map((column, k) => telling.valueOf(table, column, row[k]!, undefined));
  return values.every((value) => value !== undefined) ? values : undefined;
};

function insert(
  putting: Putting,
  missing: readonly (readonly string[])[],
  objects: LiveObjects,
  hasKey: boolean,
): BackStatement[] {
  const { table, columns, telling } = putting;
  const rows = flatMap(missing, (row) => {
    const values = valuesOf(putting, row);
    return values ? { row, values } : [];
  });
  if (rows.length === 0) return [];
  const isAlways = columns.some((column) => objects.get(`column ${table}.${column}`)?.properties.identity === 'ALWAYS');
  const head = `INSERT INTO ${table} (${columns.join(', ')})${isAlways ? ' OVERRIDING SYSTEM VALUE' : ''}`;
  const notes = ['Rows that earlier migrations have put there.'];
  if (hasKey) {
    const list = rows.map(({ values }) => `  (${values.join(', ')})`).join(',\n');
    return [{ sql: `${head} VALUES\n${list}\nON CONFLICT DO NOTHING`, notes }];
  }
  return rows.map(({ row, values }, k) => {
    const same = columns.map((column, at) => telling.condition(table, column, row[at]!, undefined)!);
    return {
      sql: `${head}\nSELECT ${values.join(', ')}\nWHERE NOT EXISTS (SELECT FROM ${table} WHERE ${same.join(' AND ')})`,
      ...(k === 0 && { notes }),
    };
  });
}

/** @returns undefined where a value that tells the row, or that it had, is another one in every database */
function update(
  { table, columns, telling }: Putting,
  wanted: readonly string[],
  present: readonly string[],
  keys: readonly number[],
): BackStatement | undefined {
  const other = flatMap(columns, (column, k) => (wanted[k] === present[k] ? [] : { column, k }));
  const where = [...keys.map((k) => ({ column: columns[k]!, k })), ...other].map(({ column, k }) =>
    telling.condition(table, column, present[k]!, undefined),
  );
  const set = other.map(({ column, k }) => ({ column, value: telling.valueOf(table, column, wanted[k]!, undefined) }));
  if (where.includes(undefined) || set.some(({ value }) => value === undefined)) return undefined;
  return {
    sql: `UPDATE ${table} SET ${set.map(({ column, value }) => `${column} = ${value!}`).join(', ')}\nWHERE ${where.join(' AND ')}`,
    notes: ['A row that an earlier migration has put there.'],
  };
}
