import { defineRule } from './api/rule.ts';
import { exposedSchemas, exposedSchema, headOf, statementsWithSchema } from './shared/exposed.ts';
import { isTrue, policyOf, type Policy } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow policies that let everyone write everything',
      presets: { supabase: 'warn', strict: 'error' },
    },
    messages: {
      open:
        'Policy "{{policy}}" lets {{who}} {{what}} of "{{name}}": its condition is always true. Ask who owns the ' +
        'row, such as user_id = (select auth.uid()).',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = [...exposedSchemas(context), 'storage'];
      for (const { statement, schema } of statementsWithSchema(context)) {
        const policy = statement.type === 'CreatePolicyStmt' ? policyOf(statement) : undefined;
        if (!policy?.permissive || !schemas.includes(policy.table.schema ?? schema)) continue;
        const open =
          policy.roles.length === 0
            ? ['public']
            : policy.roles.filter((role) => role === 'public' || role === 'anon' || role === 'authenticated');
        const what = open.length > 0 ? openCommand(policy) : undefined;
        if (what === undefined) continue;
        const who = open.some((role) => role !== 'authenticated') ? 'everyone' : 'every signed-in user';
        context.report({
          loc: headOf(context, statement),
          messageId: 'open',
          data: { policy: policy.name, name: policy.table.name, who, what },
        });
      }
    },
  }),
});

/** Which writing the policy leaves open: USING decides which rows there are, WITH CHECK which may come. */
function openCommand({ command, using, check }: Policy): string | undefined {
  switch (command) {
    case 'insert':
      return isTrue(check) ? 'insert any row' : undefined;
    case 'update':
      return isTrue(using) && (check === undefined || isTrue(check)) ? 'update every row' : undefined;
    case 'delete':
      return isTrue(using) ? 'delete every row' : undefined;
    case 'all':
      return isTrue(using) ? 'change and delete every row' : undefined;
    default:
      return undefined;
  }
}
