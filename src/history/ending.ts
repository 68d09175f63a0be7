/**
 * The objects of a file at the end of the file and at the end of the folder. If a later migration enables row level
 * security, the table is secured. If a later migration drops it, nothing needs to be reported.
 */
import { settingsOfCall } from '../catalog/dynamic.ts';
import type { Effect } from '../catalog/effects.ts';
import { isTemporary, ownerOf, type Kind, type ObjectRef } from '../catalog/objects.ts';
import { flatMap, pushTo } from '../lists.ts';
import type { FileKind } from '../project/format.ts';
import { Script, type Statement } from '../syntax/script.ts';
import { play } from './play.ts';
import type { Moves } from './moves.ts';
import { schemaOfKey, type Settings, type World } from './world.ts';

/** What the later files of a folder leave. */
export interface Later {
  world: World;
  /** What is renamed, dropped and replaced: by them from the index `from` on. */
  moves: Moves;
  from: number;
}

/** An object at the end of a file or of its folder. */
export interface ObjectThen {
  key: string;
  /** Undefined where no statement has made it: only settings are known. */
  ref: ObjectRef | undefined;
  schema: string | undefined;
  settings: Settings;
  /** Its existing parts: columns, constraints, indexes, policies, … */
  parts: readonly ObjectRef[];
  world: World;
}

/** An object that a file makes or changes, and that is there at its end. */
export interface Touched {
  key: string;
  /** The statements that make or change it, in their order. */
  statements: readonly { statement: Statement; creates: boolean }[];
}

/** Kinds of objects that a file can make accessible. */
const ACCESSED = new Set<Kind>(['table', 'view', 'materialized view', 'function', 'procedure', 'routine', 'policy']);

/** The end of one file, and of the folder that it stands in. */
export class Ending {
  /** The objects after the file. */
  readonly world: World;
  private readonly base: World;
  private readonly statements: readonly Statement[];
  private readonly moves: Moves;
  /** How many moves there were when a statement had run. */
  private readonly movesBehind = new Map<Statement, number>();
  /** The statements that make something temporary, which is gone with the session. */
  private readonly temporary = new Set<Statement>();
  /** What the statements make and change, by the keys of that moment. */
  private readonly touches: { key: string; moves: number; statement: Statement; creates: boolean }[] = [];
  private readonly findLater: () => Later | undefined;
  private later: { found: Later | undefined } | undefined;

  /**
   * @param base the objects before the file; it is not changed
   * @param later what the later files of the folder leave; called when it is first needed
   */
  constructor(base: World, statements: readonly Statement[], later: (world: World) => Later | undefined) {
    this.base = base;
    this.statements = statements;
    this.world = base.fork();
    this.moves = this.world.trackMoves();
    this.findLater = () => later(this.world);
    let moved = 0;
    play(statements, this.world, (effect, statement) => {
      this.movesBehind.set(statement, this.moves.length);
      if (effect.action === 'create' && isTemporary(effect.object)) this.temporary.add(statement);
      // A renamed object comes before its parts.
      else this.touch(effect, statement, this.moves.at(moved)?.to);
      moved = this.moves.length;
    });
  }

  private touch(effect: Effect, statement: Statement, renamed: string | undefined): void {
    const { action } = effect;
    if (action !== 'create' && action !== 'rename' && action !== 'set') return;
    const { object } = effect;
    if (!ACCESSED.has(object.kind)) return;
    if (action === 'set' && effect.every) {
      // A right on all objects of a schema, and not each of the rights that ALL stands for.
      if (effect.every === 'present' && effect.value === true && /^(select|execute) for /.test(effect.setting))
        for (const ref of this.world.ofKind(object.kind)) this.touchKey(this.world.key(ref), statement, false);
      return;
    }
    const key = action === 'rename' ? renamed : this.world.keyOf(object);
    if (key !== undefined) this.touchKey(key, statement, action === 'create');
  }

  private touchKey(key: string, statement: Statement, creates: boolean): void {
    const last = this.touches.at(-1);
    if (last?.key === key && last.statement === statement && !creates) return;
    this.touches.push({ key, moves: this.moves.length, statement, creates });
  }

  /** The objects that the file makes or changes, and that are there at its end. */
  touched(): Touched[] {
    const found = new Map<string, Touched['statements'][number][]>();
    for (const { key, moves, statement, creates } of this.touches) {
      const here = this.moves.follow(key, moves);
      if (here !== undefined) pushTo(found, here, { statement, creates });
    }
    return [...found].map(([key, statements]) => ({ key, statements }));
  }

  /** An object of the file's end at the end of the folder; undefined where it is dropped or replaced until then. */
  atEnd(key: string): ObjectThen | undefined {
    this.later ??= { found: this.findLater() };
    const later = this.later.found;
    if (!later) return this.atFileEnd(key);
    const there = later.moves.follow(key, later.from);
    return there === undefined ? undefined : existing(there, later.world);
  }

  atFileEnd(key: string): ObjectThen | undefined {
    return existing(key, this.world);
  }

  /**
   * The last statements that add to what is found of objects of the file's end, and is still so there, by the keys of
   * the objects; undefined where all of it was so before the file. The file is played once for all of them.
   * @param find what there is to find of an object
   */
  since(
    keys: readonly string[],
    find: (object: ObjectThen | undefined) => readonly string[],
  ): ReadonlyMap<string, Statement | undefined> {
    const world = this.base.fork();
    const moves = world.trackMoves();
    const look = (key: string) => find(existing(this.moves.before(key, moves.length), world));
    const found = new Map(keys.map((key) => [key, new Map<string, number>(look(key).map((what) => [what, -1]))]));
    const ran: Statement[] = [];
    const about = this.byObjectAndOwner(keys);
    let moved = 0;
    play(this.statements, world, (effect, statement) => {
      if (ran.at(-1) !== statement) ran.push(statement);
      const isWide = moves.length > moved || reachesOthers(effect, world);
      moved = moves.length;
      const named = isWide ? [] : keysNamedBy(effect, world).map((key) => this.moves.follow(key, moved) ?? key);
      for (const key of isWide ? keys : flatMap(named, (name) => about.get(name) ?? [])) {
        const before = found.get(key)!;
        found.set(key, new Map(look(key).map((what) => [what, before.get(what) ?? ran.length - 1])));
      }
    });
    return new Map([...found].map(([key, since]) => [key, ran[Math.max(-1, ...since.values())]]));
  }

  /** Keys by themselves, and by the keys of the objects' owners. */
  private byObjectAndOwner(keys: readonly string[]): ReadonlyMap<string, readonly string[]> {
    const about = new Map<string, string[]>();
    for (const key of keys)
      for (const name of new Set([key, this.world.parentAt(key) ?? key])) pushTo(about, name, key);
    return about;
  }

  /**
   * Whether a condition holds for an object that a statement makes or changes, once all files of the folder have run.
   * True for an object that is dropped or replaced until then.
   * @param ref with its schema: search_path may be another one by then
   */
  holdsAtEnd(statement: Statement, ref: ObjectRef, condition: (object: ObjectThen) => boolean): boolean {
    const here = this.keyHere(statement, ref);
    if (here === undefined) return true;
    this.later ??= { found: this.findLater() };
    const later = this.later.found;
    if (!later) return condition(objectAt(here, this.world));
    const there = later.moves.follow(here, later.from);
    return there === undefined || condition(objectAt(there, later.world));
  }

  /** The same at the end of the file itself. */
  holdsAtFileEnd(statement: Statement, ref: ObjectRef, condition: (object: ObjectThen) => boolean): boolean {
    const here = this.keyHere(statement, ref);
    return here === undefined || condition(objectAt(here, this.world));
  }

  /** The key of the object at the end of the file; undefined where it is gone. */
  private keyHere(statement: Statement, ref: ObjectRef): string | undefined {
    if (this.temporary.has(statement)) return undefined;
    return this.moves.follow(this.world.key(ref), this.movesBehind.get(statement) ?? this.moves.length);
  }
}

/** The object that an effect names, and its owner. */
function keysNamedBy(effect: Effect, world: World): string[] {
  if (!('object' in effect)) return [];
  const { object } = effect;
  return [world.keyOf(object), ...(object.of ? [world.key(ownerOf(object, object.of))] : [])];
}

/** Whether an effect can change what holds of objects that it does not name. */
const reachesOthers = (effect: Effect, world: World): boolean =>
  (effect.action === 'call' && settingsOfCall(world.settings(effect.object)).length > 0) ||
  effect.action === 'search-path' ||
  effect.action === 'session' ||
  (effect.action === 'set' && (effect.every !== undefined || !(ACCESSED.has(effect.object.kind) || effect.object.of)));

/** An object of which something is known, and that is not known to be gone. */
const existing = (key: string, world: World): ObjectThen | undefined =>
  world.existsKey(key) === false || (!world.refOfKey(key) && Object.keys(world.settingsAt(key)).length === 0)
    ? undefined
    : objectAt(key, world);

function objectAt(key: string, world: World): ObjectThen {
  const ref = world.refOfKey(key);
  return {
    key,
    ref,
    // A part lies where its owner lies.
    schema: schemaOfKey(ref?.of ? (world.parentAt(key) ?? '') : key),
    settings: world.settingsAt(key),
    get parts() {
      return world.partsAt(key);
    },
    world,
  };
}

/** A file whose text is read only when it is played. */
export interface LaterFile {
  path: string;
  kind: FileKind;
  /** Undefined where it cannot be read. */
  text: () => string | undefined;
}

/** The effects of the last files of a folder. Each file is played once, however many earlier files ask for it. */
export class FolderEnd {
  /** The index in the folder of the first file that is played. */
  readonly from: number;
  private readonly world: World;
  private readonly moves: Moves;
  private readonly files: readonly LaterFile[];
  /** The texts that were played, and where the moves of each begin. */
  private readonly played: { text: string | undefined; moves: number; effects: Effect[] }[] = [];

  /** @param base the objects before the first file */
  constructor(from: number, base: World, files: readonly LaterFile[]) {
    this.from = from;
    this.world = base.copy();
    this.moves = this.world.trackMoves();
    this.files = files;
  }

  /** Plays the next file. Who asks for the end has all of them played; who has others to serve plays them before. */
  advance(): boolean {
    const next = this.files[this.played.length];
    if (!next) return false;
    const text = next.text();
    const effects: Effect[] = [];
    this.played.push({ text, moves: this.moves.length, effects });
    if (text !== undefined)
      play(new Script(text, next.path, next.kind).statements, this.world, (effect) => {
        if (LASTING.has(effect.action)) effects.push(effect);
      });
    return true;
  }

  private finish(): void {
    while (this.advance());
  }

  /** Whether the text of a file is the one that was played. */
  hasPlayed(index: number, text: string): boolean {
    this.finish();
    return this.played[index - this.from]?.text === text;
  }

  /** What the files behind one leave. */
  behind(index: number): Later {
    this.finish();
    const next = this.played[index - this.from + 1];
    return { world: this.world, moves: this.moves, from: next?.moves ?? this.moves.length };
  }

  /** What the files from an index on leave where they find other objects than those on the disk. */
  applied(index: number, after: World): Later {
    this.finish();
    const world = after.fork();
    const moves = world.trackMoves();
    const { searchPath } = world;
    for (const { effects } of this.played.slice(Math.max(0, index - this.from))) {
      for (const effect of effects) world.apply(effect);
      world.endSession(searchPath);
    }
    return { world, moves, from: 0 };
  }
}

/** Effects that change which objects there are, or what is set of them. */
const LASTING = new Set<Effect['action']>([
  'create',
  'duplicate',
  'drop',
  'rename',
  'set',
  'search-path',
  'session',
  'call',
]);
