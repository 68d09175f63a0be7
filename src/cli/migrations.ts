/** What the commands that run migrations tell `verify` of a project. */
import { readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';
import type { Project } from '../project/types.ts';
import type { EnvironmentChoice, MigrationFile } from '../verify/index.ts';

/** A file of a project, for `verify`. */
export const migrationOf = (project: Project, path: string, text: string): MigrationFile => ({
  path,
  text,
  kind: { tool: project.tool, role: project.roles.get(path) },
});

/** @param name what an option or the configuration says @throws UserError where it names a file that is not there */
export function readEnvironment(name: string | undefined, supabase: boolean): EnvironmentChoice {
  if (name === undefined) return supabase ? 'supabase' : 'plain';
  if (name === 'supabase' || name === 'plain') return name;
  try {
    return { path: name, text: readFileSync(name, 'utf8') };
  } catch {
    throw new UserError(`--environment takes supabase, plain or the path of an SQL file; there is no file ${name}`);
  }
}
