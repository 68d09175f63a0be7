import { wordsOf } from '../catalog/sqlstates.ts';
import { explain, type Explained } from '../fixers/inventions/index.ts';
import { defineRule, fixWith, type RuleContext } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow syntax that looks right but does not exist in PostgreSQL',
      presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' },
    },
    fixable: 'code',
    hasSuggestions: true,
    messages: {
      invented: '{{problem}}: the statement fails with {{error}}. {{advice}}',
      suggested: '{{problem}}: the statement fails with {{error}}. {{advice}}',
      correct: 'Correct the statement',
      undecided: '{{problem}}: the statement fails with {{error}}. {{advice}} It has no automatic fix: {{why}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { script, world } = context.sourceCode;
      for (const statement of script.all())
        for (const explained of explain(statement, world).known) reportExplained(context, explained);
    },
  }),
});

function reportExplained({ sourceCode, report }: RuleContext, explained: Explained): void {
  const { start, end, problem, advice, error, edits, isSuggestion, why } = explained;
  const fix = edits.length > 0 ? fixWith(edits) : undefined;
  report({
    loc: sourceCode.locOf(start, end),
    messageId: why !== undefined ? 'undecided' : isSuggestion ? 'suggested' : 'invented',
    data: { problem, advice, error: `${error} (${wordsOf(error)})`, ...(why !== undefined && { why }) },
    ...(fix && (isSuggestion ? { suggest: [{ messageId: 'correct', fix }] } : { fix })),
  });
}
