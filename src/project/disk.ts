import { dirname, join } from 'node:path';
import { flatMap } from '../lists.ts';
import type { Disk } from './types.ts';

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
