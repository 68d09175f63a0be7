import { describe } from '../catalog/objects.ts';
import { sequenceCondition } from '../fixers/lineage.ts';
import { defineRule, fixWith } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Require one guard around statements that undo one another',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
    messages: {
      one: '{{end}} when this statement has run: a second run does not find what it needs, or redoes what was undone. Run it in a DO block, only if {{condition}}.',
      several:
        'The {{count}} statements from line {{from}} to line {{to}} undo one another: a second run redoes what a later one of them undid, and fails or converts what is converted already. Run them in one DO block, only if {{condition}}.',
      leftover:
        'A second run leaves another state than the first: the {{object}}, which this statement speaks of, is {{state}} then. It has no automatic fix: {{why}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { finding, outcome } of context.sourceCode.secondRun) {
        const { script } = context.sourceCode;
        if (finding.kind === 'end-state-differs' && 'why' in outcome) {
          const { object, at } = finding;
          context.report({
            loc: context.sourceCode.headOf(at.unit),
            messageId: 'leftover',
            data: {
              object: describe(object),
              state: finding.after.has(object) ? 'gone' : 'there again',
              why: outcome.why,
            },
          });
        }
        if (finding.kind !== 'needs-shared-guard') continue;
        const sequence = finding.guard;
        const [first, last] = [sequence.statements[0]!, sequence.statements.at(-1)!];
        const { end } = sequence;
        context.report({
          loc: context.sourceCode.headOf(first),
          messageId: sequence.statements.length === 1 ? 'one' : 'several',
          data: {
            count: String(sequence.statements.length),
            from: String(script.locate(first.start).line),
            to: String(script.locate(last.end).line),
            end: 'made' in end ? `The ${describe(end.made)} is there` : `The ${describe(end.removed)} is gone`,
            condition: sequenceCondition(end) ?? '',
          },
          fix: 'edits' in outcome ? fixWith(outcome.edits) : null,
        });
      }
    },
  }),
});
