/** Where the files of a folder make, change and use each object, under all its names. */
import type { Effect } from '../catalog/effects.ts';
import { isTemporary, kindInfo, ownerKind, ownerOf, type Kind, type ObjectRef } from '../catalog/objects.ts';
import { readIdent } from '../catalog/names.ts';
import { nameOf, nameOfRange } from '../catalog/nodes.ts';
import { perStatement, type Script, type Statement } from '../syntax/script.ts';
import { play } from './play.ts';
import type { Moves } from './moves.ts';
import { schemaOfKey, type World } from './world.ts';
import { pushTo } from '../lists.ts';

/** What a statement does to an object that it is about, or that it names. */
export type Doing = 'makes' | 'changes' | 'renames' | 'drops' | 'writes rows' | 'uses';

/** One statement that is about an object, or that names it. */
export interface Mention {
  /** The number of the object. It stays the same when the object gets another name. */
  object: number;
  kind: Kind;
  /** As the object is called before the statement; where the statement renames it, also once more as after it. */
  name: string;
  /** The schema that the object is in, where its kind has one. */
  schema: string | undefined;
  /** The object that it is part of: the table of a column or a policy. */
  owner: { object: number; name: string } | undefined;
  doing: Doing;
  path: string;
  /** The range of the statement. */
  start: number;
  end: number;
  /** Those of the name in it: none where PostgreSQL chooses the name, or CASCADE finds the object. */
  names: readonly Range[];
}

/** A statement of which the text does not tell what it does. */
export interface Untold {
  path: string;
  start: number;
  end: number;
  why: string;
}

interface Range {
  start: number;
  end: number;
}

/** The names in a statement, each with the places where it stands. */
const namesIn = perStatement(({ tokens, script: { text } }: Statement): ReadonlyMap<string, readonly Range[]> => {
  const found = new Map<string, Range[]>();
  for (const { kind, start, end } of tokens) {
    if (kind !== 'word' && kind !== 'quoted') continue;
    pushTo(found, readIdent(text.slice(start, end)), { start, end });
  }
  return found;
});

/** The places of the objects of some files, in the order in which the files run. */
export class Places {
  private readonly world: World;
  private readonly moves: Moves;
  private readonly before: Places | undefined;
  private readonly numbers: Map<string, number>;
  /** The objects that a statement has made, and not only named. */
  private readonly made: Set<number>;
  /** By the key of an object that is gone, its number; and that of the one before it, for each that came after. */
  private readonly gone: Map<string, number>;
  private readonly earlier: Map<number, number>;
  private readonly own: Mention[] = [];
  private readonly ownUntold: Untold[] = [];
  private latest: { statement: Statement; said: Map<string, Mention> } | undefined;
  private next: number;
  private read = 0;

  /**
   * @param base the objects before the first file; it is not changed
   * @param before the places of the files that run before these
   */
  constructor(base: World, before?: Places) {
    this.world = base.fork();
    this.moves = this.world.trackMoves();
    this.before = before;
    this.numbers = new Map(before?.numbers);
    this.made = new Set(before?.made);
    this.gone = new Map(before?.gone);
    this.earlier = new Map(before?.earlier);
    this.next = before?.next ?? 0;
  }

  /** The places of these files, to which those of later files are added. */
  continued(): Places {
    return new Places(this.world, this);
  }

  /** Reads the next file. */
  play(path: string, script: Script): void {
    play(script.statements, this.world, (effect, statement) => this.record(effect, statement, path));
  }

  private record(effect: Effect, statement: Statement, path: string): void {
    const object = objectOf(effect);
    if (object && !isTemporary(object)) {
      this.add(object, this.doingOf(effect, object), statement, path);
      for (const owner of ownersOf(object)) this.use(owner, statement, path);
      if (effect.action === 'create')
        for (const part of effect.parts ?? []) this.add(part, this.making(part, 'uses'), statement, path);
    }
    if (effect.action === 'unknown') {
      const { start, end } = statement;
      this.ownUntold.push({ path, start, end, why: effect.why });
    }
    this.follow(effect.action === 'drop', statement, path);
    // It is the same object by then, under its new name.
    if (effect.action === 'rename') this.use(effect.to, statement, path, 'renames');
    for (const named of mentionedIn(statement)) this.use(named, statement, path);
  }

  private doingOf(effect: Effect, object: ObjectRef): Doing {
    switch (effect.action) {
      case 'create':
        return this.making(object, effect.mode === 'or-replace' ? 'changes' : 'uses');
      case 'duplicate':
        return this.making(object, 'uses');
      case 'rename':
        return 'renames';
      case 'drop':
        return 'drops';
      case 'set':
      case 'learn':
        return 'changes';
      case 'fill':
      case 'insert':
      case 'write':
      case 'delete':
      case 'change':
        return 'writes rows';
      default:
        return 'uses';
    }
  }

  /** What is made where it is there already is only used, or changed. */
  private making(object: ObjectRef, otherwise: Doing): Doing {
    const key = this.world.keyOf(object);
    const known = this.numbers.get(key);
    if (known !== undefined && this.made.has(known)) return otherwise;
    this.made.add(known ?? this.begin(key));
    return 'makes';
  }

  private begin(key: string): number {
    const number = this.next++;
    this.numbers.set(key, number);
    const before = this.gone.get(key);
    if (before !== undefined) this.earlier.set(number, before);
    return number;
  }

  private numberOf(key: string): number {
    return this.numbers.get(key) ?? this.begin(key);
  }

  /** An object that is known and is named beside what a statement is about. */
  private use(object: ObjectRef, statement: Statement, path: string, doing: Doing = 'uses'): void {
    if (this.numbers.has(this.world.keyOf(object))) this.add(object, doing, statement, path);
  }

  private add(ref: ObjectRef, doing: Doing, statement: Statement, path: string): void {
    const key = this.world.keyOf(ref);
    const object = this.numberOf(key);
    if (this.latest?.statement !== statement) this.latest = { statement, said: new Map() };
    const { said } = this.latest;
    // What a statement does to an object says more than that it uses it.
    const schema = kindInfo(ref.kind).inSchema ? schemaOfKey(key) : undefined;
    const name = `${object} ${schema ?? ''} ${ref.name}`;
    const known = said.get(name);
    if (known && (doing === 'uses' || known.doing === doing)) return;
    const { start, end } = statement;
    const mention: Mention = {
      object,
      kind: ref.kind,
      name: ref.name,
      schema,
      owner: this.ownerOf(ref),
      doing,
      path,
      start,
      end,
      names: namesIn(statement).get(ref.name) ?? [],
    };
    said.set(name, mention);
    this.own.push(mention);
  }

  private ownerOf({ kind, of }: ObjectRef): Mention['owner'] {
    if (!of || ownerKind(kind) === undefined) return undefined;
    const owner = ownerOf({ kind, name: '' }, of);
    return { object: this.numberOf(this.world.keyOf(owner)), name: owner.name };
  }

  /**
   * Objects that have got another name, or are gone.
   * @param drops whether the statement drops what is gone, also by CASCADE; otherwise it is replaced
   */
  private follow(drops: boolean, statement: Statement, path: string): void {
    const moves = this.moves.from(this.read);
    this.read = this.moves.length;
    if (drops)
      for (const { from } of moves) {
        const ref = this.numbers.has(from) ? this.world.refOfKey(from) : undefined;
        if (ref) this.add(ref, 'drops', statement, path);
      }
    for (const { from, to } of moves) {
      const number = this.numbers.get(from);
      if (number === undefined) continue;
      this.numbers.delete(from);
      if (to === undefined) this.gone.set(from, number);
      else this.numbers.set(to, number);
    }
  }

  /** All mentions, in the order of the files. */
  *mentions(): Generator<Mention> {
    if (this.before) yield* this.before.mentions();
    yield* this.own;
  }

  /** The objects that a name at a place of a file stands for. */
  at(path: string, offset: number): number[] {
    const found = new Set<number>();
    for (const mention of this.mentions())
      if (mention.path === path && mention.names.some(({ start, end }) => start <= offset && offset <= end))
        found.add(mention.object);
    return [...found];
  }

  /** The mentions of some objects. */
  of(objects: readonly number[]): Mention[] {
    const wanted = new Set(objects);
    const found: Mention[] = [];
    for (const mention of this.mentions()) if (wanted.has(mention.object)) found.push(mention);
    return found;
  }

  /** The objects that a statement names, each with what it does to it. */
  inStatement(path: string, { start }: Range): Mention[] {
    const found: Mention[] = [];
    for (const mention of this.mentions())
      if (mention.path === path && mention.start === start && mention.names.length > 0) found.push(mention);
    return found;
  }

  /** The object that was called as this one before it, and was dropped or replaced. */
  predecessor(object: number): number | undefined {
    return this.earlier.get(object);
  }

  /** The statements of which the text does not tell what they do. */
  *untold(): Generator<Untold> {
    if (this.before) yield* this.before.untold();
    yield* this.ownUntold;
  }
}

/** The object that an effect is about. */
function objectOf(effect: Effect): ObjectRef | undefined {
  if (effect.action === 'write') return effect.table;
  return 'object' in effect ? effect.object : undefined;
}

/** The table of a column or a policy, and the table that a foreign key points to. */
function* ownersOf({ kind, of, detail }: ObjectRef): Generator<ObjectRef> {
  if (of && ownerKind(kind) !== undefined) yield ownerOf({ kind, name: '' }, of);
  if (detail?.references) yield { kind: 'table', ...detail.references.table };
}

/** What a statement names anywhere: relations, functions and types. */
function* mentionedIn({ mentions }: Statement): Generator<ObjectRef> {
  for (const relation of mentions.relations) yield { kind: 'table', ...nameOfRange(relation) };
  for (const { funcname } of mentions.calls) yield { kind: 'function', ...nameOf(funcname) };
  for (const { names } of mentions.types) yield { kind: 'type', ...nameOf(names) };
}
