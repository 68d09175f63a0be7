/**
 * The cache: results of files, and the objects that the migrations before a file have made. Each entry is stored with a
 * digest of everything that it depends on, including the program itself.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileSettings } from '../config/settings.ts';
import type { History, KeptWorld, WorldStore } from '../history/files.ts';
import { readSnapshot, writeSnapshot } from '../history/snapshot.ts';
import type { WorldState } from '../history/world.ts';
import type { LintResult } from '../linter/linter.ts';
import { writeWhole } from './write-whole.ts';

/** Where it is kept unless the user says: the folder that the system has for the like. */
export function cacheFolder(
  { XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): string {
  const usual: Partial<Record<NodeJS.Platform, () => string>> = {
    win32: () => LOCALAPPDATA || join(homedir(), 'AppData', 'Local'),
    darwin: () => join(homedir(), 'Library', 'Caches'),
  };
  return join(XDG_CACHE_HOME || (usual[platform]?.() ?? join(homedir(), '.cache')), 'sql-lint');
}

/** Entries that were not written for so long are deleted. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** More is not kept of what the migrations of one folder come to. */
const MAX_WORLD_BYTES = 50_000_000;

/** A line of JSON, then what it speaks of. */
function readKept(path: string): { head: unknown; body: Buffer } | undefined {
  try {
    const bytes = readFileSync(path);
    const end = bytes.indexOf(10);
    return { head: JSON.parse(bytes.toString('utf8', 0, end)), body: bytes.subarray(end + 1) };
  } catch {
    return undefined;
  }
}

const writeKept = (path: string, head: unknown, body: readonly Uint8Array[]): void =>
  writeWhole(path, () => Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...body]));

function readState(body: Buffer): WorldState | undefined {
  try {
    return readSnapshot(body.toString());
  } catch {
    return undefined;
  }
}

/** A result as it is kept: JSON, and digests of what it depends on. */
interface KeptResult {
  /** Of the file, what applies to it, and what runs before it. */
  own: string;
  /** Of all files of its chain, where a rule has asked for them. */
  all?: string;
  body: Uint8Array;
}

type ResultHead = Omit<KeptResult, 'body'> & { path: string; length: number };

/** Stands for some texts in their order. */
const digest = (...texts: readonly string[]): string => hash('sha256', texts.join('\0'), 'base64url');

/** The cache folder of this version of the program. */
export class Cache implements WorldStore {
  readonly digest = digest;
  private readonly base: string;
  private readonly folder: string;
  private ready = false;

  constructor(base: string) {
    const { mtimeMs, size } = statSync(fileURLToPath(import.meta.url));
    this.base = base;
    this.folder = join(
      base,
      `${process.env.SQL_LINT_VERSION}-${Math.round(mtimeMs).toString(36)}-${size.toString(36)}`,
    );
  }

  private path(chain: string, what: string): string {
    return join(this.folder, `${digest(chain).slice(0, 20)}.${what}`);
  }

  read(chain: string): KeptWorld | undefined {
    const kept = readKept(this.path(chain, 'world'));
    if (!kept) return undefined;
    const { at, digest } = kept.head as Omit<KeptWorld, 'state'>;
    return { at, digest, state: () => readState(kept.body) };
  }

  write(chain: string, { at, digest }: Omit<KeptWorld, 'state'>, state: WorldState): void {
    const body = Buffer.from(writeSnapshot(state));
    if (body.length > MAX_WORLD_BYTES) return;
    this.prepare();
    writeKept(this.path(chain, 'world'), { at, digest }, [body]);
  }

  readResults(chain: string): Map<string, KeptResult> {
    const kept = readKept(this.path(chain, 'results'));
    if (!kept || !Array.isArray(kept.head)) return new Map();
    let from = 0;
    return new Map(
      (kept.head as ResultHead[]).map(({ path, length, ...head }) => [
        join(chain, path),
        { ...head, body: kept.body.subarray(from, (from += length)) },
      ]),
    );
  }

  writeResults(chain: string, results: ReadonlyMap<string, KeptResult>): void {
    this.prepare();
    writeKept(
      this.path(chain, 'results'),
      [...results].map(([path, { body, ...head }]): ResultHead => ({
        path: relative(chain, path),
        length: body.length,
        ...head,
      })),
      [...results.values()].map(({ body }) => body),
    );
  }

  /** Creates the folder, and deletes old entries. */
  private prepare(): void {
    if (this.ready) return;
    this.ready = true;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      for (const version of readdirSync(this.base)) {
        const folder = join(this.base, version);
        const names = readdirSync(folder);
        const old = names.filter((name) => Date.now() - statSync(join(folder, name)).mtimeMs > KEPT_MS);
        for (const name of old) unlinkSync(join(folder, name));
        if (old.length === names.length && folder !== this.folder) rmdirSync(folder);
      }
    } catch {
      // Another run clears up at the same time, or nothing can be written here.
    }
  }
}

/** The results of earlier runs, for files that stand where they stood. */
export class KeptResults {
  private readonly cache: Cache;
  private readonly history: History;
  private readonly identities = new WeakMap<FileSettings, string>();
  private readonly chains = new Map<string, { results: Map<string, KeptResult>; changed: boolean }>();

  constructor(cache: Cache, history: History) {
    this.cache = cache;
    this.history = history;
  }

  /** The result that linting a file would have. */
  find(path: string, text: string, settings: FileSettings): LintResult | undefined {
    const kept = this.of(path, settings).results.get(path);
    if (
      kept?.own !== this.ownDigest(path, text, settings) ||
      (kept.all !== undefined && kept.all !== this.allDigest(path, settings))
    )
      return undefined;
    try {
      return {
        filePath: path,
        ...(JSON.parse(Buffer.from(kept.body).toString()) as Omit<LintResult, 'filePath' | 'source'>),
        source: text,
      };
    } catch {
      return undefined;
    }
  }

  /** @param asked whether the result depends on the other files of the chain, those that run after it too */
  add({ filePath, source = '', ...rest }: LintResult, settings: FileSettings, asked: boolean): void {
    const chain = this.of(filePath, settings);
    chain.changed = true;
    chain.results.set(filePath, {
      own: this.ownDigest(filePath, source, settings),
      ...(asked && { all: this.allDigest(filePath, settings) }),
      body: Buffer.from(JSON.stringify(rest)),
    });
  }

  /** Writes what is new. */
  save(): void {
    for (const [folder, { results, changed }] of this.chains) {
      if (!changed) continue;
      for (const path of results.keys()) if (!existsSync(path)) results.delete(path);
      this.cache.writeResults(folder, results);
    }
  }

  private of(path: string, settings: FileSettings): { results: Map<string, KeptResult>; changed: boolean } {
    const folder = this.history.folderOf(path, settings);
    let chain = this.chains.get(folder);
    if (!chain) this.chains.set(folder, (chain = { results: this.cache.readResults(folder), changed: false }));
    return chain;
  }

  private ownDigest(path: string, text: string, settings: FileSettings): string {
    return digest(
      path,
      this.identityOf(settings),
      settings.history ? this.history.digest(path, settings) : '',
      this.history.kindDigest(path, text, settings),
      text,
    );
  }

  /** Most files have the same settings. */
  private identityOf(settings: FileSettings): string {
    let identity = this.identities.get(settings);
    if (identity === undefined) this.identities.set(settings, (identity = digest(JSON.stringify(settings))));
    return identity;
  }

  private allDigest(path: string, settings: FileSettings): string {
    return this.history.digest(path, settings, true);
  }
}
