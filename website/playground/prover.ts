/** PostgreSQL for the page: PGlite from the page's own origin, loaded when it is first asked for. */
import dataUrl from '../../node_modules/@electric-sql/pglite/dist/pglite.data?url';
import wasmUrl from '../../node_modules/@electric-sql/pglite/dist/pglite.wasm?url';
import { Prover } from '../../src/browser/index.ts';

const urls = import.meta.glob<string>('../../node_modules/@electric-sql/pglite/dist/*.tar.gz', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** By the names of the extensions, as modules have them. */
const extensions = Object.fromEntries(
  Object.entries(urls).map(([path, url]) => [
    path.replace(/^.*\/([^/]+)\.tar\.gz$/, '$1').replaceAll('-', '_'),
    new URL(url, location.href).href,
  ]),
);

/** @param tell is told what is loaded, and which part of it is there */
export function proverOf(tell: (loading: string, part?: number) => void): Prover {
  return new Prover({
    worker: () => new Worker(new URL('../../src/browser/database-worker.ts', import.meta.url), { type: 'module' }),
    extensions,
    async load() {
      const parts = new Map<string, { done: number; total: number }>();
      const told = (url: string) => (done: number, total: number) => {
        parts.set(url, { done, total });
        const all = [...parts.values()];
        const sum = (of: 'done' | 'total') => all.reduce((bytes, part) => bytes + part[of], 0);
        tell('PostgreSQL is loaded', sum('done') / Math.max(1, sum('total')));
      };
      const [wasm, data] = await Promise.all([load(wasmUrl, told(wasmUrl)), load(dataUrl, told(dataUrl))]);
      tell('PostgreSQL is compiled');
      const postgres = await WebAssembly.compile(await wasm.arrayBuffer());
      return { postgres, files: data };
    },
  });
}

/** Fetches a file. @param told is told how many bytes are there, of how many */
async function load(url: string, told: (done: number, total: number) => void): Promise<Blob> {
  const { ok, status, body, headers } = await fetch(url);
  if (!ok || !body) throw new Error(`PostgreSQL cannot be loaded: the server answers ${status}`);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = body.getReader();
  for (;;) {
    const { done: isDone, value } = await reader.read();
    if (isDone) break;
    pieces.push(value);
    done += value.length;
    // Where the server compresses, the length is that of what it sends.
    told(done, headers.get('Content-Encoding') === null ? Number(headers.get('Content-Length')) || done : done);
  }
  return new Blob(pieces);
}
