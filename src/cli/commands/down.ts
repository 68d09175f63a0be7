import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { nodeDisk } from '../../disk/node.ts';
import { UserError } from '../../errors.ts';
import { flatMap } from '../../lists.ts';
import { isWritten, partsBack } from '../../project/back.ts';
import { Projects } from '../../project/find.ts';
import type { Judged, Written } from '../../schema/down/check.ts';
import type { KeptAside, WayBack } from '../../schema/down/index.ts';
import type { MigrationFile } from '../../verify/index.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import {
  DOWN_FORMATS,
  keptSummaryOf,
  renderJudged,
  renderKept,
  renderWaysBack,
  summaryOf,
  type DownFormat,
} from '../down-report.ts';
import { readSource, writeSource } from '../files.ts';
import { projectToPlay, type PlayedProject } from '../playing.ts';
import { forwardText, placesOf, wayBackOptions, type WithPlace } from '../way-back.ts';

const HELP = `sql-lint down writes the statements that undo a migration, and proves that they lead back.

Usage
  sql-lint down FILE…            print the way back of migrations; --write or --out FILE writes it
  sql-lint down FILE --keep-data print the migration that keeps aside what FILE loses, to be run right before it
  sql-lint down --check [PATH]   run each migration and the way back that stands beside it, and report
                                 no-incomplete-down where something is otherwise than before

Examples
  npx sql-lint down db/migrations/000042_plans.up.sql --write
  npx sql-lint down --check --format github

  --write               write it where the migration tool looks for it: a file, a section, or a new migration
  --out FILE            write it there
  --force               replace the way back that stands there
  --unproven            write also what is not proven
  --keep-data           keep aside what would not come back; a way back that is written later restores it from there
  --environment NAME    supabase, plain, or an SQL file: what exists before the first migration
  --format NAME         text (default) or json; with --check also github

The migrations are played on the embedded PostgreSQL. Up and down have to lead to the state before, without rows and
with rows, and the way back has to run twice. What cannot come back, such as the values of a dropped column, is said
above the statement. Exit codes: 0 it leads back, 1 something does not come back, or is not proven, 2 a mistake`;

const OPTIONS = {
  check: { type: 'boolean' },
  write: { type: 'boolean' },
  out: { type: 'string' },
  force: { type: 'boolean' },
  unproven: { type: 'boolean' },
  'keep-data': { type: 'boolean' },
  environment: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For completion. */
export const DOWN_OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** Writes the way back of migrations, or judges those that are there. */
export const down: Command = async (argv) => {
  const { values, positionals } = readArguments('down', argv, OPTIONS);
  if (values.help) return say(HELP);
  const format = formatOf(values);
  if (values.check) return check(positionals, values, format);
  if (positionals.length === 0) throw new UserError('the way back of which migration? Name its file');
  if (values.out !== undefined && values.write) throw new UserError('--out and --write exclude each other');
  if (values['keep-data'] && values.write)
    throw new UserError(
      '--write has no place for what --keep-data prints; --out FILE writes it, ' +
        'under a name that your tool runs before the migration',
    );
  const played = await projectToPlay(positionals.map(folderOf), values.environment);
  const places = placesOf(played);
  const chosen = chosenFrom(places, positionals);
  if (values.out !== undefined && chosen.length > 1) throw new UserError('--out takes the way back of one migration');
  if (!values.force) for (const one of chosen) refuseWritten(one, places, values);
  if (values['keep-data']) return keepData(played, places, chosen, values, format);
  const found = await composeAll(played, places, chosen);
  const notes = flatMap(found, (wayBack) =>
    writeOne(
      wayBack,
      chosen.find(({ file }) => file.path === wayBack.path)!,
      values,
    ),
  );
  process.stdout.write(renderWaysBack(found, format, notes, !values.write && values.out === undefined));
  if (format === 'text') process.stderr.write(summaryOf(found, notes));
  return found.some(isOpen) ? EXIT.findings : EXIT.clean;
};

/** Prints or writes the migrations that keep aside what others lose. */
async function keepData(
  played: PlayedProject,
  places: readonly WithPlace[],
  chosen: readonly WithPlace[],
  { out }: Values,
  format: DownFormat,
): Promise<number> {
  const { keepAside } = await import('../../schema/down/index.ts');
  const found: KeptAside[] = [];
  const wanted = new Set(chosen.map(({ file }) => file.path));
  await keepAside(played.files, wanted, wayBackOptions(played, places), (one) =>
    found.push({ ...one, sql: forwardText(played, one.sql) }),
  );
  const [first] = found;
  if (out !== undefined && first && first.sql !== '') put(out, first.sql, undefined);
  process.stdout.write(renderKept(found, format, out === undefined));
  if (format === 'text') process.stderr.write(keptSummaryOf(found, first?.sql === '' ? undefined : out));
  return found.some(
    ({ refused, unkept, wayBack }) => refused !== undefined || unkept.length > 0 || (wayBack && isOpen(wayBack)),
  )
    ? EXIT.findings
    : EXIT.clean;
}

const isOpen = ({ unproven, refused, losses }: WayBack): boolean =>
  unproven !== undefined || refused !== undefined || losses.length > 0;

function formatOf({ format = 'text', check: isCheck }: Values): DownFormat {
  const known = DOWN_FORMATS.find((name) => name === format && (isCheck || name !== 'github'));
  if (!known)
    throw new UserError(
      `unknown format "${format}"; there are ${DOWN_FORMATS.filter((name) => isCheck || name !== 'github').join(', ')}`,
    );
  return known;
}

/** All migrations of a project are played, whichever of them is named. */
const folderOf = (path: string): string => (path.endsWith('.sql') ? dirname(path) : path);

function chosenFrom(places: readonly WithPlace[], given: readonly string[]): WithPlace[] {
  const files = new Set<WithPlace>();
  for (const path of given) {
    const at = resolve(path);
    const found = path.endsWith('.sql') ? places.filter((one) => one.path === at) : places;
    if (found.length === 0) throw new UserError(`${path} is no migration that runs forward`);
    for (const one of found) files.add(one);
  }
  return places.filter((one) => files.has(one));
}

async function composeAll(
  played: PlayedProject,
  places: readonly WithPlace[],
  chosen: readonly WithPlace[],
): Promise<WayBack[]> {
  const { waysBack } = await import('../../schema/down/index.ts');
  const found: WayBack[] = [];
  const wanted = new Set(chosen.map(({ file }) => file.path));
  await waysBack(played.files, wanted, wayBackOptions(played, places), (wayBack) => found.push(wayBack));
  return found;
}

/** @throws UserError where statements stand already, or the tool has no way back and the migration is not the last */
function refuseWritten(one: WithPlace, places: readonly WithPlace[], { write, out }: Values): void {
  const { file, path, place, form } = one;
  if (out !== undefined && isFilled(out)) throw new UserError(`${out} is there already; --force replaces it`);
  if (!write) return;
  if ('none' in place && places.at(-1)!.path !== path)
    throw new UserError(
      `${place.none}: the way back is a new migration, and ${file.path} is not the last one; ` +
        'undo the later ones first, or give --out',
    );
  if ('section' in place ? hasSection(file) : isFilled(form.path))
    throw new UserError(`${form.path} has a way back already; --force replaces it, --check judges it`);
}

/** Whether there are statements in a file: tools make empty ones, or ones with a comment, together with a migration. */
function isFilled(path: string): boolean {
  if (!existsSync(path)) return false;
  const { text } = readSource(path);
  return isWritten(text, { start: 0, end: text.length });
}

const hasSection = ({ text, path, kind = {} }: MigrationFile): boolean =>
  partsBack(text, path, kind).some((part) => isWritten(text, part));

/** @returns what is to be said of it */
function writeOne(wayBack: WayBack, { file, place, form }: WithPlace, { write, out, unproven }: Values): string[] {
  const none = 'none' in place ? [`${place.none}: the way back is a new migration`] : [];
  if (!write && out === undefined) return none;
  if (wayBack.refused !== undefined || wayBack.sql === '') return [];
  if (wayBack.unproven !== undefined && !unproven) return ['nothing was written; --unproven writes it all the same'];
  const path = out ?? form.path;
  // Somewhere else, the statements alone.
  put(path, out === undefined ? wayBack.text : wayBack.sql, out === undefined && 'section' in place ? file : undefined);
  return [...none, `${relative(process.cwd(), resolve(path))} was written`];
}

/**
 * Writes a file, whole or not at all.
 * @param migration what is replaced, where the text is a migration with its way back
 */
function put(path: string, text: string, migration: MigrationFile | undefined): void {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    return;
  }
  const source = readSource(path);
  if (migration && source.text !== migration.text)
    throw new UserError(`${path} has changed in the meantime; it was left as it is, run again`);
  writeSource(source, text);
}

async function check(given: readonly string[], values: Values, format: DownFormat): Promise<number> {
  for (const name of ['write', 'out', 'force', 'unproven', 'keep-data'] as const)
    if (values[name] !== undefined) throw new UserError(`--check writes nothing; leave --${name} out`);
  const played = await projectToPlay(given, values.environment);
  const written = writtenIn(played, placesOf(played));
  if (written.size === 0) throw new UserError('no migration here has a way back to check');
  const { judgeWaysBack } = await import('../../schema/down/check.ts');
  const judged: Judged[] = [];
  await judgeWaysBack(played.files, written, played.options, (one) => judged.push(one));
  process.stdout.write(renderJudged(judged, format));
  return judged.some(({ verdict }) => verdict === 'incomplete' || verdict === 'fails') ? EXIT.findings : EXIT.clean;
}

/** The ways back that are there, by the path of the migration. */
function writtenIn({ live }: PlayedProject, places: readonly WithPlace[]): Map<string, Written> {
  const projects = new Projects(nodeDisk);
  const written = new Map<string, Written>();
  for (const { file, path, place } of places) {
    if ('file' in place) {
      if (!existsSync(place.file)) continue;
      const { text } = readSource(place.file);
      const runners = projects.runnersOf(live.project, { path: place.file, text, direction: 'down' });
      const kind = { tool: live.project.tool, role: 'down' as const };
      written.set(file.path, { path: relative(process.cwd(), place.file), text, kind, runners });
    } else if (hasSection(file)) {
      const runners = projects.runnersOf(live.project, { path, text: file.text, direction: 'down' });
      written.set(file.path, { path: file.path, text: file.text, kind: file.kind ?? {}, runners });
    }
  }
  return written;
}
