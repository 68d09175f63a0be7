import { explain } from '../fixers/inventions/index.ts';
import { defineRule } from './api/rule.ts';
import { isTemplate } from './shared/template.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Report SQL that PostgreSQL does not accept',
      presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' },
    },
    messages: { syntax: '{{message}}. PostgreSQL does not accept this statement, so sql-lint cannot check it.' },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const statement of context.sourceCode.script.all()) {
        if (!statement.problem || isTemplate(statement)) continue;
        // What is known, no-invented-syntax reports.
        const problem = explain(statement, context.sourceCode.world).rest;
        if (!problem) continue;
        // PostgreSQL quotes the whole of a token, which may be a function's body.
        const line = problem.message.replace(/\s*\n[\s\S]*$/, ' …"');
        const message = line.charAt(0).toUpperCase() + line.slice(1);
        context.report({
          loc: context.sourceCode.locOf(problem.start, problem.end),
          messageId: 'syntax',
          data: { message },
        });
      }
    },
  }),
});
