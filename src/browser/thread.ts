import { threadOn, type Answer, type Code, type StartThread } from '../database/asking.ts';
import { Crash } from '../database/crash.ts';

/** What the worker of an embedded PostgreSQL says. */
export type Said = { ready: true } | { failed: string } | { step: number } | Answer;

/** PostgreSQL, as a page has loaded it. */
export interface Postgres extends Code {
  postgres: WebAssembly.Module;
  /** The files that PGlite comes with. */
  files: Blob;
}

/** Where a page has what PostgreSQL needs. */
export interface PostgresSource {
  /** Makes a worker that runs `idempotent-sql-lint/browser/database-worker`. */
  worker: () => Worker;
  /** PGlite's `pglite.wasm`, compiled, and its `pglite.data`. */
  load: () => Promise<Postgres>;
  /** The addresses of the extensions that PGlite packs, by their names: `{ pg_trgm: 'https://…/pg_trgm.tar.gz' }` */
  extensions?: Readonly<Record<string, string>>;
}

/** Starts PostgreSQL in workers of a browser. */
export const threadsOf =
  ({ worker, extensions: urls = {} }: PostgresSource, code: Postgres): StartThread =>
  async (data, timeout) => {
    const began = Date.now();
    // Memory that both see would need a server that isolates the page: the worker says what it begins.
    const steps = new Int32Array(2);
    const own = worker();
    const ready = new Promise<void>((resolve, reject) => {
      own.onerror = (event) => {
        reject(new Crash(event.message || 'the worker of PostgreSQL cannot be loaded'));
      };
      own.onmessage = ({ data: said }: MessageEvent<Said>) => {
        if ('ready' in said) resolve();
        else if ('failed' in said) reject(new Crash(said.failed));
      };
      own.postMessage({ ...data, extensions: data.extensions.map((name) => urls[name]), code });
    });
    ready.catch(() => {
      own.terminate();
    });
    await ready;
    const { thread, told } = threadOn(
      {
        post: (message) => {
          own.postMessage(message);
        },
        end: () => {
          own.terminate();
        },
      },
      code,
      { steps, began },
      timeout,
    );
    own.onerror = (event) => {
      told.die(new Crash(event.message));
    };
    own.onmessage = ({ data: said }: MessageEvent<Said>) => {
      if ('id' in said) told.answer(said);
      else if ('step' in said) {
        steps[0] = said.step;
        steps[1] = Date.now() - began;
      }
    };
    return thread;
  };
