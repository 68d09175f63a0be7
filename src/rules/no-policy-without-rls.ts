import { defineRule, fixWith } from './api/rule.ts';
import {
  exposedSchema,
  exposedSchemas,
  headOf,
  isWritable,
  labelOf,
  statementsWithSchema,
  relationKey,
  statementsAfter,
  sqlName,
} from './shared/exposed.ts';
import { isCreatedHere, isSecured, tableRef } from './shared/ending.ts';
import { policyOf } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow policies on tables whose row level security is not enabled',
      presets: { supabase: 'error', strict: 'error' },
    },
    hasSuggestions: true,
    messages: {
      ineffective:
        'Policy "{{policy}}" has no effect: no migration enables row level security on "{{label}}", so that ' +
        'everyone can read and write all of it. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY.',
      enable: 'Enable row level security on "{{label}}".',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const { ending } = context.sourceCode;
      const reported = new Set<string>();
      for (const { statement, schema } of statementsWithSchema(context)) {
        const policy = statement.type === 'CreatePolicyStmt' ? policyOf(statement) : undefined;
        if (!policy || !schemas.includes(policy.table.schema ?? schema)) continue;
        const key = relationKey(policy.table, schema);
        // Once for a table is enough.
        if (reported.has(key) || !isCreatedHere(context, policy.table, schema)) continue;
        if (ending.holdsAtEnd(statement, tableRef(policy.table, schema), isSecured)) continue;
        reported.add(key);
        const table = sqlName(policy.table);
        context.report({
          loc: headOf(context, statement),
          messageId: 'ineffective',
          data: { policy: policy.name, name: table, label: labelOf(policy.table) },
          ...(isWritable(statement) && {
            suggest: [
              {
                messageId: 'enable',
                data: { label: labelOf(policy.table) },
                fix: fixWith([statementsAfter(statement, [`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`])]),
              },
            ],
          }),
        });
      }
    },
  }),
});
