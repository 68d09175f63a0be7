import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { UserError } from '../errors.ts';
import { Script } from '../syntax/script.ts';
import supabaseSql from '../environments/supabase.sql';
import { play } from './play.ts';
import { World } from './world.ts';

/** Whether a path lies in a Supabase project: its tool keeps everything in a folder of that name. */
export const isSupabase = (path: string): boolean => path.split(sep).includes('supabase');

const empty = new World();
let supabase: World | undefined;
const ofFiles = new Map<string, World>();

/**
 * What is there before the first migration: the tables and keys of a Supabase project, or nothing that is known.
 * @param name what the configuration says: `supabase`, `plain`, or the path of a file of SQL
 * @throws UserError where that file cannot be read
 */
export function environmentOf(path: string, name: string = isSupabase(path) ? 'supabase' : 'plain'): World {
  if (name === 'plain') return empty;
  if (name !== 'supabase') {
    let world = ofFiles.get(name);
    if (!world) {
      ofFiles.set(name, (world = new World()));
      play(new Script(readEnvironmentFile(name)).statements, world);
    }
    return world;
  }
  if (!supabase) {
    supabase = new World();
    play(new Script(supabaseSql).statements, supabase);
    supabase.searchPath = ['public', 'extensions'];
  }
  return supabase;
}

/** Identifies what is there before the first migration, for one version of this program. */
export const environmentId = (path: string, name: string = isSupabase(path) ? 'supabase' : 'plain'): string =>
  name === 'plain' || name === 'supabase' ? name : `${name}\n${readEnvironmentFile(name)}`;

function readEnvironmentFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      `${path}: the environment cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}
