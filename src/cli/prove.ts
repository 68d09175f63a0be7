/** Proves fixes by running them, before they are written. */
import type { ConfigFinder } from '../config/load.ts';
import { lintOptionsOf } from '../config/settings.ts';
import { UserError } from '../errors.ts';
import type { Place } from '../history/files.ts';
import { lintText, type LintMessage, type LintResult, type RuleSettings } from '../linter/linter.ts';
import { plural } from '../plural.ts';
import { rules } from '../rules/index.ts';
import type { Project } from '../project/types.ts';
import {
  headline,
  isProven,
  looksLikeSupabase,
  proveFile,
  verify,
  type FileVerdict,
  type MigrationFile,
  type Proof,
  type Proposal,
} from '../verify/index.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { migrationOf, readEnvironment } from './migrations.ts';
import type { CliOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { isToBeProven, lintSource, type LintRun, type Store, type Task } from './tasks.ts';

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
  /** How many files run twice, from every state, by the PostgreSQL that ran them. */
  proven: Map<string, number>;
  /** How many files do not, for what is not fixed in them, by the reason. */
  inPart: Map<string, number>;
  /** How many files are fixed without proof, by the reason. */
  unproven: Map<string, number>;
  /** Fixes. */
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
  const sums: Sums = { proven: new Map(), inPart: new Map(), unproven: new Map(), takenBack: 0 };
  const projects = new Map<Project, Task[]>();
  for (const task of tasks) {
    if (byPath.get(task.path)?.output === undefined || !isToBeProven(task, options)) continue;
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
  const without = (why: string) => {
    count(sums.unproven, why);
  };
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
    const { text } = store.read(path);
    const proof = await proveFile(text, (left) => propose(tasks.get(path)!, left, proving), judge);
    const { refused, verdict } = proof;
    if (refused.size > 0) refusals.set(path, new Map([...refused].map(([name, why]) => [name, sentence(why)])));
    sums.takenBack += refused.size;
    if (isProven(proof)) count(sums.proven, verdict.engine);
    // Where nothing is left of the fixes, nothing is fixed.
    else if (proof.text !== text) countDoubt(sums, proof);
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
  const withheld = new Map([...refused].map((name) => [name, '']));
  const { output, messages, suppressedMessages } = fixed(task, source, proving, withheld, (name) => {
    fixes.add(name);
  });
  const text = output ?? source.text;
  const switchedOff = [...suppressedMessages, ...findingsOfRulesThatAreOff(task, text, proving)];
  return {
    text,
    fixes: [...fixes],
    open: [
      ...messages.filter(isOfSecondRun),
      ...switchedOff.filter(isOfSecondRun).map((message) => ({ ...message, isSwitchedOff: true })),
    ],
  };
}

/** What would be said of a second run by rules that a configuration switches off. */
function findingsOfRulesThatAreOff({ path, settings }: Task, text: string, { workspace }: Proving): LintMessage[] {
  const off = Object.keys(rules).filter((name) => isRuleOfSecondRun(name) && isOff(settings.rules[name]));
  if (off.length === 0) return [];
  const only = { ...settings, rules: Object.fromEntries(off.map((name) => [name, 'error' as const])) };
  return lintText(text, path, { ...lintOptionsOf(only), ...workspace.placeOf(path, settings) }).messages;
}

const isOff = (setting: RuleSettings[string] | undefined): boolean =>
  setting === undefined || setting === 'off' || setting[0] === 'off';

/** The rules about a second run, and about what cannot run, besides those with a message for bare statements. */
const OF_SECOND_RUN = new Set([
  'no-bare-sequence',
  'no-syntax-error',
  'no-misspelled-type',
  'no-clean-slate',
  'no-silent-collision',
]);

const isRuleOfSecondRun = (name: string): boolean =>
  OF_SECOND_RUN.has(name) || 'bare' in (rules[name]?.meta.messages ?? {});

const isOfSecondRun = ({ ruleId }: LintMessage): boolean => ruleId !== null && isRuleOfSecondRun(ruleId);

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function countDoubt({ inPart, unproven }: Sums, { doubt, verdict }: Proof): void {
  if (doubt === 'reported') count(inPart, 'what is still reported keeps it from running twice');
  else if (doubt === 'switched-off') count(inPart, 'what comments or settings switch off keeps it from running twice');
  else if (doubt === 'without-fixes') count(unproven, `without its fixes, too, ${reasonOf(verdict)}`);
  else count(unproven, reasonOf(verdict));
}

function reasonOf(verdict: FileVerdict): string {
  if (verdict.verdict === 'not-verifiable') return verdict.reason;
  const said = verdict.verdict === 'fails' ? 'it does not run once' : headline({ ...verdict, subject: 'original' });
  return 'failure' in verdict ? `${said} (${verdict.failure.code}: ${verdict.failure.message})` : said;
}

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

function notesOf({ proven, inPart, unproven, takenBack }: Sums, { fix }: CliOptions): string[] {
  const verb = fix === 'write' ? 'fixed' : 'would be fixed';
  const lines = (counts: ReadonlyMap<string, number>, how: string) =>
    [...counts].map(([why, files]) => `${plural(files, 'file')} ${verb} ${how}: ${why}`);
  return [
    ...[...proven].map(([engine, files]) => `${plural(files, 'file')} ${verb}, proven on ${engine}`),
    ...lines(inPart, 'in part'),
    ...lines(unproven, 'without proof'),
    ...(takenBack > 0 ? [`${takenBack} ${takenBack === 1 ? 'fix' : 'fixes'} taken back`] : []),
  ];
}
