import { parseArgs } from 'node:util';
import { UserError } from '../errors.ts';
import { reporters } from '../reporters/index.ts';
import { rules } from '../rules/index.ts';
import type { RuleSettings, Severity } from '../linter/linter.ts';
import { nearest } from '../nearest.ts';

export const HELP = `sql-lint finds the statements of PostgreSQL migrations that cannot run twice, and rewrites them so that they can.

Usage
  sql-lint [PATH…]            lint files, folders and globs; without a path, the usual folders
  sql-lint --fix [PATH…]      rewrite what can be rewritten soundly
  sql-lint verify [PATH…]     run the migrations twice on PostgreSQL; see sql-lint verify --help

Fixing
  --fix                       write the fixes into the files
  --fix-suggestions           also apply suggestions, which need a person's decision
  --fix-dry-run               fix, but write nothing; the result is in the output (--format json)
  --diff                      print what --fix would change as a unified diff; write nothing

Findings
  --rule 'NAME: SEVERITY'     off, warn or error; may be repeated
  --quiet                     report errors only
  --max-warnings N            exit with 1 when there are more warnings than N
  --postgres-version N        the oldest PostgreSQL to support, 12 to 18 (default 14)
  --no-history                judge each file alone, without the migrations before it

Input and output
  --stdin                     read the SQL from standard input; --fix then prints it fixed
  --stdin-filename PATH       where that SQL belongs: its history and its name in the output
  --format NAME               stylish (default) or json
  --color, --no-color         colours, whatever the terminal says (NO_COLOR is respected)

  --version, --help

Exit codes
  0  nothing left to say      1  findings left      2  a mistake in the call, or a crash
`;

const OPTIONS = {
  fix: { type: 'boolean' },
  'fix-suggestions': { type: 'boolean' },
  'fix-dry-run': { type: 'boolean' },
  diff: { type: 'boolean' },
  rule: { type: 'string', multiple: true },
  quiet: { type: 'boolean' },
  'max-warnings': { type: 'string' },
  'postgres-version': { type: 'string' },
  'no-history': { type: 'boolean' },
  stdin: { type: 'boolean' },
  'stdin-filename': { type: 'string' },
  format: { type: 'string' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

export interface CliOptions {
  paths: string[];
  fix: 'no' | 'write' | 'dry-run' | 'diff';
  suggestions: boolean;
  rules: RuleSettings;
  quiet: boolean;
  maxWarnings: number | undefined;
  postgresVersion: number | undefined;
  history: boolean;
  stdin: boolean;
  stdinFilename: string | undefined;
  format: string;
  color: boolean;
  version: boolean;
  help: boolean;
}

const didYouMean = (typed: string, candidates: string[]) => {
  const found = nearest(typed, candidates);
  return found ? `; did you mean "${found}"?` : `; there are ${candidates.join(', ')}`;
};

/** Reads the arguments. @throws UserError for whatever is not understood, with the nearest that is */
export function readOptions(argv: readonly string[], environment: NodeJS.ProcessEnv, isTerminal: boolean): CliOptions {
  const known = Object.keys(OPTIONS);
  for (const argument of argv) {
    if (argument === '--') break;
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name && !known.includes(name)) throw new UserError(`unknown option --${name}${didYouMean(name, known)}`);
  }
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UserError((error as Error).message.split('\n')[0]!);
  }
  const { values, positionals } = parsed;
  const format = values.format ?? 'stylish';
  if (!Object.hasOwn(reporters, format)) throw new UserError(`unknown format "${format}"${didYouMean(format, Object.keys(reporters))}`);
  return {
    paths: positionals,
    fix: values.diff ? 'diff' : values['fix-dry-run'] ? 'dry-run' : values.fix || values['fix-suggestions'] ? 'write' : 'no',
    suggestions: values['fix-suggestions'] ?? false,
    rules: Object.fromEntries((values.rule ?? []).map(readRule)),
    quiet: values.quiet ?? false,
    maxWarnings: values['max-warnings'] === undefined ? undefined : readNumber('--max-warnings', values['max-warnings'], 0, Infinity),
    postgresVersion: values['postgres-version'] === undefined ? undefined : readNumber('--postgres-version', values['postgres-version'], 12, 18),
    history: !values['no-history'],
    stdin: values.stdin ?? false,
    stdinFilename: values['stdin-filename'],
    format,
    color: values['no-color'] ? false : (values.color ?? (environment.NO_COLOR ? false : isTerminal || Boolean(environment.FORCE_COLOR))),
    version: values.version ?? false,
    help: values.help ?? false,
  };
}

function readNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new UserError(`${option} takes a whole number${max === Infinity ? '' : ` from ${min} to ${max}`}, not "${text}"`);
  return value;
}

const SEVERITIES: Record<string, Severity> = { off: 'off', '0': 'off', warn: 'warn', warning: 'warn', '1': 'warn', error: 'error', '2': 'error' };

function readRule(text: string): [string, Severity] {
  const match = /^\s*"?([\w-]+)"?\s*:\s*"?(\w+)"?\s*$/.exec(text);
  if (!match) throw new UserError(`--rule takes 'NAME: SEVERITY', such as 'no-bare-insert: warn', not '${text}'`);
  const [, name, severity] = match;
  if (!Object.hasOwn(rules, name!)) throw new UserError(`unknown rule "${name}"${didYouMean(name!, Object.keys(rules))}`);
  if (!Object.hasOwn(SEVERITIES, severity!)) throw new UserError(`unknown severity "${severity}" of rule ${name}; there are off, warn and error`);
  return [name!, SEVERITIES[severity!]!];
}
