import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { flatMap } from '../lists.ts';
import type { Disk, Listing } from './types.ts';

/** What a tool asks of a file stands in its first lines: a directive, a version, a header. */
const HEAD_BYTES = 65_536;

const EMPTY: Listing = { files: new Set(), folders: new Set() };

/** The real disk. What was read once is not read again as long as the object lives. */
export function openDisk(): Disk {
  const listings = new Map<string, Listing>();
  const heads = new Map<string, string | undefined>();
  return {
    list(folder) {
      let known = listings.get(folder);
      if (!known) listings.set(folder, (known = readListing(folder)));
      return known;
    },
    head(path) {
      if (!heads.has(path)) heads.set(path, readHead(path));
      return heads.get(path);
    },
    read(path) {
      try {
        return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
      } catch {
        return undefined;
      }
    },
  };
}

function readListing(folder: string): Listing {
  try {
    const [files, folders] = [new Set<string>(), new Set<string>()];
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isFile()) files.add(entry.name);
      else if (entry.isDirectory()) folders.add(entry.name);
    return { files, folders };
  } catch {
    return EMPTY;
  }
}

function readHead(path: string): string | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(path, 'r');
    const bytes = Buffer.allocUnsafe(HEAD_BYTES);
    return bytes
      .subarray(0, readSync(handle, bytes, 0, HEAD_BYTES, 0))
      .toString('utf8')
      .replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Paths of all files below a folder, with `/` between folders; what is hidden, and node_modules, are left out. */
export function filesBelow(folder: string, disk: Disk, prefix = ''): string[] {
  const { files, folders } = disk.list(folder);
  return [
    ...[...files].filter((name) => !name.startsWith('.')).map((name) => prefix + name),
    ...flatMap(folders, (name) =>
      name.startsWith('.') || name === 'node_modules' ? [] : filesBelow(join(folder, name), disk, `${prefix}${name}/`),
    ),
  ];
}

/** How far above a project the package.json of its monorepo may lie. */
const MOST_ABOVE = 4;

/** A folder and those above it, the nearest first, up to the folder of the repository. */
export function* upwards(folder: string, disk: Disk, most = Infinity): Generator<string> {
  for (let at = folder, k = 0; k < most; k++) {
    yield at;
    const above = dirname(at);
    const { files, folders } = disk.list(at);
    if (above === at || folders.has('.git') || files.has('.git')) return;
    at = above;
  }
}

/** What the nearest package.json that names a package says of its version; undefined where none does. */
function packageRange(folder: string, name: string, disk: Disk): string | undefined {
  const escaped = name.replace(/[/\\^$*+?.()|[\]{}]/g, '\\$&');
  for (const at of upwards(folder, disk, MOST_ABOVE)) {
    if (!disk.list(at).files.has('package.json')) continue;
    const found = new RegExp(`"${escaped}"\\s*:\\s*"([^"]*)"`).exec(disk.read(join(at, 'package.json')) ?? '');
    if (found) return found[1]!;
  }
  return undefined;
}

/** The version of a package that a project names, as numbers: the lowest that its range takes. */
export function packageVersion(folder: string, name: string, disk: Disk): readonly number[] | undefined {
  const range = packageRange(folder, name, disk);
  return range === undefined ? undefined : /\d+(?:\.\d+)*/.exec(range)?.[0].split('.').map(Number);
}

/** Whether package.json in this very folder names a package. */
export const hasPackage = (folder: string, name: string, disk: Disk): boolean =>
  disk.list(folder).files.has('package.json') &&
  new RegExp(`"${name}"\\s*:`).test(disk.read(join(folder, 'package.json')) ?? '');

/** Whether Cargo.toml in a folder or one above it names a crate. */
export function hasCrate(folder: string, name: string, disk: Disk): boolean {
  for (const at of upwards(folder, disk))
    if (
      disk.list(at).files.has('Cargo.toml') &&
      new RegExp(`^\\s*\\[?[\\w.-]*\\b${name}\\b`, 'm').test(disk.read(join(at, 'Cargo.toml')) ?? '')
    )
      return true;
  return false;
}

/** Whether a version is at least another one. */
export function atLeast(version: readonly number[], ...least: readonly number[]): boolean {
  for (const [k, wanted] of least.entries()) {
    const found = version[k] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}
