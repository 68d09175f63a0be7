import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { totalOf } from '../../reporters/totals.ts';
import { addTool, SECONDS } from '../call.ts';
import { subject } from '../files.ts';
import { countsOf, finding, findingsOf, linesOf } from '../findings.ts';
import { ALONE, lintSubject } from './linting.ts';

const output = z.object({
  verdict: z.enum(['clean', 'warnings', 'errors']),
  files: z.int().describe('How many were checked'),
  errors: z.int(),
  warnings: z.int(),
  fixable: z.int().describe('How many findings the tool fix fixes'),
  findings: z.array(finding),
  omitted: z.int().describe('How many more findings there are than are listed'),
  notes: z.array(z.string()),
  failures: z.array(z.string()).describe('What is wrong with files that could not be checked'),
});

/** Finds what is wrong, and changes nothing. */
export function addCheck(server: McpServer): void {
  addTool(server, 'check', {
    title: 'Check SQL migrations',
    description:
      'Finds statements of PostgreSQL migrations that cannot run twice, that PostgreSQL will refuse (wrong syntax, ' +
      'names that do not exist), that lose data or lock tables. Call it for every migration that you write, before ' +
      'you show it. Changes nothing.',
    input: z.strictObject(subject),
    output,
    annotations: { readOnlyHint: true },
    seconds: () => SECONDS,
    async work(asked, call) {
      const { results, notes, failures, targets } = await lintSubject(asked, call, []);
      const found = findingsOf(results, call.roots.shown);
      const { errors, warnings, fixable } = totalOf(results);
      const isAlone = targets.some((target) => target.isAlone);
      const lines = [
        ...notes,
        ...linesOf(found),
        ...failures,
        countsOf(results),
        ...(fixable > 0 ? [`${fixable} of them can be fixed: call fix.`] : []),
        ...(isAlone ? [ALONE] : []),
      ];
      const verdict: z.input<typeof output>['verdict'] =
        errors > 0 || failures.length > 0 ? 'errors' : warnings > 0 ? 'warnings' : 'clean';
      const counts = { files: results.length, errors, warnings, fixable };
      return { text: lines.join('\n'), data: { verdict, ...counts, ...found, notes, failures } };
    },
  });
}
