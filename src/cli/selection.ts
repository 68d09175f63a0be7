/** Which findings are reported and fixed, where the user does not want all of them. */
import { basename, join } from 'node:path';
import type { ConfigFinder } from '../config/load.ts';
import type { FileSettings } from '../config/settings.ts';
import { existsSync } from 'node:fs';
import { toResult, type LintMessage, type LintResult, type LintSettings } from '../linter/linter.ts';
import { plural } from '../plural.ts';
import { ruleOf } from '../reporters/types.ts';
import { rules } from '../rules/index.ts';
import { Baseline, BASELINE_FILE } from './baseline.ts';
import type { CliOptions } from './options.ts';

/** The baseline that is named, or the one beside the configuration or in the working folder, where there is one. */
export async function openBaseline(
  { baseline, updateBaseline, fix }: CliOptions,
  configs: ConfigFinder,
  cwd: string,
): Promise<Baseline | undefined> {
  if (baseline === false) return undefined;
  const path = baseline ?? join((await configs.ofFolder(cwd))?.folder ?? cwd, BASELINE_FILE);
  const isWanted = baseline !== undefined || (updateBaseline && fix === 'no') || existsSync(path);
  return isWanted ? Baseline.read(path) : undefined;
}

/** Which findings may be fixed; undefined for all. */
export function fixFilter(
  { ruleOnly, fixRules, fixTypes, decisions }: Pick<CliOptions, 'ruleOnly' | 'fixRules' | 'fixTypes' | 'decisions'>,
  baseline: Baseline | undefined,
  isProtected: ((path: string) => boolean) | undefined,
): LintSettings['mayFix'] {
  const names = [...ruleOnly, ...fixRules];
  if (names.length + fixTypes.length === 0 && !baseline && !isProtected && !decisions) return undefined;
  const isMeant = (message: LintMessage) =>
    (names.length === 0 || names.includes(ruleOf(message))) &&
    (fixTypes.length === 0 || fixTypes.includes(typeOf(message)));
  return (path, text) => {
    if (isProtected?.(path)) return () => false;
    const isKnown = baseline?.judge(path, text);
    const agreed = decisions && (decisions.get(path) ?? new Set());
    return (message) => isMeant(message) && isKnown?.(message) !== true && (!agreed || agreed.has(nameOf(message)));
  };
}

/** The name of a finding; its place changes when others are fixed. */
export const nameOf = ({ ruleId, message }: LintMessage): string => `${ruleId} ${message}`;

const typeOf = ({ ruleId }: LintMessage): string =>
  ruleId === null ? 'directive' : (rules[ruleId]?.meta.type ?? 'problem');

/** Settings in which rules that are asked for alone are on. */
export function withOnly(settings: FileSettings, only: readonly string[]): FileSettings {
  const off = only.filter((name) => {
    const setting = settings.rules[name];
    return setting === undefined || setting === 'off' || setting[0] === 'off';
  });
  if (off.length === 0) return settings;
  return { ...settings, rules: { ...settings.rules, ...Object.fromEntries(off.map((name) => [name, 'error'])) } };
}

/** What is left of results, and what to say of the rest. */
export function select(
  results: readonly LintResult[],
  options: CliOptions,
  baseline: Baseline | undefined,
): { results: LintResult[]; notes: string[] } {
  const notes: string[] = [];
  let chosen = results.map((result) => narrow(result, options));
  if (baseline) {
    if (options.updateBaseline) {
      baseline.update(chosen);
      notes.push(`${baselineName(baseline)} names what is known now`);
    }
    const applied = chosen.map((result) => baseline.apply(result));
    chosen = applied.map(({ result }) => result);
    const known = applied.reduce((sum, file) => sum + file.known, 0);
    // What a fix has removed, or the user does not want to see, is not gone.
    const isWhole = options.fix === 'no' && options.ruleOnly.length === 0 && !options.quiet;
    const gone = isWhole ? applied.reduce((sum, file) => sum + file.gone, 0) : 0;
    if (known > 0) notes.push(`${plural(known, 'known finding')} left out (${baselineName(baseline)})`);
    if (gone > 0)
      notes.push(
        `${plural(gone, 'finding')} of ${baselineName(baseline)} no longer there; --update-baseline takes them out`,
      );
  }
  return { results: chosen, notes };
}

const baselineName = ({ path }: Baseline): string => basename(path);

/** What `--rule-only` and `--quiet` leave of a result. */
function narrow(result: LintResult, { quiet, ruleOnly }: CliOptions): LintResult {
  if (!quiet && ruleOnly.length === 0) return result;
  const { filePath, messages, suppressedMessages, source, output } = result;
  const kept = messages.filter(
    (message) => (!quiet || message.severity === 2) && (ruleOnly.length === 0 || ruleOnly.includes(ruleOf(message))),
  );
  return toResult(filePath, kept, suppressedMessages, source, output);
}
