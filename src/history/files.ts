/** Replays the migrations that run before a file. */
import { resolve } from 'node:path';
import type { Disk, FileStat } from '../disk/disk.ts';
import { positionIn, Projects, roleIn } from '../project/find.ts';
import { isBefore } from '../project/since.ts';
import type { FileKind } from '../project/format.ts';
import type { Project, Runner, ToolChoice } from '../project/types.ts';
import { Script } from '../syntax/script.ts';
import { Scripts } from '../syntax/scripts.ts';
import { FolderEnd, type Later, type LaterFile } from './ending.ts';
import { play } from './play.ts';
import { Environments } from './environment.ts';
import type { Places } from './places.ts';
import { World, type Change, type WorldState } from './world.ts';

/**
 * Larger files are not read, unless somebody says so: what is known of every statement takes a hundred times its size.
 */
export const MAX_FILE_BYTES = 20_000_000;

/** A file of a folder, with all that it says. */
export interface WholeFile {
  path: string;
  script: Script;
}

/** The surroundings of a migration: earlier and later files, and its tool. All fields are optional. */
export interface Place {
  /** The objects that earlier migrations have left. */
  world?: World | undefined;
  /**
   * What the files that run after it leave, given its text and the objects after it; undefined where it is the last.
   */
  later?: ((text: string, after: World) => Later | undefined) | undefined;
  /**
   * The objects where the migrations run next, as far as files count as applied; undefined where all before it do. Only
   * who wants to know what others use asks for it.
   */
  applied?: (() => World) | undefined;
  /**
   * What is made of all files of its folder together. It is remembered until a file changes; undefined where no file
   * runs after this one, or the folder is too large.
   */
  whole?: (<T>(make: (files: Iterable<WholeFile>, base: World) => T) => T | undefined) | undefined;
  /** The tool that runs it, and the role of the file for that tool. */
  kind?: FileKind | undefined;
  /** All ways in which its tool may send a text that stands in its place. */
  runners?: ((text: string) => readonly Runner[]) | undefined;
  /** Where its script is remembered. */
  scripts?: Scripts | undefined;
  /** What PostgreSQL has refused of it. */
  refusal?: Refusal | undefined;
  /** The branch that has another text of the file, where it was merged before it was changed. */
  mergedInto?: string | undefined;
}

/** A statement that PostgreSQL refused when it ran a text. */
export interface Refusal {
  /** The text that ran. */
  text: string;
  /** Where PostgreSQL points to; UTF-16 offset. */
  start: number;
  end: number;
  /** The words of PostgreSQL with the SQLSTATE, and what can be done. */
  message: string;
}

/** What the configuration says of a file's place. */
export interface PlaceOptions {
  /** What exists before the first migration. */
  environment?: string | undefined;
  /** The tool that runs the files, where the configuration names it. */
  tool?: ToolChoice | undefined;
  /** Whether the files before it are read. @default true */
  history?: boolean;
  /** The file or the version from which on files are not applied yet. */
  since?: string | undefined;
  /**
   * Whether what was known of the other files of the folder before one of them has changed will do. Who types does not
   * wait for all of them.
   * @default false
   */
  old?: boolean;
}

/** Called between two files by those who have others to serve. It may end the work by throwing. */
export type Breathe = () => Promise<void>;

/** What makes something of all files of a folder: in steps, between which others can be served. */
export type MakesOfAll = (files: Iterable<WholeFile>, base: World) => Generator<undefined, unknown>;

/** The objects after the first files of a chain, as the cache keeps them. */
export interface KeptWorld {
  /** How many files. */
  at: number;
  /** What identifies these files and their texts. */
  digest: string;
  /** Undefined where it cannot be read. */
  state(): WorldState | undefined;
}

/** A cache of the objects after the first files of chains. */
export interface WorldStore {
  /** Stands for some texts in their order. */
  digest(...texts: readonly string[]): string;
  read(chain: string): KeptWorld | undefined;
  write(chain: string, kept: Omit<KeptWorld, 'state'>, state: WorldState): void;
}

/** The number of characters up to which all files of a folder are kept together. */
const MAX_WHOLE = 5_000_000;

/** The number of characters of SQL from which on reading the cache is faster than replaying the files. */
const WORTH_KEEPING = 50_000;

/** What is known of all files of a folder, and whether one of them has changed since. */
interface Aging<T> {
  known: T;
  isOld: boolean;
}

interface Chain {
  folder: string;
  project: Project;
  files: readonly string[];
  indexes: ReadonlyMap<string, number>;
  environment: () => World;
  /** Made when it is first asked for. */
  world: World | undefined;
  /** How many files the world has behind it. */
  at: number;
  /** What an earlier run has kept of it. */
  kept: KeptWorld | undefined;
  /** How many characters were replayed. */
  replayed: number;
  /** What the files with these indexes have changed, so that they can be taken back and done again. */
  changes: Map<number, readonly Change[]>;
  /** What identifies the environment and the texts of as many files. */
  digests: string[];
  /** What its last files leave; made when it is first asked for. */
  end: Aging<FolderEnd> | undefined;
  /** What was made of all files. */
  whole: Aging<unknown> | undefined;
  /** Whether a rule has asked for that. */
  isWholeAsked: boolean;
  /** How often a file has changed. */
  edition: number;
  /** Where objects are named: in the first files, and in the others. */
  places: { first: Places; count: number; all: Places | undefined } | undefined;
  /** The objects behind the files that count as applied. */
  applied: { since: string; world: World } | undefined;
  /** How the files were on the disk when they were read. */
  stats: Map<string, FileStat | undefined>;
}

export interface HistoryOptions {
  disk: Disk;
  /** Texts that stand for what is on the disk: the files open in an editor, or what is staged. */
  texts?: ReadonlyMap<string, string> | undefined;
  /** How many files history can go back without beginning anew. @default 0 */
  back?: number | undefined;
  /** Larger files are left out. @default MAX_FILE_BYTES */
  maxBytes?: number | undefined;
  /** Caches the objects after the files for the next run. */
  worlds?: WorldStore | undefined;
  /** Remembers what was parsed. */
  scripts?: Scripts | undefined;
}

/**
 * The objects that the migrations before each file leave, chain by chain. Every file is read and replayed once, however
 * many files of its chain are asked for, as long as they are asked for in about their order.
 */
export class History {
  private readonly disk: Disk;
  private found: Projects;
  private readonly chains = new Map<string, Chain>();
  private readonly environments: Environments;
  private readonly overrides: ReadonlyMap<string, string>;
  private readonly back: number;
  private readonly maxBytes: number;
  private readonly worlds: WorldStore | undefined;
  private readonly scripts: Scripts;
  /** What has been read, and is still to be replayed. */
  private readonly texts = new Map<string, string>();

  constructor({
    disk,
    texts = new Map(),
    back = 0,
    maxBytes = MAX_FILE_BYTES,
    worlds,
    scripts = new Scripts(),
  }: HistoryOptions) {
    this.disk = disk;
    this.found = new Projects(disk);
    this.environments = new Environments(disk);
    this.overrides = texts;
    this.back = back;
    this.maxBytes = maxBytes;
    this.worlds = worlds;
    this.scripts = scripts;
  }

  /** Which files belong together, and what runs them. */
  get projects(): Projects {
    return this.found;
  }

  /** The world before the file, until the next one is asked for. */
  before(path: string, options: PlaceOptions = {}): World {
    const { chain, end, world } = this.standAt(path, options);
    while (chain.at < end) this.forward(chain, world);
    return world;
  }

  /** Goes to where a file begins, as far as that needs no replaying. */
  private standAt(path: string, options: PlaceOptions): { chain: Chain; end: number; world: World } {
    const chain = this.chainOf(path, options);
    const end = endOf(chain, path);
    this.resume(chain, end);
    goBack(chain, end);
    return { chain, end, world: (chain.world ??= begin(chain)) };
  }

  /**
   * Does what the place of a file will ask for, and lets others work between two files. What is asked for then is
   * there, unless a file has changed in between.
   * @param make what is made of all files of the folder; nothing where it is not given
   */
  async approach(path: string, options: PlaceOptions, breathe: Breathe, make?: MakesOfAll): Promise<void> {
    if (options.history === false) return;
    for (;;) {
      // Whoever works in between may go elsewhere.
      const { chain, end, world } = this.standAt(path, options);
      if (chain.at >= end) break;
      this.forward(chain, world);
      await breathe();
    }
    const chain = this.chainOf(path, options);
    if (isLast(chain, path)) return;
    if (!knownEnd(chain, path, options)) {
      const { edition } = chain;
      const known = this.newEnd(chain, path, options);
      // What is known is not given up for one that is half-way there.
      while (known.advance()) await breathe();
      chain.end = { known, isOld: chain.edition !== edition };
    }
    if (!make || !chain.isWholeAsked || (chain.whole && !chain.whole.isOld)) return;
    const { edition } = chain;
    const steps = this.makeOfAll(chain, make);
    const known = steps && (await inSteps(steps, breathe));
    chain.whole = { known, isOld: chain.edition !== edition };
  }

  /**
   * Where the files of the folder of a file make, change and use objects. What is known of the files before it is kept
   * until one of them changes.
   */
  async placesOf(path: string, options: PlaceOptions, breathe: Breathe): Promise<Places> {
    const { Places } = await import('./places.ts');
    const chain = this.chainOf(path, options);
    if (chain.places?.all) return chain.places.all;
    const { edition } = chain;
    const read = (places: Places, file: string) =>
      places.play(file, new Script(this.textOf(chain, file) ?? '', file, kindOf(chain, file)));
    const known = (chain.places ??= { first: new Places(chain.environment()), count: 0, all: undefined });
    for (const count = endOf(chain, path); known.count < count; await breathe())
      read(known.first, chain.files[known.count++]!);
    const all = known.first.continued();
    // A file that does not run forward, such as one that takes another back, is seen by itself alone.
    const isOther = !chain.indexes.has(resolve(path));
    for (const file of isOther ? [resolve(path)] : chain.files.slice(known.count)) {
      read(all, file);
      await breathe();
    }
    if (isOther) return all;
    if (chain.edition === edition) known.all = all;
    return all;
  }

  /** The script of a text that stands in the place of a file. */
  scriptOf(path: string, text: string, options: PlaceOptions): Script {
    const project = this.projects.of(path, options.tool);
    return this.scripts.read(text, path, { tool: project.tool, role: roleIn(project, resolve(path)) });
  }

  /** The place of a file, which holds until the next one is asked for. */
  placeOf(path: string, options: PlaceOptions = {}): Place {
    const project = this.projects.of(path, options.tool);
    const place: Place = {
      kind: { tool: project.tool, role: roleIn(project, resolve(path)) },
      runners: (text) => this.projects.runnersOf(project, { path, text }),
      scripts: this.scripts,
    };
    if (options.history === false) return place;
    return {
      ...place,
      world: this.before(path, options),
      later: this.laterThan(path, options),
      ...(options.since !== undefined && { applied: () => this.appliedBefore(path, options.since!, options) }),
      whole: this.wholeWith(path, options),
    };
  }

  /** The objects behind the files that run before the one from which on files are not applied yet. */
  private appliedBefore(path: string, since: string, options: PlaceOptions): World {
    const chain = this.chainOf(path, options);
    if (chain.applied?.since !== since) {
      const world = chain.environment().fork();
      for (const file of chain.files)
        if (isBefore(chain.project, file, since))
          play(this.scripts.read(this.textOf(chain, file) ?? '', file, kindOf(chain, file)).statements, world);
      chain.applied = { since, world };
    }
    return chain.applied.world;
  }

  /** Identifies the files that belong together. */
  folderOf = (path: string, { tool }: PlaceOptions = {}): string => this.projects.of(path, tool).site.folder;

  /**
   * The migrations that have to be read to know the worlds before the first of some files of one chain, and on to the
   * last.
   */
  ahead(first: string, last: string, options: PlaceOptions = {}): readonly string[] {
    const chain = this.chainOf(first, options);
    this.resume(chain, endOf(chain, first));
    return chain.files.slice(chain.at, endOf(chain, last));
  }

  /** What the files behind one leave. What is found for the first text holds for its fixes: they change no objects. */
  private laterThan(path: string, options: PlaceOptions): NonNullable<Place['later']> {
    let known: Later | undefined;
    return (text, after) => {
      if (known) return known;
      const chain = this.chainOf(path, options);
      if (isLast(chain, path)) return undefined;
      const index = chain.indexes.get(resolve(path));
      const next = nextOf(chain, path);
      const end = this.endFrom(chain, path, options);
      if (index === undefined || !end.hasPlayed(index, text)) return end.applied(next, after);
      return (known = end.behind(index));
    };
  }

  /**
   * What the files from one on leave. Where files are asked for in their order, the first that asks has all of them
   * played.
   */
  private endFrom(chain: Chain, path: string, options: PlaceOptions): FolderEnd {
    const known = knownEnd(chain, path, options);
    if (known) return known;
    chain.end = { known: this.newEnd(chain, path, options), isOld: false };
    return chain.end.known;
  }

  private newEnd(chain: Chain, path: string, options: PlaceOptions): FolderEnd {
    const from = chain.end && !chain.end.isOld ? 0 : endOf(chain, path);
    const base = from === 0 ? chain.environment() : this.before(path, options);
    const files = chain.files.slice(from).map((file): LaterFile => ({
      path: file,
      kind: kindOf(chain, file),
      text: () => this.textOf(chain, file),
    }));
    return new FolderEnd(from, base, files);
  }

  /** What the whole folder of a file comes to. */
  private wholeWith(path: string, options: PlaceOptions): NonNullable<Place['whole']> {
    return <T>(make: (files: Iterable<WholeFile>, base: World) => T): T | undefined => {
      const chain = this.chainOf(path, options);
      if (!chain.indexes.has(resolve(path)) || isLast(chain, path)) return undefined;
      chain.isWholeAsked = true;
      if (options.old !== true && (!chain.whole || chain.whole.isOld))
        chain.whole = { known: this.makeOfAll(chain, make), isOld: false };
      return chain.whole?.known as T | undefined;
    };
  }

  /** Makes something of all files of a chain; undefined where they are too large to be kept together. */
  private makeOfAll<T>(chain: Chain, make: (files: Iterable<WholeFile>, base: World) => T): T | undefined {
    const texts = chain.files.map((path) => this.textOf(chain, path) ?? '');
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    if (length > MAX_WHOLE) return undefined;
    // What is not remembered to the end of the folder is remembered for nothing.
    const read = this.scripts.holds(length)
      ? this.scripts.read.bind(this.scripts)
      : (...file: ConstructorParameters<typeof Script>) => new Script(...file);
    return make(filesOf(chain, texts, read), chain.environment());
  }

  /** Stands for all that `before` depends on; with `all`, for all that `later` depends on as well. */
  digest(path: string, options: PlaceOptions = {}, all = false): string {
    const chain = this.chainOf(path, options);
    return this.digestAt(chain, all ? chain.files.length : endOf(chain, path));
  }

  /** Stands for what a file is to its tool, and for how it is sent. */
  kindDigest(path: string, text: string, { tool }: PlaceOptions = {}): string {
    const project = this.projects.of(path, tool);
    const runners = this.projects.runnersOf(project, { path, text });
    return this.worlds!.digest(project.tool?.name ?? '', roleIn(project, resolve(path)), JSON.stringify(runners));
  }

  /** Hands on what is in a file, before a later one is asked for: so it is not read twice. */
  offer(path: string, text: string): void {
    this.texts.set(path, text);
  }

  /** Forgets what depends on the text of a file, which is another one now. */
  changed(path: string): void {
    this.texts.delete(path);
    for (const chain of this.chains.values()) {
      const index = chain.indexes.get(resolve(path));
      // What it is on the disk does not count while it is open, and is looked at anew when it is closed.
      chain.stats.delete(resolve(path));
      if (index !== undefined) forgetFrom(chain, index);
    }
  }

  /**
   * Looks whether files of the project of a file have changed on the disk, and forgets what depends on those that have.
   */
  refresh(path: string, { tool }: PlaceOptions = {}): void {
    this.found = new Projects(this.disk);
    this.texts.clear();
    const project = this.found.of(path, tool);
    const chain = this.chains.get(project.site.folder);
    if (!chain) return;
    if (project.tool !== chain.project.tool) {
      this.chains.delete(project.site.folder);
      return;
    }
    const { files } = chain;
    const index = files.findIndex((file, k) => file !== project.forward[k] || this.hasChanged(chain, file));
    if (index >= 0 || files.length < project.forward.length) forgetFrom(chain, index < 0 ? files.length : index);
    const indexes = new Map(project.forward.map((file, k) => [file, k]));
    Object.assign(chain, { project, files: project.forward, indexes });
  }

  /** Whether a file is another one on the disk than when it was read. */
  private hasChanged({ stats }: Chain, file: string): boolean {
    if (!stats.has(file)) return false;
    const [before, now] = [stats.get(file), this.disk.stat(file)];
    return before?.modified !== now?.modified || before?.bytes !== now?.bytes;
  }

  /** Keeps what was replayed for the next run. */
  keep(): void {
    for (const chain of this.chains.values()) {
      const { folder, at, world, replayed } = chain;
      if (!world || replayed < WORTH_KEEPING) continue;
      const known = this.worlds?.read(folder);
      // One that knows more is worth more, as long as it is true.
      if (known && known.at >= at && known.at <= chain.files.length && this.digestAt(chain, known.at) === known.digest)
        continue;
      this.worlds?.write(folder, { at, digest: this.digestAt(chain, at) }, world.state);
    }
  }

  private chainOf(path: string, { environment, tool }: PlaceOptions): Chain {
    const project = this.projects.of(path, tool);
    const { folder } = project.site;
    let chain = this.chains.get(folder);
    if (!chain) {
      const files = project.forward;
      const indexes = new Map(files.map((file, k) => [file, k]));
      chain = {
        folder,
        project,
        files,
        indexes,
        environment: () => this.environments.of(path, environment),
        at: 0,
        world: undefined,
        kept: undefined,
        replayed: 0,
        changes: new Map(),
        digests: [],
        end: undefined,
        whole: undefined,
        isWholeAsked: false,
        edition: 0,
        places: undefined,
        applied: undefined,
        stats: new Map(),
      };
      if (this.worlds)
        chain.digests.push(
          this.worlds.digest(
            folder,
            String(this.maxBytes),
            project.tool?.name ?? '',
            this.environments.idOf(path, environment),
          ),
        );
      this.chains.set(folder, chain);
    }
    return chain;
  }

  /** Continues from the cached objects of an earlier run, if they are those before the requested file. */
  private resume(chain: Chain, end: number): void {
    if (chain.world || chain.kept || !this.worlds) return;
    const kept = this.worlds.read(chain.folder);
    if (kept && kept.at <= end && this.digestAt(chain, kept.at) === kept.digest)
      Object.assign(chain, { kept, at: kept.at });
  }

  private textOf(chain: Chain, file: string): string | undefined {
    return this.overrides.get(file) ?? this.texts.get(file) ?? this.read(chain, file);
  }

  private read({ stats }: Chain, file: string): string | undefined {
    const stat = this.disk.stat(file);
    stats.set(file, stat);
    return stat && stat.bytes <= this.maxBytes ? this.disk.read(file) : undefined;
  }

  /** What identifies the first files of a chain. */
  private digestAt(chain: Chain, at: number): string {
    const { digests, files } = chain;
    while (digests.length <= at) {
      const file = files[digests.length - 1]!;
      const text = this.textOf(chain, file);
      if (text !== undefined) this.texts.set(file, text);
      digests.push(this.worlds!.digest(digests.at(-1)!, file, text ?? '\0'));
    }
    return digests[at]!;
  }

  private forward(chain: Chain, world: World): void {
    const known = chain.changes.get(chain.at);
    if (known) for (const change of known) change.redo();
    else {
      const file = chain.files[chain.at]!;
      const text = this.textOf(chain, file);
      if (this.worlds && chain.digests.length === chain.at + 1)
        chain.digests.push(this.worlds.digest(chain.digests.at(-1)!, file, text ?? '\0'));
      this.texts.delete(file);
      chain.replayed += text?.length ?? 0;
      const run = () =>
        text !== undefined && play(this.scripts.read(text, file, kindOf(chain, file)).statements, world);
      if (this.back === 0) run();
      else {
        chain.changes.set(chain.at, world.logged(run));
        chain.changes.delete(chain.at - this.back);
      }
    }
    chain.at++;
  }
}

function begin(chain: Chain): World {
  const state = chain.kept?.state();
  if (!state) chain.at = 0;
  return new World(chain.environment(), state);
}

/** What steps come to, with others served between them. */
async function inSteps(steps: Generator<undefined, unknown>, breathe: Breathe): Promise<unknown> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await breathe();
  }
}

/** The files of a chain with what they say, each read when its turn comes. */
function* filesOf(chain: Chain, texts: readonly string[], read: Scripts['read']): Generator<WholeFile, undefined> {
  for (const [k, path] of chain.files.entries()) yield { path, script: read(texts[k]!, path, kindOf(chain, path)) };
}

/** What is known of the end of a folder, where it holds for a file. */
function knownEnd(chain: Chain, path: string, { old }: PlaceOptions): FolderEnd | undefined {
  const { end } = chain;
  return end && end.known.from <= endOf(chain, path) && (!end.isOld || old === true) ? end.known : undefined;
}

/** How many files of its chain run before a file. */
const endOf = ({ project, indexes }: Chain, path: string): number =>
  indexes.get(resolve(path)) ?? positionIn(project, resolve(path));

/** How many run before the one behind it. */
const nextOf = (chain: Chain, path: string): number => endOf(chain, path) + (chain.indexes.has(resolve(path)) ? 1 : 0);

const isLast = (chain: Chain, path: string): boolean => nextOf(chain, path) >= chain.files.length;

const kindOf = ({ project }: Chain, file: string): FileKind => ({ tool: project.tool, role: project.roles.get(file) });

/** Takes back what the files behind an index have changed; where that is not known, what all files have. */
function goBack(chain: Chain, end: number): void {
  while (end < chain.at) {
    const changes = chain.changes.get(chain.at - 1);
    if (!changes) {
      Object.assign(chain, { at: 0, world: chain.environment().fork(), changes: new Map() });
      return;
    }
    for (let k = changes.length - 1; k >= 0; k--) changes[k]!.undo();
    chain.at--;
  }
}

/** Forgets all that depends on the file with an index. */
function forgetFrom(chain: Chain, index: number): void {
  if (chain.world) goBack(chain, index);
  else if (chain.at > index) Object.assign(chain, { at: 0, kept: undefined });
  for (const at of chain.changes.keys()) if (at >= index) chain.changes.delete(at);
  chain.digests.length = Math.min(chain.digests.length, index + 1);
  chain.applied = undefined;
  chain.edition++;
  if (chain.end) chain.end.isOld = true;
  if (chain.whole) chain.whole.isOld = true;
  if (chain.places && index < chain.places.count) chain.places = undefined;
  else if (chain.places) chain.places.all = undefined;
}
