import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import { ConfigFinder } from '../../config/load.ts';
import { openLive, type Live } from '../../database/live.ts';
import { nodeDisk } from '../../disk/node.ts';
import { UserError } from '../../errors.ts';
import { flatMap } from '../../lists.ts';
import { printable } from '../../printable.ts';
import type { ToolName } from '../../project/types.ts';
import { applyFiles, type Applied, type ApplyPlan, type PlannedFile } from '../../schema/apply.ts';
import { readLedger, recordsOf, type Ledger } from '../../schema/ledger.ts';
import { stretchesOf } from '../../schema/stretches.ts';
import { loadParser } from '../../syntax/parser.ts';
import type { FileVerdict } from '../../verify/index.ts';
import { ApplyReport } from '../apply-report.ts';
import { readArguments, wantsColor } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { untilInterrupted } from '../interrupted.ts';
import { liveProject, playing, readDatabaseUrl, recordedAs, textsOf, type LiveProject } from '../live-project.ts';
import { readNumber } from '../options.ts';

const HELP = `sql-lint apply runs the migrations that a database does not have yet, and records them.

Usage
  sql-lint apply [PATH] --database-url URL      of plain folders, Supabase, dbmate and goose, in their own tables
  sql-lint apply [PATH] --local                 all of them, on an embedded PostgreSQL that is thrown away

Examples
  npx sql-lint apply --env staging --dry-run
  npx sql-lint apply supabase/migrations --database-url "$DATABASE_URL" --lock-timeout 2

  --env NAME                DATABASE_URL of the file .env.NAME, or the variable DATABASE_URL_NAME
  --dry-run                 only say what would run, in which transactions, and which locks it takes
  --no-verify               do not prove first, on the embedded PostgreSQL, that the files can run twice
  --out-of-order            also run files that stand before one that has run
  --lock-timeout SECONDS    how long a statement waits for a lock before it is tried again (default 3)
  --retries N               how often it is tried again, after longer and longer pauses (default 10)
  --statement-timeout S     what one statement may take (default: no end)
  --wait SECONDS            how long another run is waited for (default 60)
  --environment NAME        supabase, plain, or an SQL file: for the proof
  --yes                     do not ask before production is changed
  --format text|json

A run that failed or was ended is continued by the same command.
Exit codes: 0 done, 1 stopped, 2 a mistake in the call, 130 interrupted`;

const OPTIONS = {
  'database-url': { type: 'string' },
  env: { type: 'string' },
  local: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'no-verify': { type: 'boolean' },
  'out-of-order': { type: 'boolean' },
  'lock-timeout': { type: 'string' },
  retries: { type: 'string' },
  'statement-timeout': { type: 'string' },
  wait: { type: 'string' },
  environment: { type: 'string' },
  yes: { type: 'boolean' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** The tools whose files are applied, because their tables hold no more than is known here. */
const APPLIED: ReadonlySet<ToolName> = new Set<ToolName>(['psql', 'supabase', 'dbmate', 'goose']);

/** Brings a database up to the last migration. */
export const apply: Command = async (argv) => {
  const { values, positionals } = readArguments('apply', argv, OPTIONS);
  if (values.help) return say(HELP);
  if (values.format !== undefined && !['text', 'json'].includes(values.format))
    throw new UserError(`unknown format "${values.format}"; there are text, json`);
  const numbers = readNumbers(values);
  const live = await liveProject(positionals, new ConfigFinder());
  const { tool } = recordsOf(live.project);
  if (!APPLIED.has(tool.name))
    throw new UserError(
      `${tool.title} applies its own migrations; sql-lint status says what the database has, and adopt records it`,
    );
  const colors = pc.createColors(wantsColor(process.stdout));
  await loadParser();
  const report = new ApplyReport(values.format === 'json' ? 'json' : 'text', colors);
  if (values.local) return applyLocally(live, values, report);
  const url = readDatabaseUrl(values['database-url'], values.env);
  const { plan, pending } = await planOf(url, live, values, report);
  if (pending.length === 0) return report.nothing();
  if (values['dry-run']) {
    const { locksOf } = await import('../apply-locks.ts');
    report.planned(plan, await locksOf(live, pending, values.environment));
    return EXIT.clean;
  }
  if (!values['no-verify'] && !(await prove(live, plan, pending, values, report))) return EXIT.findings;
  await confirm(values, live.title);
  // The statement that runs is ended, and rolled back.
  return untilInterrupted('interrupted', async (signal) => {
    const applied = await applyFiles(url, plan, { ...numbers, signal, onEvent: report.onEvent });
    report.applied(applied, plan.files);
    return exitOf(applied);
  });
};

const exitOf = ({ stopped }: Applied): number =>
  stopped ? (stopped.isInterrupted ? EXIT.interrupted : EXIT.findings) : EXIT.clean;

function readNumbers(values: Values) {
  const seconds = (option: 'lock-timeout' | 'statement-timeout' | 'wait', usual: number) =>
    1000 * (readNumber(`--${option}`, values[option], 0, 2_000_000) ?? usual);
  return {
    lockTimeout: seconds('lock-timeout', 3),
    statementTimeout: seconds('statement-timeout', 0),
    wait: seconds('wait', 60),
    retries: readNumber('--retries', values.retries, 0, 1000) ?? 10,
  };
}

/** What would run, as the records of the database have it. */
async function planOf(url: string, live: LiveProject, values: Values, report: ApplyReport) {
  const database = await openLive(url, 'sql-lint apply: plan', { reads: true });
  try {
    if (database.isReplica && !values['dry-run'])
      throw new UserError(`${database.server} is a replica: it takes no changes`);
    if (database.isPooled) report.note(pooledNote(database));
    const ledger = await readLedger(database.ask, live.project, textsOf(live), nodeDisk);
    const pending = live.files.filter((_, k) => !ledger.files[k]!.row || ledger.files[k]!.row.isFailed);
    report.begins(live.title, database, ledger, pending.length);
    refuseGaps(ledger, live, values, report);
    const files = pending.map((file) => plannedFile(file, live, ledger));
    return { plan: { records: ledger.records, table: ledger.table, files } satisfies ApplyPlan, pending };
  } finally {
    await database.close();
  }
}

const pooledNote = ({ server }: Live): string =>
  `a pooler stands before ${server}. In its transaction mode locks of a session do not hold: give the address of the ` +
  'server itself (Supabase: port 5432 of db.<project>.supabase.co)';

/** Says what is out of order and what was edited, before anything runs. */
function refuseGaps(ledger: Ledger, live: LiveProject, values: Values, report: ApplyReport): void {
  const { files, records, tool, strangers } = ledger;
  const shown = (k: number) => live.files[k]!.path;
  const last = files.findLastIndex(({ row }) => row !== undefined);
  const gaps = flatMap(files, ({ row }, k) => (row || k > last ? [] : [shown(k)]));
  files.forEach(({ isEdited }, k) => {
    if (isEdited) report.note(`${shown(k)} was changed after it ran; it is not run again`);
  });
  if (strangers.length > 0)
    report.note(`the database has ${strangers.map(({ key }) => key).join(', ')}, of which there is no file here`);
  if (gaps.length === 0) return;
  const what = `${gaps.join(', ')} ${gaps.length === 1 ? 'stands' : 'stand'} before ${shown(last)}, which has run`;
  if (records.refusesGaps && !values['out-of-order'])
    throw new UserError(`${what}. ${tool.title} refuses that; --out-of-order runs them, or give them later versions`);
  report.note(`${what}; ${gaps.length === 1 ? 'it runs' : 'they run'} now`);
}

function plannedFile(file: LiveProject['files'][number], live: LiveProject, ledger: Ledger): PlannedFile {
  const k = live.files.indexOf(file);
  const { entry } = ledger.files[k]!;
  if (!entry) throw new UserError(`${file.path} has no version in its name, so that it cannot be recorded`);
  const { text, path } = file;
  return {
    path,
    text,
    stretches: stretchesOf(file, live.runnersOf(file), live.config?.placeholders ?? {}),
    row: { ...entry, ...recordedAs(file) },
  };
}

/** Proves the pending files on the embedded PostgreSQL. */
async function prove(
  live: LiveProject,
  plan: ApplyPlan,
  pending: LiveProject['files'],
  values: Values,
  report: ApplyReport,
): Promise<boolean> {
  const { hasFailed, verify } = await import('../../verify/index.ts');
  const verdicts: FileVerdict[] = await verify([...live.files], {
    only: pending.map(({ path }) => path),
    ...playing(live, values.environment),
    // What does not run in one transaction may stop half-way.
    resume: plan.files.some(({ stretches }) => stretches.length > 1 || stretches.some((s) => !s.inTransaction)),
  });
  report.proven(verdicts);
  return !verdicts.some(hasFailed);
}

/** Asks before production is changed. @throws UserError where there is nobody to ask, or the answer is no */
async function confirm({ env, yes }: Values, title: string): Promise<void> {
  if (env === undefined || !/prod|live/i.test(env) || yes) return;
  if (!process.stdin.isTTY) throw new UserError(`--env ${env} is asked for on a terminal; elsewhere, add --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(printable(`${title}: change ${env} now? Type its name to go on: `));
  terminal.close();
  if (answer.trim() !== env) throw new UserError('nothing was run');
}

async function applyLocally(live: LiveProject, values: Values, report: ApplyReport): Promise<number> {
  const { applyLocal } = await import('../../schema/apply-local.ts');
  const { environment, placeholders, cache } = playing(live, values.environment);
  const files = live.files.map((file) => ({
    ...file,
    stretches: stretchesOf(file, live.runnersOf(file), placeholders),
  }));
  report.note(`${live.title}; an embedded PostgreSQL 18 that is thrown away`);
  const applied = await applyLocal(files, environment, cache, report.onEvent);
  report.applied(applied, files);
  return exitOf(applied);
}
