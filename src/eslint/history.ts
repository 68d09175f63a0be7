import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { History, type Place } from '../history/files.ts';
import { Projects } from '../project/find.ts';
import type { Project } from '../project/types.ts';
import { rememberScripts } from '../syntax/script.ts';

/** How long a folder is taken to be as it was: ESLint lints its files one right after the other. */
const FRESH_MS = 500;

/** ESLint reads many files at once and lints each as soon as it is read, so that neighbours change places. */
const READ_AHEAD = 300;
rememberScripts(200_000);

interface Known {
  signature: string;
  checked: number;
  history: History;
}

const histories = new Map<string, Known>();

/** What the migrations before a file leave, and all of its folder. An editor keeps this module loaded, so that files may change in between. */
export function placeOf(path: string): Place {
  // A text without a file, as in a test of a rule.
  if (!isAbsolute(path)) return {};
  const projects = new Projects();
  const project = projects.of(path);
  const { folder } = project.site;
  let known = histories.get(folder);
  const now = Date.now();
  if (!known || now - known.checked > FRESH_MS) {
    const signature = signatureOf(project);
    if (known?.signature === signature) known.checked = now;
    else
      histories.set(
        folder,
        (known = { signature, checked: now, history: new History(undefined, { back: READ_AHEAD, projects }) }),
      );
  }
  return known.history.placeOf(path);
}

function signatureOf({ tool, forward }: Project): string {
  return [tool?.name ?? '', ...forward]
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return `${file}\n${stat?.mtimeMs}\n${stat?.size}`;
    })
    .join('\n');
}
