import type { FileSettings } from '../config/settings.ts';
import { defaultFixOptions } from '../fixers/types.ts';
import type { Projects } from '../project/find.ts';
import type { Project } from '../project/types.ts';
import { plural } from '../plural.ts';

/** A file, and what applies to it. */
export interface Member {
  path: string;
  settings: Pick<FileSettings, 'tool' | 'postgresVersion'>;
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

/** What is known of a project, in a line: its tool, how much it runs, and for which PostgreSQL it is fixed. */
export function describeProject({ tool, forward }: Project, { settings }: Member): string {
  const version = settings.postgresVersion ?? defaultFixOptions.postgresVersion;
  const project = tool ? `${tool.title} project` : 'No known tool';
  return `${project}, ${plural(forward.length, 'migration')}, PostgreSQL ${version}`;
}

/** The same of all projects whose tool is known. */
export function describeProjects(members: readonly Member[], projects: Projects): string[] {
  return [...projectsOf(members, projects)]
    .filter(([project]) => project.tool)
    .map(([project, member]) => describeProject(project, member));
}
