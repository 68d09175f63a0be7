import { relative } from 'node:path';
import { ConfigFinder } from '../../config/load.ts';
import { nodeDisk } from '../../disk/node.ts';
import { UserError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { Projects } from '../../project/find.ts';
import type { Project } from '../../project/types.ts';
import { flatMap } from '../../lists.ts';
import { locksOnTables, whoIsStopped, type MeasuredFile, type MeasuredStatement } from '../../verify/measure.ts';
import { readArguments } from '../arguments.ts';
import { cacheFolder } from '../cache.ts';
import { say, type Command } from '../command.ts';
import { readSource } from '../files.ts';
import { migrationOf, readEnvironment } from '../migrations.ts';
import { findFiles } from '../paths.ts';

const HELP = `sql-lint locks runs migrations on PostgreSQL, and shows which locks each statement takes.

Usage
  sql-lint locks [PATH…]      the statements that lock what was there before their file; those before are run first
  --format NAME               text (default), json or markdown
  --database-url URL          on a server, in a scratch database beside the named one (default: the embedded
                              PostgreSQL 18)
  --environment NAME          supabase, plain, or an SQL file: what exists before the first migration

Each statement runs in a transaction that is asked and rolled back, and then once more to go on. The tables hold what
the migrations put into them. What takes transactions of its own, as CREATE INDEX CONCURRENTLY does, cannot be asked,
and how long a lock is waited for or held depends on the rows and on who uses them: neither is shown.`;

const FORMATS = ['text', 'json', 'markdown'] as const;

/** A table of the locks of each statement, from pg_locks. */
export const locks: Command = async (argv) => {
  const { values, positionals } = readArguments('locks', argv, {
    format: { type: 'string' },
    'database-url': { type: 'string' },
    environment: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return say(HELP);
  const format = FORMATS.find((known) => known === (values.format ?? 'text'));
  if (!format) throw new UserError(`unknown format "${values.format!}"; there are ${FORMATS.join(', ')}`);
  return say(await measuredLocks(positionals, { ...values, format }));
};

/** What the options of `locks`, and of `verify --locks`, ask for. */
export interface LocksRequest {
  format: (typeof FORMATS)[number];
  'database-url'?: string | undefined;
  environment?: string | undefined;
}

/** The table that is printed. */
export async function measuredLocks(paths: readonly string[], request: LocksRequest): Promise<string> {
  const cwd = process.cwd();
  const configs = new ConfigFinder();
  const named = await findFiles(paths, cwd, configs);
  const projects = new Projects(nodeDisk);
  const asked = new Map<Project, string[]>();
  for (const path of named) {
    const project = projects.of(path, (await configs.of(path))?.tool);
    asked.set(project, [...(asked.get(project) ?? []), path]);
  }
  const { measureLocks } = await import('../../verify/locks.ts');
  const { looksLikeSupabase } = await import('../../verify/index.ts');
  const files: MeasuredFile[] = [];
  for (const [project, own] of asked) {
    const config = await configs.ofFolder(project.site.folder);
    const shown = (path: string) => relative(cwd, path) || path;
    const migrations = project.forward.map((path) => ({
      ...migrationOf(project, path, readSource(path).text),
      path: shown(path),
    }));
    files.push(
      ...(await measureLocks(migrations, {
        environment: readEnvironment(request.environment ?? config?.environment, looksLikeSupabase(project.forward)),
        placeholders: config?.placeholders ?? {},
        databaseUrl: request['database-url'],
        cache: cacheFolder(process.env),
        only: new Set(own.map(shown)),
      })),
    );
  }
  if (request.format === 'json') return JSON.stringify(files, null, 2);
  const rows = flatMap(files, ({ path, statements }) =>
    statements.map((statement) => ({ path, statement, stops: whoIsStopped(statement) })),
  );
  const stopped = flatMap(files, ({ path, stopped: why }) => (why === undefined ? [] : `${path} stopped at ${why}`));
  const table = request.format === 'markdown' ? markdown(rows) : text(rows);
  return printable(
    [...(rows.length > 0 ? [table] : ['No statement locks what was there before its file.']), ...stopped].join('\n'),
  );
}

interface Row {
  path: string;
  statement: MeasuredStatement;
  stops: string;
}

const locksOf = (statement: MeasuredStatement): string =>
  statement.note ??
  locksOnTables(statement)
    .map(({ relation, lock }) => `${relation} ${lock}`)
    .join(', ');

const workOf = ({ rewrites, scans }: MeasuredStatement): string =>
  [...rewrites.map((name) => `rewrites ${name}`), ...scans.map((name) => `reads ${name}`)].join(', ');

function text(rows: readonly Row[]): string {
  const lines: string[] = [];
  let last: string | undefined;
  for (const { path, statement, stops } of rows) {
    if (path !== last) lines.push(...(last === undefined ? [] : ['']), path);
    last = path;
    const work = workOf(statement);
    lines.push(
      `  ${statement.line}: ${statement.sql}`,
      `      ${locksOf(statement)}`,
      ...(statement.note === undefined ? [`      stops ${stops}${work === '' ? '' : `; ${work}`}`] : []),
    );
  }
  return lines.join('\n');
}

function markdown(rows: readonly Row[]): string {
  const cell = (content: string) => content.replaceAll('|', '\\|');
  return [
    '| where | statement | locks | stops | work |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ path, statement, stops }) =>
        `| ${path}:${statement.line} | \`${cell(statement.sql)}\` | ${cell(locksOf(statement))} | ${stops} ` +
        `| ${cell(workOf(statement))} |`,
    ),
  ].join('\n');
}
