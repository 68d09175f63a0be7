/** Finds the migrations that run before a file, in the order of its tool. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { readScript } from '../syntax/script.ts';
import { replay } from './rerun.ts';
import { environmentOf } from './environment.ts';
import type { Change, World } from './world.ts';

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
  return { repeatable: false, version: (flyway ? match[1]!.split(/[._]/) : [/^\d+/.exec(match[1]!)![0]]).map(Number), rest: name };
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
    names = readdirSync(chain, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isFile() && entry.name.endsWith('.sql')) return [entry.name];
      if (!entry.isDirectory()) return [];
      try {
        return readdirSync(join(chain, entry.name)).filter((n) => ONE_A_FOLDER.test(n)).map((n) => join(entry.name, n));
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

interface Chain {
  files: string[];
  indexes: ReadonlyMap<string, number>;
  world: World;
  /** How many files the world has behind it. */
  at: number;
  /** What the files with these indexes have changed, so that they can be taken back and done again. */
  changes: Map<number, readonly Change[]>;
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
  /** What somebody has read just now. */
  private offered: { path: string; text: string } | undefined;

  /**
   * @param options.back how many files history can go back without beginning anew
   * @param options.maxBytes larger files are left out
   */
  constructor(overrides: ReadonlyMap<string, string> = new Map(), { back = 0, maxBytes = MAX_FILE_BYTES }: { back?: number; maxBytes?: number } = {}) {
    this.overrides = overrides;
    this.back = back;
    this.maxBytes = maxBytes;
  }

  /**
   * The world before the file, until the next one is asked for.
   * @param environment what exists before the first migration, where the configuration says so
   */
  before(path: string, environment?: string): World {
    const folder = chainOf(path);
    let chain = this.chains.get(folder);
    if (!chain) {
      const files = migrationsIn(folder);
      this.chains.set(folder, (chain = { files, indexes: new Map(files.map((file, k) => [resolve(file), k])), at: 0, world: environmentOf(path, environment).fork(), changes: new Map() }));
    }
    const end = chain.indexes.get(resolve(path)) ?? chain.files.filter((file) => compareMigrations(relative(folder, file), relative(folder, path)) < 0).length;
    while (end < chain.at) {
      const changes = chain.changes.get(chain.at - 1);
      if (changes) for (let k = changes.length - 1; k >= 0; k--) changes[k]!.undo();
      if (changes) chain.at--;
      else Object.assign(chain, { at: 0, world: environmentOf(path, environment).fork(), changes: new Map() });
    }
    while (chain.at < end) this.forward(chain);
    return chain.world;
  }

  /** Hands on what is in a file, before a later one is asked for: so it is not read twice. */
  offer(path: string, text: string): void {
    this.offered = { path, text };
  }

  private textOf(file: string): string | undefined {
    return this.overrides.get(file) ?? (this.offered?.path === file ? this.offered.text : read(file, this.maxBytes));
  }

  private forward(chain: Chain): void {
    const known = chain.changes.get(chain.at);
    if (known) for (const change of known) change.redo();
    else {
      const file = chain.files[chain.at]!;
      const text = this.textOf(file);
      const run = () => text !== undefined && replay(readScript(text, file).statements, chain.world);
      if (this.back === 0) run();
      else {
        chain.changes.set(chain.at, chain.world.logged(run));
        chain.changes.delete(chain.at - this.back);
      }
    }
    chain.at++;
  }
}

function read(file: string, maxBytes: number): string | undefined {
  try {
    if (statSync(file).size > maxBytes) return undefined;
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}
