import { relative, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ConfigFinder } from '../../config/load.ts';
import type { LintResult } from '../../linter/linter.ts';
import { reporters } from '../../reporters/index.ts';
import { decode, encode, refuseLarge } from '../files.ts';
import { EXIT, say, type Command } from '../command.ts';
import { lintFiles, lintStdin } from '../lint.ts';
import { disk, type Store } from '../tasks.ts';
import { readOptions, type CliOptions } from '../options.ts';
import { findFiles } from '../paths.ts';
import { fixFilter } from '../selection.ts';
import { printable } from '../../printable.ts';
import { startProgress } from '../progress.ts';
import { slashPath, type ReporterContext } from '../../reporters/types.ts';
import { knowsLinks, widthOf } from '../terminal.ts';
import { unifiedDiff } from '../unified-diff.ts';

/** Lints and fixes; what `sql-lint` does when no other command is named. */
export const lint: Command = async (argv) => {
  const options = await readRequest(argv);
  if (options.help !== undefined) return say((await import('../help.ts')).HELP[options.help].trimEnd());
  if (options.version) return say(process.env.SQL_LINT_VERSION ?? '');

  const cwd = process.cwd();
  const configPath = options.config === undefined ? undefined : resolve(cwd, options.config);
  const configs = new ConfigFinder(configPath);
  if (options.printConfig !== undefined)
    return say(
      await (await import('../print-config.ts')).printConfig(resolve(cwd, options.printConfig), options, configs),
    );
  if (options.stdin) return lintInput(options, configs, cwd);
  if (options.watch) {
    const { watchFiles } = await import('../watch.ts');
    return watchFiles({ ...options, config: configPath }, cwd, (asked, found) => lintOnce(asked, found, cwd));
  }
  return (await lintOnce(options, configs, cwd)).code;
};

/** Lints the files that are asked for, and prints what there is to say. */
async function lintOnce(
  options: CliOptions,
  configs: ConfigFinder,
  cwd: string,
): Promise<{ code: number; written: readonly string[] }> {
  const started = Date.now();
  const { files, store } = await chooseFiles(options, configs, cwd);
  if (options.listFiles) {
    const { listFiles } = await import('../list-files.ts');
    return { code: say(await listFiles(files, options, configs, cwd)), written: [] };
  }
  const progress = startProgress(files.length, process.stderr);
  try {
    const decided = options.interactive ? await askFirst(files, options, configs, store, cwd) : options;
    const { results, failures, projects, notes } = await lintFiles(files, decided, configs, progress, store);
    progress.done();
    const about = {
      projects,
      notes,
      failures: failures.length,
      seconds: secondsSince(started),
      ...(await detailsFor(options, files, configs, store)),
    };
    const code =
      options.fix === 'diff'
        ? await printDiff(results, options, cwd, (path) => store.read(path).text)
        : await report(results, options, cwd, about);
    for (const { message } of failures) process.stderr.write(`sql-lint: ${printable(message)}\n`);
    const written = options.fix === 'write' ? changedBy(results).map(({ filePath }) => filePath) : [];
    return { code: failures.length > 0 ? EXIT.failure : code, written };
  } finally {
    progress.done();
  }
}

/** What a format that is asked for shows besides the findings. */
async function detailsFor(
  options: CliOptions,
  files: readonly string[],
  configs: ConfigFinder,
  store: Store,
): Promise<Partial<ReporterContext>> {
  if (options.fix !== 'no' || options.formats.every(({ name }) => name !== 'html')) return {};
  const { reportDetails } = await import('../report-details.ts');
  return reportDetails(files, options, configs, store);
}

/** Asks for each fix, and answers with options under which only those are written that were agreed to. */
async function askFirst(
  files: readonly string[],
  options: CliOptions,
  configs: ConfigFinder,
  store: Store,
  cwd: string,
): Promise<CliOptions> {
  const { askForFixes } = await import('../ask-fixes.ts');
  const progress = startProgress(files.length, process.stderr);
  const { results } = await lintFiles(files, { ...options, fix: 'no' }, configs, progress, store);
  progress.done();
  const filter = fixFilter(options, undefined, undefined);
  return { ...options, decisions: await askForFixes(results, filter, options, cwd) };
}

/** From how many seconds on people ask how long it took. Programs compare one output with another. */
const WORTH_TIME = 1;

function secondsSince(started: number): number | undefined {
  const seconds = (Date.now() - started) / 1000;
  return process.stdout.isTTY && seconds >= WORTH_TIME ? seconds : undefined;
}

/** Reads the arguments. `--since` names a commit or a branch, or else a migration. */
async function readRequest(argv: readonly string[]): Promise<CliOptions> {
  const options = readOptions(argv, process.env, process.stdout.isTTY);
  if (options.since === undefined && !options.changed) return options;
  const { startOf } = await import('../git.ts');
  const { ref, migration } = startOf(process.cwd(), options.since, options.changed);
  return { ...options, since: ref, sinceMigration: migration };
}

async function lintInput(options: CliOptions, configs: ConfigFinder, cwd: string): Promise<number> {
  const bytes = await buffer(process.stdin);
  refuseLarge('standard input', bytes.length, options.maxFileBytes);
  const input = decode('standard input', bytes);
  const result = await lintStdin(input, options, configs, cwd);
  if (options.fix === 'diff') return printDiff([result], options, cwd, () => input.text);
  const asText = options.formats.find((f) => f.file === undefined)!.name === 'stylish';
  if (options.fix !== 'write' || !asText) return report([result], options, cwd);
  process.stdout.write(encode({ ...input, text: result.output ?? input.text }));
  if (result.messages.length > 0)
    process.stderr.write(`${(await reporters.stylish!())([result], contextFor(process.stderr, options, cwd))}\n`);
  return exitCode([result], options);
}

async function chooseFiles(
  options: CliOptions,
  configs: ConfigFinder,
  cwd: string,
): Promise<{ files: string[]; store: Store }> {
  if (!options.staged && options.since === undefined)
    return { files: await findFiles(options.paths, cwd, configs), store: disk(options.maxFileBytes) };
  const { changedFiles, stagedFiles } = await import('../git.ts');
  return options.staged
    ? stagedFiles(options.paths, cwd, configs, options.maxFileBytes)
    : { files: await changedFiles(options.since!, options.paths, cwd, configs), store: disk(options.maxFileBytes) };
}

const contextFor = (stream: NodeJS.WriteStream, { color, fix }: CliOptions, cwd: string): ReporterContext => ({
  cwd,
  color,
  width: widthOf(stream),
  links: color && knowsLinks(stream, process.env),
  isDryRun: fix === 'dry-run' || fix === 'check',
});

async function report(
  results: readonly LintResult[],
  options: CliOptions,
  cwd: string,
  about: Partial<ReporterContext> = {},
): Promise<number> {
  for (const { name, file } of options.formats) {
    const context = file === undefined ? contextFor(process.stdout, options, cwd) : { cwd, color: false };
    const text = (await reporters[name]!())(results, { ...about, ...context });
    if (file === undefined) process.stdout.write(text === '' ? '' : `${text}\n`);
    else {
      const { writeReport } = await import('../write-report.ts');
      await writeReport(resolve(cwd, file), text === '' ? '' : `${text}\n`);
    }
  }
  if (options.fix === 'check')
    for (const { filePath } of changedBy(results))
      process.stderr.write(`sql-lint: --fix would change ${printable(relative(cwd, filePath))}\n`);
  return exitCode(results, options);
}

async function printDiff(
  results: readonly LintResult[],
  options: CliOptions,
  cwd: string,
  textOf: (path: string) => string,
): Promise<number> {
  for (const { filePath, output } of changedBy(results)) {
    const patch = await unifiedDiff(slashPath(cwd, filePath), textOf(filePath), output!);
    // A patch in a pipe may be applied, so it is left as it is.
    process.stdout.write(process.stdout.isTTY ? printable(patch) : patch);
  }
  return exitCode(results, options);
}

const changedBy = (results: readonly LintResult[]): LintResult[] =>
  results.filter(({ output }) => output !== undefined);

/** What asks whether files would change answers by its exit code too. */
function exitCode(results: readonly LintResult[], { maxWarnings, fix }: CliOptions): number {
  const errors = results.reduce((n, r) => n + r.errorCount, 0);
  const warnings = results.reduce((n, r) => n + r.warningCount, 0);
  const wouldChange = (fix === 'diff' || fix === 'check') && changedBy(results).length > 0;
  return wouldChange || errors > 0 || warnings > (maxWarnings ?? Infinity) ? EXIT.findings : EXIT.clean;
}
