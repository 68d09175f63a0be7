import { strings, walk } from '../catalog/nodes.ts';
import { defineRule } from './api/rule.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { headOf, statementsWithSchema } from './shared/exposed.ts';
import { policyOf } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow policies that trust what users say of themselves',
      presets: { supabase: 'error', strict: 'error' },
    },
    messages: {
      editable:
        'Policy "{{policy}}" on "{{name}}" decides by {{source}}, which every user can change for themselves with ' +
        'one call. Decide by app_metadata, or by a table of yours.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement } of statementsWithSchema(context)) {
        const policy = policyOf(statement);
        if (!policy) continue;
        let source: string | undefined;
        walk([policy.using, policy.check], (type, node) => {
          if (type === 'A_Const' && (node as NodeOf<'A_Const'>).sval?.sval === 'user_metadata')
            source ??= 'user_metadata';
          if (type === 'ColumnRef' && strings(node.fields as Node[]).at(-1) === 'raw_user_meta_data')
            source ??= 'raw_user_meta_data';
        });
        if (source !== undefined)
          context.report({
            loc: headOf(context, statement),
            messageId: 'editable',
            data: { policy: policy.name, name: policy.table.name, source },
          });
      }
    },
  }),
});
