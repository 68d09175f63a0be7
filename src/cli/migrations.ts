/** What the commands that run migrations tell `verify` of a project. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
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

/** Two files of one version: no tool says which of them comes first, so there is no order to verify. */
export function refuseEqualVersions(paths: readonly string[], chain: string): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const name = relative(chain, path);
    const version = /^(?:[Vv](?=\d)[\d._]+(?=__)|\d{10,14}(?=[_.-]))/.exec(name)?.[0];
    if (version === undefined) continue;
    const other = seen.get(version);
    if (other !== undefined)
      throw new UserError(`${other} and ${name} in ${chain} have the same version ${version}; rename one of them`);
    seen.set(version, name);
  }
}
