import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { flatMap } from '../../lists.ts';
import { PRESETS } from '../../linter/presets.ts';
import { rules } from '../../rules/index.ts';
import { addTool, SECONDS } from '../call.ts';

const severity = z.enum(['error', 'warn']);

const output = z.object({
  rules: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      fixable: z.boolean(),
      hasSuggestions: z.boolean(),
      presets: z.partialRecord(z.enum(PRESETS), severity).describe('Its severity in each preset that has it'),
    }),
  ),
});

/** Lists the rules. */
export function addListRules(server: McpServer): void {
  addTool(server, 'list_rules', {
    title: 'List the rules',
    description: 'Lists what is looked for, with what can be fixed. The pages are resources: sql-lint://rules/NAME.',
    input: z.strictObject({ preset: z.enum(PRESETS).optional().describe('Only the rules of this preset') }),
    output,
    annotations: { readOnlyHint: true },
    seconds: () => SECONDS,
    work: ({ preset }) => {
      const found = flatMap(Object.entries(rules), ([name, { meta }]) => {
        const { description, presets } = meta.docs;
        if (preset !== undefined && presets[preset] === undefined) return [];
        const fixable = meta.fixable !== undefined;
        return { name, description, fixable, hasSuggestions: meta.hasSuggestions ?? false, presets };
      });
      const lines = found.map(({ name, description, fixable }) => `${name}${fixable ? ' (fix)' : ''}: ${description}`);
      return Promise.resolve({ text: lines.join('\n'), data: { rules: found } });
    },
  });
}
