import { walk } from '../catalog/nodes.ts';
import { readerOf } from '../syntax/tokens.ts';
import { inCaseOf } from '../fixers/style.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { headOf, isWritable, placed } from './shared/exposed.ts';
import { callsIn, isAuthCall, policyOf } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Require a role for policies that ask who the user is',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    hasSuggestions: true,
    messages: {
      missing:
        'Policy "{{policy}}" on "{{name}}" asks who the user is, and yet applies to everyone: PostgreSQL evaluates it for anonymous requests too, which it can never let through. Add TO authenticated.',
      add: 'Add TO authenticated.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement } of placed(context)) {
        const policy = statement.type === 'CreatePolicyStmt' ? policyOf(statement) : undefined;
        if (!policy?.permissive || policy.roles.length > 0) continue;
        const asksUser = [...callsIn(policy.using), ...callsIn(policy.check)].some(
          (call) => isAuthCall(call) && call.name !== 'role',
        );
        // A branch for those who have not signed in is what a policy for everyone is for.
        let forOthers = false;
        walk([policy.using, policy.check], (type, node) => {
          if (type === 'NullTest' && node.nulltesttype === 'IS_NULL') forOthers = true;
          if (type === 'BoolExpr' && node.boolop !== 'AND_EXPR') forOthers = true;
          if (
            type === 'A_Const' &&
            /^(anon|service_role)$/.test((node.sval as { sval?: string } | undefined)?.sval ?? '')
          )
            forOthers = true;
        });
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set in the function above
        if (!asksUser || forOthers) continue;
        const reader = readerOf(statement);
        const at = (reader.first('using') ?? reader.first('with check'))?.from;
        const edit =
          at === undefined
            ? undefined
            : {
                start: reader.tokens[at]!.start,
                end: reader.tokens[at]!.start,
                text: `${inCaseOf(statement, 'TO')} authenticated${reader.text.slice(reader.tokens[at - 1]!.end, reader.tokens[at]!.start).includes('\n') ? reader.text.slice(reader.tokens[at - 1]!.end, reader.tokens[at]!.start) : ' '}`,
              };
        context.report({
          loc: headOf(context, statement),
          messageId: 'missing',
          data: { policy: policy.name, name: policy.table.name },
          ...(edit && isWritable(statement) && { suggest: [{ messageId: 'add', fix: fixWith([edit]) }] }),
        });
      }
    },
  }),
});
