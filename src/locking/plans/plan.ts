/** What the plans of changes are made of: steps, each with its SQL and the place where it goes. */
import { chooseName, quoteIdent, quoteLiteral, quoteName } from '../../catalog/names.ts';
import { describe, type Name, type ObjectRef } from '../../catalog/objects.ts';
import { constraintsOf, isPartitioned, relationOf } from '../../catalog/locks/relations.ts';
import { dollarTag } from '../../fixers/style.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';

export type Phase = 'expand' | 'backfill' | 'contract';

export interface Step {
  phase: Phase;
  /** What it does, and when it may run, in a sentence without its full stop. */
  says: string;
  /** `file`: a migration of its own. `alone`: the same, sent in no transaction. `batches`: rows, by hand or a job. */
  goes: 'file' | 'alone' | 'batches';
  sql: string;
}

/** How a change that one file cannot make safely is made in several. */
export interface Plan {
  /** What comes of it, in a sentence without its full stop. */
  says: string;
  steps: readonly Step[];
  /** What the statements do not show. */
  notes: readonly string[];
}

/** The table that a plan is for, with the names that its SQL needs. */
export class Target {
  readonly world: World;
  readonly ref: ObjectRef;
  /** As SQL writes it. */
  readonly sql: string;

  constructor(name: Name, world: World) {
    this.world = world;
    this.ref = relationOf(name, world);
    this.sql = quoteName(name);
  }

  get name(): string {
    return this.ref.name;
  }

  /** The name of something new in the schema of the table. */
  beside(name: string): string {
    return quoteName({ schema: this.ref.schema, name });
  }

  column(name: string): ObjectRef | undefined {
    return this.world.get({ kind: 'column', name, of: { schema: this.ref.schema, name: this.name } })?.ref;
  }

  /** A name for a constraint, as PostgreSQL would choose it. */
  constraintName(column: string | undefined, label: string): string {
    return chooseName(this.name, column, label, (name) => this.world.constraintTaken(this.ref.schema, name));
  }

  /** Its indexes and constraints of which a column is a part, as messages name them. */
  partsWith(column: string): string[] {
    return this.world
      .parts(this.ref)
      .filter(
        ({ kind, detail }) =>
          (kind === 'index' || kind === 'constraint') &&
          (detail?.columns?.includes(column) === true || detail?.reads?.includes(column) === true),
      )
      .map(({ kind, name }) => `${kind} "${name}"`);
  }

  /** What else uses a column: views, policies, generated columns. */
  usersOf(column: string): string[] {
    const ref = this.column(column);
    return ref ? flatMap(this.world.dependents(ref), (key) => this.user(key) ?? []) : [];
  }

  private user(key: string): string | undefined {
    const ref = this.world.refOfKey(key);
    return ref && ref.kind !== 'index' && ref.kind !== 'constraint' ? describe(ref) : undefined;
  }

  primaryKey(): ObjectRef | undefined {
    return constraintsOf(this.ref, this.world).find(({ detail }) => detail?.contype === 'p');
  }

  /** The columns of its primary key, as far as a migration says them. */
  keyColumns(): string[] {
    return flatMap(this.primaryKey()?.detail?.columns ?? [], (column) => column ?? []);
  }

  /** The tables whose foreign keys point to it. */
  referring(): string[] {
    const key = this.world.key(this.ref);
    const tables = this.world
      .ofKind('constraint')
      .filter(({ detail }) => {
        const table = detail?.references?.table;
        return table !== undefined && this.world.key({ kind: 'table', ...table }) === key;
      })
      .map(({ of }) => `"${of?.name ?? ''}"`);
    return [...new Set(tables)];
  }

  get isPartitioned(): boolean {
    return isPartitioned(this.ref);
  }
}

/**
 * Changes all rows that are there, a part of the table at a time, and each part in a transaction of its own. It goes
 * through the blocks of the table: it needs no key, comes to an end, and looks at no row twice. Rows that are written
 * meanwhile lie behind it, or are what they should be already.
 */
export function inBatches({ sql, isPartitioned: hasPartitions }: Target, set: string, where?: string): string {
  const inRange = "ctid >= format('(%s,0)', block)::tid AND ctid < format('(%s,0)', block + 500)::tid";
  const condition = where === undefined ? '' : ` AND ${where}`;
  const blocks = (table: string) => `0 .. pg_relation_size(${table}) / current_setting('block_size')::int BY 500`;
  const table = quoteLiteral(sql);
  const body = hasPartitions
    ? [
        'DECLARE',
        '  part regclass;',
        'BEGIN',
        `  FOREACH part IN ARRAY ARRAY(SELECT relid FROM pg_partition_tree(${table}) WHERE isleaf) LOOP`,
        `    FOR block IN ${blocks('part')} LOOP`,
        '      EXECUTE format(',
        `        'UPDATE %s SET ${inFormat(set)} ' ||`,
        `        'WHERE ctid >= %L AND ctid < %L${inFormat(condition)}',`,
        "        part, format('(%s,0)', block), format('(%s,0)', block + 500)",
        '      );',
        '      COMMIT;',
        '    END LOOP;',
        '  END LOOP;',
        'END',
      ]
    : [
        'BEGIN',
        `  FOR block IN ${blocks(table)} LOOP`,
        `    UPDATE ${sql} SET ${set}`,
        `    WHERE ${inRange}${condition};`,
        '    COMMIT;',
        '  END LOOP;',
        'END',
      ];
  return `DO ${inDollars(body)};`;
}

/** SQL in a string that `format` reads. */
const inFormat = (sql: string): string => sql.replaceAll("'", "''").replaceAll('%', '%%');

/** A body in dollar quotes: an expression of the user's may have some of its own. */
function inDollars(lines: readonly string[]): string {
  const body = lines.join('\n');
  const tag = dollarTag(body);
  return `${tag}\n${body}\n${tag}`;
}

/** A trigger that sets columns of a row before it is written. */
export function keptBy(name: string, target: Target, body: readonly string[]): string {
  const whole = inDollars(['BEGIN', ...body.map((line) => `  ${line}`), '  RETURN NEW;', 'END']);
  return [
    `CREATE FUNCTION ${target.beside(name)}() RETURNS trigger LANGUAGE plpgsql AS ${whole};`,
    `CREATE TRIGGER ${quoteIdent(name)} BEFORE INSERT OR UPDATE ON ${target.sql}`,
    `  FOR EACH ROW EXECUTE FUNCTION ${target.beside(name)}();`,
  ].join('\n');
}

/** Takes the trigger and its function away. */
export const keptNoMore = (name: string, target: Target): string =>
  [`DROP TRIGGER ${quoteIdent(name)} ON ${target.sql};`, `DROP FUNCTION ${target.beside(name)}();`].join('\n');

/** Whoever waits for the lock must not wait long: the statements hold it for a moment. */
export const BRIEFLY = "SET LOCAL lock_timeout = '5s';";
