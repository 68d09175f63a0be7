import type { Reporter } from './types.ts';

/** ESLint's JSON, field by field. */
export const json: Reporter = (results) => JSON.stringify(results.map(({ source: _source, ...result }) => result));
