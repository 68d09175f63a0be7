/** What tells a row from all others, also in another database that the same migrations have made. */
import { flatMap } from '../../lists.ts';
import type { LiveObjects } from '../objects.ts';

/** The rows of a table, by the names and the values that it had before the migration. */
export interface KnownRows {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** Values that a migration itself writes for the columns of a table, by the own name of the column. */
export type Given = ReadonlyMap<string, ReadonlySet<string>>;

/** Types whose values have no `=`. */
const HAS_NO_EQUAL = /^(?:json|xml|point|polygon|path|box|line|lseg|circle|tsquery)\b/;

/** The columns of the keys of a table: of its primary key first, then of the unique ones. */
export function keysOf(table: string, objects: LiveObjects): (readonly string[])[] {
  const keys = flatMap(objects.values(), ({ kind, of, properties: { definition } }) => {
    const found =
      kind === 'constraint' && of === table ? /^(PRIMARY KEY|UNIQUE) \(([^()]*)\)/.exec(definition ?? '') : null;
    return found ? { isPrimary: found[1] === 'PRIMARY KEY', columns: found[2]!.split(', ') } : [];
  });
  return keys.sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary)).map(({ columns }) => columns);
}

const FOREIGN_KEY = /^FOREIGN KEY \(([^,]*?)\) REFERENCES (.*?)\(([^,]*?)\)/s;

/**
 * Every database chooses other random keys, times and numbers: such a value is not written down. A foreign key that
 * refers to one is told by what else is known of the row to which it refers.
 */
export class Telling {
  private readonly objects: LiveObjects;
  private readonly rowsOf: (table: string) => KnownRows | undefined;
  private readonly texts: readonly string[];

  /** @param texts the statements that may have given values, of this migration and of those before it */
  constructor(objects: LiveObjects, rowsOf: (table: string) => KnownRows | undefined, texts: readonly string[]) {
    this.objects = objects;
    this.rowsOf = rowsOf;
    this.texts = texts;
  }

  /** Whether a column has this value. */
  isThis(table: string, column: string, value: string): string {
    if (value === 'NULL') return `${column} IS NULL`;
    const type = this.typeOf(table, column);
    const base = this.baseOf(type);
    if (HAS_NO_EQUAL.test(base)) return `${column}::text = ${value}`;
    // PostgreSQL reads no row without its type.
    return `${column} = ${value}${this.objects.has(`type ${base}`) ? `::${type}` : ''}`;
  }

  /**
   * The same for a value that may be another one in another database.
   * @param given the values that the migration itself writes into the table
   * @returns undefined where it is, and nothing else tells it
   */
  condition(table: string, column: string, value: string, given: Given | undefined): string | undefined {
    const known = this.valueOf(table, column, value, given);
    if (known === undefined) return undefined;
    return known === value ? this.isThis(table, column, value) : `${column} = ${known}`;
  }

  /** The value as an expression that means the same in another database; undefined where there is none. */
  valueOf(table: string, column: string, value: string, given: Given | undefined): string | undefined {
    if (value === 'NULL' || given?.get(column)?.has(unquoted(value)) === true) return value;
    const parent = this.parentOf(table, column);
    if (!parent) return this.isUnknown(table, column, value) ? undefined : value;
    if (!this.isChosen(parent.table, parent.column, value)) return value;
    const { columns = [], rows = [] } = this.rowsOf(parent.table) ?? {};
    const row = rows.find((one) => one[columns.indexOf(parent.column)] === value);
    const key =
      row &&
      keysOf(parent.table, this.objects).find((names) =>
        names.every((name) => {
          const held = row[columns.indexOf(name)];
          return held !== undefined && held !== 'NULL' && !this.isChosen(parent.table, name, held);
        }),
      );
    if (!row || !key) return undefined;
    const is = key.map((name) => `p.${this.isThis(parent.table, name, row[columns.indexOf(name)]!)}`);
    return `(SELECT p.${parent.column} FROM ${parent.table} AS p WHERE ${is.join(' AND ')})`;
  }

  /** The columns that tell the rows of a table apart: those of its primary key, or of the first unique one. */
  keyColumns(table: string, among: ReadonlySet<string>): readonly string[] | undefined {
    return keysOf(table, this.objects).find((columns) => columns.every((column) => among.has(column)));
  }

  /** The value of a column that a row gets by itself is another one in every database. */
  isCounted(table: string, column: string): boolean {
    const properties = this.objects.get(`column ${table}.${column}`)?.properties;
    return properties?.identity != null || /^nextval\(/.test(properties?.default ?? '');
  }

  private typeOf(table: string, column: string): string {
    return this.objects.get(`column ${table}.${column}`)?.properties.type ?? '';
  }

  /** What a domain is made of. */
  private baseOf(type: string): string {
    const base = this.objects.get(`domain ${type}`)?.properties.type;
    return base == null ? type : this.baseOf(base);
  }

  /** The column to which a foreign key of one column refers. */
  private parentOf(table: string, column: string): { table: string; column: string } | undefined {
    for (const { kind, of, properties } of this.objects.values()) {
      const found = kind === 'constraint' && of === table ? FOREIGN_KEY.exec(properties.definition ?? '') : null;
      if (found?.[1] === column) return { table: found[2]!, column: found[3]! };
    }
    return undefined;
  }

  /** Whether the database has chosen a value, or the row to which it refers has one that it has chosen. */
  private isChosen(table: string, column: string, value: string): boolean {
    if (this.isCounted(table, column) || this.isUnknown(table, column, value)) return true;
    const parent = this.parentOf(table, column);
    return parent !== undefined && parent.table !== table && this.isChosen(parent.table, parent.column, value);
  }

  /** Whether it is a key that stands in no statement: then it is a random one. */
  private isUnknown(table: string, column: string, value: string): boolean {
    const text = unquoted(value);
    return this.baseOf(this.typeOf(table, column)) === 'uuid' && !this.texts.some((sql) => sql.includes(text));
  }
}

const unquoted = (value: string): string => (value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value);
