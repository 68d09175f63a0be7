/** Finds the statements that make a schema: those of the authors where they still say it, others from the catalogs. */
import type { Mark, Session, StepFailure } from '../../database/types.ts';
import { quoteIdent } from '../../catalog/names.ts';
import { flatMap, pushTo } from '../../lists.ts';
import { differences, keyOf, readObjects, type Difference, type LiveObject, type LiveObjects } from '../objects.ts';
import { repair, type Statement } from '../repair.ts';
import { tableBeside } from '../writing.ts';
import { looseKey, type Authored, type Writings } from './authored.ts';
import { groupNameOf, rankInGroup, rankOfKind, sectionOf, type Group, type Item } from './items.ts';
import { place, rootsOf, type Placed, type Refused } from './placing.ts';
import { readable } from './readable.ts';
import { TableText } from './tables.ts';

export interface SchemaGoal {
  base: LiveObjects;
  end: LiveObjects;
  /** The columns of each table in their order, by its name. */
  columns: ReadonlyMap<string, readonly string[]>;
  /** The names of the sequences of identity columns that PostgreSQL would not choose, by the name of the column. */
  identities: ReadonlyMap<string, string>;
  writings: Writings;
  /** What everybody may do in the schema public, where that has changed. */
  open: string | undefined;
}

export interface SchemaFound {
  placed: Placed;
  /** What the statements do not bring about. */
  left: readonly Difference[];
}

/** So often a schema is built, compared and mended. */
const MOST_ROUNDS = 24;

/** A foreign key speaks of columns that no key has. */
const NO_KEY = '42830';

/** Both sides are on the embedded PostgreSQL. */
const EMBEDDED = { version: 18 };

/** Kinds whose text is the author's where that says it; others say the same in few words. */
const AUTHORED = new Set([
  'view',
  'materialized view',
  'sequence',
  'index',
  'function',
  'procedure',
  'aggregate',
  'enum',
  'type',
  'domain',
  'range',
  'trigger',
  'policy',
  'rule',
  'statistics',
  'event trigger',
  'publication',
  'operator',
  'operator class',
  'operator family',
  'cast',
  'collation',
  'conversion',
  'language',
  'text search configuration',
  'text search dictionary',
]);

/** Properties that a statement of its own sets, whoever has made the object. */
const BESIDE = new Set([
  'owner',
  'owned by',
  'enabled',
  'row level security',
  'forced row level security',
  'replica identity',
  'clustered',
  'not populated',
  'storage',
  'statistics',
  'target',
  'privileges',
  'text',
]);

export class SchemaSearch {
  private readonly session: Session;
  private readonly start: Mark;
  private readonly goal: SchemaGoal;
  private readonly tables = new Map<string, TableText>();
  /** Objects that are composed although an author has made them, by their keys. */
  private readonly composed = new Set<string>();
  /** Statements that a round has found to be missing, by their texts. */
  private readonly beside = new Map<string, Item>();
  /** Foreign keys, and what cannot stand in CREATE TABLE, by their keys. */
  private readonly separate = new Set<string>();
  /** Objects, by their keys, that are written as PostgreSQL writes them. */
  private readonly raw = new Set<string>();
  private readonly refusedRoles = new Set<string>();
  /** What makes each object, from the catalogs. */
  private readonly catalogs: ReadonlyMap<string, readonly Statement[]>;
  /** What lives on each object, by the name of the object. */
  private readonly parts = new Map<string, LiveObject[]>();

  constructor(session: Session, start: Mark, goal: SchemaGoal) {
    this.session = session;
    this.start = start;
    this.goal = goal;
    this.catalogs = byObject(repair(goal.end, goal.base, EMBEDDED));
    for (const object of goal.end.values())
      if (object.of !== undefined) this.parts.set(object.of, [...this.partsOf(object.of), object]);
    for (const [key, object] of goal.end)
      if (!goal.base.has(key) && (object.kind === 'table' || object.kind === 'foreign table'))
        this.tables.set(object.name, this.tableText(object));
  }

  private partsOf = (identity: string): readonly LiveObject[] => this.parts.get(identity) ?? [];

  private tableText(table: LiveObject): TableText {
    const { writings, columns, identities } = this.goal;
    const parts = this.partsOf(table.name).filter(({ kind }) => kind === 'column');
    const byName = new Map(parts.map((part) => [part.name, part]));
    const names = columns.get(table.name) ?? [];
    const ordered = flatMap(names, (name) => byName.get(`${table.name}.${quoteIdent(name)}`) ?? []);
    const maker = writings.makers.get(looseKey(table))?.findLast(({ type }) => type === 'CreateStmt');
    return new TableText(table, ordered, writings.elements.get(table.name) ?? [], identities, maker);
  }

  /** Builds, compares and mends until nothing is different, or nothing helps. */
  async run(): Promise<SchemaFound> {
    for (let round = 1; ; round++) {
      await this.session.rewind(this.start);
      const placed = await place(this.session, this.groups());
      const actual = await readObjects((sql) => this.session.ask(sql));
      const left = differences(this.goal.end, actual);
      if ((left.length === 0 && placed.refused.length === 0) || round === MOST_ROUNDS) return { placed, left };
      if (!this.mend(placed, left, actual)) return { placed, left };
    }
  }

  // What is to be made ----------------------------------------------------------------------------------------------

  private groups(): Group[] {
    const groups = new Map<string, Group>();
    const add = (item: Item) => {
      const name = groupNameOf(item.object);
      const known = groups.get(name);
      if (known) known.items.push(item);
      else groups.set(name, { name, section: 'before', at: Infinity, items: [item] });
    };
    for (const [key, object] of this.goal.end)
      if (!this.goal.base.has(key)) for (const item of this.itemsOf(object)) add(item);
    for (const item of this.beside.values()) add(item);
    for (const item of [...this.roleItems(), ...this.openItems()]) add(item);
    const all = [...groups.values()];
    for (const group of all) {
      group.items.sort(
        (a, b) => rankInGroup(a) - rankInGroup(b) || (a.from?.at ?? Infinity) - (b.from?.at ?? Infinity),
      );
      const head = group.items.find(({ object }) => object.name === group.name) ?? group.items[0]!;
      group.section = sectionOf(head.object);
      group.at = this.placeOf(head);
    }
    return all.sort(
      (a, b) =>
        (a.section === 'before' && b.section === 'before'
          ? rankOfKind(a.items[0]!.object) - rankOfKind(b.items[0]!.object)
          : 0) ||
        a.at - b.at ||
        (a.name < b.name ? -1 : 1),
    );
  }

  /** Where the chain makes it first. */
  private placeOf({ object, from }: Item): number {
    return this.goal.writings.makers.get(looseKey(object))?.[0]?.at ?? from?.at ?? 1e9;
  }

  /** What the authors say of roles that there are, and of rights by default; PostgreSQL refuses the rest. */
  private roleItems(): Item[] {
    const tables = [...this.tables.values()].map(({ maker }) => maker?.at ?? 0);
    return this.goal.writings.roles
      .filter(({ sql }) => !this.refusedRoles.has(sql))
      .map((from) => ({
        object: {
          kind: from.type === 'AlterDefaultPrivilegesStmt' ? 'default privileges' : 'membership',
          // They hold for what is made behind them.
          name: tables.filter((at) => at > from.at).length * 2 >= tables.length ? 'first' : 'last',
          properties: {},
        },
        sql: from.sql,
        comment: from.comment,
        from,
        isOwn: true,
        makes: false,
      }));
  }

  /** What everybody may do in the schema public. */
  private openItems(): Item[] {
    const { open } = this.goal;
    if (open === undefined) return [];
    const statements = [
      'REVOKE ALL ON SCHEMA public FROM PUBLIC',
      ...(open === '' ? [] : [`GRANT ${open} ON SCHEMA public TO PUBLIC`]),
    ];
    const object: LiveObject = { kind: 'schema', name: 'public', properties: {} };
    return statements.map((sql) => ({ object, sql, comment: '', isOwn: false, makes: false }));
  }

  /** Whether another statement makes an object along, or is to. */
  private isMadeAlong(object: LiveObject): boolean {
    const { kind, of = '', properties } = object;
    const key = keyOf(object);
    if (kind === 'grant') return true;
    if (kind === 'sequence') return this.isOfColumn(object);
    if (kind === 'column') return this.tables.has(of);
    if (kind === 'constraint' && this.tables.has(of)) return !this.separate.has(key);
    if (this.composed.has(key)) return false;
    // The authors' own statements come first.
    if (OF_ROLES.has(kind)) return this.goal.writings.roles.length > 0;
    // As a rule the statement that makes the domain, or the publication, says it.
    return properties['of a domain'] === 'yes' || (kind === 'publication table' && this.isOfOwnPublication(object));
  }

  private itemsOf(object: LiveObject): Item[] {
    if (this.isMadeAlong(object)) return [];
    const { kind } = object;
    const key = keyOf(object);
    const table = this.tables.get(object.name);
    if (table && (kind === 'table' || kind === 'foreign table')) return this.tableItems(table);
    const maker = this.makerOf(object);
    if (maker)
      return [
        { object, sql: withoutConcurrently(maker.sql), comment: maker.comment, from: maker, isOwn: true, makes: true },
      ];
    const from = this.goal.writings.makers.get(looseKey(object))?.at(-1);
    return (this.catalogs.get(key) ?? []).map(({ sql }, k) => ({
      object,
      sql: this.raw.has(key) ? sql : readable(sql),
      comment: k === 0 ? (from?.comment ?? '') : '',
      ...(from && { from }),
      isOwn: false,
      makes: k === 0,
    }));
  }

  private isOfOwnPublication({ name }: LiveObject): boolean {
    const publication = this.goal.end.get(`publication ${/ in ("(?:[^"]|"")*"|[^" ]+)$/.exec(name)?.[1] ?? ''}`);
    return publication !== undefined && this.makerOf(publication) !== undefined;
  }

  /** Whether the column that owns a sequence makes it: `serial`. */
  private isOfColumn({ of, properties }: LiveObject): boolean {
    const table = of === undefined ? undefined : this.tables.get(of);
    const column = this.goal.end.get(`column ${properties['owned by'] ?? ''}`);
    return table !== undefined && column !== undefined && table.isOwn(column);
  }

  private tableItems(text: TableText): Item[] {
    const { table: object } = text;
    const { sql, comment, from, isOwn } = text.text();
    const beside = (one: string): Item => ({ object, sql: one, comment: '', isOwn: false, makes: false });
    return [
      { object, sql, comment, ...(from && { from }), isOwn, makes: true },
      ...[...text.beside(), ...tableBeside(object)].map(beside),
    ];
  }

  /** The last statement of an author that makes an object, where it may say what is there. */
  private makerOf(object: LiveObject): Authored | undefined {
    if (!AUTHORED.has(object.kind) || this.composed.has(keyOf(object))) return undefined;
    const makers = this.goal.writings.makers.get(looseKey(object)) ?? [];
    const { body } = object.properties;
    if (body == null || makers.length < 2) return makers.at(-1);
    const written = makers.filter(({ sql }) =>
      sql.replaceAll('\r\n', '\n').includes(body.replaceAll('\r\n', '\n').trim()),
    );
    return written.at(-1) ?? makers.at(-1);
  }

  // What is mended --------------------------------------------------------------------------------------------------

  /** @returns whether the next round has another text */
  private mend(placed: Placed, left: readonly Difference[], actual: LiveObjects): boolean {
    // What needs something that was refused, or a key that is still missing, may be fine itself.
    const roots = rootsOf(placed.refused);
    const isKeyless = ({ failure }: Refused) => failure?.code === NO_KEY;
    const isThere = ({ expected, actual: own }: Difference) => actual.has(`table ${(expected ?? own)!.of ?? ''}`);
    const first = [
      ...roots.filter((refused) => !isKeyless(refused)).map((refused) => this.mendRefused(refused)),
      ...(roots.some(isKeyless) ? this.mendAll(left.filter(isThere), actual, placed) : []),
    ];
    return (
      first.some(Boolean) ||
      roots
        .filter(isKeyless)
        .map((refused) => this.mendRefused(refused))
        .some(Boolean) ||
      this.mendAll(left, actual, placed).some(Boolean)
    );
  }

  private mendRefused({ item: { object, sql, isOwn, makes }, failure }: Refused): boolean {
    const table = this.tables.get(object.name);
    if (table && makes) return this.mendTable(table, failure!);
    if ((object.kind === 'membership' || object.kind === 'default privileges') && isOwn) {
      this.refusedRoles.add(sql);
      return true;
    }
    if (isOwn) return this.compose(object);
    return false;
  }

  private mendTable(table: TableText, { message }: StepFailure): boolean {
    // Foreign keys in a circle, or to what comes later.
    for (const part of this.partsOf(table.table.name))
      if (part.kind === 'constraint' && table.hasConstraint(part.name) && isForeignKey(part)) {
        table.leaveConstraint(part.name);
        this.separate.add(keyOf(part));
        return true;
      }
    const column = /column "([^"]+)"/.exec(message)?.[1];
    if (column !== undefined && table.composeColumn(`${table.table.name}.${quoteIdent(column)}`)) return true;
    return this.composeTable(table);
  }

  /** Writes a table from the catalogs, with its constraints: other tables need its keys. */
  private composeTable(table: TableText): boolean {
    if (!table.composeAll()) return false;
    for (const part of this.partsOf(table.table.name)) if (part.kind === 'constraint') this.mendMissing(part, []);
    return true;
  }

  private compose(object: LiveObject): boolean {
    const key = keyOf(object);
    if (this.composed.has(key)) return false;
    this.composed.add(key);
    return true;
  }

  private mendAll(left: readonly Difference[], actual: LiveObjects, placed: Placed): boolean[] {
    const statements = byObject(repair(this.goal.end, actual, EMBEDDED));
    return left.map((difference) => {
      const object = (difference.expected ?? difference.actual)!;
      const found = statements.get(keyOf(object)) ?? [];
      switch (difference.kind) {
        case 'missing':
          return this.mendMissing(object, found);
        case 'different':
          return this.mendDifferent(difference, found);
        case 'unexpected':
          return this.mendUnexpected(object, found, placed);
      }
    });
  }

  private mendMissing(object: LiveObject, found: readonly Statement[]): boolean {
    const { kind, of, name } = object;
    const table = of === undefined ? undefined : this.tables.get(of);
    if (kind === 'column' && table) return table.composeColumn(name) || this.composeTable(table);
    if (kind === 'constraint' && table) {
      const { properties: p } = object;
      const standsAlone =
        p['not validated'] || p.clustered || p['replica identity'] || / USING INDEX /.test(p.definition ?? '');
      if (table.hasConstraint(name) || this.separate.has(keyOf(object))) return false;
      if (!standsAlone && table.table.properties.partition == null && !table.table.properties['of type'])
        return table.addConstraint(object);
      this.separate.add(keyOf(object));
      return true;
    }
    if (kind === 'sequence' && table) {
      const column = object.properties['owned by']!;
      return table.composeColumn(column) || this.composeTable(table);
    }
    if (kind === 'grant') return this.add(found);
    return this.compose(object);
  }

  private mendDifferent({ expected, properties = [] }: Difference, found: readonly Statement[]): boolean {
    const object = expected!;
    const { kind, name, of = '' } = object;
    const isOfBase = this.goal.base.has(keyOf(object));
    if (isOfBase || properties.every((property) => BESIDE.has(property))) return this.add(found);
    const isPart = kind === 'column' || kind === 'constraint';
    const table = this.tables.get(isPart ? of : name);
    if (!table || !(isPart || kind === 'table' || kind === 'foreign table'))
      return this.compose(object) || this.writeRaw(object) || this.add(found);
    if (kind === 'constraint') {
      const isNew = table.removeConstraint(object);
      return table.addConstraint(object) || isNew || table.writeRaw(name);
    }
    return (kind === 'column' && table.composeColumn(name)) || this.composeTable(table) || this.add(found);
  }

  private writeRaw(object: LiveObject): boolean {
    const key = keyOf(object);
    if (this.raw.has(key)) return false;
    this.raw.add(key);
    return true;
  }

  private mendUnexpected(object: LiveObject, found: readonly Statement[], placed: Placed): boolean {
    const { kind, of } = object;
    if (this.goal.base.has(keyOf(object)) || kind === 'grant') return this.add(found);
    const table = of === undefined ? undefined : this.tables.get(of);
    if (kind === 'constraint' && table) return table.removeConstraint(object) || this.composeTable(table);
    if (table && (kind === 'column' || kind === 'sequence' || kind === 'index')) return this.composeTable(table);
    // A statement of an author makes more than the object that it was taken for.
    const loose = looseKey(object);
    const makers = new Set(this.goal.writings.makers.get(loose));
    let isAny = false;
    for (const { items } of placed.runs)
      for (const item of items)
        if (item.isOwn && (looseKey(item.object) === loose || (item.from && makers.has(item.from))))
          isAny = this.compose(item.object) || isAny;
    return isAny || this.add(found);
  }

  private add(found: readonly Statement[]): boolean {
    let isNew = false;
    for (const { sql: raw, object } of found) {
      const sql = inShort(raw);
      if (this.beside.has(sql)) continue;
      this.beside.set(sql, { object, sql, comment: '', isOwn: false, makes: false });
      isNew = true;
    }
    return isNew;
  }
}

/** Nobody uses the table yet, and it could not run beside others in a transaction. */
const withoutConcurrently = (sql: string): string =>
  sql.replace(/^(create\s+(?:unique\s+)?index)\s+concurrently\b/i, '$1');

/** What the statements of the authors about roles make. */
const OF_ROLES = new Set(['membership', 'setting', 'default privileges']);

const isForeignKey = ({ properties }: LiveObject): boolean => /^FOREIGN KEY/.test(properties.definition ?? '');

/** All rights on a table have one word; it takes in what later versions of PostgreSQL have added. */
const inShort = (sql: string): string =>
  sql.replace(/^GRANT DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE ON TABLE /, 'GRANT ALL ON TABLE ');

/** Statements by the keys of the objects that they are for. */
function byObject(statements: readonly Statement[]): Map<string, Statement[]> {
  const found = new Map<string, Statement[]>();
  for (const statement of statements) pushTo(found, keyOf(statement.object), statement);
  return found;
}
