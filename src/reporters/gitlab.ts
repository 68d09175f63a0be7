import { fingerprinter } from './fingerprint.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';
import { flatMap } from '../lists.ts';

/** GitLab's Code Quality report. */
export const gitlab: Reporter = (results, { cwd }) =>
  JSON.stringify(
    flatMap(results, (result) => {
      const path = slashPath(process.env.CI_PROJECT_DIR ?? cwd, result.filePath);
      const fingerprint = fingerprinter(path);
      return result.messages.map((m) => ({
        description: m.message,
        check_name: ruleOf(m),
        fingerprint: fingerprint(m),
        severity: m.severity === 2 ? 'major' : 'minor',
        location: { path, lines: { begin: m.line, end: m.endLine } },
      }));
    }),
    null,
    2,
  );
