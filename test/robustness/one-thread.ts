/**
 * The embedded PostgreSQL in the thread that asks: there are thousands of short questions, and each would have to wake
 * up another thread. It has one session at a time, and nothing ends a statement that does not end by itself.
 */
import { PGlite } from '@electric-sql/pglite';
import { readFile } from 'node:fs/promises';
import type { StartThread, Thread } from '../../src/database/asking.ts';
import { Crash } from '../../src/database/crash.ts';
import { startOn } from '../../src/database/engine.ts';
import { ImageStore } from '../../src/database/images.ts';
import { compilePostgres, operationsOf, type Code as Postgres } from '../../src/database/machine.js';
import type { Engine } from '../../src/database/types.ts';
import { cache } from '../support/database.ts';

const compile = async () =>
  compilePostgres(await readFile(new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))));

const startHere: StartThread = async ({ standIns, rewinding, code }) => {
  const postgres = (code as Postgres | undefined) ?? (await compile());
  const operations = operationsOf({
    PGlite,
    code: postgres,
    extensionFiles: [],
    standIns: [...standIns],
    rewinding: rewinding as 'memory' | 'image',
    atStep: () => undefined,
    dump: () => Promise.resolve(''),
  }) as Record<string, (message: object) => unknown>;
  let works = true;
  const thread: Thread = {
    code: postgres,
    get works() {
      return works;
    },
    async call<T>(operation: string, message: object = {}): Promise<T> {
      if (!works) throw new Crash('the embedded PostgreSQL has crashed');
      try {
        return (await operations[operation]!(message)) as T;
      } catch (error) {
        works = false;
        throw new Crash(error instanceof Error ? error.message : String(error));
      }
    },
    end() {
      works = false;
      return Promise.resolve();
    },
  };
  return thread;
};

export const startInThisThread = (): Promise<Engine> =>
  startOn(
    { startThread: startHere, images: new ImageStore(cache), bundledOf: () => Promise.resolve([]) },
    { name: 'plain', steps: [], standIns: [] },
    [],
    { timeout: Infinity, jobs: 1 },
  );
