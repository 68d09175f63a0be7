import { relative, resolve } from 'node:path';
import type { ConfigFinder } from '../config/load.ts';
import { nodeDisk } from '../disk/node.ts';
import { printable } from '../printable.ts';
import { Projects } from '../project/find.ts';
import { detectFormat } from '../project/format.ts';
import type { Project, ProjectFile } from '../project/types.ts';
import { FoundSettings } from '../workspace/open.ts';
import { fromCommandLine } from './lint.ts';
import type { CliOptions } from './options.ts';
import { describeProject, projectsOf, type Member } from './projects.ts';

/**
 * The projects of some files, and all files of each: first its place in the order in which the files run, which is also
 * how many files are its history, and then which ways it has.
 */
export async function listFiles(
  paths: readonly string[],
  options: CliOptions,
  configs: ConfigFinder,
  cwd: string,
): Promise<string> {
  const found = new FoundSettings(() => configs, fromCommandLine(options));
  const members: Member[] = [];
  for (const path of paths) members.push({ path, settings: await found.of(path) });
  const parts: string[] = [];
  for (const [project, member] of projectsOf(members, new Projects(nodeDisk))) {
    const title = describeProject(project, member, await configs.of(member.path));
    const lines = project.files.map((file) => describeFile(project, file, cwd));
    parts.push([`${title}: ${relative(cwd, project.site.folder) || '.'}`, ...lines].join('\n'));
  }
  return printable(parts.join('\n\n'));
}

function describeFile({ tool, forward }: Project, { path, role }: ProjectFile, cwd: string): string {
  const at = forward.indexOf(resolve(path));
  const ways = at < 0 ? WORDS[role] : waysOf({ path, role }, tool);
  return `  ${(at < 0 ? '-' : String(at + 1)).padStart(5)}  ${ways.padEnd(10)}  ${relative(cwd, path)}`;
}

const WORDS: Record<ProjectFile['role'], string> = {
  up: 'up',
  down: 'down',
  repeatable: 'repeatable',
  seed: 'seed',
  skipped: 'never runs',
  other: 'other',
};

/** Marks in a file may tell more than its name. */
function waysOf({ path, role }: ProjectFile, tool: Project['tool']): string {
  if (role !== 'up') return WORDS[role];
  const { parts } = detectFormat(nodeDisk.read(path) ?? '', path, { tool, role });
  return [...new Set(parts.map(({ direction }) => direction))].join(', ');
}
