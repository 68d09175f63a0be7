/** Knows what the migrations that run before a file have made. */
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { positionIn, Projects, roleIn } from '../project/find.ts';
import type { FileKind } from '../project/format.ts';
import type { Project, Runner, ToolChoice } from '../project/types.ts';
import { readScript } from '../syntax/script.ts';
import { play } from './play.ts';
import { environmentId, environmentOf } from './environment.ts';
import { World, type Change, type WorldState } from './world.ts';
import { flatMap } from '../lists.ts';

/** Larger files are not read, unless somebody says so: what is known of every statement takes a hundred times its size. */
export const MAX_FILE_BYTES = 20_000_000;

/** A migration with what is in it. */
export interface Migration {
  path: string;
  text: string;
}

/** What is known of a migration besides its text; nothing where nothing is said. */
export interface Place {
  /** The objects that earlier migrations have left. */
  world?: World | undefined;
  /** Finds all migrations of its project, those that run after it too. */
  neighbours?: (() => readonly Migration[]) | undefined;
  /** How many of the neighbours run before it. */
  position?: number | undefined;
  /** What runs it, and what it is to its tool. */
  kind?: FileKind | undefined;
  /** All ways in which its tool may send a text that stands in its place. */
  runners?: ((text: string) => readonly Runner[]) | undefined;
}

/** What the configuration says of a file's place. */
export interface PlaceOptions {
  /** What exists before the first migration. */
  environment?: string | undefined;
  /** The tool that runs the files, where the configuration names it. */
  tool?: ToolChoice | undefined;
  /** Whether the files before it are read. @default true */
  history?: boolean;
}

/** What the first files of a chain come to. */
export interface KeptWorld {
  /** How many files. */
  at: number;
  /** What identifies these files and their texts. */
  digest: string;
  /** Undefined where it cannot be read. */
  state(): WorldState | undefined;
}

/** Keeps what chains come to, from one run to the next. */
export interface WorldStore {
  read(chain: string): KeptWorld | undefined;
  write(chain: string, kept: Omit<KeptWorld, 'state'>, state: WorldState): void;
}

/** From how many characters of SQL on it is quicker to read what they come to than to read them. */
const WORTH_KEEPING = 50_000;

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
  neighbours: readonly Migration[] | undefined;
}

/**
 * The objects that the migrations before each file leave, chain by chain. Every file is read and replayed once, however
 * many files of its chain are asked for, as long as they are asked for in about their order.
 */
export class History {
  /** Which files belong together, and what runs them. */
  readonly projects: Projects;
  private readonly chains = new Map<string, Chain>();
  /** Texts that stand for what is on the disk: the file open in an editor, or what a fix has made of it. */
  private readonly overrides: ReadonlyMap<string, string>;
  private readonly back: number;
  private readonly maxBytes: number;
  private readonly worlds: WorldStore | undefined;
  /** What has been read, and is still to be replayed. */
  private readonly texts = new Map<string, string>();

  /**
   * @param options.back how many files history can go back without beginning anew
   * @param options.maxBytes larger files are left out
   * @param options.worlds keeps what the files come to for the next run
   * @param options.projects what is known of the disk already
   */
  constructor(
    overrides: ReadonlyMap<string, string> = new Map(),
    {
      back = 0,
      maxBytes = MAX_FILE_BYTES,
      worlds,
      projects = new Projects(),
    }: { back?: number; maxBytes?: number; worlds?: WorldStore | undefined; projects?: Projects } = {},
  ) {
    this.projects = projects;
    this.overrides = overrides;
    this.back = back;
    this.maxBytes = maxBytes;
    this.worlds = worlds;
  }

  /** The world before the file, until the next one is asked for. */
  before(path: string, options: PlaceOptions = {}): World {
    const chain = this.chainOf(path, options);
    const end = endOf(chain, path);
    this.resume(chain, end);
    while (end < chain.at) {
      const changes = chain.changes.get(chain.at - 1);
      if (changes) for (let k = changes.length - 1; k >= 0; k--) changes[k]!.undo();
      if (changes) chain.at--;
      else Object.assign(chain, { at: 0, world: chain.environment().fork(), changes: new Map() });
    }
    const world = (chain.world ??= begin(chain));
    while (chain.at < end) this.forward(chain, world);
    return world;
  }

  /** The place of a file, which holds until the next one is asked for. */
  placeOf(path: string, options: PlaceOptions = {}): Place {
    const project = this.projects.of(path, options.tool);
    const place: Place = {
      kind: { tool: project.tool, role: roleIn(project, resolve(path)) },
      runners: (text) => this.projects.runnersOf(project, { path, text }),
    };
    if (options.history === false) return place;
    return {
      ...place,
      world: this.before(path, options),
      neighbours: () => this.neighbours(path, options),
      position: endOf(this.chainOf(path, options), path),
    };
  }

  /** Identifies the files that belong together. */
  folderOf = (path: string, { tool }: PlaceOptions = {}): string => this.projects.of(path, tool).site.folder;

  /** The migrations that have to be read to know the worlds before the first of some files of one chain, and on to the last. */
  ahead(first: string, last: string, options: PlaceOptions = {}): readonly string[] {
    const chain = this.chainOf(first, options);
    this.resume(chain, endOf(chain, first));
    return chain.files.slice(chain.at, endOf(chain, last));
  }

  private neighbours(path: string, options: PlaceOptions): readonly Migration[] {
    const chain = this.chainOf(path, options);
    return (chain.neighbours ??= flatMap(chain.files, (file) => {
      const text = this.textOf(file);
      return text === undefined ? [] : [{ path: file, text }];
    }));
  }

  /** Stands for all that `before` depends on; with `all`, for all that `neighbours` depends on as well. */
  digest(path: string, options: PlaceOptions = {}, all = false): string {
    const chain = this.chainOf(path, options);
    return this.digestAt(chain, all ? chain.files.length : endOf(chain, path));
  }

  /** Stands for what a file is to its tool, and for how it is sent. */
  kindDigest(path: string, text: string, { tool }: PlaceOptions = {}): string {
    const project = this.projects.of(path, tool);
    const runners = this.projects.runnersOf(project, { path, text });
    return digest(project.tool?.name ?? '', roleIn(project, resolve(path)), JSON.stringify(runners));
  }

  /** Hands on what is in a file, before a later one is asked for: so it is not read twice. */
  offer(path: string, text: string): void {
    this.texts.set(path, text);
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
        environment: () => environmentOf(path, environment),
        at: 0,
        world: undefined,
        kept: undefined,
        replayed: 0,
        changes: new Map(),
        digests: [],
        neighbours: undefined,
      };
      if (this.worlds)
        chain.digests.push(
          digest(folder, String(this.maxBytes), project.tool?.name ?? '', environmentId(path, environment)),
        );
      this.chains.set(folder, chain);
    }
    return chain;
  }

  /** Goes on from where an earlier run has come to, where that is before the file that is asked for. */
  private resume(chain: Chain, end: number): void {
    if (chain.world || chain.kept || !this.worlds) return;
    const kept = this.worlds.read(chain.folder);
    if (kept && kept.at <= end && this.digestAt(chain, kept.at) === kept.digest)
      Object.assign(chain, { kept, at: kept.at });
  }

  private textOf(file: string): string | undefined {
    return this.overrides.get(file) ?? this.texts.get(file) ?? read(file, this.maxBytes);
  }

  /** What identifies the first files of a chain. */
  private digestAt({ digests, files }: Chain, at: number): string {
    while (digests.length <= at) {
      const file = files[digests.length - 1]!;
      const text = this.textOf(file);
      if (text !== undefined) this.texts.set(file, text);
      digests.push(digest(digests.at(-1)!, file, text ?? '\0'));
    }
    return digests[at]!;
  }

  private forward(chain: Chain, world: World): void {
    const known = chain.changes.get(chain.at);
    if (known) for (const change of known) change.redo();
    else {
      const file = chain.files[chain.at]!;
      const text = this.textOf(file);
      if (this.worlds && chain.digests.length === chain.at + 1)
        chain.digests.push(digest(chain.digests.at(-1)!, file, text ?? '\0'));
      this.texts.delete(file);
      chain.replayed += text?.length ?? 0;
      const run = () => text !== undefined && play(readScript(text, file, kindOf(chain, file)).statements, world);
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

/** How many files of its chain run before a file. */
const endOf = ({ project, indexes }: Chain, path: string): number =>
  indexes.get(resolve(path)) ?? positionIn(project, resolve(path));

const kindOf = ({ project }: Chain, file: string): FileKind => ({ tool: project.tool, role: project.roles.get(file) });

/** Stands for some texts in their order. */
export const digest = (...texts: readonly string[]): string => hash('sha256', texts.join('\0'), 'base64url');

function read(file: string, maxBytes: number): string | undefined {
  try {
    if (statSync(file).size > maxBytes) return undefined;
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}
