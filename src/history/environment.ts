import { sep } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { UserError } from '../errors.ts';
import supabaseSql from '../environments/supabase.sql';
import { Script } from '../syntax/script.ts';
import { play } from './play.ts';
import { World } from './world.ts';

/** Whether a path lies in a Supabase project: its tool keeps everything in a folder of that name. */
export const isSupabase = (path: string): boolean => path.split(sep).includes('supabase');

const nameFor = (path: string, name: string | undefined): string => name ?? (isSupabase(path) ? 'supabase' : 'plain');

/**
 * The text of an environment without the scripts of its extensions: what they make is there once a migration creates
 * them.
 */
const withoutExtensions = (text: string): string =>
  text.replace(/^-- extension [\w-]+.*$[^]*?(?:^-- end of extensions[ \t]*$|$(?![^]))/gm, '');

/**
 * What is there before the first migration: the tables and keys of a Supabase project, what a file of SQL makes, or
 * nothing that is known. Each is made once; nobody may change the world that is returned.
 */
export class Environments {
  private readonly disk: Disk | undefined;
  private readonly worlds = new Map<string, World>();

  /** @param disk where files of SQL are read from */
  constructor(disk?: Disk) {
    this.disk = disk;
  }

  /**
   * @param path the file that is linted: its place decides where nothing is named
   * @param name what the configuration says: `supabase`, `plain`, or the path of a file of SQL
   * @throws UserError where that file cannot be read
   */
  of(path: string, name?: string): World {
    const key = nameFor(path, name);
    let world = this.worlds.get(key);
    if (!world) this.worlds.set(key, (world = this.make(key)));
    return world;
  }

  /** Identifies an environment, for one version of this program. @throws UserError where its file cannot be read */
  idOf(path: string, name?: string): string {
    const key = nameFor(path, name);
    return key === 'plain' || key === 'supabase' ? key : `${key}\n${this.read(key)}`;
  }

  private make(name: string): World {
    const world = new World();
    if (name === 'plain') return world;
    play(new Script(withoutExtensions(name === 'supabase' ? supabaseSql : this.read(name))).statements, world);
    if (name === 'supabase') world.searchPath = ['public', 'extensions'];
    return world;
  }

  private read(path: string): string {
    const text = this.disk?.read(path);
    if (text === undefined)
      throw new UserError(
        `${path}: the environment cannot be read${this.disk?.stat(path) ? '' : ' (there is no such file)'}`,
      );
    return text;
  }
}
