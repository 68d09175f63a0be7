import { dirname, isAbsolute } from 'node:path';
import { nodeDisk } from '../disk/node.ts';
import type { Place } from '../history/files.ts';
import { Workspace } from '../workspace/workspace.ts';

/** How long a folder is taken to be as it was: ESLint lints its files one right after the other. */
const FRESH_MS = 500;

/** ESLint reads many files at once and lints each as soon as it is read, so that neighbours change places. */
const REMEMBERED = { remember: 200_000, back: 300 };

/**
 * What the migrations before a file leave, and all of its folder. An editor keeps the plugin loaded, and ESLint does
 * not say when files have changed in between: so each folder is looked at again once in a while.
 */
export class FolderHistory {
  private readonly workspace = new Workspace({ disk: nodeDisk, ...REMEMBERED });
  /** When each folder was looked at. */
  private readonly checked = new Map<string, number>();

  placeOf(path: string): Place {
    // A text without a file, as in a test of a rule.
    if (!isAbsolute(path)) return {};
    const folder = dirname(path);
    const now = Date.now();
    if (now - (this.checked.get(folder) ?? 0) > FRESH_MS) {
      this.workspace.refresh(path);
      this.checked.set(folder, now);
    }
    return this.workspace.placeOf(path, {});
  }
}
