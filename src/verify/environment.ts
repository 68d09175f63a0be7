import supabaseSql from '../environments/supabase.sql';
import { planSteps } from './steps.ts';
import type { Environment, StandIn } from '../database/types.ts';

/** Which environment: one of ours, or the text of a file of the user's. */
export type EnvironmentChoice = 'plain' | 'supabase' | { path: string; text: string };

/**
 * Reads an environment. Its text is SQL; what follows a line `-- extension NAME` (with the settings of a control file
 * after a colon) up to the next such line, or up to `-- end of extensions`, is the script of a stand-in for that
 * extension.
 */
export function readEnvironment(choice: EnvironmentChoice): Environment {
  if (choice === 'plain') return { name: 'plain', steps: [], standIns: [] };
  const { path, text } = choice === 'supabase' ? { path: 'supabase', text: supabaseSql } : choice;
  const marks = [...text.matchAll(/^-- (?:extension ([\w-]+)(?::[ \t]*(.*))?|end of extensions)[ \t]*$/gm)];
  const standIns: StandIn[] = [];
  let sql = text.slice(0, marks[0]?.index);
  marks.forEach((mark, k) => {
    const body = text.slice(mark.index + mark[0].length, marks[k + 1]?.index);
    if (mark[1] === undefined) sql += body;
    else standIns.push({ name: mark[1], control: controlFile(mark[2] ?? ''), sql: body });
  });
  return { name: path, steps: planSteps(sql, path).steps, standIns };
}

/** The settings, one a line, as a control file wants them. */
function controlFile(settings: string): string {
  return [
    "default_version = '1.0'",
    'superuser = false',
    ...settings
      .split(',')
      .map((setting) => setting.trim())
      .filter(Boolean),
  ].join('\n');
}

/** Whether the paths are those of a Supabase project. */
export function looksLikeSupabase(paths: readonly string[]): boolean {
  return paths.some((path) => /(^|[\\/])supabase[\\/]migrations[\\/]/.test(path));
}
