import { basename } from 'node:path';
import type { FileSettings, LoadedConfig } from '../config/settings.ts';
import { defaultFixOptions } from '../fixers/types.ts';
import { plural } from '../plural.ts';
import type { Projects } from '../project/find.ts';
import type { Project } from '../project/types.ts';

/** A file, and what applies to it. */
export interface Member {
  path: string;
  settings: Pick<FileSettings, 'tool' | 'postgresVersion' | 'presets'>;
}

/** The projects of some files, each with its first file, in the order of the files. */
export function projectsOf<T extends Member>(members: readonly T[], projects: Projects): Map<Project, T> {
  const found = new Map<Project, T>();
  for (const member of members) {
    const project = projects.of(member.path, member.settings.tool);
    if (!found.has(project)) found.set(project, member);
  }
  return found;
}

/** What is known of a project, in a line: its tool, how much it runs, and the settings that say most. */
export function describeProject(
  { tool, forward }: Project,
  { settings }: Member,
  config: LoadedConfig | undefined,
): string {
  const { postgresVersion, presets } = settings;
  const project = tool ? `${tool.title} project` : 'No known tool';
  const preset = presets.length > 0 ? `preset ${presets.join(' and ')}` : 'no preset';
  const reason = config?.hasPreset
    ? basename(config.path)
    : presets[0] === 'supabase'
      ? 'a Supabase project'
      : 'default';
  const version = `PostgreSQL ${postgresVersion ?? defaultFixOptions.postgresVersion}`;
  return (
    `${project}, ${plural(forward.length, 'migration')}, ${preset} (${reason}), ` +
    `${version}${postgresVersion === undefined ? ' (default)' : ''}`
  );
}

/** The same of all projects. */
export async function describeProjects(
  members: readonly Member[],
  projects: Projects,
  configOf: (path: string) => Promise<LoadedConfig | undefined>,
): Promise<string[]> {
  const lines = new Set<string>();
  for (const [project, member] of projectsOf(members, projects))
    lines.add(describeProject(project, member, await configOf(member.path)));
  return [...lines];
}
