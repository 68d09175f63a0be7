import { dirname, relative } from 'node:path';
import { wordsOf } from '../catalog/sqlstates.ts';
import { defineRule } from './api/rule.ts';

const DOES = {
  removes: 'removes',
  renames: 'renames',
  replaces: 'puts another one in the place of',
  needs: 'makes other objects depend on',
} as const;

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow statements that fail when the whole folder runs again, because of what a later file does',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'warn' },
    },
    messages: {
      unreplayable:
        'If all files run again on the database that they have left, this statement fails with {{state}}: {{file}} ' +
        '{{does}} {{object}}. Guard it with a question for that, or mark the files as applied on such a database.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { sourceCode } = context;
      for (const { range, finding } of sourceCode.unreplayable)
        context.report({
          loc: sourceCode.headOf(range),
          messageId: 'unreplayable',
          data: {
            state: `${finding.sqlstate} (${wordsOf(finding.sqlstate)})`,
            file: relative(dirname(sourceCode.path), finding.by),
            does: DOES[finding.does],
            object: finding.object,
          },
        });
    },
  }),
});
