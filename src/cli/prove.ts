/** Proves fixes by running them, before they are written. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { ConfigFinder } from '../config/load.ts';
import { lintOptionsOf } from '../config/settings.ts';
import { UserError } from '../errors.ts';
import type { Place, Refusal } from '../history/files.ts';
import { lintText, type LintMessage, type LintOptions, type LintResult, type RuleSettings } from '../linter/linter.ts';
import { flatMap } from '../lists.ts';
import { plural } from '../plural.ts';
import { Lines } from '../lines.ts';
import { rules } from '../rules/index.ts';
import type { Project } from '../project/types.ts';
import {
  headline,
  isProven,
  looksLikeSupabase,
  refusalOf,
  proveFile,
  verify,
  type FileVerdict,
  type Judging,
  type MigrationFile,
  type Proof,
  type Proposal,
  type RefusedStatement,
} from '../verify/index.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { renderBugs, smallest, type Bug } from './bug-report.ts';
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
  /** What there is to report of them, where that is asked for. */
  bugs: Bug[];
}

/** What running the files has shown of them, by path. */
interface Shown {
  /** Why fixes are not sound, by their names. */
  fixes: Map<string, ReadonlyMap<string, string>>;
  /** What PostgreSQL refuses at the first run. */
  statements: Map<string, Refusal>;
  sums: Sums;
}

/**
 * Runs what `--fix` would write from several states, takes back what is not sound, and writes the rest. Files that it
 * would not change run once. What PostgreSQL refuses is a finding.
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
  const sums: Sums = { proven: new Map(), inPart: new Map(), unproven: new Map(), takenBack: 0, bugs: [] };
  const shown: Shown = { fixes: new Map(), statements: new Map(), sums };
  const projects = new Map<Project, Task[]>();
  for (const task of tasks) {
    const result = byPath.get(task.path);
    if (!result || !isToBeProven(task, options)) continue;
    // While files are watched, those that nobody has changed are not run again.
    if (options.saved && result.output === undefined && !options.saved.has(task.path)) continue;
    const project = workspace.history.projects.of(task.path, task.settings.tool);
    projects.set(project, [...(projects.get(project) ?? []), task]);
  }
  for (const [project, asked] of projects) await proveProject(project, asked, byPath, proving, shown);

  const run: LintRun = { results: [], failures: [] };
  const taskOf = new Map(tasks.map((task) => [task.path, task]));
  for (const result of results) {
    const task = taskOf.get(result.filePath)!;
    try {
      run.results.push(finish(task, result));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      run.failures.push(error);
    }
  }
  return { ...run, notes: [...notesOf(sums, options), ...reported(sums.bugs, options)] };

  function finish(task: Task, result: LintResult): LintResult {
    const refused = shown.fixes.get(task.path);
    const refusal = shown.statements.get(task.path);
    if (result.output === undefined && !refusal) return result;
    const source = store.read(task.path);
    const fix = (text: string) => fixed(task, { ...source, text }, proving, { refused, refusal });
    const final = refused || refusal ? fix(source.text) : result;
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
  { refusal, ...proof }: Pick<LintOptions, 'refused' | 'refusal' | 'onFix'>,
): LintResult {
  const place: Place = { ...workspace.placeOf(path, settings), refusal };
  return lintSource(source, options, settings, place, proof);
}

async function proveProject(
  project: Project,
  tasks: readonly Task[],
  results: ReadonlyMap<string, LintResult>,
  proving: Proving,
  shown: Shown,
): Promise<void> {
  const { options, configs, progress, store, workspace } = proving;
  const taskOf = new Map(tasks.map((task) => [task.path, task]));
  const isChanged = (path: string) => results.get(path)!.output !== undefined;
  const forward = new Set(project.forward);
  const without = (path: string, why: string) => {
    if (isChanged(path)) count(shown.sums.unproven, why);
  };
  for (const { path } of tasks) if (!forward.has(path)) without(path, 'it is no file that runs forward');
  const asked = tasks.map(({ path }) => path).filter((path) => forward.has(path));
  const { files, unread } = readUntil(asked, project, store);
  const known = new Set(files.map(({ path }) => path));
  const only = asked.filter((path) => known.has(path));
  if (unread !== undefined) for (const path of asked) if (!known.has(path)) without(path, unread);
  if (only.length === 0) return;
  const config = await configs.ofFolder(project.site.folder);
  const settled = new Set<string>();
  try {
    const verdicts = await verify(files, {
      only,
      fixed: new Map(flatMap(only, (path) => (isChanged(path) ? [[path, results.get(path)!.output!] as const] : []))),
      states: true,
      settle: (path, judging) => {
        progress.step(path);
        settled.add(path);
        return settle(taskOf.get(path)!, results.get(path)!, judging, proving, shown);
      },
      runnersOf: (file) => workspace.history.projects.runnersOf(project, file),
      environment: readEnvironment(config?.environment, looksLikeSupabase(project.forward)),
      placeholders: config?.placeholders ?? {},
      cache: options.cache,
      engines: options.engines,
      signal: options.signal,
    });
    // What cannot even be tried is settled by nobody.
    for (const verdict of verdicts) if (!settled.has(verdict.path)) without(verdict.path, reasonOf(verdict));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const path of only) if (!settled.has(path)) without(path, error.message);
  }
}

/** Proves the fixes of a file; one without fixes runs once. */
async function settle(
  task: Task,
  result: LintResult,
  { judge, runOnce }: Judging,
  proving: Proving,
  { fixes, statements, sums }: Shown,
): Promise<FileVerdict> {
  const { path } = task;
  const { text } = proving.store.read(path);
  const note = (ran: string, verdict: FileVerdict) => {
    const refusal = refusalOf(ran, verdict);
    if (refusal && !isKnown(refusal, [...result.messages, ...result.suppressedMessages])) statements.set(path, refusal);
    return verdict;
  };
  if (result.output === undefined) return note(text, await runOnce());
  const proof = await proveFile(text, (left) => propose(task, left, proving), judge);
  const { refused, verdict } = proof;
  if (refused.size > 0) fixes.set(path, new Map([...refused].map(([name, why]) => [name, sentence(why)])));
  sums.takenBack += refused.size;
  if (refused.size > 0 && proving.options.reportBug !== undefined)
    sums.bugs.push(await bugOf(task, refused, judge, proving));
  if (isProven(proof)) count(sums.proven, verdict.engine);
  // Where nothing is left of the fixes, nothing is fixed.
  else if (proof.text !== text) countDoubt(sums, proof);
  return note(proof.text, verdict);
}

/** The fewest statements of a file that show what its refused fixes do. */
async function bugOf(task: Task, refused: Proof['refused'], judge: Judging['judge'], proving: Proving): Promise<Bug> {
  const source = proving.store.read(task.path);
  const withFixes = (text: string) => fixed(task, { ...source, text }, proving, {}).output ?? text;
  let verdict = [...refused.values()][0]!;
  const { verdict: kind } = verdict;
  const text = await smallest(source.text, async (candidate) => {
    const text = withFixes(candidate);
    if (text === candidate) return false;
    const found = await judge(text, candidate);
    if (found.verdict !== kind) return false;
    verdict = found;
    return true;
  });
  const rules = [...new Set([...refused.keys()].map((name) => name.split(' ', 1)[0]!))];
  const project = proving.workspace.history.projects.of(task.path, task.settings.tool);
  return { rules, text, fixed: withFixes(text), verdict, before: project.forward.indexOf(task.path) };
}

/** Writes what is to be reported, and says so. */
function reported(bugs: readonly Bug[], { reportBug }: CliOptions): string[] {
  if (bugs.length === 0 || reportBug === undefined) return [];
  writeFileSync(reportBug, renderBugs(bugs, process.env.SQL_LINT_VERSION ?? ''));
  return [`${relative(process.cwd(), reportBug)} holds what to report; read it before you send it`];
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
  const onFix = (name: string) => fixes.add(name);
  const { output, messages, suppressedMessages } = fixed(task, source, proving, { refused: withheld, onFix });
  const text = output ?? source.text;
  const switchedOff = [...suppressedMessages, ...findingsOfRulesThatAreOff(task, text, proving)];
  return {
    text,
    fixes: [...fixes],
    mending: [...fixes].filter((name) => OF_FIRST_RUN.has(name.split(' ', 1)[0]!)),
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

/** The rules about what PostgreSQL refuses at the first run. */
const OF_FIRST_RUN = new Set([
  'no-syntax-error',
  'no-invented-syntax',
  'no-misspelled-type',
  'no-unknown-name',
  'no-wrong-arity',
  'no-invalid-definition',
]);

const isOfFirstRun = ({ ruleId }: LintMessage): boolean => ruleId !== null && OF_FIRST_RUN.has(ruleId);

/** Whether a finding says of a statement already that it is refused. */
function isKnown({ text, statement }: RefusedStatement, messages: readonly LintMessage[]): boolean {
  const lines = new Lines(text);
  const [first, last] = [lines.locate(statement.start).line, lines.locate(statement.end).line];
  return messages.filter(isOfFirstRun).some(({ line, endLine }) => line <= last && endLine >= first);
}

/** The rules about a second run, and about what cannot run, besides those with a message for bare statements. */
const OF_SECOND_RUN = new Set([
  'require-shared-guard',
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

const takenBackNote = (fixes: number, reportBug: string | undefined): string =>
  `${fixes} ${fixes === 1 ? 'fix' : 'fixes'} taken back` +
  (reportBug === undefined ? '; --report-bug FILE writes what to report' : '');

function notesOf({ proven, inPart, unproven, takenBack }: Sums, { fix, reportBug }: CliOptions): string[] {
  const verb = fix === 'write' ? 'fixed' : 'would be fixed';
  const lines = (counts: ReadonlyMap<string, number>, how: string) =>
    [...counts].map(([why, files]) => `${plural(files, 'file')} ${verb} ${how}: ${why}`);
  return [
    ...[...proven].map(([engine, files]) => `${plural(files, 'file')} ${verb}, proven on ${engine}`),
    ...lines(inPart, 'in part'),
    ...lines(unproven, 'without proof'),
    ...(takenBack > 0 ? [takenBackNote(takenBack, reportBug)] : []),
  ];
}
