import { relative, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { chainOf, compareMigrations, History } from '../history/files.ts';
import { isSupabase } from '../history/environment.ts';
import { World } from '../history/world.ts';
import { fixText, lintText, toResult, UnsoundFixError, type LintOptions, type LintResult } from '../linter/linter.ts';
import { presetRules } from '../linter/presets.ts';
import type { Preset } from '../linter/rule.ts';
import { loadParser } from '../syntax/parser.ts';
import { readSource, writeSource, type SourceFile } from './files.ts';
import type { CliOptions } from './options.ts';
import type { Progress } from './progress.ts';

/** The preset that a file's place in its project asks for. */
const presetOf = (path: string): Preset => (isSupabase(path) ? 'supabase' : 'recommended');

/** What linting files came to. One file that cannot be read or written does not keep the others from being linted. */
export interface LintRun {
  results: LintResult[];
  failures: Error[];
}

/** Lints files one after the other, those of one folder in the order in which they run. */
export async function lintFiles(paths: readonly string[], options: CliOptions, progress: Progress): Promise<LintRun> {
  await loadParser();
  const ordered = [...paths].sort((a, b) => {
    const [x, y] = [chainOf(a), chainOf(b)];
    return x === y ? compareMigrations(relative(x, a), relative(y, b)) : x < y ? -1 : 1;
  });
  const history = new History();
  const results: LintResult[] = [];
  const failures: Error[] = [];
  for (const path of ordered) {
    progress.step(path);
    try {
      const source = readSource(path);
      const result = lintSource(source, options, () => history.before(path));
      if (result.output !== undefined && options.fix === 'write') writeSource(source, result.output);
      results.push(result);
    } catch (error) {
      if (!(error instanceof UserError || error instanceof UnsoundFixError)) throw error;
      failures.push(error);
    }
  }
  return { results: results.sort((a, b) => (a.filePath < b.filePath ? -1 : 1)), failures };
}

/** Lints one text, as if it stood in the file named. */
export function lintSource(source: SourceFile, options: CliOptions, worldBefore: () => World): LintResult {
  const lintOptions: LintOptions = {
    rules: { ...presetRules(presetOf(source.path)), ...options.rules },
    fix: { ...(options.postgresVersion !== undefined && { postgresVersion: options.postgresVersion }) },
    world: options.history ? worldBefore() : new World(),
    suggestions: options.suggestions,
  };
  const result = options.fix === 'no' ? lintText(source.text, source.path, lintOptions) : fixText(source.text, source.path, lintOptions);
  return options.quiet ? { ...result, ...toResult(result.filePath, result.messages.filter((m) => m.severity === 2), result.suppressedMessages, result.source, result.output) } : result;
}

/** Lints standard input. The file that it stands for needs not exist. */
export async function lintStdin(text: string, options: CliOptions, cwd: string): Promise<LintResult> {
  await loadParser();
  const path = resolve(cwd, options.stdinFilename ?? 'stdin.sql');
  if (text.includes('\uFFFD')) throw new UserError('standard input is not UTF-8');
  const bom = text.startsWith('\uFEFF');
  return lintSource({ path, text: bom ? text.slice(1) : text, bom }, options, () => (options.stdinFilename === undefined ? new World() : new History().before(path)));
}

/** What `--fix` would make of migrations of one folder, without writing it; only of those that it would change. */
export async function fixedTexts(paths: readonly string[]): Promise<Map<string, string>> {
  await loadParser();
  const history = new History();
  const fixed = new Map<string, string>();
  for (const path of paths) {
    const { text } = readSource(path);
    const { output } = fixText(text, path, { rules: presetRules(presetOf(path)), world: history.before(path) });
    if (output !== undefined) fixed.set(path, output);
  }
  return fixed;
}
