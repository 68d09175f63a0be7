import { basename, dirname, join, relative, resolve } from 'node:path';
import { ConfigFinder } from '../../config/load.ts';
import { lintOptionsOf } from '../../config/settings.ts';
import { UserError } from '../../errors.ts';
import { fixText } from '../../linter/fix.ts';
import { plural } from '../../plural.ts';
import { printable } from '../../printable.ts';
import { nameIn } from '../../project/find.ts';
import type { Project } from '../../project/types.ts';
import { loadParser } from '../../syntax/parser.ts';
import { FoundSettings } from '../../workspace/open.ts';
import { readArguments } from '../arguments.ts';
import { readSource } from '../files.ts';
import { EXIT, say, type Command } from '../command.ts';
import { projectToPlay, type PlayedProject } from '../playing.ts';
import { startBar } from '../bar.ts';
import { changesOf, placeOf, squashedFiles, writeSquash } from '../squashed-files.ts';
import { presetRules } from '../../linter/presets.ts';
import type { Disk } from '../../disk/disk.ts';
import { nodeDisk } from '../../disk/node.ts';
import { Workspace } from '../../workspace/workspace.ts';
import { planSteps } from '../../verify/steps.ts';
import { headOf } from '../../schema/squash/head.ts';
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

/** Makes one migration of many. */
export const squash: Command = async (argv) => {
  const { values, positionals } = readArguments('squash', argv, OPTIONS);
  if (values.help) return say(HELP);
  const format = ['text', 'json'].find((known) => known === (values.format ?? 'text'));
  if (format === undefined) throw new UserError(`unknown format "${values.format!}"; there are text and json`);
  if (values.archive && values.delete) throw new UserError('--archive and --delete exclude each other');
  const played = await projectToPlay(positionals, values.environment);
  const squashed = squashedFiles(played.live, values.to);
  const { project } = played.live;
  const at = placeOf(project, squashed.at(-1)!);
  const target = values.out === undefined ? at : resolve(values.out);
  const changes = changesOf(project, squashed, target, values);
  const { squash: make } = await import('../../schema/squash/squash.ts');
  const bar = startBar(process.stderr);
  let made: Squash;
  try {
    let seen = 0;
    made = await make(played.files, {
      ...played.options,
      path: relative(process.cwd(), at),
      kind: { tool: project.tool, role: 'up' },
      first: squashed.length,
      head: headOf(squashed.map((path, k) => ({ path: nameIn(project.site, path), text: played.files[k]!.text }))),
      block: project.tool?.marks?.block,
      wrap: wrapperOf(project),
      fix: (text) => fixed(text, at, played, squashed, values.environment),
      onProgress: (what) => bar.update(Math.min(++seen, played.files.length), played.files.length, what),
    });
  } finally {
    bar.done();
  }
  const isWritten = changes !== undefined && (made.unproven === undefined || values.unproven === true);
  if (isWritten) refuseChanged(played, squashed);
  const written = isWritten ? writeSquash(made.text, target, changes) : [];
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

/** @throws UserError where a squashed file is not what was read: the proof took minutes, perhaps */
function refuseChanged({ files }: PlayedProject, squashed: readonly string[]): void {
  for (const [k, path] of squashed.entries())
    if (readSource(path, Infinity).text !== files[k]!.text)
      throw new UserError(`${files[k]!.path} was changed while it was squashed: run it again`);
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
