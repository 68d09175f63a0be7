/**
 * Composes the statements that lead back: on the database as the migration leaves it, by running them, so that their
 * order is one that PostgreSQL takes. First what was renamed gets its name again, then what differs is brought into
 * step, and what PostgreSQL does not let be changed is dropped and made again.
 */
import { quoteLiteral } from '../../catalog/names.ts';
import type { Session } from '../../database/types.ts';
import { flatMap } from '../../lists.ts';
import { differences, keyOf, lastPart, type Difference, type LiveObject, type LiveObjects } from '../objects.ts';
import { repair, type Statement } from '../repair.ts';
import { ADDS_LAST, BY_HAND, KEEPS_LABELS, MAY_NOT_FIT, WRITERS } from '../writing.ts';
import type { AuthorTexts } from './authors.ts';
import type { Loss } from './losses.ts';
import { columnsOf, dependentsOf, type Dependent } from './dependents.ts';
import { readIdentities, renamings, type Identities, type Renaming } from './identities.ts';

/** A statement of the way back. */
export interface BackStatement {
  sql: string;
  /** What is said above it, a line each. */
  notes?: readonly string[];
  /** The object that it makes, removes or changes. */
  object?: LiveObject;
  /** The key of what may still differ behind it where tables hold rows: a column, or a constraint. */
  open?: string;
  /** The table from which it takes rows away. */
  rowsOf?: string;
  /** What is lost by it. */
  lost?: Loss;
  /** Whether it is the statement with which the author has made the object. */
  isAuthors?: true;
}

/** What a database was before the migration. */
export interface Before {
  objects: LiveObjects;
  identities: Identities;
}

export interface Composed {
  statements: readonly BackStatement[];
  /** Rows that PostgreSQL does not let be taken away. */
  kept: readonly Loss[];
  /** What the statements cannot bring back, with PostgreSQL's answer where it refused them. */
  left: readonly { difference: Difference; why: string | undefined }[];
}

export interface Composing {
  session: Session;
  /** Reads the objects of the session. */
  read: () => Promise<LiveObjects>;
  before: Before;
  /** The major version of PostgreSQL that runs the statements. */
  version: number;
  /** The statements with which the files before have made objects. */
  authors: AuthorTexts;
  /** Takes away the rows that the migration has put there: runs once everything is called as before. */
  takeAway: readonly BackStatement[];
  /** Bring back what was kept aside: run once the objects are there again. */
  restores: readonly BackStatement[];
  /** Puts back rows of earlier migrations that are gone: asked for once the objects are there again. */
  putBack: () => Promise<readonly BackStatement[]>;
}

/** One of several ways to say the same; the first that runs is taken. */
interface Attempt {
  ways: readonly (readonly BackStatement[])[];
  /** Whose dependents are in the way if no way runs. */
  object?: LiveObject;
}

/** More rounds than any way back needs: each drops what is in the way of the one before. */
const MOST_ROUNDS = 12;

/** What is dropped and made again where it is in the way: none of it holds rows of its own. */
const HOLDS_NOTHING = new Set([
  'view',
  'materialized view',
  'policy',
  'trigger',
  'rule',
  'function',
  'procedure',
  'aggregate',
  'constraint',
  'index',
  'statistics',
]);

/**
 * The session has to be where the migration leaves it, and is left where the statements lead.
 * @param again goes back to where the migration leaves it
 */
export async function compose(composing: Composing, again: () => Promise<void>): Promise<Composed> {
  for (;;) {
    const composed = await new Composer(composing).run();
    if (composed) return composed;
    await again();
  }
}

class Composer {
  private readonly composing: Composing;
  private readonly statements: BackStatement[] = [];
  /** What runs at the end, once rows are back: where there are none, it holds. */
  private readonly last: BackStatement[] = [];
  private readonly refused = new Map<string, string>();
  /** What PostgreSQL has answered to statements about rows. */
  private readonly stuck = new Map<string, string>();
  /** The objects that were made by the statements of authors. */
  private readonly ofAuthors = new Set<string>();
  /** What was in the way once, so that it is not looked for again. */
  private readonly moved = new Set<string>();

  constructor(composing: Composing) {
    this.composing = composing;
  }

  /** @returns undefined where the statement of an author now makes something else than it once did; it is remembered */
  async run(): Promise<Composed | undefined> {
    await this.rename();
    const stuck = await this.attempt(this.composing.takeAway.map((statement) => ({ ways: [[statement]] })));
    const kept = flatMap(stuck, ({ ways }): Loss | [] => {
      const [{ sql, rowsOf: table } = { sql: '' }] = ways[0] ?? [];
      const why = this.stuck.get(sql) ?? '';
      return table === undefined ? [] : { table, by: `PostgreSQL refuses to delete what it has put there: ${why}` };
    });
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { found, attempts } = await this.pending();
      if (this.authorsFail(found)) return undefined;
      if (found.length === 0) break;
      const count = this.statements.length;
      const open = await this.attempt(attempts);
      if (open.length > 0) await this.clear(open);
      if (this.statements.length === count) break;
    }
    for (const statement of this.composing.restores)
      if ((await this.run1(statement.sql)) === undefined) this.statements.push(statement);
    const rows = await this.composing.putBack();
    for (const statement of [...rows, ...this.last])
      if ((await this.run1(statement.sql)) === undefined) this.statements.push(statement);
    const { found } = await this.pending();
    if (this.authorsFail(found)) return undefined;
    return {
      statements: this.statements,
      kept,
      left: found.map((difference) => ({
        difference,
        why: this.refused.get(keyOf((difference.expected ?? difference.actual)!)),
      })),
    };
  }

  private authorsFail(found: readonly Difference[]): boolean {
    const { authors } = this.composing;
    const failing = found.filter(({ expected, actual }) => this.ofAuthors.has(keyOf((expected ?? actual)!)));
    for (const { expected, actual } of failing) authors.refuse((expected ?? actual)!);
    return failing.length > 0;
  }

  /** What still differs, and the statements for it. */
  private async pending(): Promise<{ found: Difference[]; attempts: Attempt[] }> {
    const { read, before, version } = this.composing;
    const now = await read();
    const found = differences(before.objects, now);
    const attempts: Attempt[] = [];
    for (const statement of found.length === 0 ? [] : repair(before.objects, now, { version })) {
      const made = await this.attemptOf(statement, now);
      if (made) attempts.push(made);
    }
    return { found, attempts };
  }

  private async run1(sql: string): Promise<string | undefined> {
    const failure = await this.composing.session.run([{ sql, offset: 0 }], 'stop');
    return failure && `${failure.message} (${failure.code})`;
  }

  /**
   * Runs what can run, in its order, and then again what could not, until nothing more runs.
   * @returns what does not run
   */
  private async attempt(attempts: readonly Attempt[]): Promise<Attempt[]> {
    let open = [...attempts];
    for (;;) {
      const left: Attempt[] = [];
      for (const attempt of open) if (!(await this.tryWays(attempt))) left.push(attempt);
      if (left.length === 0 || left.length === open.length) return left;
      open = left;
    }
  }

  private async tryWays({ ways, object }: Attempt): Promise<boolean> {
    for (const way of ways) {
      let failure: string | undefined;
      const ran: BackStatement[] = [];
      for (const statement of way) {
        if (statement.open !== undefined) {
          if (!this.last.includes(statement)) this.last.push(statement);
          continue;
        }
        failure = await this.run1(statement.sql);
        if (failure !== undefined) break;
        ran.push(statement);
      }
      this.statements.push(...ran);
      if (failure === undefined) {
        for (const { object: made, isAuthors } of ran) if (isAuthors) this.ofAuthors.add(keyOf(made!));
        return true;
      }
      if (object) this.refused.set(keyOf(object), failure);
      else if (way[0]) this.stuck.set(way[0].sql, failure);
    }
    return false;
  }

  // Names -----------------------------------------------------------------------------------------------------------

  private async rename(): Promise<void> {
    const aside = new Set<string>();
    for (let round = 0; round < MOST_ROUNDS * 4; round++) {
      const now = await this.identities();
      const open = renamings(this.composing.before.identities, now);
      if (open.length === 0) return;
      if (await this.renameOne(open)) continue;
      if (await this.freeName(open)) continue;
      const swapped = open.find((renaming) => renaming.aside !== undefined && !aside.has(renaming.now.key));
      if (!swapped) return;
      aside.add(swapped.now.key);
      if ((await this.run1(swapped.aside!)) === undefined) this.statements.push({ sql: swapped.aside! });
    }
  }

  /** What is renamed takes others along: all names are read again behind it. */
  private async renameOne(open: readonly Renaming[]): Promise<boolean> {
    for (const { sql } of open)
      if ((await this.run1(sql)) === undefined) {
        this.statements.push({ sql });
        return true;
      }
    return false;
  }

  /** Drops what the migration has made under a name that another object had. */
  private async freeName(open: readonly Renaming[]): Promise<boolean> {
    const now = await this.composing.read();
    const ours = new Set([...this.composing.before.identities.keys()]);
    const made = new Set(
      [...(await this.identities()).values()].filter(({ key }) => !ours.has(key)).map(({ identity }) => identity),
    );
    const wanted = new Set(open.map(({ before }) => before.identity));
    const inTheWay = [...now.values()].filter(
      (object) =>
        wanted.has(object.name) && made.has(object.name) && object.kind !== 'comment' && object.kind !== 'grant',
    );
    const attempts = inTheWay.map((object) => dropping(object));
    const count = this.statements.length;
    const stuck = await this.attempt(attempts);
    if (stuck.length > 0) await this.clear(stuck);
    return this.statements.length > count;
  }

  private identities(): Promise<Identities> {
    return readIdentities((sql) => this.composing.session.ask(sql));
  }

  // What is in the way ------------------------------------------------------------------------------------------------

  /** Drops what keeps PostgreSQL from changing an object; the next round makes it again. */
  private async clear(stuck: readonly Attempt[]): Promise<void> {
    const now = await this.composing.read();
    const identities = await this.identities();
    const dropped: Attempt[] = [];
    for (const { object } of stuck) {
      if (!object) continue;
      dropped.push(...(await this.dropDependents(object, now, identities)));
      // It cannot be replaced.
      if (object.kind === 'view' && now.has(keyOf(object))) dropped.push(dropping(now.get(keyOf(object))!));
    }
    await this.attempt(dropped);
  }

  private async dropDependents(object: LiveObject, now: LiveObjects, identities: Identities): Promise<Attempt[]> {
    const found = flatMap(numbersOf(object, identities), (key) => key);
    const dependents: Dependent[] = [];
    for (const key of found) dependents.push(...(await dependentsOf((sql) => this.composing.session.ask(sql), key)));
    return flatMap(dependents, (dependent): Attempt | [] => {
      const { kind, name, column } = dependent;
      const id = `${kind} ${name} ${column ?? ''} of ${keyOf(object)}`;
      if (this.moved.has(id)) return [];
      this.moved.add(id);
      if (kind === 'default') return { ways: [[{ sql: `ALTER TABLE ${name} ALTER COLUMN ${column!} DROP DEFAULT` }]] };
      if (kind === 'generated column') return { ways: [[{ sql: `ALTER TABLE ${name} DROP COLUMN ${column!}` }]] };
      const other = now.get(keyOf({ kind, name }));
      return other && HOLDS_NOTHING.has(kind) ? dropping(other) : [];
    });
  }

  // Statements --------------------------------------------------------------------------------------------------------

  /** How a statement of a repair is said in a way back; undefined where none does it. */
  private async attemptOf(statement: Statement, now: LiveObjects): Promise<Attempt | undefined> {
    const { sql, why, object } = statement;
    if (why === KEEPS_LABELS) return { ways: [[await this.swapLabels(object, now)]], object };
    if (why === BY_HAND || why === ADDS_LAST) {
      this.refused.set(keyOf(object), why);
      const whole = this.madeWhole(statement);
      return whole && { ways: [whole], object };
    }
    if (why === MAY_NOT_FIT) return { ways: conversions(sql, object, this.composing.version), object };
    if (this.last.some(({ open }) => open === keyOf(object))) return undefined;
    const empty = comesBackEmpty(sql, object) ?? comesBackOpen(sql, object, now, this.composing.before.objects);
    if (empty) return { ways: [empty], object };
    const own = this.composing.authors.textFor(object, sql);
    const composed = [{ sql, object }];
    return { ways: own === undefined ? [composed] : [[{ sql: own, object, isAuthors: true }], composed], object };
  }

  /** What only its author's statement makes, or only a new column. */
  private madeWhole({ sql, object }: Statement): BackStatement[] | undefined {
    const own = this.composing.authors.textFor(object, sql);
    if (own !== undefined) return [{ sql: own, object, isAuthors: true }];
    if (object.kind !== 'column' || object.properties.generated == null) return undefined;
    const { drop, create } = WRITERS.column!;
    const context = { version: this.composing.version, partsOf: () => [] };
    const notes = ['What the column holds is computed again.'];
    return [...drop(object), ...create(object, context)].map((change, k) => ({
      sql: typeof change === 'string' ? change : change.sql,
      object,
      ...(k === 0 && { notes }),
    }));
  }

  /** An enum with other labels is another type: all columns go over to it. What else rests on it is made again. */
  private async swapLabels(object: LiveObject, now: LiveObjects): Promise<BackStatement> {
    const { name, properties } = object;
    const aside = `${name.replace(/^.*\.(?=(?:"(?:[^"]|"")*"|[^".]+)$)/s, '').replace(/^"|"$/g, '')}_before`;
    const quoted = `"${aside}"`;
    const schema = name.slice(0, name.length - name.replace(/^.*\.(?=(?:"(?:[^"]|"")*"|[^".]+)$)/s, '').length);
    const columns = await columnsOf((sql) => this.composing.session.ask(sql), name);
    const lines = [
      `ALTER TYPE ${name} RENAME TO ${quoted};`,
      `CREATE TYPE ${name} AS ENUM (${properties.labels!});`,
      ...flatMap(columns, ({ table, column, type, default: value }) => [
        ...(value === null ? [] : [`ALTER TABLE ${table} ALTER COLUMN ${column} DROP DEFAULT;`]),
        `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type} USING ${column}::text${type.endsWith('[]') ? '[]' : ''}::${type};`,
        ...(value === null ? [] : [`ALTER TABLE ${table} ALTER COLUMN ${column} SET DEFAULT ${value};`]),
      ]),
      `DROP TYPE ${schema}${quoted};`,
    ];
    const has = now.get(keyOf(object))?.properties.labels ?? '';
    const gone = (has.match(/E?'(?:[^']|'')*'/g) ?? []).filter((label) => !properties.labels!.includes(label));
    const sql = [
      'DO $$',
      'BEGIN',
      `  IF ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = ${quoteLiteral(name)}::regtype ORDER BY enumsortorder)`,
      `    <> ARRAY[${properties.labels!}]::text[] THEN`,
      ...lines.map((line) => `    ${line}`),
      '  END IF;',
      'END $$',
    ].join('\n');
    const notes =
      gone.length > 0
        ? [`PostgreSQL refuses this while a row has ${gone.join(' or ')}: give these rows another value first.`]
        : [];
    return { sql, notes, object };
  }
}

const dropping = (object: LiveObject): Attempt => ({
  ways: [
    WRITERS[object.kind]!.drop(object).map((change) => ({
      sql: typeof change === 'string' ? change : change.sql,
      object,
    })),
  ],
  object,
});

/** The numbers under which an object may be known. */
const numbersOf = ({ name }: LiveObject, identities: Identities): string[] =>
  [...identities.values()].filter(({ identity }) => identity === name).map(({ key }) => key);

/** Without USING, PostgreSQL refuses a value that does not fit; a cast would cut it. */
function conversions(sql: string, object: LiveObject, version: number): BackStatement[][] {
  const plain = sql.replace(/ USING .*$/s, '');
  const notes = ['PostgreSQL refuses this while a row has a value that does not fit.'];
  const { of, name, properties } = object;
  const lost: Loss = { table: of!, columns: [lastPart(name)], by: `no value becomes ${properties.type!} again` };
  const [drop, add] = [WRITERS.column!.drop(object), WRITERS.column!.create(object, { version, partsOf: () => [] })];
  const anew = [...drop, ...add].map((change): BackStatement => ({
    sql: typeof change === 'string' ? change : change.sql,
    object,
  }));
  return [
    [{ sql: plain, notes, object }],
    [{ sql, notes: ['A value that does not fit into the type is refused, or cut.'], object }],
    anew.map((statement, k) => (k === 0 ? { ...statement, lost } : statement)),
  ];
}

/** A column that has to have values, and comes back without any. */
function comesBackEmpty(sql: string, object: LiveObject): BackStatement[] | undefined {
  const { kind, name, of, properties: p } = object;
  if (kind !== 'column' || !/ ADD COLUMN .* NOT NULL$/s.test(sql) || p.default != null || p.identity != null)
    return undefined;
  const column = name.slice(of!.length + 1);
  const set = `ALTER TABLE ${of!} ALTER COLUMN ${column} SET NOT NULL`;
  return [
    { sql: sql.replace(/ NOT NULL$/, ''), object },
    {
      sql: unless(set, 'not_null_violation', `${name} stays without NOT NULL until its rows have values`),
      object,
      open: keyOf(object),
    },
  ];
}

/** A key or a foreign key that rows may break, since what it speaks of comes back empty. */
function comesBackOpen(
  sql: string,
  object: LiveObject,
  now: LiveObjects,
  before: LiveObjects,
): BackStatement[] | undefined {
  const { kind, of, properties: p } = object;
  if (kind !== 'constraint' || !/ ADD CONSTRAINT /.test(sql) || of === undefined || !now.has(`table ${of}`))
    return undefined;
  const definition = p.definition ?? '';
  const other = /^FOREIGN KEY .* REFERENCES (.*?)\(/s.exec(definition)?.[1]?.trim();
  if (other !== undefined) {
    if (now.has(`table ${other}`) || p['not validated']) return undefined;
    const name = object.name.slice(0, object.name.length - of.length - ' on '.length);
    return [
      { sql: `${sql} NOT VALID`, object },
      {
        sql: unless(
          `ALTER TABLE ${of} VALIDATE CONSTRAINT ${name}`,
          'foreign_key_violation',
          `${object.name} stays NOT VALID until ${other} has its rows`,
        ),
        object,
        open: keyOf(object),
      },
    ];
  }
  const columns = /^PRIMARY KEY \((.*)\)/s.exec(definition)?.[1]?.split(', ') ?? [];
  const isEmpty = columns.some((column) => {
    const key = `column ${of}.${column}`;
    return !now.has(key) && before.get(key)?.properties.default == null && before.get(key)?.properties.identity == null;
  });
  if (!isEmpty) return undefined;
  return [
    {
      sql: unless(sql, 'not_null_violation', `${object.name} stays away until its column has values`),
      object,
      open: keyOf(object),
    },
  ];
}

const unless = (sql: string, condition: string, notice: string): string =>
  [
    'DO $$',
    'BEGIN',
    `  ${sql};`,
    `EXCEPTION WHEN ${condition} THEN`,
    `  RAISE NOTICE ${quoteLiteral(notice.replaceAll('%', '%%'))};`,
    'END $$',
  ].join('\n');
