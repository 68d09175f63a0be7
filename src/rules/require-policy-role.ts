import { ANONYMOUS, SIGNED_IN, type Caller } from '../access/callers.ts';
import { policyAt, rowsFor, SIDES, tableAt } from '../access/policies.ts';
import { COMMANDS } from '../access/rights.ts';
import type { ObjectThen } from '../history/ending.ts';
import { readerOf } from '../syntax/tokens.ts';
import type { Edit } from '../fixers/edits.ts';
import { inCaseOf } from '../fixers/style.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { headOf, isWritable } from './shared/exposed.ts';
import { callsIn, isAuthCall, policiesOf, policyOf, type Policy as Written } from './shared/policies.ts';

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
      for (const { statement, then } of policiesOf(context)) {
        const written = statement.type === 'CreatePolicyStmt' ? policyOf(statement) : undefined;
        if (!written?.permissive || written.roles.length > 0 || !asksUser(written)) continue;
        if (!isForUsersOnly(then)) continue;
        const edit = roleEdit(statement);
        context.report({
          loc: headOf(context, statement),
          messageId: 'missing',
          data: { policy: written.name, name: written.table.name },
          ...(edit && isWritable(statement) && { suggest: [{ messageId: 'add', fix: fixWith([edit]) }] }),
        });
      }
    },
  }),
});

/** Whether a policy asks for the user, and not only for the role, which TO says. */
const asksUser = ({ using, check }: Written): boolean =>
  [...callsIn(using), ...callsIn(check)].some((call) => isAuthCall(call) && call.name !== 'role');

/** Whether it is proven that a policy lets through only those who have signed in. */
function isForUsersOnly({ key, world }: ObjectThen): boolean {
  const policy = policyAt(world, key);
  const table = world.parentAt(key);
  if (!policy || table === undefined || !policy.roles.includes('public')) return false;
  const columns = tableAt(world, table);
  const isShut = (caller: Caller) =>
    COMMANDS.every((command) =>
      SIDES[command].some((side) => rowsFor([policy], command, side, caller, columns) === 'none'),
    );
  return isShut(ANONYMOUS) && !isShut(SIGNED_IN);
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
