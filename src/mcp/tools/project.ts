import { setImmediate } from 'node:timers/promises';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Kind, ObjectRef } from '../../catalog/objects.ts';
import { endOf } from '../../cli/access-tables.ts';
import { describeProject, projectsOf } from '../../cli/projects.ts';
import { nodeDisk } from '../../disk/node.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import { printable } from '../../printable.ts';
import { Projects } from '../../project/find.ts';
import type { Project } from '../../project/types.ts';
import { loadParser } from '../../syntax/parser.ts';
import { FoundSettings } from '../../workspace/open.ts';
import { addTool, SECONDS, type Call } from '../call.ts';
import { subject, targetsOf, type Target } from '../files.ts';

const input = z.strictObject({
  paths: subject.paths,
  table: z.string().optional().describe('Only tables whose name has this in it'),
});

const table = z.object({
  name: z.string(),
  columns: z.array(z.string()).describe('`name type`, with `not null` where a migration says so'),
  rowLevelSecurity: z.boolean().optional().describe('Absent where no migration says'),
  policies: z.array(z.string()),
});

const project = z.object({
  says: z.string().describe('Its tool, its preset, its version of PostgreSQL'),
  tool: z.string().optional(),
  folder: z.string(),
  files: z.array(z.object({ path: z.string(), at: z.int().optional(), role: z.string() })),
  tables: z.array(table),
  views: z.array(z.string()),
  functions: z.array(z.string()),
  types: z.array(z.string()),
  omitted: z.int().describe('How many files, tables and other objects are left out'),
});

const output = z.object({ projects: z.array(project), notes: z.array(z.string()) });

/** So many of a kind are listed as data, and so many files in the text. */
const MOST = 200;
const MOST_LINES = 30;

/** Says what is there: the files in their order, and what they have made. */
export function addProject(server: McpServer): void {
  addTool(server, 'project', {
    title: 'Show the project',
    description:
      'The migrations in the order in which they run, the tool that runs them, and what they have made: tables with ' +
      'columns and policies, views, functions, types. Call it before you write a migration.',
    input,
    output,
    annotations: { readOnlyHint: true },
    seconds: () => SECONDS,
    async work({ paths, table: wanted }, call) {
      const notes: string[] = [];
      const targets = await targetsOf({ paths }, call, (note) => notes.push(note));
      await loadParser();
      const projects: z.input<typeof project>[] = [];
      for (const target of targets) projects.push(...(await projectsIn(target, wanted, call)));
      return { text: [...notes, ...flatMap(projects, linesOf)].join('\n'), data: { projects, notes } };
    },
  });
}

async function projectsIn(
  { files, configs }: Target,
  wanted: string | undefined,
  call: Call,
): Promise<z.input<typeof project>[]> {
  const found = new FoundSettings(() => configs);
  const members = await Promise.all(files.map(async (path) => ({ path, settings: await found.of(path) })));
  const described: z.input<typeof project>[] = [];
  for (const [one, member] of projectsOf(members, new Projects(nodeDisk))) {
    const { roots, signal } = call;
    const { base, world } =
      one.forward.length === 0
        ? {}
        : await endOf(one, configs, async () => {
            await setImmediate();
            signal.throwIfAborted();
          });
    const says = describeProject(one, member, await configs.of(member.path));
    const made = base && world ? madeBy(base, world, wanted) : { tables: [], views: [], functions: [], types: [] };
    const filesOf = filesIn(one, roots.shown);
    const lists = { files: filesOf, ...made };
    const omitted = Object.values(lists).reduce((sum, list) => sum + Math.max(0, list.length - MOST), 0);
    described.push({
      says,
      ...(one.tool && { tool: one.tool.name }),
      folder: roots.shown(one.site.folder),
      // The latest are those that a new one comes after.
      files: filesOf.slice(-MOST),
      tables: made.tables.slice(0, MOST),
      views: made.views.slice(0, MOST),
      functions: made.functions.slice(0, MOST),
      types: made.types.slice(0, MOST),
      omitted,
    });
  }
  return described;
}

function filesIn({ files, forward }: Project, shown: (path: string) => string) {
  const places = new Map(forward.map((path, k) => [path, k + 1]));
  return files.map(({ path, role }) => {
    const at = places.get(path);
    return { path: shown(path), ...(at !== undefined && { at }), role };
  });
}

/** What the migrations have made, without what was there before them. */
function madeBy(base: World, world: World, wanted: string | undefined) {
  const own = (...kinds: Kind[]) =>
    flatMap(kinds, (kind) => world.ofKind(kind)).filter((ref) => base.has(ref) !== true || hasOwnPolicies(ref));
  // What a project adds to the tables of others is its own.
  const hasOwnPolicies = (ref: ObjectRef) =>
    world.parts(ref).some((part) => part.kind === 'policy' && base.has(part) !== true);
  const tables = own('table').filter(({ name }) => wanted === undefined || name.includes(wanted));
  const names = (refs: readonly ObjectRef[]) => refs.map((ref) => nameOf(ref, world));
  return {
    tables: tables.map((ref) => tableOf(ref, world)),
    views: wanted === undefined ? names(own('view', 'materialized view')) : [],
    functions: wanted === undefined ? names(own('function', 'procedure')) : [],
    types: wanted === undefined ? names(own('type', 'domain')) : [],
  };
}

function tableOf(ref: ObjectRef, world: World): z.input<typeof table> {
  const parts = world.parts(ref);
  const secured = world.settings(ref)['row level security'];
  return {
    name: nameOf(ref, world),
    columns: flatMap(parts, ({ kind, name, detail }) =>
      kind === 'column'
        ? [`${name} ${detail?.type ?? '?'}${detail?.modifiers ?? ''}${detail?.notNull ? ' not null' : ''}`]
        : [],
    ),
    ...(typeof secured === 'boolean' && { rowLevelSecurity: secured }),
    policies: flatMap(parts, ({ kind, name }) => (kind === 'policy' ? [name] : [])),
  };
}

const nameOf = (ref: ObjectRef, world: World): string =>
  `${world.schemaOf(ref) ?? 'public'}.${ref.name}${ref.args ? `(${ref.args.join(', ')})` : ''}`;

function linesOf(described: z.input<typeof project>): string[] {
  const { says, folder, files, tables, omitted } = described;
  const group = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${title}: ${names.join(', ')}`];
  return [
    `${says}: ${folder}`,
    ...(files.length > MOST_LINES ? ['  … others before'] : []),
    ...files
      .slice(-MOST_LINES)
      .map(({ path, at, role }) => `  ${String(at ?? '-').padStart(5)}  ${role.padEnd(10)}  ${path}`),
    ...tables.map(({ name, columns, rowLevelSecurity, policies }) =>
      [
        `table ${name} (${columns.join(', ')})`,
        ...(rowLevelSecurity === undefined ? [] : [`row level security ${rowLevelSecurity ? 'on' : 'off'}`]),
        ...(policies.length > 0 ? [`policies: ${policies.map((policy) => `"${policy}"`).join(', ')}`] : []),
      ].join('; '),
    ),
    ...group('views', described.views),
    ...group('functions', described.functions),
    ...group('types', described.types),
    ...(omitted > 0 ? [`… and ${omitted} more: name one with "table"`] : []),
  ].map((line) => printable(line));
}
