/** Plays the migrations of a project, and reads what objects each of them leaves. */
import { play, type MigrationFile, type Played, type PlayOptions } from '../verify/index.ts';
import { differences, readObjects, type Difference, type LiveObjects } from './objects.ts';

/** A file of the chain, and the database as it leaves it. */
export interface PlayedFile {
  path: string;
  /** Why it cannot run here, or not all of it, if so: the first statement that PostgreSQL refused. */
  failure?: Exclude<Played, { verdict: 'ok' }>;
  /** The objects after it. */
  objects: LiveObjects;
}

export interface Chain {
  /** The objects before the first file: those of the environment. */
  base: LiveObjects;
  files: readonly PlayedFile[];
  /** The objects after the last file. */
  end: LiveObjects;
}

export interface ChainOptions extends Omit<PlayOptions, 'atStart' | 'onFile' | 'atEnd'> {
  /** Roles that count as the owner of the database: those of the database that is compared with. */
  owners?: readonly string[];
  /** Whether the objects after each file are wanted; otherwise they are those at the end. @default true */
  each?: boolean;
  onProgress?: (done: number, path: string) => void;
}

/**
 * Plays files in the order in which their tool runs them, on the embedded PostgreSQL unless a server is named.
 * @throws UserError where the server or the environment cannot be used
 */
export async function playChain(files: readonly MigrationFile[], options: ChainOptions = {}): Promise<Chain> {
  const { owners = [], each = true, onProgress, ...playing } = options;
  type Session = Parameters<NonNullable<PlayOptions['atEnd']>>[0];
  const read = (session: Session) => readObjects((sql) => session.ask(sql), { owners });
  const played: { path: string; outcome: Played; objects?: LiveObjects }[] = [];
  let base: LiveObjects = new Map();
  let end: LiveObjects = base;
  await play(files, {
    ...playing,
    atStart: async (session) => {
      base = await read(session);
      end = base;
    },
    onFile: async (session, { path }, outcome) => {
      if (each) end = await read(session);
      played.push({ path, outcome, ...(each && { objects: end }) });
      onProgress?.(played.length, path);
    },
    atEnd: async (session) => {
      if (!each) end = await read(session);
    },
  });
  const filesOf = played.map(({ path, outcome, objects = end }): PlayedFile => ({
    path,
    objects,
    ...(outcome.verdict !== 'ok' && { failure: outcome }),
  }));
  return { base, files: filesOf, end };
}

/** What each file of a chain has made, changed and removed, in its order. */
export const effectsOf = ({ base, files }: Chain): Difference[][] =>
  files.map(({ objects }, k) => differences(objects, files[k - 1]?.objects ?? base));
