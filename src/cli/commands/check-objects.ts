import { UserError } from '../../errors.ts';
import { plural } from '../../plural.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { DRIFT_FORMATS, renderDrift } from '../drift-report.ts';
import { readDatabaseUrl } from '../live-project.ts';
import { notesOf, projectToPlay, readLive } from '../playing.ts';

const HELP = `sql-lint check-objects asserts that a database has what the migrations make.

Usage
  sql-lint check-objects [PATH] --database-url URL

Examples
  npx sql-lint check-objects --env production
  npx sql-lint check-objects --kind trigger --kind policy --database-url "$DATABASE_URL" --format github

  --env NAME                DATABASE_URL of the file .env.NAME, or the variable DATABASE_URL_NAME
  --kind KIND               only objects of this kind, such as trigger, policy, index or grant; may be repeated
  --environment NAME        supabase, plain, or an SQL file: what exists before the first migration
  --format NAME             text (default), json, github or markdown

Every table, column, constraint, index, trigger (with whether it is enabled), policy, function, view, type, right and
comment is asked for, in one transaction that only reads. What the database has besides is no matter: sql-lint drift
shows that too. The migrations are played on the embedded PostgreSQL, to know what they make.
Exit codes: 0 all is there, 1 something is missing or different, 2 a mistake in the call`;

const OPTIONS = {
  'database-url': { type: 'string' },
  env: { type: 'string' },
  kind: { type: 'string', multiple: true },
  environment: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For completion. */
export const CHECK_OBJECTS_OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

/** Asserts that a database has what the migrations make. */
export const checkObjects: Command = async (argv) => {
  const { values, positionals } = readArguments('check-objects', argv, OPTIONS);
  if (values.help) return say(HELP);
  const format = DRIFT_FORMATS.find((known) => known === (values.format ?? 'text'));
  if (!format) throw new UserError(`unknown format "${values.format!}"; there are ${DRIFT_FORMATS.join(', ')}`);
  const { KIND_NAMES } = await import('../../schema/writing.ts');
  const unknown = values.kind?.find((kind) => !KIND_NAMES.includes(kind));
  if (unknown !== undefined) throw new UserError(`there is no kind "${unknown}"; there are ${KIND_NAMES.join(', ')}`);
  const url = readDatabaseUrl(values['database-url'], values.env);
  const played = await projectToPlay(positionals, values.environment);
  const source = await readLive(url, 'sql-lint check-objects');
  const { playChain } = await import('../../schema/chain.ts');
  const { driftOf } = await import('../../schema/drift.ts');
  const chain = await playChain(played.files, { ...played.options, owners: source.owners, each: false });
  const isAsked = (kind: string) => values.kind?.includes(kind) ?? true;
  const { found, expected } = driftOf(chain, source, played.isSupabase);
  const wrong = found.filter(({ kind, expected: own }) => kind !== 'unexpected' && isAsked(own!.kind));
  const asked = [...expected.values()].filter(({ kind }) => isAsked(kind)).length;
  const report = {
    project: played.live.title,
    against: source.title,
    there: 'the database',
    notes: [...notesOf(chain), `${plural(asked, 'object')} asked for`],
    found: wrong,
    audits: [],
    toward: 'database' as const,
  };
  process.stdout.write(renderDrift(report, format));
  return wrong.length > 0 ? EXIT.findings : EXIT.clean;
};
