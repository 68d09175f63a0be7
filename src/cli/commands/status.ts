import { resolve } from 'node:path';
import pc from 'picocolors';
import { ConfigFinder } from '../../config/load.ts';
import { UserError } from '../../errors.ts';
import { flatMap } from '../../lists.ts';
import { printable } from '../../printable.ts';
import { annotation, pathInRepository } from '../../reporters/github.ts';
import type { FileStatus, Presence } from '../../schema/status.ts';
import { readArguments, wantsColor } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { liveProject } from '../live-project.ts';
import { readStanding, type Standing } from '../standing.ts';

const HELP = `sql-lint status says what a database has of each migration, by what the migration does.

Usage
  sql-lint status [PATH] --database-url URL

Examples
  npx sql-lint status --database-url "$DATABASE_URL"
  npx sql-lint status supabase/migrations --env staging --format github

  --env NAME            DATABASE_URL of the file .env.NAME, or the variable DATABASE_URL_NAME
  --environment NAME    supabase, plain, or an SQL file: what exists before the first migration
  --format NAME         text (default), json or github
  --color, --no-color

The migrations are played on the embedded PostgreSQL 18, and what each of them leaves is looked up in the database, in
one transaction that only reads. Beside it stands what the table of the migration tool says. Rows are not compared.

  applied       all that it does is there          partly       some of it is there, or is there otherwise
  not applied   nothing of it is there             superseded   later files have removed or replaced all of it
  cannot be told   it does nothing that the schema shows, or it cannot be played

Exit codes: 0 all is there, 1 something is pending, differs, or is recorded otherwise, 2 a mistake in the call.`;

const FORMATS = ['text', 'json', 'github'] as const;

/** Says what a database has of each migration. */
export const status: Command = async (argv) => {
  const { values, positionals } = readArguments('status', argv, {
    'database-url': { type: 'string' },
    env: { type: 'string' },
    environment: { type: 'string' },
    format: { type: 'string' },
    color: { type: 'boolean' },
    'no-color': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  const format = FORMATS.find((known) => known === (values.format ?? 'text'));
  if (!format) throw new UserError(`unknown format "${values.format!}"; there are ${FORMATS.join(', ')}`);
  const live = await liveProject(positionals, new ConfigFinder());
  const standing = await readStanding(live, values);
  const color = values['no-color'] ? false : (values.color ?? wantsColor(process.stdout));
  process.stdout.write(`${render(standing, format, pc.createColors(color))}\n`);
  return isBehind(standing) ? EXIT.findings : EXIT.clean;
};

/** Whether something is to be done. What cannot be told counts only by its record. */
const isBehind = ({ files, ledger }: Standing): boolean =>
  (ledger?.strangers.length ?? 0) > 0 ||
  files.some(
    ({ presence, disagreement, recorded }) =>
      presence === 'pending' ||
      presence === 'partly' ||
      disagreement !== undefined ||
      (presence === 'unknown' && recorded === false),
  );

export function render(
  standing: Standing,
  format: (typeof FORMATS)[number],
  c: ReturnType<typeof pc.createColors>,
): string {
  switch (format) {
    case 'json':
      return JSON.stringify(asJson(standing), null, 2);
    case 'github':
      return inGithub(standing);
    case 'text':
      return printable(inText(standing, c));
  }
}

function asJson({ database, ledger, files }: Standing) {
  return {
    ...database,
    records: ledger && { table: ledger.table, exists: ledger.exists, unknown: ledger.strangers.map(({ key }) => key) },
    files,
  };
}

const WORDS: Record<Presence, string> = {
  applied: 'applied',
  partly: 'partly applied',
  pending: 'not applied',
  superseded: 'superseded',
  unknown: 'cannot be told',
};

function inText({ title, database, ledger, files }: Standing, c: ReturnType<typeof pc.createColors>): string {
  const marks: Record<Presence, string> = {
    applied: c.green('✓'),
    partly: c.red('◐'),
    pending: c.yellow('·'),
    superseded: c.dim('↷'),
    unknown: c.dim('?'),
  };
  const lines = [`${title}; ${database.database} on ${database.server}, PostgreSQL ${database.version}`];
  if (ledger) lines.push(`Records: ${ledger.table}${ledger.exists ? '' : ', which is not there'}`);
  lines.push('');
  const width = Math.max(...files.map(({ path }) => path.length), 0);
  for (const file of files) {
    const record = file.recorded === undefined ? '' : file.recorded ? 'recorded' : 'not recorded';
    const columns = [file.path.padEnd(width), WORDS[file.presence].padEnd(14), c.dim(record)];
    lines.push(`${marks[file.presence]} ${columns.join('  ')}`.trimEnd());
    lines.push(...detailsOf(file).map((line) => `    ${line}`));
  }
  for (const { key } of ledger?.strangers ?? [])
    lines.push(`${c.red('!')} ${key}  recorded, and there is no such file here`);
  return [...lines, '', summaryOf(files)].join('\n');
}

function detailsOf({ reason, statements, effects, presence, disagreement }: FileStatus): string[] {
  const lines: string[] = [];
  if (reason !== undefined) lines.push(reason);
  for (const { line, sql, state, effects: own } of statements ?? []) {
    const what = own.filter((effect) => effect.state === state && state !== 'there').map(inWords);
    lines.push(`${STATES[state].padEnd(9)}  line ${line}: ${sql}${what.length > 0 ? ` (${what.join(', ')})` : ''}`);
  }
  if (presence === 'partly' && (statements?.length ?? 0) === 0)
    lines.push(
      ...effects
        .filter(({ state }) => state !== 'later')
        .map((effect) => `${STATES[effect.state as keyof typeof STATES].padEnd(9)}  ${inWords(effect)}`),
    );
  if (disagreement !== undefined) lines.push(disagreement);
  return lines;
}

const STATES = { there: 'there', missing: 'missing', different: 'different' } as const;

const inWords = ({ kind, name, properties }: FileStatus['effects'][number]): string =>
  `${kind} ${name}${properties ? `: ${properties.join(', ')}` : ''}`;

function summaryOf(files: readonly FileStatus[]): string {
  const counts = (Object.keys(WORDS) as Presence[]).map((presence) => ({
    presence,
    count: files.filter((file) => file.presence === presence).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ presence, count }) => `${count} ${WORDS[presence]}`)
    .join(', ');
}

function inGithub({ files, ledger }: Standing): string {
  const cwd = process.cwd();
  const said = flatMap(files, (file) => {
    const { path, presence, disagreement } = file;
    if (disagreement === undefined && presence !== 'pending' && presence !== 'partly') return [];
    const text = [WORDS[presence], ...detailsOf(file)].join('; ');
    return annotation(
      'warning',
      { file: pathInRepository(cwd, resolve(cwd, path)), line: 1, title: 'sql-lint status' },
      text,
    );
  });
  const strangers = (ledger?.strangers ?? []).map(({ key }) =>
    annotation('warning', { title: 'sql-lint status' }, `${key} is recorded, and there is no such file`),
  );
  return [...said, ...strangers].join('\n');
}
