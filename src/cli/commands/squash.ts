import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ConfigFinder } from '../../config/load.ts';
import { lintOptionsOf } from '../../config/settings.ts';
import { UserError } from '../../errors.ts';
import { fixText } from '../../linter/fix.ts';
import { plural } from '../../plural.ts';
import { printable } from '../../printable.ts';
import type { Project } from '../../project/types.ts';
import { loadParser } from '../../syntax/parser.ts';
import { FoundSettings } from '../../workspace/open.ts';
import { readArguments } from '../arguments.ts';
import { EXIT, say, type Command } from '../command.ts';
import { projectToPlay, type PlayedProject } from '../playing.ts';
import { startBar } from '../bar.ts';
import { presetRules } from '../../linter/presets.ts';
import type { Disk } from '../../disk/disk.ts';
import { nodeDisk } from '../../disk/node.ts';
import { Workspace } from '../../workspace/workspace.ts';
import { planSteps } from '../../verify/steps.ts';
import type { Squash } from '../../schema/squash/squash.ts';

const HELP = `sql-lint squash makes one migration of many: it leaves the same schema and the same rows, which is proven.

Usage
  sql-lint squash [PATH]                    say what comes of it; nothing is written
  sql-lint squash [PATH] --out FILE         write it to a file; the migrations stay as they are
  sql-lint squash [PATH] --archive          write it in the place of the migrations, which move to archive/

Examples
  npx sql-lint squash supabase/migrations
  npx sql-lint squash --archive --to 20250101000000

  --to FILE|VERSION     squash up to this migration; the later ones run on top, which is proven too
  --out FILE            where it is written. Otherwise it takes the version of the last file that it stands for
  --archive             move the squashed files to archive/ beside their folder
  --delete              delete the squashed files
  --unproven            write it also where it is not proven
  --environment NAME    supabase, plain, or an SQL file: what exists before the first migration
  --format NAME         text (default) or json

It takes the authors' own statements where they still say what is there, and composes the others. It can run on a
database that has the migrations, and changes nothing there. Then sql-lint adopt records it.
Exit codes: 0 proven, 1 not proven, 2 a mistake in the call`;

const OPTIONS = {
  to: { type: 'string' },
  out: { type: 'string' },
  archive: { type: 'boolean' },
  delete: { type: 'boolean' },
  unproven: { type: 'boolean' },
  environment: { type: 'string' },
  format: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** For completion. */
export const SQUASH_OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

/** Makes one migration of many. */
export const squash: Command = async (argv) => {
  const { values, positionals } = readArguments('squash', argv, OPTIONS);
  if (values.help) return say(HELP);
  const format = ['text', 'json'].find((known) => known === (values.format ?? 'text'));
  if (format === undefined) throw new UserError(`unknown format "${values.format!}"; there are text and json`);
  if (values.archive && values.delete) throw new UserError('--archive and --delete exclude each other');
  const played = await projectToPlay(positionals, values.environment);
  const squashed = squashedFiles(played, values.to);
  const at = placeOf(played, squashed);
  const target = targetOf(played, at, values);
  const { squash: make } = await import('../../schema/squash/squash.ts');
  const bar = startBar(process.stderr);
  let made: Squash;
  try {
    let seen = 0;
    made = await make(played.files, {
      ...played.options,
      path: relative(process.cwd(), at),
      kind: { tool: played.live.project.tool, role: 'up' },
      first: squashed.length,
      head: headOf(squashed, played.live.project.site.folder),
      block: played.live.project.tool?.marks?.block,
      wrap: wrapperOf(played.live.project),
      fix: (text) => fixed(text, at, played, squashed, values.environment),
      onProgress: (what) => bar.update(Math.min(++seen, played.files.length), played.files.length, what),
    });
  } finally {
    bar.done();
  }
  const written = write(made, values, squashed, target, played);
  const report = {
    made,
    squashed,
    target: relative(process.cwd(), target),
    written,
    before: sizeOf(played, squashed.length),
  };
  process.stdout.write(format === 'json' ? `${JSON.stringify(asJson(report), null, 2)}\n` : printable(inText(report)));
  return made.unproven === undefined ? EXIT.clean : EXIT.findings;
};

interface Report {
  made: Squash;
  squashed: readonly string[];
  target: string;
  written: readonly string[];
  before: { bytes: number; statements: number };
}

/** The absolute paths of the files that are squashed. @throws UserError where `to` names none of them */
function squashedFiles({ live, files }: PlayedProject, to: string | undefined): string[] {
  const paths = files.map(({ path }) => resolve(path));
  if (paths.length < 2) throw new UserError('there is nothing to squash: it takes two migrations at least');
  if (to === undefined) return paths;
  const { folder } = live.project.site;
  const at = paths.findIndex((path) => {
    const name = relative(folder, path);
    return path === resolve(to) || name === to || versionOf(name) === to || dirname(name) === to;
  });
  if (at < 0) throw new UserError(`--to ${to}: there is no such migration`);
  return paths.slice(0, at + 1);
}

const VERSION = /^([UVuv]?\d+(?:[._]\d+)*)(?=\D|$)/;
const versionOf = (name: string): string | undefined => VERSION.exec(name)?.[1]?.replace(/^[UVuv]/, '');

/** Where it is written. @throws UserError where the tool keeps a list of its files */
function targetOf(
  { live: { project } }: PlayedProject,
  at: string,
  { out, archive, delete: isDeleted }: Values,
): string {
  if (out !== undefined) return resolve(out);
  const { tool, site } = project;
  if ((archive || isDeleted) && tool?.listed?.(site, nodeDisk) !== undefined)
    throw new UserError(
      `${tool.title} keeps a list of its files: give --out FILE, and write it into the list yourself`,
    );
  return at;
}

/** Where a squash belongs: it has the version of the last file that it stands for, so that it is recorded already. */
function placeOf({ live }: PlayedProject, squashed: readonly string[]): string {
  const { site } = live.project;
  const last = relative(site.folder, squashed.at(-1)!);
  const [first, ...below] = last.split(/[\\/]/);
  const own = below.length > 0 ? first! : basename(last);
  const version = VERSION.exec(own)?.[1];
  const between = version === undefined ? '' : (/^_+|^-|^\./.exec(own.slice(version.length))?.[0] ?? '_');
  const ending = below.length > 0 ? '' : (/(?:\.up)?\.sql$/.exec(own)?.[0] ?? '.sql');
  const name =
    version === undefined ? `squashed${ending}` : `${version}${between === '.' ? '_' : between}squashed${ending}`;
  return join(site.folder, name, ...below);
}

/** Says of which files it was made; `sql-lint adopt` reads the line. */
const headOf = (paths: readonly string[], folder: string): string => {
  const [first, last] = [paths[0]!, paths.at(-1)!].map((path) => relative(folder, path).split(sep).join('/'));
  return `-- sql-lint squash: ${plural(paths.length, 'migration')} in one, ${first!} to ${last!}.`;
};

function wrapperOf({ tool }: Project): (sql: string) => string {
  const begins = tool?.begins;
  const frame = begins && typeof begins !== 'string' ? begins.frame : undefined;
  return (sql) => (frame ? `${frame.above}\n${sql}\n${frame.below ?? ''}\n` : sql);
}

/** What `--fix` makes of the text where the files that it stands for are not there. */
async function fixed(
  text: string,
  at: string,
  { live: { project } }: PlayedProject,
  squashed: readonly string[],
  environment: string | undefined,
): Promise<string> {
  await loadParser();
  const settings = await new FoundSettings(() => new ConfigFinder()).of(at);
  const disk = inTheirPlace(nodeDisk, new Set(squashed), at);
  const place = new Workspace({ disk }).placeOf(at, {
    ...settings,
    tool: settings.tool ?? (project.tool ? { name: project.tool.name } : undefined),
    environment: environment ?? settings.environment,
  });
  const options = lintOptionsOf(settings);
  // It has to run twice, whatever the project asks of its other files.
  const rules = { ...options.rules, ...presetRules('recommended') };
  return fixText(text, at, { ...options, rules, ...place }).output ?? text;
}

/** The disk with one file in the place of others. */
function inTheirPlace(disk: Disk, hidden: ReadonlySet<string>, shown: string): Disk {
  return {
    ...disk,
    list(folder) {
      const { files, folders } = disk.list(folder);
      const left = [...files].filter((name) => !hidden.has(join(folder, name)));
      return { files: new Set(dirname(shown) === folder ? [...left, basename(shown)] : left), folders };
    },
    read: (path) => (path === shown ? '' : disk.read(path)),
    head: (path) => (path === shown ? '' : disk.head(path)),
    stat: (path) => (path === shown ? { bytes: 0, modified: 0 } : disk.stat(path)),
  };
}

function sizeOf({ files, options }: PlayedProject, count: number): Report['before'] {
  const own = files.slice(0, count);
  return {
    bytes: Buffer.byteLength(own.map(({ text }) => text).join('')),
    statements: own.reduce(
      (sum, { text, path, kind }) => sum + planSteps(text, path, options.placeholders, kind).steps.length,
      0,
    ),
  };
}

/** Writes what is asked for, and answers what was done. */
function write(
  made: Squash,
  values: Values,
  squashed: readonly string[],
  target: string,
  { live }: PlayedProject,
): string[] {
  if (values.out === undefined && !values.archive && !values.delete) return [];
  if (made.unproven !== undefined && !values.unproven) return [];
  const shown = (path: string) => relative(process.cwd(), path);
  const done: string[] = [];
  const { folder } = live.project.site;
  const archive = join(dirname(folder), 'archive');
  const moves = squashed.map((path) => ({ path, to: join(archive, relative(folder, path)) }));
  const taken = values.archive ? moves.find(({ to }) => existsSync(to)) : undefined;
  if (taken)
    throw new UserError(`${shown(taken.to)} is there already: move the archive away, or use --out or --delete`);
  // The squash is on the disk before a file leaves its place. It may have the name of one that it stands for.
  mkdirSync(dirname(target), { recursive: true });
  const whole = `${target}.new`;
  writeFileSync(whole, made.text);
  if (values.archive) {
    for (const { path, to } of moves) {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(path, to);
    }
    done.push(`${plural(squashed.length, 'file')} moved to ${shown(archive)}`);
  }
  if (values.delete) {
    for (const path of squashed) rmSync(path);
    done.push(`${plural(squashed.length, 'file')} deleted`);
  }
  renameSync(whole, target);
  return [`${shown(target)} was written`, ...done];
}

function asJson({ made, squashed, target, written, before }: Report) {
  const { text, unproven, failures, statements, own, data, leftOut } = made;
  return {
    proven: unproven === undefined,
    ...(unproven !== undefined && { unproven }),
    files: squashed.length,
    target,
    written,
    before,
    after: { bytes: Buffer.byteLength(text), statements, own },
    failures: failures.map(({ path }) => path),
    calls: callsIn(data),
    leftOut: leftOut.map(placed),
    text,
  };
}

function inText({ made, squashed, target, written, before }: Report): string {
  const { text, unproven, failures, statements, own, data, leftOut } = made;
  const after = Buffer.byteLength(text);
  const lines = [
    `${plural(squashed.length, 'migration')}, ${plural(before.statements, 'statement')}, ${inKilobytes(before.bytes)}`,
    `1 migration, ${plural(statements, 'statement')}, ${inKilobytes(after)}; ${own} of them are the authors' own`,
    ...failures.map(({ path, outcome }) => {
      const why = outcome.verdict === 'fails' ? `${outcome.failure.message} (${outcome.failure.code})` : outcome.reason;
      return `${path} does not run on the embedded PostgreSQL: ${why}`;
    }),
    ...callsIn(data).map((call) => `kept: ${call}`),
    ...leftOut.map((call) => `left out; it may do more than change rows: ${placed(call)}`),
    unproven === undefined
      ? 'Proven: on an empty database, run again, and on a database that has the migrations.'
      : `Not proven: ${unproven}`,
    ...(written.length > 0 ? written : [whyNothing(unproven, target)]),
  ];
  return `${lines.join('\n')}\n`;
}

const inKilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;

const whyNothing = (unproven: string | undefined, target: string): string =>
  unproven === undefined
    ? `Nothing was written. It belongs into ${target}: --archive, --delete or --out FILE writes it.`
    : 'Nothing was written; with --archive, --delete or --out FILE, --unproven writes it all the same.';

/** Rows of other people's schemas, which their functions read. */
const PLATFORM = /^insert\s+into\s+(?:"?(?:storage|cron|vault|auth)"?)\./i;

/** Statements that do more than put rows of their own there, for people to look at. */
const callsIn = (data: Squash['data']): string[] =>
  data
    .filter(({ sql }) => /^(?:select|call|do)\b/i.test(sql) || PLATFORM.test(sql))
    .map(({ sql, from }) => (from ? placed(from) : firstLine(sql)));

const firstLine = (sql: string): string => sql.split('\n', 1)[0]!;
const placed = ({ path, line, sql }: Squash['leftOut'][number]): string => `${path}:${line}: ${firstLine(sql)}`;
