import type { Family } from '../../checker/index.ts';
import { wordsOf } from '../../catalog/sqlstates.ts';
import { defineRule, fixWith, type Rule } from '../api/rule.ts';

/** A rule that reports one family of what PostgreSQL refuses at the first run. */
export const checkedRule = (family: Family, description: string): Rule =>
  defineRule({
    meta: {
      type: 'problem',
      docs: {
        description,
        presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' },
      },
      fixable: 'code',
      hasSuggestions: true,
      messages: {
        refused: '{{problem}}: the statement fails with {{error}}. {{advice}}',
        write: '{{advice}}',
      },
      schema: [],
    },
    create: (context) => ({
      Script() {
        for (const found of context.sourceCode.problems) {
          if (found.family !== family) continue;
          const { start, end, problem, error, advice, edits, certain } = found;
          context.report({
            loc: context.sourceCode.locOf(start, end),
            messageId: 'refused',
            data: { problem, advice, error: `${error} (${wordsOf(error)})` },
            fix: edits && certain ? fixWith(edits) : null,
            ...(edits && !certain && { suggest: [{ messageId: 'write', data: { advice }, fix: fixWith(edits) }] }),
          });
        }
      },
    }),
  });
