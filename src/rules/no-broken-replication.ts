import { defineRule } from './api/rule.ts';
import { isDeployed, labelOf } from './shared/safety.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow published tables of which nothing identifies the rows',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    messages: {
      unidentified:
        'Behind this statement "{{table}}" is published, and has neither a primary key nor another REPLICA IDENTITY: ' +
        'every UPDATE and DELETE fails (55000). Write ALTER TABLE … REPLICA IDENTITY USING INDEX, or FULL, before it.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      for (const { statement, table } of context.sourceCode.locks.unidentified)
        context.report({
          loc: context.sourceCode.headOf(statement),
          messageId: 'unidentified',
          data: { table: labelOf(table) },
        });
    },
  }),
});
