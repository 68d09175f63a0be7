/** The worker of an embedded PostgreSQL in a browser. A page makes it; `threadsOf` talks to it. */
import { PGlite } from '@electric-sql/pglite';
import { operationsOf, unpack } from '../database/machine.js';
import type { Postgres, Said } from './thread.ts';

interface Beginning {
  /** Where the files of extensions are. */
  extensions: readonly string[];
  standIns: readonly { name: string; control: string; sql: string }[];
  rewinding: 'memory' | 'image';
  code: Postgres;
}

interface Call {
  id: number;
  operation: string;
}

const say = (said: Said) => {
  postMessage(said);
};
let operations: Record<string, (message: object) => unknown> | undefined;

async function begin({ extensions, standIns, rewinding, code }: Beginning): Promise<void> {
  const files = await Promise.all(extensions.map(filesOf));
  operations = operationsOf({
    PGlite,
    code,
    extensionFiles: files.flat(),
    standIns: [...standIns],
    rewinding,
    atStep: (step: number) => {
      say({ step });
    },
    // pg_dump is another megabyte, and what was read of a state can be compared without it.
    dump: () => Promise.resolve(''),
  }) as Record<string, (message: object) => unknown>;
}

async function filesOf(url: string): Promise<{ path: string; content: Uint8Array }[]> {
  const { body, ok, status } = await fetch(url);
  if (!ok || !body) throw new Error(`${url} cannot be loaded: ${status}`);
  const tar = await new Response(body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  return unpack(new Uint8Array(tar));
}

async function answer({ id, operation, ...rest }: Call): Promise<void> {
  try {
    say({ id, result: await operations![operation]!(rest) });
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

addEventListener('message', ({ data }: MessageEvent<Beginning | Call>) => {
  if ('id' in data) return void answer(data);
  begin(data).then(
    () => {
      say({ ready: true });
    },
    (error: unknown) => {
      say({ failed: error instanceof Error ? error.message : String(error) });
    },
  );
});
