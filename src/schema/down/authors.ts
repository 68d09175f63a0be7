/** The statements with which the authors of the migrations have made objects, for those that come back as they were. */
import { nameOf, nameOfRange } from '../../catalog/nodes.ts';
import { parseStatement, type NodeOf } from '../../syntax/parse.ts';
import type { LiveObject } from '../objects.ts';

/** What a statement makes. */
interface Made {
  kind: string;
  name: string;
  schema?: string | undefined;
  /** The table that it lives on. */
  of?: string | undefined;
}

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
    if (!/^CREATE /.test(sql) || this.refused.has(key)) return undefined;
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
  if ((kind === 'policy' || kind === 'trigger') && of !== undefined)
    return unquoted(name.slice(0, -` on ${of}`.length));
  const found = /^(?:(?:"(?:[^"]|"")*"|[^".(]+)\.)?("(?:[^"]|"")*"|[^".(]+)/.exec(name);
  return unquoted(found?.[1] ?? name);
}

/** Whether an identity such as `public.notes` is of that table. */
const isCalled = (identity: string, table: string): boolean =>
  unquoted(/(?:"(?:[^"]|"")*"|[^".]+)$/.exec(identity)?.[0] ?? identity) === table;

function madeBy(sql: string): Made | undefined {
  const parsed = parseStatement(sql);
  if (!parsed.ok) return undefined;
  const { type, node } = parsed;
  switch (type) {
    case 'CreateFunctionStmt': {
      const { funcname, is_procedure: isProcedure } = node as NodeOf<'CreateFunctionStmt'>;
      return { kind: isProcedure ? 'procedure' : 'function', ...nameOf(funcname) };
    }
    case 'ViewStmt':
      return { kind: 'view', ...nameOfRange((node as NodeOf<'ViewStmt'>).view) };
    case 'CreateTableAsStmt': {
      const { objtype, into } = node as NodeOf<'CreateTableAsStmt'>;
      return objtype === 'OBJECT_MATVIEW' ? { kind: 'materialized view', ...nameOfRange(into?.rel) } : undefined;
    }
    case 'CreatePolicyStmt': {
      const { policy_name: name = '', table } = node as NodeOf<'CreatePolicyStmt'>;
      return { kind: 'policy', name, of: nameOfRange(table).name };
    }
    case 'CreateTrigStmt': {
      const { trigname = '', relation } = node as NodeOf<'CreateTrigStmt'>;
      return { kind: 'trigger', name: trigname, of: nameOfRange(relation).name };
    }
    case 'IndexStmt': {
      const { idxname, relation, concurrent } = node as NodeOf<'IndexStmt'>;
      const { schema } = nameOfRange(relation);
      // In a transaction it would be refused.
      return idxname === undefined || concurrent ? undefined : { kind: 'index', name: idxname, schema };
    }
    default:
      return undefined;
  }
}
