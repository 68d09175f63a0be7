import type { Reporter } from './types.ts';

/** ESLint's JSON, field by field. */
export const json: Reporter = (results) =>
  JSON.stringify(
    results.map(({ source, output, ...result }) => ({
      ...result,
      fatalErrorCount: result.messages.filter((m) => m.fatal).length,
      ...(output !== undefined ? { output } : { source }),
      usedDeprecatedRules: [],
    })),
  );
