import { defineRule } from './api/rule.ts';
import { secondRunRule } from './shared/second-run.ts';
import { isTemplate } from './shared/template.ts';

const judged = secondRunRule(
  'no-unknown-effect',
  {
    docs: {
      description: 'Report what cannot be judged from the text of a migration',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error' },
    },
  },
  () => 'whether this can run twice is not known',
);

export default defineRule({
  meta: {
    ...judged.meta,
    messages: {
      ...judged.meta.messages,
      template: 'Whether this can run twice is not known: it is not SQL until its placeholders are filled in.',
    },
  },
  create: (context) => ({
    Script() {
      judged.create(context).Script?.();
      const { script } = context.sourceCode;
      for (const statement of script.all()) {
        if (isTemplate(statement) && statement.direction === 'up')
          context.report({
            loc: context.sourceCode.headOf(statement),
            messageId: 'template',
          });
      }
    },
  }),
});
