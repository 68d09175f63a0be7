/** The plan for a change that one file cannot make safely, for `explain FILE:LINE`. */
import { unitsOf } from '../catalog/units.ts';
import { ConfigFinder } from '../config/load.ts';
import { lintOptionsOf } from '../config/settings.ts';
import { flatMap } from '../lists.ts';
import type { LintMessage } from '../linter/linter.ts';
import { planFor, type Plan, type Step } from '../locking/plans/index.ts';
import { SqlSource } from '../rules/api/source.ts';
import { loadParser } from '../syntax/parser.ts';
import { FoundSettings } from '../workspace/open.ts';
import { readSource } from './files.ts';
import type { CliOptions } from './options.ts';
import { workspaceFor } from './tasks.ts';

/** The findings that take several files, by their rules and messages. */
const TAKES_SEVERAL: Readonly<Record<string, readonly string[]>> = {
  'no-table-rewrite': ['type', 'unknownType', 'timeZone'],
  'no-blocking-constraint': ['notNull', 'notNull18', 'key', 'nullableKey'],
  'no-breaking-change': ['drop', 'rename', 'renameTable'],
  'no-data-loss': ['drop', 'narrow', 'cut'],
  'no-required-column': ['required'],
};

const takesSeveral = ({ ruleId, messageId = '' }: LintMessage): boolean =>
  ruleId !== null && Object.hasOwn(TAKES_SEVERAL, ruleId) && TAKES_SEVERAL[ruleId]!.includes(messageId);

/** How the statements of some findings are made in several files. */
export async function plansFor(path: string, found: readonly LintMessage[], options: CliOptions): Promise<string[]> {
  const lines = new Set(found.filter(takesSeveral).map(({ line }) => line));
  if (lines.size === 0) return [];
  const settings = await new FoundSettings(() => new ConfigFinder()).of(path);
  await loadParser();
  const { text } = readSource(path, options.maxFileBytes);
  const place = workspaceFor(options).placeOf(path, settings);
  const source = new SqlSource(text, path, place, lintOptionsOf(settings).fix);
  const { script, world } = source;
  const units = flatMap([...script.all()], (statement) => [...unitsOf(statement)]);
  return flatMap(units, (unit) => {
    const plan = lines.has(script.locate(unit.start).line)
      ? planFor(unit, world, source.options.postgresVersion)
      : undefined;
    return plan ? [...linesOf(plan), ''] : [];
  });
}

const PHASES: Readonly<Record<Step['phase'], string>> = {
  expand: 'Expand',
  backfill: 'Backfill',
  contract: 'Contract',
};

const WHERE: Readonly<Record<Step['goes'], string>> = {
  file: 'a migration of its own',
  alone: 'a migration of its own, in no transaction',
  batches: 'by itself, in no transaction',
};

function linesOf({ says, steps, notes }: Plan): string[] {
  return [
    `In several steps: ${says}.`,
    ...flatMap(steps, ({ phase, goes, says: what, sql }, k) => [
      `  ${k + 1}. ${PHASES[phase]}, ${WHERE[goes]}. ${what}.`,
      ...sql.split('\n').map((line) => `       ${line}`),
    ]),
    ...notes.map((note) => `  ${note}`),
  ];
}
