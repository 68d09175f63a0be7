import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { prepareEnvironment, type Image, type Images } from './engine.ts';
import { QUERIES, type Kept } from './state.ts';
import type { Thread } from './asking.ts';
import type { Environment } from './types.ts';

/** Changes with how the threads make a database, and with what is read of it. */
const FORMAT = 3;

/** What nobody has used for so long is thrown away. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/**
 * Databases as they are before the first migration: after initdb, which takes longer than all the rest, and after an
 * environment. A folder keeps them from one run to the next; where it cannot, they are made again.
 */
export class ImageStore implements Images {
  private readonly folder: string | undefined;

  /** @param cache the folder that the program keeps things in */
  constructor(cache: string | undefined) {
    this.folder = cache && join(cache, 'databases');
  }

  async of(
    environment: Environment,
    create: (image: Image | undefined) => Promise<Thread>,
  ): Promise<{ image: Image; thread?: Thread }> {
    const plain = keyOf({ name: '', steps: [], standIns: [] });
    const key = keyOf(environment);
    const kept = this.read(key);
    if (kept) return { image: kept };
    const base = key === plain ? undefined : this.read(plain);
    const thread = await create(base);
    let image = base;
    if (!image) this.write(plain, (image = await thread.call<Image>('image')));
    if (key === plain) return { image, thread };
    await prepareEnvironment(thread, environment);
    this.write(key, (image = await thread.call<Image>('image')));
    return { image, thread };
  }

  keepState(environment: Environment, image: Image, state: Kept): void {
    this.write(keyOf(environment), Object.assign(image, { state }));
  }

  private read(key: string): Image | undefined {
    if (this.folder === undefined) return undefined;
    const path = join(this.folder, key);
    try {
      const file = openSync(path, 'r');
      try {
        const image = readImage(file);
        if (image) utimesSync(path, new Date(), new Date());
        return image;
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all, so that others may read at the same time. */
  private write(key: string, { bytes, ...index }: Image): void {
    if (this.folder === undefined) return;
    const path = join(this.folder, key);
    const unfinished = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
    try {
      mkdirSync(this.folder, { recursive: true });
      this.prune();
      const file = openSync(unfinished, 'wx');
      try {
        const head = Buffer.from(JSON.stringify({ ...index, length: bytes.length }));
        const length = Buffer.alloc(4);
        length.writeUInt32LE(head.length);
        for (const piece of [length, head, bytes]) writeAll(file, piece);
      } finally {
        closeSync(file);
      }
      renameSync(unfinished, path);
    } catch {
      // What cannot be kept is made again the next time.
      rmSync(unfinished, { force: true });
    }
  }

  private prune(): void {
    for (const name of readdirSync(this.folder!)) {
      const path = join(this.folder!, name);
      if (statSync(path).mtimeMs < Date.now() - KEPT_MS) rmSync(path, { force: true });
    }
  }
}

/** Everything that a database depends on: PostgreSQL, and what was run in it. */
function keyOf({ steps, standIns }: Environment): string {
  const code = statSync(join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), 'pglite.wasm'));
  return createHash('sha256')
    .update(
      JSON.stringify([FORMAT, QUERIES, code.size, code.mtimeMs, steps.map(({ sql, copy }) => [sql, copy]), standIns]),
    )
    .digest('hex')
    .slice(0, 32);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

function readAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const read = readSync(file, bytes, at, bytes.length - at, null);
    if (read === 0) throw new Error('the file is too short');
    at += read;
  }
}

function readImage(file: number): Image | undefined {
  const length = Buffer.alloc(4);
  readAll(file, length);
  const head = Buffer.alloc(length.readUInt32LE());
  readAll(file, head);
  const { length: size, ...index } = JSON.parse(head.toString()) as Omit<Image, 'bytes'> & { length: number };
  if (fstatSync(file).size !== 4 + head.length + size) return undefined;
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  readAll(file, bytes);
  return { ...index, bytes };
}
