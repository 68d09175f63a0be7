/** Schemas of ORMs, as the ORM that the project has installed writes them in SQL. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../../errors.ts';
import type { Source } from '../drift.ts';
import type { LiveObject } from '../objects.ts';
import type { ReadOptions } from './index.ts';
import { readSql } from './sql.ts';

const run = promisify(execFile);

/** A program of a package that the project of a file has installed. */
export function programOf(path: string, name: string): string | undefined {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const program = join(folder, 'node_modules', '.bin', name);
    if (existsSync(program)) return program;
    if (folder === dirname(folder)) return undefined;
  }
}

/** What a program prints. @throws UserError with what it says where it fails */
export async function printed(program: string, args: readonly string[], path: string): Promise<string> {
  try {
    const { stdout } = await run(program, args, { cwd: dirname(dirname(dirname(program))), maxBuffer: 1 << 28 });
    return stdout;
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string };
    const said = (stderr.trim() || stdout.trim() || message).split('\n').slice(0, 3).join(' ');
    throw new UserError(`${path} cannot be read by ${program}: ${said}`);
  }
}

/** The properties that an ORM speaks of, by the kind of the object. */
const SPOKEN: Readonly<Record<string, readonly string[]>> = {
  table: [],
  column: ['type', 'nullable', 'default', 'identity', 'generated'],
  constraint: ['definition', 'of a domain'],
  index: ['definition'],
  enum: ['labels'],
};
const OF_DRIZZLE: typeof SPOKEN = {
  ...SPOKEN,
  table: ['row level security'],
  policy: ['command', 'restrictive', 'roles', 'using', 'check'],
  view: ['definition'],
  'materialized view': ['definition'],
};

const within =
  (spoken: typeof SPOKEN, objects: Source['objects']) =>
  (object: LiveObject): LiveObject | undefined => {
    const names = Object.hasOwn(spoken, object.kind) ? spoken[object.kind]! : undefined;
    // What is on a table of which the schema does not speak is not spoken of either; the table itself is said.
    if (!names || (object.of !== undefined && !objects.has(`table ${object.of}`))) return undefined;
    // Constraints of CHECK are not in every datamodel.
    const isUnknown = spoken === SPOKEN && /^(?:CHECK|EXCLUDE)/.test(object.properties.definition ?? '');
    if (isUnknown || object.properties.partition != null) return undefined;
    return {
      ...object,
      properties: Object.fromEntries(names.map((name) => [name, object.properties[name] ?? null])),
    };
  };

/** A Drizzle schema, as `drizzle-kit export` writes it. @throws UserError where drizzle-kit is not installed */
export async function readDrizzle(title: string, path: string, options: ReadOptions): Promise<Source> {
  const program = programOf(path, 'drizzle-kit');
  if (program === undefined)
    throw new UserError(`${title} is a Drizzle schema: drizzle-kit, which reads it, is not installed in its project`);
  const sql = await printed(program, ['export', '--dialect=postgresql', `--schema=${resolve(path)}`], title);
  const source = await readSql(title, [{ path: title, text: sql }], options);
  return { ...source, view: within(OF_DRIZZLE, source.objects) };
}

/** A datamodel, as the installed Prisma writes it in SQL; undefined where none is installed, or its engine is not. */
export async function readPrismaItself(title: string, path: string, options: ReadOptions): Promise<Source | undefined> {
  const program = programOf(path, 'prisma');
  if (program === undefined) return undefined;
  const from = ['migrate', 'diff', '--from-empty', '--script'];
  for (const to of ['--to-schema', '--to-schema-datamodel']) {
    const sql = await printed(program, [...from, to, resolve(path)], title).catch(() => undefined);
    if (sql === undefined) continue;
    const source = await readSql(title, [{ path: title, text: sql }], options);
    return { ...source, view: within(SPOKEN, source.objects) };
  }
  return undefined;
}
