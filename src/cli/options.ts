import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { MAX_FILE_BYTES } from '../history/files.ts';
import { reporters } from '../reporters/index.ts';
import { rules } from '../rules/index.ts';
import { presentName } from '../rules/renamed.ts';
import { flatMap } from '../lists.ts';
import type { LintSettings, RuleSettings, Severity } from '../linter/linter.ts';
import { didYouMean } from '../nearest.ts';
import { readArguments, wantsColor } from './arguments.ts';
import { cacheFolder } from './cache.ts';
import { readFormats, type OutputFormat } from './formats.ts';
import type { KeptEngines } from '../verify/engines.ts';
import type { NamedDatabase } from './recorded.ts';

const OPTIONS = {
  fix: { type: 'boolean' },
  prove: { type: 'boolean' },
  'no-prove': { type: 'boolean' },
  'report-bug': { type: 'string' },
  'database-url': { type: 'string' },
  env: { type: 'string' },
  'fix-suggestions': { type: 'boolean' },
  'fix-dry-run': { type: 'boolean' },
  check: { type: 'boolean' },
  interactive: { type: 'boolean', short: 'i' },
  watch: { type: 'boolean', short: 'w' },
  diff: { type: 'boolean' },
  rule: { type: 'string', multiple: true },
  'rule-only': { type: 'string', multiple: true },
  'fix-type': { type: 'string', multiple: true },
  baseline: { type: 'string' },
  'no-baseline': { type: 'boolean' },
  'update-baseline': { type: 'boolean' },
  quiet: { type: 'boolean' },
  'max-warnings': { type: 'string' },
  'postgres-version': { type: 'string' },
  'no-history': { type: 'boolean' },
  stdin: { type: 'boolean' },
  'stdin-filename': { type: 'string' },
  format: { type: 'string', multiple: true },
  config: { type: 'string' },
  'print-config': { type: 'string' },
  'list-files': { type: 'boolean' },
  staged: { type: 'boolean' },
  since: { type: 'string' },
  changed: { type: 'boolean' },
  'no-cache': { type: 'boolean' },
  'cache-location': { type: 'string' },
  threads: { type: 'string' },
  'max-file-size': { type: 'string' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
  'help-all': { type: 'boolean' },
} as const;

/** For completion. */
export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

const FORMATS = Object.keys(reporters) as [string, ...string[]];

export interface CliOptions {
  paths: string[];
  fix: 'no' | 'write' | 'dry-run' | 'check' | 'diff';
  suggestions: boolean;
  /** Whether each fix is shown and asked for. */
  interactive: boolean;
  /** Whether files are linted again after each change. */
  watch: boolean;
  /** Whether fixes are proven by execution before they are written; undefined where the configuration decides. */
  prove: boolean | undefined;
  /** The file that is written where fixes are taken back. */
  reportBug: string | undefined;
  /** The database whose records say which files are applied. */
  database: NamedDatabase | undefined;
  rules: RuleSettings;
  /** The only rules that are reported and fixed; none for all. */
  ruleOnly: readonly string[];
  /** The only rules that are fixed; none for all. */
  fixRules: readonly string[];
  /** The only types of rules that are fixed; none for all. */
  fixTypes: readonly string[];
  /** Which findings are fixed; made from these where something is fixed. */
  mayFix?: LintSettings['mayFix'];
  /** What people have decided of fixes: by file, the names of the findings that are fixed. */
  decisions?: ReadonlyMap<string, ReadonlySet<string>>;
  /** The databases that are kept while files are watched. */
  engines?: KeptEngines;
  /** Ends the run, where somebody waits for it who may change their mind. */
  signal?: AbortSignal;
  /** The files that were changed since they were linted the last time, while files are watched. */
  saved?: ReadonlySet<string>;
  /** The files that were changed after they were merged, each with the branch. */
  edited?: ReadonlyMap<string, string>;
  /** The file of known findings; undefined for the usual one, false for none. */
  baseline: string | false | undefined;
  updateBaseline: boolean;
  quiet: boolean;
  maxWarnings: number | undefined;
  postgresVersion: number | undefined;
  history: boolean;
  stdin: boolean;
  stdinFilename: string | undefined;
  formats: OutputFormat[];
  config: string | undefined;
  printConfig: string | undefined;
  listFiles: boolean;
  staged: boolean;
  /** A commit or branch. */
  since: string | undefined;
  /** The migration from which on files are reported, or its version. */
  sinceMigration: string | undefined;
  /** Whether only what has changed since the default branch is meant. */
  changed: boolean;
  /** The folder of what is kept from one run to the next; undefined where nothing is. */
  cache: string | undefined;
  threads: number | undefined;
  maxFileBytes: number;
  color: boolean;
  version: boolean;
  /** Which page of help is asked for. */
  help: 'overview' | 'all' | undefined;
}

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

function proveMode(values: Values, fix: CliOptions['fix']): boolean | undefined {
  if (values['no-prove']) {
    if (values.prove) throw new UserError('--prove and --no-prove exclude each other');
    return false;
  }
  if (values.prove && values.stdin) throw new UserError('--prove takes files: standard input has no history to run on');
  if (values.prove && fix === 'no')
    throw new UserError('--prove needs --fix, --fix-dry-run, --check or --diff: it runs what they would write');
  return values.prove;
}

function readReportBug({ prove, 'report-bug': file }: Values): string | undefined {
  if (file !== undefined && !prove)
    throw new UserError('--report-bug goes with --prove, which finds out that a fix is not sound');
  return file === undefined ? undefined : resolve(file);
}

function readDatabase({ 'database-url': url, env, stdin }: Values, fix: CliOptions['fix']): NamedDatabase | undefined {
  if (url === undefined && env === undefined) return undefined;
  if (fix === 'no' || stdin)
    throw new UserError(
      `--${url === undefined ? 'env' : 'database-url'} goes with --fix, --fix-dry-run, --check or --diff, on files; ` +
        'sql-lint verify and sql-lint status have it too',
    );
  return { url, env };
}

/** Reads the arguments. @throws UserError for whatever is not understood, with the nearest that is */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv, isTerminal: boolean): CliOptions {
  // -V is what most programs understand.
  const argv = args.map((argument) => (argument === '-V' ? '--version' : argument));
  const { values, positionals } = readArguments(undefined, argv, OPTIONS);
  const from = (['staged', 'since', 'changed', 'stdin'] as const).filter((name) => values[name] !== undefined);
  const fix = fixMode(values);
  if (from.length > 1) throw new UserError(`${from.map((name) => `--${name}`).join(' and ')} exclude each other`);
  return {
    paths: positionals,
    fix,
    suggestions: values['fix-suggestions'] ?? false,
    interactive: readInteractive(values, fix, isTerminal),
    watch: readWatch(values, fix),
    prove: proveMode(values, fix),
    reportBug: readReportBug(values),
    database: readDatabase(values, fix),
    ...readRules(values, fix),
    baseline: values['no-baseline'] ? false : values.baseline === undefined ? undefined : resolve(values.baseline),
    updateBaseline: readUpdate(values, fix),
    quiet: values.quiet ?? false,
    maxWarnings: readNumber('--max-warnings', values['max-warnings'], 0, Infinity),
    postgresVersion: readNumber('--postgres-version', values['postgres-version'], 12, 18),
    history: !values['no-history'],
    stdin: values.stdin ?? false,
    stdinFilename: values['stdin-filename'],
    formats: readFormats(values.format ?? [], FORMATS),
    config: values.config,
    printConfig: values['print-config'],
    listFiles: values['list-files'] ?? false,
    staged: values.staged ?? false,
    since: values.since,
    sinceMigration: undefined,
    changed: values.changed ?? false,
    cache: values['no-cache'] ? undefined : (values['cache-location'] ?? cacheFolder(environment)),
    threads: readNumber('--threads', values.threads, 1, 256),
    maxFileBytes: readMegabytes(values['max-file-size']),
    color: values['no-color'] ? false : (values.color ?? wantsColor({ isTTY: isTerminal }, environment)),
    version: values.version ?? false,
    help: values['help-all'] ? 'all' : values.help ? 'overview' : undefined,
  };
}

function fixMode(values: {
  diff?: boolean;
  check?: boolean;
  'fix-dry-run'?: boolean;
  fix?: boolean;
  'fix-suggestions'?: boolean;
}): CliOptions['fix'] {
  if (values.diff) return 'diff';
  if (values.check) return 'check';
  if (values['fix-dry-run']) return 'dry-run';
  return values.fix || values['fix-suggestions'] ? 'write' : 'no';
}

/** @param text whole megabytes, as an option names them */
export const readMegabytes = (text: string | undefined): number =>
  text === undefined ? MAX_FILE_BYTES : 1e6 * readNumber('--max-file-size', text, 1, Infinity);

/** The number that an option names; undefined where it is not given. */
export function readNumber(option: string, text: string, min: number, max: number): number;
export function readNumber(option: string, text: string | undefined, min: number, max: number): number | undefined;
export function readNumber(option: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new UserError(
      `${option} takes a whole number${max === Infinity ? '' : ` from ${min} to ${max}`}, not "${text}"`,
    );
  return value;
}

const FIX_TYPES = ['problem', 'suggestion', 'layout', 'directive'];

/** What the options say of rules. A rule without a severity is one to fix. */
function readRules(
  { rule = [], 'rule-only': only = [], 'fix-type': types = [] }: Values,
  fix: CliOptions['fix'],
): Pick<CliOptions, 'rules' | 'ruleOnly' | 'fixRules' | 'fixTypes'> {
  const isBare = (text: string) => fix !== 'no' && /^[\w-]+$/.test(text);
  const fixTypes = flatMap(types, (text) => text.split(','));
  const unknown = fixTypes.find((type) => !FIX_TYPES.includes(type));
  if (unknown !== undefined) throw new UserError(`unknown type of fixes "${unknown}"${didYouMean(unknown, FIX_TYPES)}`);
  if (fixTypes.length > 0 && fix === 'no') throw new UserError('--fix-type needs --fix, or another option that fixes');
  return {
    rules: Object.fromEntries(rule.filter((text) => !isBare(text)).map(readRule)),
    ruleOnly: flatMap(only, (text) => text.split(',')).map(knownRule),
    fixRules: rule.filter(isBare).map(knownRule),
    fixTypes,
  };
}

/** The present name of a rule. @throws UserError where there is none of this name */
function knownRule(written: string): string {
  const name = presentName(written);
  if (!Object.hasOwn(rules, name)) throw new UserError(`unknown rule "${name}"${didYouMean(name, Object.keys(rules))}`);
  return name;
}

function readInteractive(values: Values, fix: CliOptions['fix'], isTerminal: boolean): boolean {
  if (!values.interactive) return false;
  if (fix !== 'write' || values.stdin) throw new UserError('--interactive goes with --fix, on files');
  if (!isTerminal) throw new UserError('--interactive asks, and this is not a terminal');
  return true;
}

/** What goes with no other work. */
const NOT_WATCHED = ['interactive', 'update-baseline', 'list-files', 'print-config', 'staged', 'stdin'] as const;

function readWatch(values: Values, fix: CliOptions['fix']): boolean {
  if (!values.watch) return false;
  const other = NOT_WATCHED.find((name) => values[name] !== undefined);
  if (other !== undefined) throw new UserError(`--watch and --${other} exclude each other`);
  if (fix !== 'no' && fix !== 'write') throw new UserError('--watch goes with --fix, or with no option that fixes');
  return true;
}

function readUpdate(values: Values, fix: CliOptions['fix']): boolean {
  if (!values['update-baseline']) return false;
  if (fix !== 'no' || values['no-baseline'] || values['rule-only'] || values.quiet || values.stdin)
    throw new UserError(
      '--update-baseline takes all findings of files: it goes with no option that fixes or leaves some out',
    );
  return true;
}

const SEVERITIES: Record<string, Severity> = {
  off: 'off',
  '0': 'off',
  warn: 'warn',
  warning: 'warn',
  '1': 'warn',
  error: 'error',
  '2': 'error',
};

function readRule(text: string): [string, Severity] {
  const match = /^\s*"?([\w-]+)"?\s*:\s*"?(\w+)"?\s*$/.exec(text);
  if (!match) throw new UserError(`--rule takes 'NAME: SEVERITY', such as 'no-bare-insert: warn', not '${text}'`);
  const [, written, severity] = match;
  const name = knownRule(written!);
  if (!Object.hasOwn(SEVERITIES, severity!))
    throw new UserError(`unknown severity "${severity}" of rule ${name}; there are off, warn and error`);
  return [name, SEVERITIES[severity!]!];
}
