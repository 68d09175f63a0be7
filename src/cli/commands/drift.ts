import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { UserError } from '../../errors.ts';
import type { Drift, Source } from '../../schema/drift.ts';
import { plural } from '../../plural.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { DRIFT_FORMATS, renderDrift } from '../drift-report.ts';
import { readDatabaseUrl } from '../live-project.ts';
import { newMigration } from '../new-migration.ts';
import { fixedText, notesOf, projectToPlay, readLive, type PlayedProject } from '../playing.ts';

const HELP = `sql-lint drift compares what the migrations lead to with what is there, and writes what is between them.

Usage
  sql-lint drift [PATH] --database-url URL      against a live database, which is only read
  sql-lint drift [PATH] --against FILE          against a schema: a dump or a folder of SQL files, schema.prisma,
                                                a Drizzle schema, the types that supabase gen types writes

Examples
  npx sql-lint drift --env staging --fix-out repair.sql
  npx sql-lint drift --against prisma/schema.prisma --migration from_prisma

  --env NAME                DATABASE_URL of the file .env.NAME, or the variable DATABASE_URL_NAME
  --fix-out FILE            write SQL that brings the database into step with the migrations
  --migration NAME          write a new migration that brings the migrations into step with what is there; a path
                            that ends in .sql is taken as it is
  --environment NAME        supabase, plain, or an SQL file: what exists before the first migration
  --format NAME             text (default), json, github or markdown

The migrations are played on the embedded PostgreSQL. What is written can run twice, and is proven there. What would
lose data is written as a comment. What extensions, Supabase and migration tools own is left out.
Exit codes: 0 in step, 1 not in step, 2 a mistake in the call`;

const OPTIONS = {
  'database-url': { type: 'string' },
  env: { type: 'string' },
  against: { type: 'string' },
  'fix-out': { type: 'string' },
  migration: { type: 'string' },
  environment: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For completion. */
export const DRIFT_OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** Compares what the migrations lead to with what is there. */
export const drift: Command = async (argv) => {
  const { values, positionals } = readArguments('drift', argv, OPTIONS);
  if (values.help) return say(HELP);
  const format = DRIFT_FORMATS.find((known) => known === (values.format ?? 'text'));
  if (!format) throw new UserError(`unknown format "${values.format!}"; there are ${DRIFT_FORMATS.join(', ')}`);
  const url = whatAgainst(values);
  const played = await projectToPlay(positionals, values.environment);
  const { readSource } = await import('../../schema/sources/index.ts');
  const source =
    url === undefined ? await readSource(values.against!, played.options) : await readLive(url, 'sql-lint drift');
  const { playChain } = await import('../../schema/chain.ts');
  const { driftOf } = await import('../../schema/drift.ts');
  const { auditsOf, requiredIn } = await import('../../schema/audits.ts');
  const owners = source.owners ?? [];
  const chain = await playChain(played.files, { ...played.options, owners, each: false });
  const found = driftOf(chain, source, played.isSupabase);
  const written = await write(found, values, played, {
    owners,
    version: source.version ?? 18,
    view: source.view,
  });
  const report = {
    project: played.live.title,
    against: source.title,
    there: url === undefined ? source.title : 'the database',
    notes: [...notesOf(chain), ...(source.notes ?? []), ...written],
    found: found.found,
    audits: [...(source.view ? requiredIn(source.title, found.found) : []), ...auditsOf(found.actual)],
    toward: url === undefined ? ('migrations' as const) : ('database' as const),
  };
  process.stdout.write(renderDrift(report, format));
  return found.found.length > 0 ? EXIT.findings : EXIT.clean;
};

/** The URL of the database, if it is one. @throws UserError where nothing or too much is named */
function whatAgainst(values: Values): string | undefined {
  const { against, env } = values;
  const isLive = values['database-url'] !== undefined || env !== undefined;
  if (against !== undefined && isLive) throw new UserError('--against and a database exclude each other');
  if (against === undefined && !isLive)
    throw new UserError('against what? Give --database-url URL, --env NAME or --against FILE');
  if (against !== undefined && values['fix-out'] !== undefined)
    throw new UserError('--fix-out is for a database; --migration writes what brings the migrations into step');
  return isLive ? readDatabaseUrl(values['database-url'], env) : undefined;
}

/** Writes what is asked for, and answers what is to be said of it. */
async function write(
  { found, expected, actual }: Drift,
  values: Values,
  { files, options, live }: PlayedProject,
  { owners, version, view }: { owners: readonly string[]; version: number; view: Source['view'] },
): Promise<string[]> {
  if (found.length === 0 || (values['fix-out'] === undefined && values.migration === undefined)) return [];
  const { provenRepair } = await import('../../schema/proof.ts');
  const notes: string[] = [];
  const make = async (path: string, toward: 'migrations' | 'database', wrap: (sql: string) => string) => {
    const fix = (text: string) => fixedText(text, toward === 'migrations' ? path : undefined);
    const repaired = await provenRepair(files, { expected, actual }, toward, {
      ...options,
      owners,
      version,
      view,
      fix,
    });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wrap(repaired.text));
    const { unproven, left } = repaired;
    const proof =
      unproven === undefined
        ? left.length === 0
          ? 'proven on the embedded PostgreSQL: it runs twice, and nothing is left but what is a comment'
          : `it runs twice on the embedded PostgreSQL, and ${plural(left.length, 'difference')} left`
        : `not proven: ${unproven}`;
    notes.push(`${relative(process.cwd(), path)} was written; ${proof}`);
  };
  if (values['fix-out'] !== undefined) await make(values['fix-out'], 'database', (sql) => sql);
  if (values.migration !== undefined) {
    const { path, wrap } = newMigration(live.project, values.migration);
    await make(path, 'migrations', wrap);
  }
  return notes;
}
