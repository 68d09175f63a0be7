/** Lints what a call is about, as the command does. */
import { lintFiles, lintStdin } from '../../cli/lint.ts';
import { readOptions, type CliOptions } from '../../cli/options.ts';
import type { Progress } from '../../cli/progress.ts';
import type { LintResult } from '../../linter/linter.ts';
import type { Call } from '../call.ts';
import { targetsOf, type Subject, type Target } from '../files.ts';

export interface Linted {
  results: LintResult[];
  /** What was linted, by which settings, and what else there is to say: a line each. */
  notes: string[];
  /** What is wrong with files that could not be linted or written. */
  failures: string[];
  targets: readonly Target[];
}

/**
 * @param argv the arguments that the command would have
 * @param storeOf where the files of a target are read and written
 */
export async function lintSubject(
  asked: Subject,
  call: Call,
  argv: readonly string[],
  storeOf: (target: Target) => Target['store'] = ({ store }) => store,
): Promise<Linted> {
  const options: CliOptions = { ...readOptions(argv, process.env, false), signal: call.signal };
  const linted: Linted = { results: [], notes: [], failures: [], targets: [] };
  linted.targets = await targetsOf(asked, call, (note) => linted.notes.push(note));
  for (const target of linted.targets) {
    if (target.isAlone) linted.results.push(await lintAlone(target, options));
    else {
      const progress = progressOf(target, call);
      const { files, configs, root } = target;
      const run = await lintFiles(files, options, configs, progress, storeOf(target), root);
      linted.results.push(...run.results);
      linted.notes.push(...run.projects, ...run.notes);
      linted.failures.push(...run.failures.map(({ message }) => message));
    }
  }
  return linted;
}

/** What the command says of standard input. */
async function lintAlone({ files, store, configs, root }: Target, options: CliOptions): Promise<LintResult> {
  const [filePath] = files as readonly [string];
  return { ...(await lintStdin(store.read(filePath), options, configs, root)), filePath };
}

function progressOf({ files }: Target, { roots, report }: Call): Progress {
  let done = 0;
  return { step: (path) => report(done++, files.length, roots.shown(path)), done: () => undefined };
}

/** What to say of a text of which nobody has told where it belongs. */
export const ALONE =
  'Nothing is known of what runs before it: give "path", the file that it belongs to, and the other migrations count.';
