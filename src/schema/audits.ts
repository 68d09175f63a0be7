/** What is suspicious in a schema, though nothing says that it is wrong. */
import { flatMap } from '../lists.ts';
import { lastPart as last, type Difference, type LiveObject, type LiveObjects } from './objects.ts';

export interface Audit {
  kind: 'two-columns' | 'no-foreign-key' | 'required-but-absent';
  /** The table and column that it is about. */
  table: string;
  column: string;
  message: string;
}

/**
 * Looks for columns that seem to serve one purpose, and for ids whose table is there, but no foreign key.
 * @param objects what is there
 */
export function auditsOf(objects: LiveObjects): Audit[] {
  const columns = new Map<string, LiveObject[]>();
  const keys = new Set<string>();
  for (const object of objects.values()) {
    const { kind, of, properties } = object;
    if (kind === 'column') columns.set(of!, [...(columns.get(of!) ?? []), object]);
    if (kind === 'constraint') for (const column of referring(properties.definition!)) keys.add(`${of!}.${column}`);
  }
  return flatMap(columns, ([table, own]) => [...twoColumns(table, own), ...withoutKeys(table, own, keys, columns)]);
}

/** The columns of a foreign key. */
const referring = (definition: string): string[] => /^FOREIGN KEY \(([^)]*)\)/.exec(definition)?.[1]!.split(', ') ?? [];

/** Words that stand for one another in the names of columns. */
const SAME_WORD: Readonly<Record<string, string>> = {
  activity: 'active',
  updated: 'modified',
  changed: 'modified',
  edited: 'modified',
  insert: 'created',
  inserted: 'created',
  creation: 'created',
  added: 'created',
  removed: 'deleted',
  mail: 'email',
  telephone: 'phone',
  picture: 'image',
  photo: 'image',
  img: 'image',
  amount: 'total',
  on: 'at',
  date: 'at',
  time: 'at',
  timestamp: 'at',
};

/** A name without what people spell one way or the other. */
const purposeOf = (name: string): string =>
  last(name)
    .replaceAll('"', '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .map((word) => (Object.hasOwn(SAME_WORD, word) ? SAME_WORD[word]! : word.replace(/s$/, '')))
    .join('_');

function twoColumns(table: string, columns: readonly LiveObject[]): Audit[] {
  const seen = new Map<string, LiveObject>();
  return flatMap(columns, (column) => {
    const key = `${purposeOf(column.name)} ${column.properties.type!}`;
    const other = seen.get(key);
    seen.set(key, other ?? column);
    if (!other) return [];
    const [one, two] = [last(other.name), last(column.name)];
    return {
      kind: 'two-columns' as const,
      table,
      column: two,
      message: `${table} has ${one} and ${two}, both ${column.properties.type!}: are they for one purpose?`,
    };
  });
}

/** `customer_id` without a foreign key, where there is a table `customers` whose key has the same type. */
function withoutKeys(
  table: string,
  columns: readonly LiveObject[],
  keys: ReadonlySet<string>,
  tables: ReadonlyMap<string, readonly LiveObject[]>,
): Audit[] {
  return flatMap(columns, ({ name, properties: { type } }) => {
    const column = last(name);
    const stem = /^(\w+?)_id$/.exec(column)?.[1];
    if (stem === undefined || keys.has(name)) return [];
    const target = [...tables].find(
      ([other, own]) =>
        other !== table &&
        schemaOf(other) === schemaOf(table) &&
        [stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, 'ies')].includes(last(other)) &&
        own.some((id) => last(id.name) === 'id' && id.properties.type === type),
    )?.[0];
    if (target === undefined) return [];
    return {
      kind: 'no-foreign-key' as const,
      table,
      column,
      message: `${table}.${column} has no foreign key, though ${target} is there: ALTER TABLE ${table} ADD FOREIGN KEY (${column}) REFERENCES ${target} (id) NOT VALID`,
    };
  });
}

const schemaOf = (name: string): string => name.slice(0, name.length - last(name).length);

/** Columns that a schema of an ORM requires, and the migrations do not make. */
export function requiredIn(title: string, found: readonly Difference[]): Audit[] {
  return flatMap(found, ({ kind, actual }): Audit | [] => {
    if (kind !== 'unexpected' || actual!.kind !== 'column') return [];
    const { name, of, properties: p } = actual!;
    if (p.nullable !== 'no' || p.default != null || p.auto === 'yes') return [];
    return {
      kind: 'required-but-absent',
      table: of!,
      column: last(name),
      message: `${title} requires ${name}, which the migrations do not make: reading and writing ${of!} fails`,
    };
  });
}
