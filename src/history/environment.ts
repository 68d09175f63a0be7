import { sep } from 'node:path';
import { Script } from '../syntax/script.ts';
import supabaseSql from '../verify/environments/supabase.sql';
import { replay } from './rerun.ts';
import { World } from './world.ts';

/** Whether a path lies in a Supabase project: its tool keeps everything in a folder of that name. */
export const isSupabase = (path: string): boolean => path.split(sep).includes('supabase');

const empty = new World();
let supabase: World | undefined;

/** What is there before the first migration: the tables and keys of a Supabase project, or nothing that is known. */
export function environmentOf(path: string): World {
  if (!isSupabase(path)) return empty;
  if (!supabase) {
    supabase = new World();
    replay(new Script(supabaseSql).statements, supabase);
    supabase.searchPath = ['public', 'extensions'];
  }
  return supabase;
}
