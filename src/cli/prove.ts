/** Proves fixes by running them, before they are written. */
import type { ConfigFinder } from '../config/load.ts';
import { UserError } from '../errors.ts';
import type { Place } from '../history/files.ts';
import type { LintMessage, LintResult } from '../linter/linter.ts';
import { plural } from '../plural.ts';
import { rules } from '../rules/index.ts';
import type { Project } from '../project/types.ts';
import {
  looksLikeSupabase,
  headline,
  proveFile,
  verify,
  type FileVerdict,
  type MigrationFile,
  type Proposal,
} from '../verify/index.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { migrationOf, readEnvironment } from './migrations.ts';
import type { CliOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { lintSource, type LintRun, type Store, type Task } from './tasks.ts';

/** What the fixes of a run are proven with. */
export interface Proving {
  options: CliOptions;
  configs: ConfigFinder;
  progress: Progress;
  store: Store;
  workspace: Workspace;
}

/** What was proven, and what was not, for the end of the output. */
interface Sums {
  proven: number;
  /** How many files are fixed without proof, by the reason. */
  unproven: Map<string, number>;
  takenBack: number;
}

/**
 * Runs what `--fix` would write from several states, takes back what is not sound, and writes the rest.
 * @param results what a dry run has found
 * @returns the same, with what has been taken back as findings; and what to say of the proof, a line each
 */
export async function proveFixes(
  results: readonly LintResult[],
  tasks: readonly Task[],
  proving: Proving,
): Promise<LintRun & { notes: string[] }> {
  const { store, workspace, options } = proving;
  const byPath = new Map(results.map((result) => [result.filePath, result]));
  const refusals = new Map<string, ReadonlyMap<string, string>>();
  const sums: Sums = { proven: 0, unproven: new Map(), takenBack: 0 };
  const projects = new Map<Project, Task[]>();
  for (const task of tasks) {
    if (byPath.get(task.path)?.output === undefined) continue;
    const project = workspace.history.projects.of(task.path, task.settings.tool);
    projects.set(project, [...(projects.get(project) ?? []), task]);
  }
  for (const [project, changed] of projects) await proveProject(project, changed, byPath, proving, refusals, sums);

  const run: LintRun = { results: [], failures: [] };
  const taskOf = new Map(tasks.map((task) => [task.path, task]));
  for (const result of results) {
    const task = taskOf.get(result.filePath)!;
    try {
      run.results.push(result.output === undefined ? result : finish(task, result, refusals.get(task.path), proving));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      run.failures.push(error);
    }
  }
  return { ...run, notes: notesOf(sums, options) };

  function finish(
    task: Task,
    result: LintResult,
    refused: ReadonlyMap<string, string> | undefined,
    of: Proving,
  ): LintResult {
    const source = store.read(task.path);
    const fix = (text: string) => fixed(task, { ...source, text }, of, refused);
    const final = refused ? fix(source.text) : result;
    if (options.fix === 'write' && final.output !== undefined)
      store.write(source, final.output, (text) => fix(text).output ?? text);
    return final;
  }
}

/** Fixes a text in its place. */
function fixed(
  { path, settings }: Task,
  source: ReturnType<Store['read']>,
  { options, workspace }: Proving,
  refused: ReadonlyMap<string, string> | undefined,
  onFix?: (name: string) => void,
): LintResult {
  const place: Place = workspace.placeOf(path, settings);
  return lintSource(source, options, settings, place, { refused, ...(onFix && { onFix }) });
}

async function proveProject(
  project: Project,
  changed: readonly Task[],
  results: ReadonlyMap<string, LintResult>,
  proving: Proving,
  refusals: Map<string, ReadonlyMap<string, string>>,
  sums: Sums,
): Promise<void> {
  const { options, configs, progress, store, workspace } = proving;
  const tasks = new Map(changed.map((task) => [task.path, task]));
  const forward = new Set(project.forward);
  const without = (why: string) => sums.unproven.set(why, (sums.unproven.get(why) ?? 0) + 1);
  for (const { path } of changed) if (!forward.has(path)) without('it is no file that runs forward');
  const asked = changed.map(({ path }) => path).filter((path) => forward.has(path));
  const { files, unread } = readUntil(asked, project, store);
  const known = new Set(files.map(({ path }) => path));
  const only = asked.filter((path) => known.has(path));
  if (unread !== undefined) for (const path of asked) if (!known.has(path)) without(unread);
  if (only.length === 0) return;
  const config = await configs.ofFolder(project.site.folder);
  const settled = new Set<string>();
  const settle = async (path: string, judge: (text: string) => Promise<FileVerdict>): Promise<FileVerdict> => {
    progress.step(path);
    settled.add(path);
    const { refused, verdict } = await proveFile((left) => propose(tasks.get(path)!, left, proving), judge);
    if (refused.size > 0) refusals.set(path, new Map([...refused].map(([name, why]) => [name, sentence(why)])));
    sums.takenBack += refused.size;
    if (verdict.verdict === 'fails' || verdict.verdict === 'not-verifiable') without(reasonOf(verdict));
    else sums.proven++;
    return verdict;
  };
  try {
    const verdicts = await verify(files, {
      only,
      fixed: new Map(only.map((path) => [path, results.get(path)!.output!])),
      states: true,
      settle,
      runnersOf: (file) => workspace.history.projects.runnersOf(project, file),
      environment: readEnvironment(config?.environment, looksLikeSupabase(project.forward)),
      placeholders: config?.placeholders ?? {},
      cache: options.cache,
    });
    // What cannot even be tried is settled by nobody.
    for (const verdict of verdicts) if (!settled.has(verdict.path)) without(reasonOf(verdict));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const path of only) if (!settled.has(path)) without(error.message);
  }
}

/**
 * The files of a project up to the last of those that are asked for. A file that cannot be read ends them: what runs
 * after it would run on another state than it will.
 */
function readUntil(
  asked: readonly string[],
  project: Project,
  store: Store,
): { files: MigrationFile[]; unread?: string } {
  const files: MigrationFile[] = [];
  const last = Math.max(...asked.map((path) => project.forward.indexOf(path)));
  for (const path of project.forward.slice(0, last + 1)) {
    try {
      files.push(migrationOf(project, path, store.read(path).text));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { files, unread: error.message };
    }
  }
  return { files };
}

function propose(task: Task, refused: ReadonlySet<string>, proving: Proving): Proposal {
  const source = proving.store.read(task.path);
  const fixes = new Set<string>();
  const { output, messages } = fixed(task, source, proving, new Map([...refused].map((name) => [name, ''])), (name) => {
    fixes.add(name);
  });
  return { text: output ?? source.text, fixes: [...fixes], open: messages.filter(isOfSecondRun) };
}

/** The rules about a second run, and about what cannot run, besides those with a message for bare statements. */
const OF_SECOND_RUN = new Set([
  'no-bare-sequence',
  'no-syntax-error',
  'no-misspelled-type',
  'no-clean-slate',
  'no-silent-collision',
]);

const isOfSecondRun = ({ ruleId }: LintMessage): boolean =>
  ruleId !== null && (OF_SECOND_RUN.has(ruleId) || 'bare' in (rules[ruleId]?.meta.messages ?? {}));

const reasonOf = (verdict: FileVerdict): string =>
  verdict.verdict === 'not-verifiable'
    ? verdict.reason
    : `it does not run once${'failure' in verdict ? ` (${verdict.failure.code}: ${verdict.failure.message})` : ''}`;

/** What PostgreSQL has said of a fix, as a sentence behind the finding. */
function sentence(verdict: FileVerdict): string {
  const said =
    'failure' in verdict
      ? `${verdict.failure.code}: ${verdict.failure.message}`
      : 'diff' in verdict
        ? verdict.diff
            .split('\n')
            .filter((line) => /^[-+]/.test(line))
            .slice(0, 2)
            .map((line) => line.slice(0, 100))
            .join(' | ')
        : '';
  return `Its fix was taken back, because on ${verdict.engine} it is not sound: ${headline(verdict)}: ${said}`;
}

function notesOf({ proven, unproven, takenBack }: Sums, { fix }: CliOptions): string[] {
  const verb = fix === 'write' ? 'fixed' : 'would be fixed';
  const without = [...unproven].map(([why, count]) => `${plural(count, 'file')} ${verb} without proof: ${why}`);
  return [
    ...[`${plural(proven, 'file')} proven on PostgreSQL`, ...without].slice(proven + without.length === 0 ? 1 : 0),
    ...(takenBack > 0 ? [`${plural(takenBack, 'fix').replace(/fixs$/, 'fixes')} taken back`] : []),
  ];
}
