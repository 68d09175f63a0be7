import { availableParallelism } from 'node:os';
import { startOn, type Rewinding } from './engine.ts';
import { ImageStore } from './images.ts';
import { startThread } from './thread.ts';
import type { Engine, Environment } from './types.ts';

export interface EmbeddedOptions {
  /** What one statement may take, in milliseconds. */
  timeout: number;
  /** How many databases may work at the same time. @default one a core */
  jobs?: number;
  /** @default 'memory' */
  rewinding?: Rewinding;
  /** A folder that keeps databases as they are before the first migration, from one run to the next. @default none */
  cache?: string | undefined;
}

/** The embedded PostgreSQL in threads of this process: nothing is installed, started or left behind. */
export const startEmbedded = (
  environment: Environment,
  extensions: readonly string[],
  { cache, jobs = availableParallelism(), ...options }: EmbeddedOptions,
): Promise<Engine> =>
  startOn({ startThread, images: new ImageStore(cache), bundledOf }, environment, extensions, { ...options, jobs });

async function bundledOf(extensions: readonly string[]): Promise<string[]> {
  const bundled: string[] = [];
  for (const name of extensions) {
    const bundle = name.replaceAll('-', '_');
    if (await isBundled(bundle)) bundled.push(bundle);
  }
  return bundled;
}

async function isBundled(name: string): Promise<boolean> {
  if (!/^\w+$/.test(name)) return false;
  try {
    await import(`@electric-sql/pglite/contrib/${name}`);
    return true;
  } catch {
    return false;
  }
}
