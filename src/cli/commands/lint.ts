import { relative } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import type { LintResult } from '../../linter/linter.ts';
import { reporters } from '../../reporters/index.ts';
import { EXIT, say, type Command } from '../command.ts';
import { readSource } from '../files.ts';
import { lintFiles, lintStdin } from '../lint.ts';
import { HELP, readOptions, type CliOptions } from '../options.ts';
import { findFiles } from '../paths.ts';
import { startProgress } from '../progress.ts';

/** Lints and fixes; what `sql-lint` does when no other command is named. */
export const lint: Command = async (argv) => {
  const options = readOptions(argv, process.env, process.stdout.isTTY);
  if (options.help) return say(HELP.trimEnd());
  if (options.version) return say(process.env.SQL_LINT_VERSION ?? '');

  const cwd = process.cwd();
  if (options.stdin) {
    const result = await lintStdin(await readStream(process.stdin), options, cwd);
    if (options.fix === 'write' && options.format === 'stylish') {
      process.stdout.write(result.output ?? result.source ?? '');
      if (result.messages.length > 0) process.stderr.write(`${reporters.stylish!([result], { cwd, color: options.color })}\n`);
      return exitCode([result], options);
    }
    return report([result], options, cwd);
  }
  const files = await findFiles(options.paths, cwd);
  const progress = startProgress(files.length, process.stderr);
  try {
    const { results, failures } = await lintFiles(files, options, progress);
    progress.done();
    const code = options.fix === 'diff' ? await reportDiff(results, options, cwd) : report(results, options, cwd);
    for (const { message } of failures) process.stderr.write(`sql-lint: ${message}\n`);
    return failures.length > 0 ? EXIT.failure : code;
  } finally {
    progress.done();
  }
};

function report(results: readonly LintResult[], options: CliOptions, cwd: string): number {
  process.stdout.write(`${reporters[options.format]!(results, { cwd, color: options.color })}\n`);
  return exitCode(results, options);
}

async function reportDiff(results: readonly LintResult[], options: CliOptions, cwd: string): Promise<number> {
  const { createTwoFilesPatch } = await import('diff');
  for (const { filePath, output } of results) {
    if (output === undefined) continue;
    const path = relative(cwd, filePath);
    process.stdout.write(createTwoFilesPatch(`a/${path}`, `b/${path}`, readSource(filePath).text, output, '', '').replace(/^=+\n/, ''));
  }
  return exitCode(results, options);
}

function exitCode(results: readonly LintResult[], { maxWarnings }: CliOptions): number {
  const errors = results.reduce((n, r) => n + r.errorCount, 0);
  const warnings = results.reduce((n, r) => n + r.warningCount, 0);
  return errors > 0 || warnings > (maxWarnings ?? Infinity) ? EXIT.findings : EXIT.clean;
}
