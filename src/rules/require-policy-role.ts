import { walk } from '../catalog/nodes.ts';
import { readerOf } from '../syntax/tokens.ts';
import type { Edit } from '../fixers/edits.ts';
import { inCaseOf } from '../fixers/style.ts';
import type { NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { headOf, isWritable, statementsWithSchema } from './shared/exposed.ts';
import { callsIn, isAuthCall, policyOf, type Policy } from './shared/policies.ts';

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
        'Policy "{{policy}}" on "{{name}}" asks who the user is, but applies to every role: PostgreSQL evaluates ' +
        'it for anonymous requests too, and it never lets them through. Add TO authenticated.',
      add: 'Add TO authenticated.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement } of statementsWithSchema(context)) {
        const policy = statement.type === 'CreatePolicyStmt' ? policyOf(statement) : undefined;
        if (!policy?.permissive || policy.roles.length > 0) continue;
        const asksUser = [...callsIn(policy.using), ...callsIn(policy.check)].some(
          (call) => isAuthCall(call) && call.name !== 'role',
        );
        if (!asksUser || isForOthers(policy)) continue;
        const edit = roleEdit(statement);
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

/** Whether a branch is for those who have not signed in, which is what a policy for everyone is for. */
function isForOthers({ using, check }: Policy): boolean {
  let found = false;
  walk([using, check], (type, node) => {
    if (type === 'NullTest') found ||= node.nulltesttype === 'IS_NULL';
    else if (type === 'BoolExpr') found ||= node.boolop !== 'AND_EXPR';
    else if (type === 'A_Const') found ||= /^(anon|service_role)$/.test((node as NodeOf<'A_Const'>).sval?.sval ?? '');
  });
  return found;
}

/** TO authenticated before USING, or on a line of its own where USING has one. */
function roleEdit(statement: Statement): Edit | undefined {
  const reader = readerOf(statement);
  const { tokens, text } = reader;
  const at = (reader.first('using') ?? reader.first('with check'))?.from;
  if (at === undefined) return undefined;
  const { start } = tokens[at]!;
  const space = text.slice(tokens[at - 1]!.end, start);
  return {
    start,
    end: start,
    text: `${inCaseOf(statement, 'TO')} authenticated${space.includes('\n') ? space : ' '}`,
  };
}
