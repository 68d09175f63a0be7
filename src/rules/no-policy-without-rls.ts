import { isMadeTable } from '../catalog/objects.ts';
import { defineRule, fixWith } from './api/rule.ts';
import {
  exposedSchema,
  exposedSchemas,
  headOf,
  isWritable,
  labelOf,
  statementsAfter,
  sqlName,
} from './shared/exposed.ts';
import { policiesOf, policyOf } from './shared/policies.ts';

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
      disabled:
        'Policy "{{policy}}" has no effect: row level security on "{{label}}" is disabled, so that everyone can ' +
        'read and write all of it. Leave it enabled.',
      enable: 'Enable row level security on "{{label}}".',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const reported = new Set<string>();
      for (const { statement, then } of policiesOf(context)) {
        const key = then.world.parentAt(then.key);
        if (statement.type !== 'CreatePolicyStmt' || key === undefined || !schemas.includes(then.schema ?? ''))
          continue;
        // Once for a table is enough.
        const settings = then.world.settingsAt(key);
        if (reported.has(key) || settings['row level security'] === true) continue;
        const isDisabled = settings['row level security'] === false;
        // Of a table that no migration has made, nobody knows.
        if (!isDisabled && !isMadeTable(then.world.refOfKey(key)?.detail)) continue;
        reported.add(key);
        const policy = policyOf(statement)!;
        const table = sqlName(policy.table);
        const data = { policy: policy.name, name: table, label: labelOf(policy.table) };
        context.report({
          loc: headOf(context, statement),
          messageId: isDisabled ? 'disabled' : 'ineffective',
          data,
          ...(!isDisabled &&
            isWritable(statement) && {
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
