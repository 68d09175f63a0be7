/** The tables of who can read and write what: as the migrations say, and as PostgreSQL does. */
import { COMMANDS, type Command } from '../access/rights.ts';
import type { Access } from '../access/table.ts';
import type { ConfigFinder } from '../config/load.ts';
import { nodeDisk } from '../disk/node.ts';
import { Environments } from '../history/environment.ts';
import { play } from '../history/play.ts';
import type { World } from '../history/world.ts';
import type { Project } from '../project/types.ts';
import { defaultOptions } from '../rules/api/source.ts';
import { Script } from '../syntax/script.ts';
import type { Contradiction, Reached } from '../verify/index.ts';
import { FoundSettings } from '../workspace/open.ts';

/**
 * What the migrations of a project leave, what was there before them, and the schemas that its API exposes. The parser
 * must be loaded.
 * @param onFile called before each file
 */
export async function endOf(
  project: Project,
  configs: ConfigFinder,
  onFile?: (path: string) => Promise<void>,
): Promise<{ world: World; base: World; schemas: readonly string[] }> {
  const first = project.forward[0]!;
  const { environment, exposedSchemas } = await new FoundSettings(() => configs, {}).of(first);
  const base = new Environments(nodeDisk).of(first, environment);
  const world = base.fork();
  for (const path of project.forward) {
    await onFile?.(path);
    const kind = { tool: project.tool, role: project.roles.get(path) };
    play(new Script(nodeDisk.read(path) ?? '', path, kind).statements, world);
  }
  return { world, base, schemas: exposedSchemas ?? defaultOptions.exposedSchemas };
}

/** What is proven of each role from the text. */
export const provenTable = (rows: readonly Access[]): string =>
  aligned([
    ['table', 'role', ...COMMANDS],
    ...rows.map(({ relation, role, ...cells }) => [relation, role, ...COMMANDS.map((command) => cells[command])]),
  ]);

const REQUEST_NAMES: Readonly<Record<Reached['request'], string>> = {
  anon: 'anon',
  authenticated: 'a user',
  owner: 'a user with rows',
};

/** What PostgreSQL let each request reach, and where the proof from the text says otherwise. */
export function reachedTable(rows: readonly Reached[], contradictions: readonly Contradiction[]): string {
  const table = aligned([
    ['table', 'request', ...COMMANDS],
    ...rows.map((row) => [row.relation, REQUEST_NAMES[row.request], ...COMMANDS.map((command) => cell(row, command))]),
  ]);
  const wrong = contradictions.map(
    ({ relation, role, command, proven, reached, total }) =>
      `✖ ${relation}: the migrations say that ${role} can ${command} ${proven}; PostgreSQL ${
        reached === null ? 'refuses it' : `reaches ${reached} of ${total}`
      }.`,
  );
  return [table, ...wrong].join('\n');
}

function cell(row: Reached, command: Command): string {
  const reached = row[command];
  if (row.total === 0 && command !== 'insert') return 'no rows';
  if (reached === null) return 'refused';
  return command === 'insert' ? (reached > 0 ? 'a row' : 'nothing') : `${reached} of ${row.total}`;
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, k) => Math.max(...lines.map((line) => line[k]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, k) => text.padEnd(widths[k]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
