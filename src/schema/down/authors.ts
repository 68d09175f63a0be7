/** The statements with which the authors of the migrations have made objects, for those that come back as they were. */
import { unitsOf } from '../../catalog/units.ts';
import { Script } from '../../syntax/script.ts';
import type { LiveObject } from '../objects.ts';

/** What a statement makes. */
interface Made {
  kind: string;
  name: string;
  schema?: string | undefined;
  /** The table that it lives on. */
  of?: string | undefined;
}

/** A table is made by its columns as they are, whatever has become of them since its author has made it. */
const IS_TEXT = new Set([
  'function',
  'procedure',
  'view',
  'materialized view',
  'policy',
  'trigger',
  'rule',
  'index',
  'aggregate',
  'operator',
  'operator class',
  'operator family',
  'language',
  'access method',
  'text search configuration',
  'text search dictionary',
  'text search parser',
  'text search template',
  'collation',
  'conversion',
  'range',
  'user mapping',
  'transform',
]);

export class AuthorTexts {
  /** By kind and own name, the last one last. */
  private readonly texts = new Map<string, { made: Made; sql: string }[]>();
  /** The objects that come out otherwise when the author's statement runs. */
  private readonly refused = new Set<string>();

  /** @param statements all statements of the files before, in their order @pre the parser is loaded */
  constructor(statements: Iterable<string>) {
    for (const sql of statements) {
      const made = /^create\b/i.test(sql) ? madeBy(sql) : undefined;
      if (!made) continue;
      const key = `${made.kind} ${made.name}`;
      this.texts.set(key, [...(this.texts.get(key) ?? []), { made, sql }]);
    }
  }

  /** Does not offer the statement for an object again. */
  refuse({ kind, name }: LiveObject): void {
    this.refused.add(`${kind} ${name}`);
  }

  /**
   * The statement of the author in the place of one that was composed; whether both make the same is to be seen.
   * @param sql what was composed
   */
  textFor(object: LiveObject, sql: string): string | undefined {
    const { kind, name, of } = object;
    const key = `${kind} ${name}`;
    if (!/^CREATE /.test(sql) || this.refused.has(key) || !IS_TEXT.has(kind)) return undefined;
    const own = ownName(object);
    const known = this.texts.get(`${kind} ${own}`)?.findLast(({ made }) => {
      if (made.of !== undefined) return of !== undefined && isCalled(of, made.of);
      return made.schema === undefined || made.schema === object.schema;
    });
    if (!known) return undefined;
    return /^CREATE OR REPLACE /.test(sql) ? replacing(known.sql) : known.sql;
  }
}

const REPLACED = /^create\s+(?!or\s+replace\b)(?=function|procedure|view|(?:temp|recursive)\b)/i;
const replacing = (sql: string): string => sql.replace(REPLACED, (create) => `${create.trimEnd()} OR REPLACE `);

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);

/** The name of an object without its schema, its arguments and its table. */
function ownName({ name, of, kind }: LiveObject): string {
  if (ON_TABLE.has(kind) && of !== undefined) return unquoted(name.slice(0, -` on ${of}`.length));
  if (kind === 'user mapping') return unquoted(/^for (.*) server /s.exec(name)?.[1] ?? name);
  const found = /^(?:(?:"(?:[^"]|"")*"|[^".(]+)\.)?("(?:[^"]|"")*"|[^".( ]+)/.exec(name);
  return unquoted(found?.[1] ?? name);
}

/** Whether an identity such as `public.notes` is of that table. */
const isCalled = (identity: string, table: string): boolean =>
  unquoted(/(?:"(?:[^"]|"")*"|[^".]+)$/.exec(identity)?.[0] ?? identity) === table;

/** Kinds of which PostgreSQL keeps the names of one table apart. */
const ON_TABLE = new Set(['policy', 'trigger', 'rule']);

function madeBy(sql: string): Made | undefined {
  const [statement] = new Script(sql).statements;
  if (!statement || CONCURRENTLY.test(sql)) return undefined;
  for (const { effects } of unitsOf(statement))
    for (const effect of effects) {
      if (effect.action !== 'create') continue;
      const { kind, schema, name, of } = effect.object;
      return { kind, name, schema, of: ON_TABLE.has(kind) ? of?.name : undefined };
    }
  return undefined;
}

/** In a transaction it would be refused. */
const CONCURRENTLY = /^create\s+(?:unique\s+)?index\s+concurrently\b/i;
