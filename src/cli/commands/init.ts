import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ConfigFinder, CONFIG_NAMES, hasPackageConfig } from '../../config/load.ts';
import type { Config } from '../../config/types.ts';
import { nodeDisk } from '../../disk/node.ts';
import { UserError } from '../../errors.ts';
import { flatMap } from '../../lists.ts';
import { PRESETS } from '../../linter/presets.ts';
import { plural } from '../../plural.ts';
import { printable } from '../../printable.ts';
import { Projects } from '../../project/find.ts';
import { readArguments } from '../arguments.ts';
import { Baseline, BASELINE_FILE } from '../baseline.ts';
import { say, type Command } from '../command.ts';
import { writeAgentFiles } from '../init/agents.ts';
import { apply, assistantStep, editorStep, hookStep, workflowStep, type Change, type Step } from '../init/changes.ts';
import {
  configText,
  hostOf,
  managerOf,
  missingPackage,
  postgresVersionOf,
  shown,
  versionBehind,
} from '../init/project.ts';
import { lintFiles } from '../lint.ts';
import { readOptions } from '../options.ts';
import { defaultPaths, findFiles } from '../paths.ts';
import { disk } from '../tasks.ts';

const HELP = `sql-lint init sets a project up: a configuration, a hook that lints what is committed, and a check of pull
requests. Each file is shown before it is written, and files that exist are only added to. Where there are many
findings already, it offers to leave them as they are.

Usage
  sql-lint init               asks
  sql-lint init --yes         chooses what fits the project without asking
  sql-lint init --agents      only tells assistants how migrations are checked, in AGENTS.md, CLAUDE.md and
                              .cursor/rules: those that are there, AGENTS.md where none is; run again, it replaces
                              its own lines

Examples
  npx sql-lint init
  npx sql-lint init --yes && git diff`;

const CONFIG_FILE = 'sql-lint.config.json';
const SCHEMA = 'node_modules/idempotent-sql-lint/dist/schema.json';
/** From how many findings on it is offered to begin with the next migration. */
const MANY = 50;

/** Sets a project up. */
export const init: Command = async (argv) => {
  const { values } = readArguments('init', argv, {
    yes: { type: 'boolean', short: 'y' },
    agents: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  if (values.agents) return say(writeAgentFiles(process.cwd()).join('\n'));
  if (!values.yes && !process.stdin.isTTY)
    throw new UserError('init asks, and this is not a terminal; sql-lint init --yes does not ask');
  const cwd = process.cwd();
  const ask = values.yes
    ? { text: (_: string, standard: string) => Promise.resolve(standard), close: () => undefined }
    : terminal();
  try {
    const steps = await chooseSteps(cwd, ask.text);
    const changes = flatMap(steps, (step) => ('change' in step ? step.change : []));
    if (!values.yes) for (const change of changes) show(change);
    if (!values.yes) say('');
    for (const step of steps) if ('advice' in step) say(step.advice);
    if (changes.length === 0 || (await yes(ask.text, `Write ${plural(changes.length, 'file')}?`))) write(cwd, changes);
    else say('Nothing was written.');
  } finally {
    ask.close();
  }
  const missing = missingPackage(cwd);
  const run = `${managerOf(cwd).run} sql-lint`;
  if (missing !== undefined) say(`Add the package to the project, so that everyone runs the same version: ${missing}`);
  return say(`Now run ${run}, and then ${run} --diff: it shows what --fix would write.`);
};

/** Asks for a text. `mistake` says what is wrong with an answer; then the question is put once more. */
type Ask = (question: string, standard: string, mistake?: (answer: string) => string | undefined) => Promise<string>;

function terminal(): { text: Ask; close: () => void } {
  const io = createInterface({ input: process.stdin, output: process.stdout });
  return {
    async text(question, standard, mistake) {
      for (;;) {
        const answer = (await io.question(`${question} [${standard}] `)).trim() || standard;
        const wrong = mistake?.(answer);
        if (wrong === undefined) return answer;
        say(wrong);
      }
    },
    close: () => io.close(),
  };
}

async function yes(ask: Ask, question: string, standard: 'yes' | 'no' = 'yes'): Promise<boolean> {
  const answer = await ask(`${question} (yes, no)`, standard, (text) =>
    /^(y|yes|n|no)$/i.test(text) ? undefined : 'Answer yes or no.',
  );
  return /^y/i.test(answer);
}

/** All that the project gets, in the order in which it is shown. */
async function chooseSteps(cwd: string, ask: Ask): Promise<Step[]> {
  const existing =
    CONFIG_NAMES.find((name) => existsSync(join(cwd, name))) ??
    ((await hasPackageConfig(cwd)) ? 'sqlLint in package.json' : undefined);
  const steps: Step[] =
    existing === undefined
      ? (await chooseConfig(cwd, ask)).map((change) => ({ change }))
      : [{ advice: `There is a configuration already: ${existing}.` }];
  if (await yes(ask, 'Lint what is staged before every commit?')) steps.push(hookStep(cwd));
  const host = hostOf(cwd);
  const service = host === 'gitlab' ? 'GitLab' : 'GitHub';
  if (host && (await yes(ask, `Lint what a pull request changes, on ${service}?`))) steps.push(workflowStep(cwd, host));
  const editor = editorStep(cwd);
  if (editor && (await yes(ask, 'Let a task of VS Code list the findings?'))) steps.push(editor);
  const assistants = assistantStep(cwd);
  if (assistants && 'change' in assistants && (await yes(ask, `Tell assistants, in ${assistants.change.path}?`, 'no')))
    steps.push(assistants);
  return steps;
}

/** The configuration, and the file of known findings where that is how the project begins. */
async function chooseConfig(cwd: string, ask: Ask): Promise<Change[]> {
  const { paths: found } = await defaultPaths(cwd, new ConfigFinder());
  const folders = found.filter((path) => !path.endsWith('.sql')).map(shown);
  const split = (answer: string) => answer.split(/[\s,]+/).filter(Boolean);
  const files = split(
    await ask('Where are the migrations?', folders.join(', ') || 'migrations', (answer) => {
      // A project that is just begun has no folder yet, and is not asked for another.
      const isMissing = (path: string) => !/[*?[{]/.test(path) && !existsSync(join(cwd, path));
      const missing = folders.length > 0 ? split(answer).find(isMissing) : undefined;
      return missing && `There is no "${missing}" here.`;
    }),
  );
  const preset = await ask(
    `Which preset? (${PRESETS.join(', ')})`,
    files.some((f) => f.split('/').includes('supabase')) ? 'supabase' : 'recommended',
    (answer) => ((PRESETS as readonly string[]).includes(answer) ? undefined : `There is no preset "${answer}".`),
  );
  const known = postgresVersionOf(cwd, files);
  const version = await ask(
    `Which is the oldest PostgreSQL that they run on? (${known ? `${known.from} says ${known.version}` : '12 to 18'})`,
    String(known?.version ?? 14),
    (answer) => (/^1[2-8]$/.test(answer) ? undefined : 'It is a whole number from 12 to 18.'),
  );
  const config = { extends: [preset], files, postgresVersion: Number(version) };
  const { since, baseline } = await chooseStart(cwd, config, ask);
  const schema = existsSync(join(cwd, SCHEMA)) ? `./${SCHEMA}` : undefined;
  const text = configText({ ...config, ...(since !== undefined && { since }) }, schema);
  return [newFile(CONFIG_FILE, text), ...(baseline === undefined ? [] : [newFile(BASELINE_FILE, baseline)])];
}

const newFile = (path: string, text: string): Change => ({ path, text, isAddition: false, isExecutable: false });

/** How a project begins that has many findings already; with neither, all are reported. */
interface Beginning {
  /** The version from which on migrations are reported. */
  since?: string;
  /** The text of the file of known findings. */
  baseline?: string;
}

async function chooseStart(cwd: string, config: Config, ask: Ask): Promise<Beginning> {
  const path = join(cwd, BASELINE_FILE);
  if (existsSync(path) || !config.files?.some((file) => existsSync(join(cwd, file)))) return {};
  const configs = new ConfigFinder(join(cwd, CONFIG_FILE), config);
  const paths = await findFiles(config.files, cwd, configs, () => undefined);
  const options = readOptions(['--no-cache'], {}, false);
  const progress = { step: () => undefined, done: () => undefined };
  const { results } = await lintFiles(paths, options, configs, progress, disk(options.maxFileBytes));
  const findings = results.reduce((sum, { messages }) => sum + messages.length, 0);
  if (findings <= MANY) return {};
  const projects = new Projects(nodeDisk);
  const starts = new Set(paths.map((file) => versionBehind(projects.of(resolve(file)).forward)));
  // Several projects have no version in common.
  const since = starts.size === 1 ? [...starts][0] : undefined;
  const answers: Readonly<Record<string, string>> = {
    ...(since !== undefined && { since: `report only migrations from version ${since} on` }),
    baseline: `list these findings in ${BASELINE_FILE}, and report only what is new`,
    no: 'report all',
  };
  say(`There are ${findings} findings in ${plural(results.length, 'migration')} already.`);
  say('Migrations that have been applied are best left as they are:');
  for (const [answer, means] of Object.entries(answers)) say(`  ${answer.padEnd(8)}  ${means}`);
  const names = Object.keys(answers);
  const answer = await ask(`How to begin? (${names.join(', ')})`, names[0]!, (text) =>
    Object.hasOwn(answers, text) ? undefined : `Answer ${names.slice(0, -1).join(', ')} or ${names.at(-1)!}.`,
  );
  if (answer === 'baseline') return { baseline: Baseline.read(path).textOf(results) };
  return answer === 'since' ? { since } : {};
}

/** How many lines of a file are shown before it is written. */
const MAX_SHOWN = 24;

function show({ path, text, isAddition }: Change): void {
  const all = printable(text.trimEnd()).split('\n');
  const lines = all.length > MAX_SHOWN ? [...all.slice(0, MAX_SHOWN), `… ${all.length - MAX_SHOWN} more lines`] : all;
  say(`\n${isAddition ? 'Added to' : 'New file'} ${path}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

function write(cwd: string, changes: readonly Change[]): void {
  for (const change of changes) {
    apply(cwd, change);
    say(`${change.isAddition ? 'Added sql-lint to' : 'Wrote'} ${relative(cwd, join(cwd, change.path))}.`);
  }
  const paths = (isAddition: boolean) => changes.filter((c) => c.isAddition === isAddition).map(({ path }) => path);
  const [added, made] = [paths(true), paths(false)];
  if (made.length > 0) say(`To undo it, delete ${list(made)}.`);
  if (added.length > 0) say(`To undo it${made.length > 0 ? ' in full' : ''}, take sql-lint out of ${list(added)}.`);
}

const list = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' and $1');
