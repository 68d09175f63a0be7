import { readerOf } from '../syntax/tokens.ts';
import type { Edit } from '../fixers/edits.ts';
import { inCaseOf } from '../fixers/style.ts';
import { defineRule, fixWith } from './api/rule.ts';
import type { Statement } from '../syntax/script.ts';
import { isWritable } from './shared/exposed.ts';
import { callsIn, isAuthCall, policiesOf, policyOf, type Call } from './shared/policies.ts';
import { flatMap } from '../lists.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow policies that ask for the current user once for every row',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    hasSuggestions: true,
    messages: {
      unwrapped:
        'Policy "{{policy}}" on "{{name}}" calls {{call}}() for every row that it looks at. Write (select ' +
        '{{call}}()), which PostgreSQL evaluates once for the whole query.',
      wrap: 'Write (select {{call}}()).',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement } of policiesOf(context)) {
        const policy = policyOf(statement)!;
        const calls = [...callsIn(policy.using), ...callsIn(policy.check)].filter(
          (call) => !call.wrapped && (isAuthCall(call) || call.name === 'current_setting'),
        );
        if (calls.length === 0) continue;
        const ranges = flatMap(calls, (call) => rangeOf(statement, call) ?? []);
        const [first] = ranges;
        const data = {
          policy: policy.name,
          name: policy.table.name,
          call: [calls[0]!.schema, calls[0]!.name].filter(Boolean).join('.'),
        };
        if (!first) continue;
        const edits = flatMap(ranges, ({ start, end }): Edit[] => [
          { start, end: start, text: `(${inCaseOf(statement, 'SELECT')} ` },
          { start: end, end, text: ')' },
        ]);
        context.report({
          loc: context.sourceCode.locOf(first.start, first.end),
          messageId: 'unwrapped',
          data,
          ...(isWritable(statement) &&
            ranges.length === calls.length && {
              suggest: [{ messageId: 'wrap', data: { call: data.call }, fix: fixWith(edits) }],
            }),
        });
      }
    },
  }),
});

/** The range of a call, from its name to its closing parenthesis. */
function rangeOf(statement: Statement, call: Call): { start: number; end: number } | undefined {
  const reader = readerOf(statement);
  const at = reader.tokens.findIndex((token) => token.start === statement.start + (call.node.location ?? 0));
  const open = at < 0 ? undefined : reader.afterName(at);
  if (open === undefined || reader.raw(open) !== '(') return undefined;
  const depth = reader.depth(open);
  for (let k = open + 1; k < reader.tokens.length; k++)
    if (reader.raw(k) === ')' && reader.depth(k) === depth)
      return { start: reader.tokens[at]!.start, end: reader.tokens[k]!.end };
  return undefined;
}
