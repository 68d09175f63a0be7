/** Finds the migrations that run before a file, in the order of its tool. */
import { hash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { readScript } from '../syntax/script.ts';
import { play } from './play.ts';
import { environmentId, environmentOf } from './environment.ts';
import { World, type Change, type WorldState } from './world.ts';
import { flatMap } from '../lists.ts';

/** Larger files are not read, unless somebody says so: what is known of every statement takes a hundred times its size. */
export const MAX_FILE_BYTES = 20_000_000;

/** Names under which tools keep one migration a folder (Prisma, diesel). */
const ONE_A_FOLDER = /^(migration|up|down)\.sql$/i;
/** What undoes a migration is not part of the history. */
const UNDO = /(^|\.)(down|undo|rollback)\.sql$|^U\d/i;

/** The folder whose files run one after the other, to which a migration belongs. */
export function chainOf(path: string): string {
  return ONE_A_FOLDER.test(basename(path)) ? dirname(dirname(path)) : dirname(path);
}

interface OrderKey {
  repeatable: boolean;
  version: number[];
  rest: string;
}

/** Splits `V1_10__add.sql`, `0010_add.sql` or `20250101120000_add.sql` into the numbers that order it and the rest. */
function orderKey(name: string): OrderKey {
  const match = /^[Vv]?(\d+(?:[._]\d+)*)(?=__|[_.-]|$)(.*)$/s.exec(name);
  if (!match) return { repeatable: /^R__/.test(name), version: [], rest: name };
  const flyway = /^[Vv]/.test(name);
  return {
    repeatable: false,
    version: (flyway ? match[1]!.split(/[._]/) : [/^\d+/.exec(match[1]!)![0]]).map(Number),
    rest: name,
  };
}

/** The order in which migration tools run files: by version, then by name; Flyway's repeatable ones last. */
export function compareMigrations(a: string, b: string): number {
  return compareKeys(orderKey(a), orderKey(b));
}

function compareKeys(x: OrderKey, y: OrderKey): number {
  if (x.repeatable !== y.repeatable) return x.repeatable ? 1 : -1;
  if (x.version.length > 0 && y.version.length > 0) {
    for (let i = 0; i < Math.max(x.version.length, y.version.length); i++) {
      const difference = (x.version[i] ?? 0) - (y.version[i] ?? 0);
      if (difference !== 0) return difference;
    }
  }
  return x.rest < y.rest ? -1 : x.rest > y.rest ? 1 : 0;
}

/** The migrations of a chain in their order, as paths. A folder that cannot be read has none. */
export function migrationsIn(chain: string): string[] {
  let names: string[];
  try {
    names = flatMap(readdirSync(chain, { withFileTypes: true }), (entry) => {
      if (entry.isFile() && entry.name.endsWith('.sql')) return [entry.name];
      if (!entry.isDirectory()) return [];
      try {
        return readdirSync(join(chain, entry.name))
          .filter((n) => ONE_A_FOLDER.test(n))
          .map((n) => join(entry.name, n));
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
  // In a folder of many, what is compared is taken apart once for each name and not for each comparison.
  return names
    .filter((n) => !UNDO.test(basename(n)))
    .map((name) => {
      const whole = orderKey(name);
      return { path: join(chain, name), whole, first: name.includes(sep) ? orderKey(name.split(sep)[0]!) : whole };
    })
    .sort((a, b) => compareKeys(a.first, b.first) || compareKeys(a.whole, b.whole))
    .map(({ path }) => path);
}

/** Files in the order in which they run, chain by chain. */
export function inOrder(paths: readonly string[]): string[] {
  return paths
    .map((path) => {
      const chain = chainOf(path);
      return { path, chain, key: orderKey(relative(chain, path)) };
    })
    .sort((a, b) => (a.chain === b.chain ? compareKeys(a.key, b.key) : a.chain < b.chain ? -1 : 1))
    .map(({ path }) => path);
}

/** A migration with what is in it. */
export interface Migration {
  path: string;
  text: string;
}

/** What is known of a migration besides its text; nothing where nothing is said. */
export interface Place {
  /** The objects that earlier migrations have left. */
  world?: World | undefined;
  /** Finds all migrations of its chain, those that run after it too. */
  neighbours?: (() => readonly Migration[]) | undefined;
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
  files: string[];
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
   */
  constructor(
    overrides: ReadonlyMap<string, string> = new Map(),
    {
      back = 0,
      maxBytes = MAX_FILE_BYTES,
      worlds,
    }: { back?: number; maxBytes?: number; worlds?: WorldStore | undefined } = {},
  ) {
    this.overrides = overrides;
    this.back = back;
    this.maxBytes = maxBytes;
    this.worlds = worlds;
  }

  /**
   * The world before the file, until the next one is asked for.
   * @param environment what exists before the first migration, where the configuration says so
   */
  before(path: string, environment?: string): World {
    const chain = this.chainOf(path, environment);
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
  placeOf(path: string, environment?: string): Place {
    return { world: this.before(path, environment), neighbours: () => this.neighbours(path, environment) };
  }

  /** The migrations that have to be read to know the worlds before the first of some files of one chain, and on to the last. */
  ahead(first: string, last: string, environment?: string): readonly string[] {
    const chain = this.chainOf(first, environment);
    this.resume(chain, endOf(chain, first));
    return chain.files.slice(chain.at, endOf(chain, last));
  }

  private neighbours(path: string, environment: string | undefined): readonly Migration[] {
    const chain = this.chainOf(path, environment);
    return (chain.neighbours ??= flatMap(chain.files, (file) => {
      const text = this.textOf(file);
      return text === undefined ? [] : [{ path: file, text }];
    }));
  }

  /** Stands for all that `before` depends on; with `all`, for all that `neighbours` depends on as well. */
  digest(path: string, environment?: string, all = false): string {
    const chain = this.chainOf(path, environment);
    return this.digestAt(chain, all ? chain.files.length : endOf(chain, path));
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

  private chainOf(path: string, environment: string | undefined): Chain {
    const folder = chainOf(path);
    let chain = this.chains.get(folder);
    if (!chain) {
      const files = migrationsIn(folder);
      const indexes = new Map(files.map((file, k) => [resolve(file), k]));
      chain = {
        folder,
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
      if (this.worlds) chain.digests.push(digest(folder, String(this.maxBytes), environmentId(path, environment)));
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
      const run = () => text !== undefined && play(readScript(text, file).statements, world);
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
function endOf({ folder, files, indexes }: Chain, path: string): number {
  return (
    indexes.get(resolve(path)) ??
    files.filter((file) => compareMigrations(relative(folder, file), relative(folder, path)) < 0).length
  );
}

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
