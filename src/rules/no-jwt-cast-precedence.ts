import { stringConstant } from '../catalog/constants.ts';
import { nodeAs, strings, walk } from '../catalog/nodes.ts';
import { readerOf } from '../syntax/tokens.ts';
import { defineRule, fixWith } from './api/rule.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';

/** Types into which the text of a key cannot be cast. */
const NO_TEXT = /^(uuid|int[248]|bool|numeric|float[48]|jsonb?|date|timestamp(tz)?|time(tz)?|interval)$/;

/** Keys that read as a value of such a type. */
const VALUE = /^(true|false|null|t|f|yes|no|on|off|now|today|infinity|epoch)$/i;

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow a cast that applies to the key behind -> or ->> and not to the value',
      presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' },
    },
    fixable: 'code',
    messages: {
      literal:
        "The cast applies to the key '{{key}}' and not to its value: the statement fails with 22P02 (invalid text " +
        "representation), because '{{key}}' is no {{type}}. Write (… {{operator}} '{{key}}')::{{type}}.",
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const statement of context.sourceCode.script.all()) {
        if (!statement.text.includes('->')) continue;
        walk(statement.node, (kind, node) => {
          const cast = kind === 'A_Expr' ? castOfKey(node) : undefined;
          const range = cast && operandRange(statement, node, cast.location);
          if (!range) return;
          context.report({
            loc: context.sourceCode.locOf(range.start, range.castEnd),
            messageId: 'literal',
            data: { key: cast.key, type: range.type, operator: cast.operator },
            fix: fixWith([
              { start: range.start, end: range.start, text: '(' },
              { start: range.keyEnd, end: range.keyEnd, text: ')' },
            ]),
          });
        });
      }
    },
  }),
});

/** The cast that stands behind a key and so applies to it; undefined where somebody may have meant that. */
function castOfKey({
  kind,
  name,
  rexpr,
}: NodeOf<'A_Expr'>): { key: string; operator: string; location: number } | undefined {
  const operator = strings(name).at(-1) ?? '';
  if (kind !== 'AEXPR_OP' || (operator !== '->>' && operator !== '->')) return undefined;
  const cast = nodeAs(rexpr, 'TypeCast');
  const type = strings(cast?.typeName?.names).at(-1) ?? '';
  if (!cast || !NO_TEXT.test(type) || cast.typeName?.arrayBounds) return undefined;
  const key = stringConstant(cast.arg);
  if (key === undefined || !/^[a-z_][\w-]*$/i.test(key) || VALUE.test(key)) return undefined;
  return { key, operator, location: cast.location ?? 0 };
}

/**
 * Where the left operand begins, and where the key ends; undefined where the cast is written as CAST or the operand
 * cannot be told.
 */
function operandRange(
  statement: Statement,
  { lexpr, location }: { lexpr?: Node; location?: number },
  castAt: number,
): { start: number; keyEnd: number; castEnd: number; type: string } | undefined {
  const reader = readerOf(statement);
  const operator = reader.tokens.findIndex((t) => t.start === statement.start + (location ?? 0));
  const cast = reader.tokens.findIndex((t) => t.start === statement.start + castAt);
  if (operator < 0 || cast !== operator + 2 || reader.raw(cast) !== '::') return undefined;
  let first = Infinity;
  walk([lexpr], (_, node) => {
    const at = node.location as number | undefined;
    // The parser leaves a location of 0 out only at the beginning of a statement, where no operand stands.
    if (at !== undefined && at > 0) first = Math.min(first, at);
  });
  let start = reader.tokens.findIndex((t) => t.start === statement.start + first);
  if (start < 0) return undefined;
  // Parentheses are not in the tree: those that open and close before the operator belong to the operand.
  while (reader.raw(start - 1) === '(' && closes(start - 1) < operator) start--;
  return {
    start: reader.tokens[start]!.start,
    keyEnd: reader.tokens[operator + 1]!.end,
    castEnd: reader.tokens[cast + 1]?.end ?? statement.end,
    type: reader.raw(cast + 1),
  };

  function closes(open: number): number {
    for (let k = open + 1; k < reader.tokens.length; k++)
      if (reader.raw(k) === ')' && reader.depth(k) === reader.depth(open)) return k;
    return Infinity;
  }
}
