import { settingsOfCall } from '../catalog/dynamic.ts';
import {
  givesType,
  type CreateEffect,
  type Effect,
  type SessionEvent,
  type SetEffect,
  type Setting,
  type SettingValue,
} from '../catalog/effects.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { nameOfType, quoteIdent } from '../catalog/names.ts';
import { columnName, nodeAs, replaceNodes } from '../catalog/nodes.ts';
import {
  isNamedInSchema,
  isRoutine,
  kindInfo,
  ownerKind,
  ownerOf,
  partitionLink,
  TEMPORARY,
  type Detail,
  type Kind,
  type Name,
  type ObjectRef,
} from '../catalog/objects.ts';
import { flatMap } from '../lists.ts';
import { Moves } from './moves.ts';

/**
 * What brings rows into a table: an INSERT, with the columns of the table where it names none; an UPDATE that gives
 * rows other values; a statement that gives columns other names or values; or what cannot be read.
 */
export type RowSource =
  | { insert: NodeOf<'InsertStmt'>; columns?: readonly string[] }
  | { update: NodeOf<'UpdateStmt'> }
  | { changed: readonly string[] }
  | undefined;

/**
 * INSERTs up to some moment: the first `length` of each list, which may have grown since. A file of rows asks for them
 * at every statement, so that copies would take its size squared.
 */
export type Inserts = readonly { list: readonly RowSource[]; length: number }[];

/** One object and its state. */
export interface Entity {
  ref: ObjectRef;
  /** False where it is known to be gone. */
  exists: boolean | undefined;
  /** The key of the object with which it is dropped. */
  parent: string | undefined;
}

const KEY = Symbol('key');

/**
 * Memoized key. An object spread copies this property too, so `ref` tells whether the memo belongs to this object.
 */
interface Key {
  ref: ObjectRef;
  searchPath: readonly string[];
  text: string;
}

type Keyed = ObjectRef & { [KEY]?: Key };

const DEFAULT_PATH: readonly string[] = ['public'];
const NONE: ReadonlySet<string> = new Set();

/** What is set of one object. */
export type Settings = Readonly<Partial<Record<Setting, SettingValue>>>;
const NO_SETTINGS: Settings = {};

/** The content of a world, as data for the cache. */
export interface WorldState {
  searchPath: readonly string[];
  entities: Map<string, Entity>;
  childKeys: Map<string, Set<string>>;
  dependentKeys: Map<string, Set<string>>;
  insertLists: Map<string, RowSource[]>;
  /** What is set of the objects, by their keys, and of those that will be created; see `futureKey`. */
  settings: Map<string, Settings>;
}

/** One change to a world. */
export interface Change {
  undo(): void;
  redo(): void;
}

/**
 * The objects of a database after the statements so far. An object that no statement has mentioned is unknown: `has`
 * then returns undefined, and the caller must not guess.
 *
 * A fork reads from its origin, and its own changes stay in the fork.
 */
export class World {
  searchPath: readonly string[];
  private readonly origin: World | undefined;
  private readonly entities: Map<string, Entity>;
  private readonly childKeys: Map<string, Set<string>>;
  private readonly dependentKeys: Map<string, Set<string>>;
  private readonly insertLists: Map<string, RowSource[]>;
  private readonly settingsOf: Map<string, Settings>;
  /** The keys of the temporary objects that the session has made. The set itself never changes. */
  private temporary: ReadonlySet<string>;
  /** Whether the session has opened a transaction. */
  private isInTransaction: boolean;
  /** The keys by what their objects have in common; each index is made when it is first asked for. */
  private readonly indexes = new Map<IndexName, Index>();
  /** The keys of the objects of a kind by their names. Most kinds are never asked for. */
  private readonly names = new Map<Kind, Index>();
  /** The owner whose key was asked for last: a table's parts follow one another. */
  private lastOwner: { of: Name; kind: Kind | undefined; searchPath: readonly string[]; key: string } | undefined;
  /** Where changes are written down, so that they can be taken back. */
  private log: Change[] | undefined;
  /** A log of renames and drops, for following an object to the end of a folder. */
  private moves: Moves | undefined;

  /**
   * @param state the content of another world; this world owns it from now on
   */
  constructor(origin?: World, state?: WorldState) {
    this.origin = origin;
    this.searchPath = state?.searchPath ?? origin?.searchPath ?? DEFAULT_PATH;
    this.entities = state?.entities ?? new Map<string, Entity>();
    this.childKeys = state?.childKeys ?? new Map<string, Set<string>>();
    this.dependentKeys = state?.dependentKeys ?? new Map<string, Set<string>>();
    this.insertLists = state?.insertLists ?? new Map<string, RowSource[]>();
    this.settingsOf = state?.settings ?? new Map<string, Settings>();
    this.temporary = origin?.temporary ?? NONE;
    this.isInTransaction = origin?.isInTransaction ?? false;
  }

  /** Its own content, without that of its origin. */
  get state(): WorldState {
    const { searchPath, entities, childKeys, dependentKeys, insertLists, settingsOf: settings } = this;
    return { searchPath, entities, childKeys, dependentKeys, insertLists, settings };
  }

  fork(): World {
    return new World(this);
  }

  /** An independent copy. */
  copy(): World {
    const { searchPath, entities, childKeys, dependentKeys, insertLists, settingsOf } = this;
    const copied = <T, C>(map: ReadonlyMap<string, T>, copyOf: (value: T) => C) =>
      new Map([...map].map(([key, value]) => [key, copyOf(value)] as const));
    return new World(this.origin, {
      searchPath,
      entities: new Map(entities),
      childKeys: copied(childKeys, (keys) => new Set(keys)),
      dependentKeys: copied(dependentKeys, (keys) => new Set(keys)),
      insertLists: copied(insertLists, (list) => [...list]),
      settings: new Map(settingsOf),
    });
  }

  /** Writes down from now on which objects are renamed, dropped or replaced. What is returned grows. */
  trackMoves(): Moves {
    return (this.moves ??= new Moves());
  }

  /** The key of an object; a routine may be named without its argument types. */
  keyOf(ref: ObjectRef): string {
    return this.resolve(ref);
  }

  /** The entity under a key, existing or known to be gone. */
  private at(key: string): Entity | undefined {
    return this.entities.get(key) ?? this.origin?.at(key);
  }

  private children(key: string): ReadonlySet<string> {
    return union(this.origin?.children(key), this.childKeys.get(key));
  }

  /**
   * The key of an object. An unqualified name is looked up along search_path; what nothing is known of is in its first
   * schema.
   */
  key(ref: Keyed): string {
    const { searchPath } = this;
    const known = ref[KEY];
    const isFixed = this.hasFixedKeys;
    if (isFixed && known?.ref === ref && known.searchPath === searchPath) return known.text;
    const text = this.search(ref);
    if (isFixed) ref[KEY] = { ref, searchPath, text };
    return text;
  }

  /** Where only one schema is searched, and no temporary one before it, the keys of an object never change. */
  private get hasFixedKeys(): boolean {
    return this.searchPath.length === 1 && this.temporary === NONE;
  }

  private search(ref: ObjectRef): string {
    const { kind, schema, of } = ref;
    const { space, inSchema, namedByRelation } = kindInfo(kind);
    const place = of && !isNamedInSchema(kind) ? `${this.ownerKey(ref)}|${space}:` : `${space}:`;
    const name = ref.args ? `${ref.name}(${ref.args.join(',')})` : ref.name;
    if (!inSchema && !namedByRelation) return place + name;
    if (schema !== undefined) return `${place}${schema}.${name}`;
    if (this.hasTemporary && this.searchesTemporary(space)) {
      const temporary = `${place}${TEMPORARY}.${name}`;
      if (this.at(temporary)?.exists) return temporary;
    }
    if (this.searchPath.length === 1) return `${place}${this.searchPath[0]!}.${name}`;
    const keys = this.searchPath.map((s) => `${place}${s}.${name}`);
    // What is gone was found by its name before: where that is all that is known, the name means it still.
    const known = (exists: boolean) => keys.find((k) => this.at(k)?.exists === exists);
    return known(true) ?? known(false) ?? keys[0] ?? `${place}public.${name}`;
  }

  /** Whether a name is looked up among the temporary objects first. Functions and operators never are. */
  private searchesTemporary(space: string): boolean {
    return (space === 'relation' || space === 'type') && !this.searchPath.includes(TEMPORARY);
  }

  /** A partition is the same link, seen from its parent, as an inheritance seen from the child. */
  private ownerKey(ref: ObjectRef): string {
    const { searchPath, lastOwner, hasFixedKeys } = this;
    const of = ref.of!;
    if (
      hasFixedKeys &&
      lastOwner?.of === of &&
      lastOwner.kind === ownerKind(ref.kind) &&
      lastOwner.searchPath === searchPath
    )
      return lastOwner.key;
    const key = this.key(ownerOf(ref, of));
    if (hasFixedKeys) this.lastOwner = { of, kind: ownerKind(ref.kind), searchPath, key };
    return key;
  }

  private resolve(ref: ObjectRef): string {
    const key = this.key(ref);
    // A routine named without its argument types is the only one of its name, also where one was dropped by its name.
    if (ref.args || !isRoutine(ref.kind) || this.at(key)?.exists) return key;
    return this.overload(key, ref.kind, this) ?? key;
  }

  /**
   * The first routine of a name that exists for the world that asks: what its origins have made comes before its own.
   */
  private overload(name: string, kind: Kind, asks: World): string | undefined {
    const inherited = this.origin?.overload(name, kind, asks);
    if (inherited !== undefined) return inherited;
    for (const key of this.ownKeys('routine', name)) {
      const entity = this.entities.get(key)?.exists ? asks.at(key) : undefined;
      if (entity?.exists && isCalledBy(kind, entity.ref.kind)) return key;
    }
    return undefined;
  }

  /** Whether the object exists; undefined if that is not known. */
  has(ref: ObjectRef): boolean | undefined {
    const key = this.resolve(ref);
    const entity = this.at(key);
    if (entity?.exists !== undefined) return entity.exists;
    if (!ref.of || isNamedInSchema(ref.kind)) return undefined;
    const owner = this.at(this.ownerKey(ref));
    if (owner?.exists === undefined) return undefined;
    // The columns of a view are those that its query has.
    if (ref.kind === 'column' && owner.ref.kind === 'view') return owner.exists ? undefined : false;
    // Of a table that the migrations themselves made, everything is known.
    const { listed } = kindInfo(ref.kind);
    const allKnown =
      listed !== undefined &&
      (owner.ref.detail?.complete ||
        !mayHaveMore(owner.ref.detail, ref) ||
        (listed === 'by-statements' && madeByItself(owner.ref)));
    return !owner.exists || allKnown ? false : undefined;
  }

  /** Whether the object existed and was dropped. False for an object that no statement has mentioned. */
  isGone(ref: ObjectRef): boolean {
    const entity = this.at(this.resolve(ref));
    if (entity) return entity.exists === false;
    return ref.of !== undefined && !isNamedInSchema(ref.kind) && this.at(this.ownerKey(ref))?.exists === false;
  }

  /** The entity of an object that exists. */
  get(ref: ObjectRef): Entity | undefined {
    const entity = this.at(this.resolve(ref));
    return entity?.exists ? entity : undefined;
  }

  /** The existing parts of an object: columns, constraints, indexes, policies, … */
  parts(of: ObjectRef): ObjectRef[] {
    return this.partsAt(this.key(of));
  }

  /** The same, by the key of the object. */
  partsAt(key: string): ObjectRef[] {
    return flatMap(
      [...this.children(key)].map((child) => this.at(child)),
      (e) => (e?.exists ? [e.ref] : []),
    );
  }

  /** The keys of the same. */
  partKeysAt(key: string): string[] {
    return [...this.children(key)].filter((child) => this.at(child)?.exists);
  }

  /** The key of the object that an object is part of. */
  parentAt(key: string): string | undefined {
    return this.at(key)?.parent;
  }

  /** The type or the domain that a column tells as its type; undefined for an array, and for PostgreSQL's own. */
  typeNamed(text: string | undefined): ObjectRef | undefined {
    const name = text === undefined || text.endsWith('[]') ? undefined : nameOfType(text);
    return name && this.get({ kind: 'type', ...name })?.ref;
  }

  /** Whether a column tells an enum as its type. */
  isEnum(text: string | undefined): boolean {
    return this.typeNamed(text)?.detail?.typtype === 'e';
  }

  /** Every object of a kind that is known to exist. */
  ofKind(kind: Kind): ObjectRef[] {
    return flatMap(this.keys('kind', kind), (key) => {
      const entity = this.at(key);
      return entity?.exists && entity.ref.kind === kind ? [entity.ref] : [];
    });
  }

  /** The same in a schema; what has been made without one counts as an object of `public`. */
  inSchema(kind: Kind, schema: string): ObjectRef[] {
    return flatMap(this.keys('schema', inSchema(kind, schema)), (key) => {
      const entity = this.at(key);
      return entity?.exists && entity.ref.kind === kind && (entity.ref.schema ?? 'public') === schema
        ? [entity.ref]
        : [];
    });
  }

  /**
   * Every object of a kind with that name that has ever been, in whatever schema, and of whatever owner where none is
   * given.
   */
  named({ kind, name, of }: ObjectRef): Entity[] {
    const keys = of ? this.keys('owned name', nameIn(kind, name, of)) : this.keysNamed(kind, name);
    if (keys.size === 0) return [];
    return flatMap(keys, (key) => this.at(key) ?? []).filter(
      ({ ref }) => ref.kind === kind && ref.name === name && (of === undefined || ref.of?.name === of.name),
    );
  }

  private keysNamed(kind: Kind, name: string): ReadonlySet<string> {
    let names = this.names.get(kind);
    if (!names)
      this.names.set(kind, (names = grouped(this.entities, this.ownKeys('kind', kind), (_, ref) => ref.name)));
    return union(this.origin?.keysNamed(kind, name), names.get(name));
  }

  /** The existing routines that a name without argument types may mean. */
  overloads({ kind, name, schema }: ObjectRef): ObjectRef[] {
    const kinds: readonly Kind[] =
      kind === 'routine' ? ['function', 'procedure', 'aggregate'] : kind === 'function' ? [kind, 'aggregate'] : [kind];
    const schemas = schema === undefined ? this.searchPath : [schema];
    const isMeant = ({ ref, exists }: Entity) => exists && schemas.includes(this.schemaOf(ref) ?? '');
    return flatMap(kinds, (of) => this.named({ kind: of, name }).filter(isMeant)).map(({ ref }) => ref);
  }

  /**
   * The keys that an index has for a value, here and in the origins. They are those of all objects that ever had the
   * value, so whoever asks looks at the objects again.
   */
  private keys(index: IndexName, value: string): ReadonlySet<string> {
    return union(this.origin?.keys(index, value), this.ownKeys(index, value));
  }

  private ownKeys(name: IndexName, value: string): ReadonlySet<string> {
    let index = this.indexes.get(name);
    if (!index) this.indexes.set(name, (index = grouped(this.entities, this.entities.keys(), INDEXES[name])));
    return index.get(value) ?? NONE;
  }

  /** Whether a relation of that name exists in the schema. */
  relationTaken(schema: string | undefined, name: string): boolean {
    return this.has({ kind: 'table', schema, name }) === true;
  }

  /** Whether a relation may have that name by a statement that gives it to what is there, or to nothing. */
  relationDoubted(schema: string | undefined, name: string): boolean {
    const entity = this.at(this.key({ kind: 'table', schema, name }));
    return entity !== undefined && entity.exists === undefined;
  }

  /**
   * Whether a constraint of that name exists in the schema, of whatever table or domain: a name that PostgreSQL chooses
   * is new in the whole schema (`ChooseConstraintName`).
   */
  constraintTaken(schema: string | undefined, name: string): boolean {
    const place = schema ?? this.searchPath[0];
    return (['constraint', 'domain constraint'] as const).some((kind) =>
      this.named({ kind, name }).some(
        ({ ref, exists }) => exists && (this.ownerSchema(ref) ?? this.searchPath[0]) === place,
      ),
    );
  }

  private ownerSchema({ kind, of }: ObjectRef): string | undefined {
    return of?.schema ?? (of && schemaOfKey(this.key(ownerOf({ kind, name: '' }, of))));
  }

  /** Whether every object of a table is known, so that a name that PostgreSQL would choose can be told. */
  knowsTable(name: Name): boolean {
    const entity = this.get({ kind: 'table', ...name });
    return entity?.ref.detail?.complete === true;
  }

  /** Whether the table is known to have no unique key. */
  hasNoKey(name: Name): boolean {
    const table: ObjectRef = { kind: 'table', ...name };
    return (
      this.get(table)?.ref.detail?.keysNamed === true &&
      this.parts(table).every((part) => !part.detail?.unique && part.detail?.contype !== 'x')
    );
  }

  add(ref: ObjectRef, parts: readonly ObjectRef[] = []): void {
    const key = this.key(ref);
    const parent = this.parentKey(ref, key);
    if (ref.kind === 'table' && !ref.detail?.complete) this.forgetDropped(key, ref.detail);
    this.put(key, { ref, exists: true, parent });
    if (ref.kind === 'partition') this.adopt(ref, parent);
    const link = partitionLink(ref);
    if (link) this.put(this.key(link), { ref: link, exists: true, parent });
    for (const part of parts) {
      const partKey = this.key(part);
      this.put(partKey, { ref: part, exists: true, parent: key });
      this.addIndexOf(part, partKey);
    }
    this.addIndexOf(ref, key);
  }

  /** The key of the object that a new one is dropped with. */
  private parentKey(ref: ObjectRef, key: string): string | undefined {
    if (ref.of) return this.ownerKeyOf(ref);
    if (ref.detail?.ownedBy) return this.key({ kind: 'table', ...ref.detail.ownedBy });
    const partitioned = ref.detail?.partitionOf;
    return partitioned && this.above(key, this.key({ kind: 'table', ...partitioned }));
  }

  /**
   * Forgets that parts of a table were dropped: made anew it may have them, from LIKE for example, and so may another
   * table that gets its name.
   * @param detail what is known of the table from then on
   */
  private forgetDropped(table: string, detail: Detail | undefined): void {
    for (const child of this.children(table)) {
      const entity = this.at(child);
      if (entity?.exists === false && mayHaveMore(detail, entity.ref))
        this.put(child, { ...entity, exists: undefined });
    }
  }

  /** A key's index has the name of the constraint, and takes it among the relations. */
  private addIndexOf({ kind, name, of, detail }: ObjectRef, parent: string): void {
    if (kind !== 'constraint' || !detail?.unique) return;
    const index: ObjectRef = { kind: 'index', schema: of?.schema, name, of, detail: { implicit: true } };
    this.put(this.key(index), { ref: index, exists: true, parent });
  }

  /** Sets the owner with which a table is dropped, as a partition is with its parent; undefined for none. */
  private adopt({ schema, name }: ObjectRef, parent: string | undefined): void {
    const table = this.get({ kind: 'table', schema, name });
    if (!table) return;
    const key = this.key(table.ref);
    this.put(key, { ...table, parent: this.above(key, parent) });
  }

  /** The link of a table to the one whose partition it is. */
  private linkOf(table: ObjectRef): Entity | undefined {
    const link = partitionLink(table);
    return link && this.get(link);
  }

  /** The owner to drop it with. Undefined if that would make a cycle, which PostgreSQL refuses. */
  private above(key: string, parent: string | undefined): string | undefined {
    for (let at = parent; at !== undefined; at = this.at(at)?.parent) if (at === key) return undefined;
    return parent;
  }

  private ownerKeyOf(ref: ObjectRef): string {
    return isNamedInSchema(ref.kind) ? this.key({ kind: 'table', ...ref.of! }) : this.ownerKey(ref);
  }

  private put(key: string, entity: Entity): void {
    const { entities } = this;
    const before = this.log && entities.get(key);
    entities.set(key, entity);
    this.log?.push({
      undo: () => void (before ? this.setIndexed(key, before) : entities.delete(key)),
      redo: () => this.setIndexed(key, entity),
    });
    this.addToIndexes(key, entity);
    if (entity.parent !== undefined) this.addTo(this.childKeys, entity.parent, key);
    if (entity.exists && entity.ref.schema === TEMPORARY && !this.temporary.has(key))
      this.putTemporary(new Set([...this.temporary, key]));
  }

  /** Sets what was taken back or is done again: an index may have been made in between. */
  private setIndexed(key: string, entity: Entity): void {
    this.entities.set(key, entity);
    this.addToIndexes(key, entity);
  }

  private addToIndexes(key: string, { ref }: Entity): void {
    for (const [name, index] of this.indexes) {
      const value = INDEXES[name](key, ref);
      if (value !== undefined) this.addTo(index, value, key);
    }
    const names = this.names.get(ref.kind);
    if (names) this.addTo(names, ref.name, key);
  }

  private putTemporary(keys: ReadonlySet<string>): void {
    const before = this.temporary;
    this.temporary = keys;
    this.log?.push({ undo: () => void (this.temporary = before), redo: () => void (this.temporary = keys) });
  }

  /** Whether the session has made temporary objects. */
  get hasTemporary(): boolean {
    return this.temporary !== NONE;
  }

  /** Whether a name without a schema is that of a temporary object. */
  findsTemporary(kind: Kind, name: string): boolean {
    if (!this.hasTemporary) return false;
    const key = this.key({ kind, name });
    return schemaOfKey(key) === TEMPORARY && this.existsKey(key) === true;
  }

  /** The end of a session: its temporary objects are gone, and search_path is the one that a new session has. */
  endSession(searchPath: readonly string[]): void {
    this.searchPath = searchPath;
    this.isInTransaction = false;
    this.dropTemporary(() => true);
  }

  /**
   * Drops temporary objects, with what depends on them.
   * @param isDropped says which of them
   */
  private dropTemporary(isDropped: (ref: ObjectRef) => boolean): void {
    if (!this.hasTemporary) return;
    const left = new Set<string>();
    for (const key of this.temporary) {
      const entity = this.at(key);
      if (!entity?.exists) continue;
      if (isDropped(entity.ref)) this.remove(entity.ref, true);
      else left.add(key);
    }
    this.putTemporary(left.size > 0 ? left : NONE);
  }

  /** The temporary objects with their parts, by their keys. */
  temporaryState(): ReadonlyMap<string, Entity> {
    const state = new Map<string, Entity>();
    const add = (key: string): void => {
      const entity = this.at(key);
      if (!entity?.exists || state.has(key)) return;
      state.set(key, entity);
      for (const child of this.children(key)) add(child);
    };
    for (const key of this.temporary) add(key);
    return state;
  }

  /** Gives the session the temporary objects of an earlier moment, and no others. */
  restoreTemporary(state: ReadonlyMap<string, Entity>): void {
    for (const [key, entity] of this.temporaryState()) if (!state.has(key)) this.put(key, { ...entity, exists: false });
    for (const [key, entity] of state) if (this.at(key) !== entity) this.put(key, entity);
  }

  private addTo(sets: Index, key: string, value: string): void {
    let set = sets.get(key);
    if (!set) sets.set(key, (set = new Set()));
    if (this.log && !set.has(value))
      this.log.push({ undo: () => void set.delete(value), redo: () => void set.add(value) });
    set.add(value);
  }

  /** Does something, and returns the changes that it makes here. Taken back they must be from the last to the first. */
  logged(work: () => void): Change[] {
    const log: Change[] = (this.log = []);
    try {
      work();
    } finally {
      this.log = undefined;
    }
    return log;
  }

  /** Remembers that one object cannot be dropped while the other is there. */
  depend(dependent: ObjectRef, on: ObjectRef): void {
    this.addTo(this.dependentKeys, this.resolve(on), this.key(dependent));
  }

  /**
   * The keys of existing objects that depend on it, so that DROP without CASCADE fails: on a schema, all that is in it.
   * Its own parts do not count.
   */
  dependents(of: ObjectRef): string[] {
    const dependents = this.dependentsAt(this.resolve(of));
    return of.kind === 'schema' ? [...dependents, ...this.objectsIn(of.name)] : dependents;
  }

  /** The keys of what DROP … CASCADE drops with an object, which may take others with it in turn. */
  cascadesTo(of: ObjectRef): string[] {
    return of.kind === 'schema' ? this.objectsIn(of.name) : this.cascaded(this.resolve(of), of);
  }

  /** The keys of the existing objects in a schema, without their parts. */
  private objectsIn(schema: string): string[] {
    return [...this.keysIn(schema)].filter((key) => {
      const entity = this.at(key);
      return entity?.exists === true && !entity.ref.of && kindInfo(entity.ref.kind).inSchema;
    });
  }

  /** The keys of all that has ever been in a schema. */
  private keysIn(schema: string): Set<string> {
    const keys = new Set<string>();
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the chain of origins begins here
    for (let world: World | undefined = this; world; world = world.origin)
      for (const key of world.entities.keys()) if (schemaOfKey(key) === schema) keys.add(key);
    return keys;
  }

  private dependentsAt(key: string): string[] {
    const all = [...(this.origin?.dependentsAt(key) ?? []), ...(this.dependentKeys.get(key) ?? [])];
    return all.filter((dependent) => {
      const entity = this.at(dependent);
      if (dependent === key || !entity?.exists || this.hasOtherType(entity.ref, key)) return false;
      return entity.parent !== key || kindInfo(entity.ref.kind).keepsOwner === true;
    });
  }

  /** Whether a column that once had a type has been made anew with another one. */
  private hasOtherType({ kind, detail }: ObjectRef, type: string): boolean {
    const needed = this.at(type)?.ref;
    if (kind !== 'column' || detail?.type === undefined || (needed?.kind !== 'type' && needed?.kind !== 'domain'))
      return false;
    return !namesType(needed).test(detail.type) && !(detail.needs ?? []).some((need) => this.key(need) === type);
  }

  /** Whether something is known that keeps an object from being dropped without CASCADE. */
  isNeeded(ref: ObjectRef): boolean {
    const isType = ref.kind === 'type' || ref.kind === 'domain';
    return this.dependents(ref).length > 0 || (isType && this.isTypeOfColumn(ref));
  }

  remove(ref: ObjectRef, cascade = false): void {
    this.removeAt(this.resolve(ref), ref, cascade);
  }

  private removeAt(key: string, ref: ObjectRef, cascade: boolean): void {
    const dependents = cascade ? this.cascaded(key, ref) : [];
    this.removeKey(key, ref);
    for (const dependent of dependents) {
      const entity = this.at(dependent);
      if (entity?.exists) this.removeAt(dependent, entity.ref, true);
    }
    if (ref.kind === 'schema' && cascade) this.removeContent(ref.name);
    if (ref.kind === 'partition') this.adopt(ref, undefined);
    if (ref.kind !== 'column' || !ref.of) return;
    this.forget({ ...ref, kind: 'column type' });
    // Dropping a column drops the keys, indexes and constraints that it is part of.
    for (const part of this.parts({ kind: 'table', ...ref.of }))
      if (part.detail?.columns?.includes(ref.name)) this.remove(part);
  }

  /** The keys of what CASCADE drops with an object: the foreign key of a table, not the table, unless it inherits. */
  private cascaded(key: string, ref: ObjectRef): string[] {
    return this.dependentsAt(key).filter((dependent) => {
      const other = this.at(dependent)!.ref;
      return other.kind !== 'table' || this.inherits(other, ref);
    });
  }

  /** Removes what is in a schema. */
  private removeContent(schema: string): void {
    for (const key of this.keysIn(schema)) {
      const entity = this.at(key);
      if (entity?.exists) this.removeKey(key, entity.ref);
    }
  }

  private inherits(table: ObjectRef, from: ObjectRef): boolean {
    const key = this.key(from);
    return table.detail?.needs?.some((need) => this.key(need) === key) ?? false;
  }

  private removeKey(key: string, ref: ObjectRef): void {
    this.moves?.push({ from: key, to: undefined });
    if (this.settingsAt(key) !== NO_SETTINGS) this.putSettings(key, NO_SETTINGS);
    // Mark it dropped before recursing: parents can form a cycle.
    this.put(key, { ref: this.at(key)?.ref ?? ref, exists: false, parent: this.at(key)?.parent });
    const link = this.linkOf(this.at(key)!.ref);
    if (link) this.put(this.key(link.ref), { ...link, exists: false });
    for (const child of this.children(key)) {
      const entity = this.at(child);
      if (entity?.exists && entity.parent === key) this.removeKey(child, entity.ref);
    }
  }

  rename(from: ObjectRef, to: ObjectRef): void {
    const entity = this.get(from);
    const oldKey = this.resolve(from);
    const newKey = this.key({ ...to, schema: to.schema ?? schemaOfKey(oldKey) });
    this.move(
      oldKey,
      newKey,
      { ...(entity?.ref ?? from), schema: to.schema ?? entity?.ref.schema, name: to.name },
      entity?.parent,
    );
    if (from.kind === 'type' || from.kind === 'domain') this.retype(from, to);
  }

  /** Columns keep their type when it gets another name. */
  private retype(from: ObjectRef, to: ObjectRef): void {
    const named = namesType(from);
    for (const { ref } of this.typedBy(from)) {
      const type = ref.detail!.type!.replace(
        named,
        (_, schema: string | undefined) =>
          (to.schema === undefined ? (schema ?? '') : `${quoteIdent(to.schema)}.`) + quoteIdent(to.name),
      );
      this.put(this.key(ref), { ...this.get(ref)!, ref: { ...ref, detail: { ...ref.detail, type } } });
    }
  }

  /** The columns, and what is known of the types of columns, that name a type. */
  private typedBy(type: ObjectRef): Entity[] {
    const named = namesType(type);
    return flatMap(this.keys('type', quoteIdent(type.name)), (key) => this.at(key) ?? []).filter(
      ({ ref, exists }) => exists && named.test(ref.detail?.type ?? ''),
    );
  }

  /** The columns that name a type as theirs. */
  columnsOfType(type: ObjectRef): ObjectRef[] {
    return flatMap(this.typedBy(type), ({ ref }) => (ref.of ? [ref] : []));
  }

  /** Whether a column is known to have the type. */
  isTypeOfColumn(type: ObjectRef): boolean {
    return this.typedBy(type).some(({ ref }) => {
      const column = this.get({ ...ref, kind: 'column' });
      // The last statement that converted the column says its type, before the one that made it.
      const current = column && (this.get({ ...ref, kind: 'column type' }) ?? column);
      return current !== undefined && namesType(type).test(current.ref.detail?.type ?? '');
    });
  }

  /** Gives an object another key. Parts whose key contains the name of the object get new keys too. */
  private move(oldKey: string, newKey: string, ref: ObjectRef, parent: string | undefined): void {
    const parts = flatMap(this.children(oldKey), (key) => {
      const part = this.at(key);
      return part?.exists && part.parent === oldKey ? [{ key, ref: part.ref }] : [];
    });
    const old = this.at(oldKey);
    const dependents = oldKey === newKey ? [] : this.dependentsAt(oldKey);
    if (oldKey !== newKey) this.put(oldKey, { ref: old?.ref ?? ref, exists: false, parent: old?.parent });
    if (oldKey !== newKey && ref.kind === 'table') this.moveRows(oldKey, newKey, ref, old?.ref ?? ref);
    this.put(newKey, { ref, exists: true, parent });
    for (const dependent of dependents) this.addTo(this.dependentKeys, newKey, dependent);
    const settings = this.settingsAt(oldKey);
    if (oldKey !== newKey) this.moves?.push({ from: oldKey, to: newKey });
    if (oldKey !== newKey && settings !== NO_SETTINGS) {
      this.putSettings(newKey, settings);
      this.putSettings(oldKey, NO_SETTINGS);
    }
    if (oldKey !== newKey) this.dependAgain(ref);
    const table: Name = ref.of ?? { schema: ref.schema, name: ref.name };
    for (const part of parts) {
      const moved: ObjectRef = part.ref.of ? { ...part.ref, of: table } : part.ref;
      this.move(part.key, this.key(moved), moved, newKey);
    }
  }

  /** A table has the same rows under its new name, and stays a partition. */
  private moveRows(oldKey: string, newKey: string, { schema, name, detail }: ObjectRef, old: ObjectRef): void {
    if (!detail?.complete) this.forgetDropped(newKey, detail);
    for (const { list, length } of this.insertsAt(oldKey))
      for (const rows of list.slice(0, length)) this.recordRows(newKey, rows);
    const link = this.linkOf(old);
    if (link) this.rename(link.ref, { ...link.ref, schema, name });
  }

  /** An object depends on the same others under its new key. */
  private dependAgain(ref: ObjectRef): void {
    const { needs = [], references } = ref.detail ?? {};
    for (const need of [...needs, ...(references ? [{ kind: 'table' as const, ...references.table }] : [])])
      if (this.get(need)) this.depend(ref, need);
  }

  /** The settings of an object, as far as the statements so far have changed them. */
  settings(ref: ObjectRef): Settings {
    return this.settingsAt(this.resolve(ref));
  }

  /** The same, by the key of the object. */
  settingsAt(key: string): Settings {
    return this.settingsOf.get(key) ?? this.origin?.settingsAt(key) ?? NO_SETTINGS;
  }

  /** Names what an effect sets: two effects of one key set the same, so that the later one undoes the earlier one. */
  settingKey({ object, setting, every }: SetEffect): string {
    // ENABLE TRIGGER ALL and ENABLE TRIGGER name may be about the same trigger.
    if (setting === 'enabled' && object.kind === 'trigger') return `${this.ownerKey(object)} triggers`;
    return `${every ? futureKey(object) : this.resolve(object)} ${setting}`;
  }

  private set({ object, setting, value, every }: SetEffect): void {
    if (every === 'future') this.putSetting(futureKey(object), setting, value);
    else if (every === undefined) this.putSetting(this.resolve(object), setting, value);
    else
      for (const ref of object.of ? this.parts(ownerOf(object, object.of)) : this.ofKind(object.kind))
        if (ref.kind === object.kind && (object.schema === undefined || object.schema === this.schemaOf(ref)))
          this.putSetting(this.key(ref), setting, value);
  }

  schemaOf(ref: ObjectRef): string | undefined {
    return ref.schema ?? schemaOfKey(this.key(ref));
  }

  private putSetting(key: string, setting: Setting, value: SettingValue): void {
    const settings = this.settingsAt(key);
    if (settings[setting] !== value)
      this.putSettings(key, settings === NO_SETTINGS ? { [setting]: value } : { ...settings, [setting]: value });
  }

  private putSettings(key: string, settings: Settings): void {
    const { settingsOf } = this;
    const before = settingsOf.get(key);
    settingsOf.set(key, settings);
    this.log?.push({
      undo: () => void (before ? settingsOf.set(key, before) : settingsOf.delete(key)),
      redo: () => void settingsOf.set(key, settings),
    });
  }

  /** Gives a new object what was set of those that are created later, in its schema or in any. */
  private setDefaults(key: string, ref: ObjectRef): void {
    const { kind } = ref;
    const schema = this.schemaOf(ref);
    const settings = {
      ...this.settingsAt(futureKey({ kind })),
      ...(schema !== undefined && this.settingsAt(futureKey({ kind, schema }))),
      ...this.setByEventTriggers(kind),
    };
    if (Object.keys(settings).length > 0) this.putSettings(key, settings);
  }

  /** What the event triggers that exist and fire set of a new object: each calls its function for it. */
  private setByEventTriggers(kind: Kind): Settings {
    const set: Partial<Record<Setting, SettingValue>> = {};
    for (const called of this.calledByEventTriggers())
      for (const { object, setting, value } of settingsOfCall(this.settings(called.routine)))
        if (object.kind === kind) set[setting] = value;
    return set;
  }

  /** The event triggers that exist and fire, with what they call. */
  private calledByEventTriggers(): { trigger: ObjectRef; routine: ObjectRef }[] {
    return flatMap(this.ofKind('event trigger'), (trigger) =>
      this.settings(trigger).enabled === 'D'
        ? []
        : (trigger.detail?.needs ?? []).map((routine) => ({ trigger, routine })),
    );
  }

  /** The event triggers that fire and call a function which is known to do something. */
  eventTriggers(what: 'raises' | 'writes rows'): ObjectRef[] {
    return flatMap(this.calledByEventTriggers(), ({ trigger, routine }) =>
      this.settings(routine)[what] === true ? trigger : [],
    );
  }

  /** Remembers that rows were inserted; undefined for rows that come from elsewhere (COPY, WITH). */
  recordInsert(table: ObjectRef, rows: RowSource): void {
    const key = this.key(table);
    const isByPosition = rows && 'insert' in rows && !rows.insert.cols?.length && this.knowsTable(table);
    this.recordRows(key, isByPosition ? { ...rows, columns: this.columnsOf(table) } : rows);
    if (this.at(key)?.ref.kind === 'view') this.recordThroughView(key);
  }

  /**
   * What is inserted into a view goes into a table that it reads.
   * @param seen views that have swapped their names seem to read one another
   */
  private recordThroughView(view: string, seen: readonly string[] = []): void {
    for (const kind of ['table', 'view'] as const)
      for (const read of this.ofKind(kind)) {
        const key = this.key(read);
        if (seen.includes(key) || !this.dependents(read).includes(view)) continue;
        if (kind === 'table') this.recordRows(key, undefined);
        else this.recordThroughView(key, [...seen, view]);
      }
  }

  private columnsOf(table: ObjectRef): string[] {
    return flatMap(this.parts(table), ({ kind, name }) => (kind === 'column' ? name : []));
  }

  private recordRows(key: string, rows: RowSource): void {
    let list = this.insertLists.get(key);
    if (!list) this.insertLists.set(key, (list = []));
    list.push(rows);
    this.log?.push({ undo: () => void list.pop(), redo: () => void list.push(rows) });
  }

  /** Remembers that the rows of a table have other values in some columns, if it is known to have rows. */
  private recordChange(table: ObjectRef, changed: readonly string[]): void {
    if (this.inserts(table).length > 0) this.recordInsert(table, { changed });
  }

  /** The INSERTs into a table so far. */
  inserts(table: ObjectRef): Inserts {
    return this.insertsAt(this.key(table));
  }

  private insertsAt(key: string): Inserts {
    const list = this.insertLists.get(key);
    return [
      ...(this.origin?.insertsAt(key) ?? []),
      ...(list && list.length > 0 ? [{ list, length: list.length }] : []),
    ];
  }

  /** The objects of a kind that were touched here, with whether each exists. */
  touched(kind: Kind): Entity[] {
    return [...this.entities.values()].filter((entity) => entity.ref.kind === kind);
  }

  /** The objects of some kinds in some schemas that were made here, by their keys. */
  madeIn(kinds: readonly Kind[], schemas: readonly string[]): Map<string, ObjectRef> {
    return new Map(
      flatMap(this.entities, ([key, { ref, exists }]) =>
        exists && kinds.includes(ref.kind) && schemas.includes(schemaOfKey(key) ?? '') ? [[key, ref]] : [],
      ),
    );
  }

  /** The keys that were touched here, with whether each exists; for comparing two worlds. */
  changes(): Map<string, boolean> {
    return new Map(flatMap(this.entities, ([key, { exists }]) => (exists === undefined ? [] : [[key, exists]])));
  }

  /** Whether the object under a key exists; undefined where nothing is known. */
  existsKey(key: string): boolean | undefined {
    return this.at(key)?.exists;
  }

  refOfKey(key: string): ObjectRef | undefined {
    return this.at(key)?.ref;
  }

  /** An object with what is known of the one that it replaces. */
  private replaced(ref: ObjectRef): ObjectRef {
    const known = this.get(ref)?.ref.detail;
    return known ? { ...ref, detail: { ...known, ...ref.detail } } : ref;
  }

  /** Whether ON COMMIT DROP drops a table at once, so that a lasting one keeps its name: without a transaction. */
  private isGoneAtOnce({ kind, name, detail }: ObjectRef): boolean {
    return detail?.dropsOnCommit === true && !this.isInTransaction && this.has({ kind, name }) === true;
  }

  /** Remembers more of an object that exists. */
  private learn(object: ObjectRef, detail: Partial<Detail>): void {
    const entity = this.get(object) ?? this.notNullOf(object);
    if (!entity) return;
    const ref = { ...entity.ref, detail: { ...entity.ref.detail, ...detail } };
    const key = this.key(ref);
    const parent = 'ownedBy' in detail ? this.parentKey(ref, key) : entity.parent;
    this.put(key, { ...entity, ref, parent });
  }

  /** The column that a constraint says NOT NULL of: it is remembered with the column. */
  private notNullOf({ kind, name, of }: ObjectRef): Entity | undefined {
    if (kind !== 'constraint' || !of) return undefined;
    const column = this.parts({ kind: 'table', ...of }).find((part) => part.detail?.notNullUnproven === name);
    return column && this.get(column);
  }

  /** Keys, indexes and checks name a column as it is called from then on. */
  private renameColumnIn(table: Name, from: string, to: string): void {
    for (const part of this.parts({ kind: 'table', ...table })) {
      const { columns, reads, check } = part.detail ?? {};
      if (!columns?.includes(from) && !reads?.includes(from)) continue;
      const named = <T>(names: readonly T[] | undefined) => names?.map((name) => (name === from ? to : name));
      const changed: Detail = { ...part.detail };
      if (columns) changed.columns = named(columns)!;
      if (reads) changed.reads = named(reads)!;
      if (check) changed.check = renameColumns(check, from, to);
      const key = this.key(part);
      this.put(key, { ...this.at(key)!, ref: { ...part, detail: changed } });
    }
  }

  private inSession(event: SessionEvent): void {
    if (event === 'discard') this.dropTemporary(() => true);
    else if (event === 'commit') this.dropTemporary(({ detail }) => detail?.dropsOnCommit === true);
    if (event !== 'discard') this.isInTransaction = event === 'begin';
  }

  private create(effect: CreateEffect): void {
    const { object, mode, parts } = effect;
    if (this.isGoneAtOnce(object)) return;
    const exists = this.has(object);
    if (mode === 'if-not-exists' && exists) return;
    if (mode === 'or-replace' && REPLACED.has(object.kind) && exists)
      this.moves?.push({ from: this.key(object), to: undefined });
    if (DEFAULTED.has(object.kind) && exists !== true) this.setDefaults(this.key(object), object);
    this.add(mode === 'or-replace' ? this.replaced(object) : object, parts);
    // The column has the type of this conversion, and no longer that of an earlier one.
    if (givesType(effect)) this.forget({ ...object, kind: 'column type' });
    // A conversion may round, shorten or compute.
    const converts = object.kind === 'column type' || (object.kind === 'column' && mode === 'or-replace');
    if (converts && object.of) this.recordChange({ kind: 'table', ...object.of }, [object.name]);
  }

  private forget(ref: ObjectRef): void {
    const entity = this.get(ref);
    if (entity) this.put(this.key(entity.ref), { ...entity, exists: false });
  }

  private renamed({ object, to, mode }: Extract<Effect, { action: 'rename' }>): void {
    const isThere = this.has(object);
    if (mode === 'if-exists' && isThere === false) return;
    this.rename(object, to);
    // Nobody knows then whether anything has the new name.
    if (mode === 'if-exists' && isThere === undefined) this.doubt(to);
    if (!object.of) return;
    if (object.kind === 'column') {
      this.renameColumnIn(object.of, object.name, to.name);
      this.redefineView(object.of, `${object.name} AS ${to.name}`);
      this.recordChange({ kind: 'table', ...object.of }, [object.name, to.name]);
    }
    if (object.kind === 'enum label') this.recordLabel({ kind: 'type', ...object.of });
  }

  /** Takes an object for one that may be there or not. */
  private doubt(ref: ObjectRef): void {
    const entity = this.get(ref);
    if (entity) this.put(this.key(entity.ref), { ...entity, exists: undefined });
  }

  /** Rows hold another text where a label of an enum has another one. */
  private recordLabel(type: ObjectRef): void {
    for (const { name, of } of this.columnsOfType(type)) this.recordChange({ kind: 'table', ...of! }, [name]);
  }

  /** A view whose column has another name is another view to OR REPLACE, and its columns are no longer known. */
  private redefineView(name: Name, change: string): void {
    const view = this.get({ kind: 'view', ...name });
    if (view?.ref.kind !== 'view') return;
    const { ref } = view;
    const definition = `${ref.detail?.definition ?? ''} ${change}`;
    this.put(this.key(ref), { ...view, ref: { ...ref, detail: { ...ref.detail, definition, results: undefined } } });
  }

  /** Takes an object for one that is there, since a statement needs it, although it seemed to be gone. */
  admit(ref: ObjectRef): void {
    const key = this.resolve(ref);
    const entity = this.at(key);
    if (entity?.exists !== false) return;
    const { detail, ...name } = entity.ref;
    if (detail?.complete) this.forgetDropped(key, undefined);
    this.put(key, { ...entity, ref: name, exists: true });
  }

  /** Applies an effect, assuming that the statement succeeds. */
  // eslint-disable-next-line complexity -- one case for every action: a new one does not compile until it is here
  apply(effect: Effect): void {
    switch (effect.action) {
      case 'create':
        this.create(effect);
        return;
      case 'duplicate':
        if (effect.object.name) this.add(effect.object, effect.parts);
        return;
      case 'drop':
        this.remove(effect.object, effect.cascade);
        return;
      case 'rename':
        this.renamed(effect);
        return;
      case 'set':
        this.set(effect);
        return;
      case 'learn':
        this.learn(effect.object, effect.detail);
        return;
      case 'call':
        for (const setting of settingsOfCall(this.settings(effect.object))) this.set(setting);
        return;
      case 'search-path':
        this.searchPath = effect.schemas;
        return;
      case 'session':
        this.inSession(effect.event);
        return;
      case 'write':
        this.recordInsert(effect.table, effect.rows && { update: effect.rows });
        return;
      // No object comes or goes.
      case 'use':
      case 'avoid':
      case 'insert':
      case 'delete':
      case 'change':
      case 'reach':
      case 'fill':
      case 'raise':
      case 'unknown':
        return;
    }
  }
}

/** Whether a routine of a kind is meant by its name alone: DROP FUNCTION finds no procedure. */
const isCalledBy = (asked: Kind, kind: Kind): boolean =>
  (asked === 'procedure') === (kind === 'procedure') || asked === 'routine';

/** A condition with another name for a column. */
const renameColumns = <T>(tree: T, from: string, to: string): T =>
  replaceNodes(tree, (node): Node | undefined =>
    columnName(node) === from
      ? { ColumnRef: { ...nodeAs(node, 'ColumnRef'), fields: [{ String: { sval: to } }] } }
      : undefined,
  );

type Index = Map<string, Set<string>>;

/** All of two sets. */
function union(a: ReadonlySet<string> = NONE, b: ReadonlySet<string> = NONE): ReadonlySet<string> {
  if (a.size === 0) return b;
  return b.size > 0 ? new Set([...a, ...b]) : a;
}

const nameIn = (kind: Kind, name: string, of: Name) => `${kind}\0${name}\0${of.name}`;
const inSchema = (kind: Kind, schema: string) => `${kind}\0${schema}`;

/** What objects can be looked up by besides their keys; undefined for those that an index does not have. */
const INDEXES = {
  kind: (_, { kind }) => kind,
  'owned name': (_, { kind, name, of }) => of && nameIn(kind, name, of),
  schema: (_, { kind, schema = 'public', of }) => (of ? undefined : inSchema(kind, schema)),
  /** A routine's key without its arguments, which all its overloads have in common. */
  routine: (key, { kind, args }) => {
    if (!args || !isRoutine(kind)) return undefined;
    const list = `(${args.join(',')})`;
    return key.endsWith(list) ? key.slice(0, -list.length) : undefined;
  },
  /** The name of a column's type, without its schema and the brackets of an array. */
  type: (_, { detail }) => detail?.type && /("(?:[^"]|"")*"|[^".[\]]+)(?:\[\])*$/.exec(detail.type)?.[1],
} satisfies Record<string, (key: string, ref: ObjectRef) => string | undefined>;

type IndexName = keyof typeof INDEXES;

/** Keys of objects by something that these have in common. */
function grouped(
  entities: ReadonlyMap<string, Entity>,
  keys: Iterable<string>,
  valueOf: (key: string, ref: ObjectRef) => string | undefined,
): Index {
  const groups: Index = new Map();
  for (const key of keys) {
    // An index keeps the keys of entities that were taken back.
    const entity = entities.get(key);
    const value = entity && valueOf(key, entity.ref);
    if (value === undefined) continue;
    const group = groups.get(value);
    if (group) group.add(key);
    else groups.set(value, new Set([key]));
  }
  return groups;
}

/** What a column says of its type, if it is that one or an array of it. */
const namesType = ({ schema, name }: ObjectRef) =>
  new RegExp(
    `^(${schema === undefined ? '\\w+' : escape(quoteIdent(schema))}\\.)?${escape(quoteIdent(name))}(?=\\[|$)`,
  );

const escape = (name: string) => name.replace(/[^\w]/g, '\\$&');

/** The schema that a key names. */
export const schemaOfKey = (key: string): string | undefined => /:([^.|(]*)\.[^|]*$/.exec(key)?.[1];

/** Where the settings of objects that will be created are kept: those of a kind, in a schema or in any. */
const futureKey = ({ kind, schema = '' }: Pick<ObjectRef, 'kind' | 'schema'>): string => `future ${kind}:${schema}`;

/** Kinds whose definition OR REPLACE replaces as a whole. */
const REPLACED = new Set<Kind>(['view', 'function', 'procedure']);

/** Kinds to which ALTER DEFAULT PRIVILEGES and event triggers give settings when they are created. */
const DEFAULTED = new Set<Kind>([
  'table',
  'view',
  'materialized view',
  'foreign table',
  'sequence',
  'function',
  'procedure',
]);

const madeByItself = ({ detail }: ObjectRef): boolean =>
  detail?.keysNamed !== undefined && detail.partitionOf === undefined;

/** Whether a table that is not known in full may have a part that no statement has named. */
const mayHaveMore = (table: Detail | undefined, part: ObjectRef): boolean =>
  table?.hasColumnsOnly !== true || part.kind === 'column' || part.kind === 'column type';
