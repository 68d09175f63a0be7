import { resolve } from 'node:path';
import { ConfigFinder } from '../../config/load.ts';
import { openLive } from '../../database/live.ts';
import { UserError } from '../../errors.ts';
import { plural } from '../../plural.ts';
import { printable } from '../../printable.ts';
import { adoptionOf, type Adoption } from '../../schema/adopt.ts';
import { takeLock } from '../../schema/deploy-lock.ts';
import { recordsOf } from '../../schema/ledger.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { liveProject, readDatabaseUrl, recordedAs, type LiveProject } from '../live-project.ts';
import { readStanding } from '../standing.ts';

const HELP = `sql-lint adopt records migrations that a database has already, in the table of the migration tool.

Usage
  sql-lint adopt [PATH] --database-url URL            print the statements; nothing is written
  sql-lint adopt [PATH] --database-url URL --write    run them, in one transaction

Examples
  npx sql-lint adopt --env staging
  npx sql-lint adopt --env staging --only supabase/migrations/20250307_seed.sql --write

  --env NAME            DATABASE_URL of the file .env.NAME, or the variable DATABASE_URL_NAME
  --only FILE           only this file, also where the schema does not tell whether it has run; may be repeated
  --environment NAME    supabase, plain, or an SQL file: what exists before the first migration

What sql-lint status finds applied or superseded gets a row. Where the tool compares checksums and a file was changed
after it ran, as by --fix, its row gets the new one. Where Supabase has a migration of the same name under another
version, the row gets the version of the file. Rows of files that are part of a squash go. Where status finds a file
partly applied, nothing is written.

Exit codes: 0 done, or nothing to do, 1 a file is there in part, 2 a mistake in the call.`;

/** Records what a database has already. */
export const adopt: Command = async (argv) => {
  const { values, positionals } = readArguments('adopt', argv, {
    'database-url': { type: 'string' },
    env: { type: 'string' },
    environment: { type: 'string' },
    only: { type: 'string', multiple: true },
    write: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  const live = await liveProject(positionals, new ConfigFinder());
  recordsOf(live.project);
  const only = values.only && new Set(values.only.map((path) => shownPath(path, live)));
  const { ledger, files, database } = await readStanding(live, values);
  const adoption = adoptionOf(ledger!, files, only, (k) => recordedAs(live.files[k]!));
  process.stdout.write(`${printable(describe(adoption, ledger!.table))}\n`);
  if (adoption.partly.length > 0) return EXIT.findings;
  if (!values.write || adoption.statements.length === 0) return EXIT.clean;
  await write(readDatabaseUrl(values['database-url'], values.env), adoption.statements);
  return say(`-- Written to ${ledger!.table} of ${database.database} on ${database.server}.`);
};

function shownPath(path: string, { paths, files }: LiveProject): string {
  const at = paths.indexOf(resolve(path));
  if (at < 0) throw new UserError(`--only ${path}: there is no such migration`);
  return files[at]!.path;
}

/** SQL, with comments that say what it is for. */
function describe({ statements, adopted, repaired, forgotten, left, partly }: Adoption, table: string): string {
  const lines = [
    ...partly.map(
      (path) => `-- ${path} is there in part: sql-lint apply finishes it, sql-lint status says what is missing`,
    ),
    ...(partly.length > 0 ? ['-- Nothing is written.'] : []),
    ...adopted.map((path) => `-- ${path}: it is there, and gets a row`),
    ...repaired.map(({ path, was }) => `-- ${path}: its row said ${was}`),
    ...forgotten.map((key) => `-- ${key}: it is part of a squash now, and its row goes`),
    ...left.map(({ path, reason }) => `-- ${path} gets no row: ${reason}`),
  ];
  if (partly.length > 0) return lines.join('\n');
  if (statements.length === 0) return [...lines, `-- There is nothing to write to ${table}.`].join('\n');
  const counts = [
    plural(adopted.length, 'new row'),
    plural(repaired.length, 'changed row'),
    ...(forgotten.length > 0 ? [`${plural(forgotten.length, 'row')} less`] : []),
  ];
  return [
    ...lines,
    `-- ${counts.join(', ')} in ${table}`,
    'BEGIN;',
    ...statements.map((sql) => `${sql};`),
    'COMMIT;',
  ].join('\n');
}

async function write(url: string, statements: readonly string[]): Promise<void> {
  const database = await openLive(url, 'sql-lint adopt');
  try {
    if (database.isReplica) throw new UserError(`${database.server} is a replica: it takes no changes`);
    await takeLock(database, 'watch', { wait: 60_000 });
    const failure = await database.run(['BEGIN', ...statements, 'COMMIT'].map((sql) => ({ sql, offset: 0 })));
    if (failure) throw new UserError(`nothing was written: ${failure.message} (${failure.code})`);
  } finally {
    await database.close();
  }
}
