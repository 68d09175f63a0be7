import { relative } from 'node:path';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { explanationOf, placeOf } from '../../cli/commands/explain.ts';
import { addTool, SECONDS } from '../call.ts';

const output = z.object({
  kind: z.enum(['rule', 'sqlstate', 'statement', 'finding']),
  text: z.string().describe('Markdown for a rule, otherwise plain text'),
});

/** Explains a name, or what is found at a line. */
export function addExplain(server: McpServer): void {
  addTool(server, 'explain', {
    title: 'Explain a rule, an error or a statement',
    description:
      'Explains the name of a rule (no-bare-create), an error code of PostgreSQL (42P07), a kind of statement ' +
      '(create index), or what is found at FILE.sql:LINE, with the text before and after the fix.',
    input: z.strictObject({ name: z.string().min(1).max(1000) }),
    output,
    annotations: { readOnlyHint: true },
    seconds: () => SECONDS,
    async work({ name }, { roots }) {
      const place = placeOf(name.trim());
      if (!place) {
        const data = await explanationOf(name.trim(), false);
        return { text: data.text, data };
      }
      const { root, path } = roots.find(place.path);
      const { explainFinding } = await import('../../cli/explain-finding.ts');
      const text = (await explainFinding(relative(root, path), place.line, root)).trimEnd();
      return { text, data: { kind: 'finding' as const, text } };
    },
  });
}
