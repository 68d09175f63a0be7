import { wordsOf } from '../catalog/sqlstates.ts';
import { inventionsIn } from '../fixers/inventions/index.ts';
import { defineRule, fixWith } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow syntax that looks right but does not exist in PostgreSQL',
      presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' },
    },
    fixable: 'code',
    messages: {
      invented: '{{says}}: the statement fails with {{error}}. {{instead}}',
      undecided: '{{says}}: the statement fails with {{error}}. {{instead}} It has no automatic fix: {{why}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { script, world } = context.sourceCode;
      for (const statement of script.all()) {
        for (const { start, end, says, instead, error, edits, why } of inventionsIn(statement, world)) {
          context.report({
            loc: context.sourceCode.locOf(start, end),
            messageId: why === undefined ? 'invented' : 'undecided',
            data: {
              says,
              instead,
              error: `${error} (${wordsOf(error)})`,
              ...(why !== undefined && { why }),
            },
            fix: edits.length > 0 ? fixWith(edits) : null,
          });
        }
      }
    },
  }),
});
