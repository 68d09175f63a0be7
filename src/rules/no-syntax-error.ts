import { inventionsIn } from '../fixers/inventions/index.ts';
import { defineRule } from '../linter/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: { description: 'Report SQL that PostgreSQL does not accept', presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' } },
    messages: { syntax: '{{message}}. PostgreSQL does not accept this statement, so nothing else is said of it.' },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const statement of context.sourceCode.script.all()) {
        const { problem } = statement;
        // no-invented-syntax says what is wrong, and how to write it.
        if (!problem || inventionsIn(statement, context.sourceCode.world).length > 0) continue;
        const message = problem.message.charAt(0).toUpperCase() + problem.message.slice(1);
        context.report({ loc: context.sourceCode.locOf(problem.start, problem.end), messageId: 'syntax', data: { message } });
      }
    },
  }),
});
