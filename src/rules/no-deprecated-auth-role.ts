import { stringConstant } from '../catalog/constants.ts';
import { nodeAs, strings, walk } from '../catalog/nodes.ts';
import { readerOf } from '../syntax/tokens.ts';
import { inCaseOf } from '../fixers/style.ts';
import { quoteIdent } from '../catalog/names.ts';
import { defineRule, fixWith } from './api/rule.ts';
import type { Edit } from '../fixers/edits.ts';
import type { Node } from '../syntax/parser.ts';
import { headOf, isWritable, statementsWithSchema } from './shared/exposed.ts';
import { callsIn, policyOf, type Policy } from './shared/policies.ts';
import { flatMap } from '../lists.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow auth.role() in policies, which TO replaces',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    hasSuggestions: true,
    messages: {
      deprecated:
        'Policy "{{policy}}" on "{{name}}" compares auth.role(), which Supabase has deprecated: PostgreSQL ' +
        'evaluates it for every row and for every role. Name the role with TO.',
      to: 'Write TO {{role}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement } of statementsWithSchema(context)) {
        const policy = policyOf(statement);
        if (
          !policy ||
          ![...callsIn(policy.using), ...callsIn(policy.check)].some(
            (call) => call.schema === 'auth' && call.name === 'role',
          )
        )
          continue;
        const role =
          statement.type === 'CreatePolicyStmt' && policy.roles.length === 0 && isWritable(statement)
            ? onlyRole(policy)
            : undefined;
        context.report({
          loc: headOf(context, statement),
          messageId: 'deprecated',
          data: { policy: policy.name, name: policy.table.name },
          ...(role !== undefined && {
            suggest: [{ messageId: 'to', data: { role }, fix: fixWith(toEdits(policy, role)) }],
          }),
        });
      }
    },
  }),
});

/** The role, where all that the policy asks is which role it is. */
function onlyRole({ using, check }: Policy): string | undefined {
  const roles = [using, check].filter((node) => node !== undefined).map((node) => comparedRole(node));
  return roles.length > 0 && roles.every((role) => role !== undefined && role === roles[0]) ? roles[0] : undefined;
}

/** auth.role() = 'authenticated', the call wrapped or not. */
function comparedRole(node: Node): string | undefined {
  const expr = nodeAs(node, 'A_Expr');
  if (expr?.kind !== 'AEXPR_OP' || strings(expr.name).at(-1) !== '=') return undefined;
  let calls = 0;
  let others = 0;
  walk([expr.lexpr], (type, inner) => {
    if (type === 'FuncCall' && strings(inner.funcname as Node[]).join('.') === 'auth.role') calls++;
    else if (type === 'FuncCall' || type === 'ColumnRef' || type === 'RangeVar') others++;
  });
  const literal = stringConstant(expr.rexpr);
  return calls === 1 && others === 0 && literal !== undefined && /^(anon|authenticated|service_role)$/.test(literal)
    ? literal
    : undefined;
}

function toEdits({ statement }: Policy, role: string): Edit[] {
  const reader = readerOf(statement);
  const expressions = [reader.first('using'), reader.first('with check')]
    .filter((span) => span !== undefined)
    .sort((a, b) => a.from - b.from);
  return flatMap(expressions, (span, k): Edit[] => {
    const depth = reader.depth(span.to);
    const close = reader.tokens.findIndex((_, i) => i > span.to && reader.raw(i) === ')' && reader.depth(i) === depth);
    const keyword = reader.tokens[span.from]!;
    return [
      ...(k === 0
        ? [{ start: keyword.start, end: keyword.start, text: `${inCaseOf(statement, 'TO')} ${quoteIdent(role)} ` }]
        : []),
      { start: reader.tokens[span.to]!.end, end: reader.tokens[close]!.start, text: 'true' },
    ];
  });
}
