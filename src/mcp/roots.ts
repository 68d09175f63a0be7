/** Which files an assistant may ask for: those inside the folders that its client names. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import { isIn } from '../project/find.ts';

/** A path, and the root that it lies in. */
interface Located {
  root: string;
  path: string;
}

export class Roots {
  /** Real paths; there is at least one. */
  readonly folders: readonly string[];

  private constructor(folders: readonly string[]) {
    this.folders = folders;
  }

  /** @param uris what the client says. Where it names no folder that is there, the working directory is the root. */
  static of(uris: readonly string[], cwd: string): Roots {
    const named = flatMap(uris, (uri) => {
      const path = uri.startsWith('file:') ? pathOf(uri) : undefined;
      return path !== undefined && existsSync(path) ? realpathSync(path) : [];
    });
    return new Roots(named.length > 0 ? named : [realpathSync(cwd)]);
  }

  /**
   * Finds a file, a folder or a pattern, which need not be there. Links are followed before the place counts.
   * @throws UserError where it lies outside of the roots
   */
  find(given: string): Located {
    const name = given.startsWith('file:') ? (pathOf(given) ?? given) : given;
    if (name.includes('\0')) throw new UserError('a path has no NUL in it');
    const places = isAbsolute(name) ? [name] : this.folders.map((folder) => resolve(folder, name));
    const path = realPath(resolve(places.find(existsSync) ?? places[0]!));
    const root = this.folders.find((folder) => isInside(path, folder));
    if (root === undefined)
      throw new UserError(`${given}: lies outside of what may be read here (${this.folders.join(', ')})`);
    return { root, path };
  }

  /** How a path is shown: relative where there is one root. */
  shown = (path: string): string => {
    const [root, ...others] = this.folders;
    return others.length > 0 || !isInside(path, root!) ? path : relative(root!, path) || path;
  };
}

function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

const isInside = (path: string, folder: string): boolean => path === folder || isIn(folder, path);

/** A path without links, as far as it is there. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const above = dirname(path);
  return above === path ? path : join(realPath(above), basename(path));
}
