import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Compiles libpg-query; at once, since the asynchronous way takes as long, and waits for other threads. */
export const compilePgQuery = (): WebAssembly.Module => new WebAssembly.Module(readFileSync(wasmPath()));

/** The WebAssembly lies beside the bundle; in the sources, where there is none, in the package that it comes from. */
function wasmPath(): string {
  const beside = fileURLToPath(new URL('libpg-query.wasm', import.meta.url));
  return existsSync(beside) ? beside : createRequire(import.meta.url).resolve('libpg-query/wasm/libpg-query.wasm');
}
