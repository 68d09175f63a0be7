import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The file in which a project names the SQL that is not to be linted, in the form of .gitignore. */
const OUR_IGNORE_FILE = '.sqllintignore';

interface Folder {
  path: string;
  /** Whether a Git repository begins here. */
  repository: boolean;
  /** What .gitignore says, and what our own file says. */
  git: Ignore | undefined;
  ours: Ignore | undefined;
}

/** Reads the ignore files of every folder once. */
export class IgnoreFiles {
  private readonly chains = new Map<string, readonly Folder[]>();

  /** The folders from the repository's down to this one. Outside of a repository, .gitignore means nothing. */
  private chainOf(path: string): readonly Folder[] {
    let chain = this.chains.get(path);
    if (!chain) {
      const parent = dirname(path);
      const repository = existsSync(join(path, '.git'));
      chain = [
        ...(repository || parent === path ? [] : this.chainOf(parent)),
        { path, repository, git: read(join(path, '.gitignore')), ours: read(join(path, OUR_IGNORE_FILE)) },
      ];
      this.chains.set(path, chain);
    }
    return chain;
  }

  /**
   * Whether a file is ignored. The deeper a file of patterns stands, the more it counts.
   * @param named whether the user named the file itself: only our own file then counts
   */
  ignores(path: string, named: boolean): boolean {
    const chain = this.chainOf(dirname(path));
    return says(chain, 'ours', path) || (!named && chain[0]!.repository && says(chain, 'git', path));
  }
}

function says(chain: readonly Folder[], whose: 'git' | 'ours', path: string): boolean {
  let ignored = false;
  for (const folder of chain) {
    const result = folder[whose]?.test(relative(folder.path, path).split(sep).join('/'));
    if (result?.ignored) ignored = true;
    else if (result?.unignored) ignored = false;
  }
  return ignored;
}

function read(path: string): Ignore | undefined {
  try {
    return ignore().add(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
