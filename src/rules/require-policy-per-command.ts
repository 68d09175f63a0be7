import { defineRule } from './api/rule.ts';
import { exposedSchema, exposedSchemas, headOf, statementsWithSchema } from './shared/exposed.ts';
import { policyOf } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Require a policy of its own for each command', presets: {} },
    messages: {
      all:
        'Policy "{{policy}}" on "{{name}}" is for all commands: who may read may also delete. Write a policy each ' +
        'for SELECT, INSERT, UPDATE and DELETE.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      for (const { statement, schema } of statementsWithSchema(context)) {
        const policy = policyOf(statement);
        if (policy?.command !== 'all' || !policy.permissive || !schemas.includes(policy.table.schema ?? schema))
          continue;
        if (policy.roles.length > 0 && policy.roles.every((role) => role === 'service_role')) continue;
        context.report({
          loc: headOf(context, statement),
          messageId: 'all',
          data: { policy: policy.name, name: policy.table.name },
        });
      }
    },
  }),
});
