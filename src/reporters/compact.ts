import { printable } from '../printable.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';
import { flatMap } from '../lists.ts';

/** A line a finding, in the form that compilers use and that editors and scripts know how to read. */
export const compact: Reporter = (results, { cwd }) =>
  flatMap(results, (result) =>
    result.messages.map((m) =>
      printable(
        `${slashPath(cwd, result.filePath)}:${m.line}:${m.column}: ${m.severity === 2 ? 'error' : 'warning'}: ` +
          `${m.message.replace(/\s*\n\s*/g, ' ')} [${ruleOf(m)}]`,
      ),
    ),
  ).join('\n');
