import { compilePgQuery } from './pg-query/compile.ts';
import { compiledParser, useParser } from './parse.ts';

export * from './parse.ts';

/** Loads the parser's WebAssembly; must be awaited once before anything is parsed. */
export function loadParser(): Promise<void> {
  if (!compiledParser()) useParser(compilePgQuery());
  return Promise.resolve();
}
