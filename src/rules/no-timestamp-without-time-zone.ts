import { nodeAs, strings } from '../catalog/nodes.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { readerOf } from '../syntax/tokens.ts';
import type { NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { isWritable, statementsWithSchema } from './shared/exposed.ts';
import { flatMap } from '../lists.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow timestamp columns without a time zone',
      presets: { strict: 'warn', supabase: 'warn' },
    },
    hasSuggestions: true,
    messages: {
      zoneless:
        'Column "{{column}}" has the type timestamp, which stores a date and a time without their time zone: the ' +
        'same row means another moment in a session with another time zone. Write timestamptz.',
      timestamptz: 'Write timestamptz.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement } of statementsWithSchema(context)) {
        const elements =
          statement.as('CreateStmt')?.tableElts ??
          flatMap(statement.as('AlterTableStmt')?.cmds ?? [], (c) =>
            nodeAs(c, 'AlterTableCmd')?.subtype === 'AT_AddColumn' ? (nodeAs(c, 'AlterTableCmd')?.def ?? []) : [],
          );
        for (const element of elements) {
          const column = nodeAs(element, 'ColumnDef');
          const range =
            column && strings(column.typeName?.names).at(-1) === 'timestamp' ? typeRange(statement, column) : undefined;
          if (!column || !range) continue;
          context.report({
            loc: context.sourceCode.locOf(range.start, range.end),
            messageId: 'zoneless',
            data: { column: column.colname ?? '' },
            ...(isWritable(statement) && { suggest: [{ messageId: 'timestamptz', fix: fixWith(range.edits) }] }),
          });
        }
      }
    },
  }),
});

/** `timestamp(3) without time zone`: the word changes, the precision stays, the rest goes. */
function typeRange(
  statement: Statement,
  column: NodeOf<'ColumnDef'>,
): { start: number; end: number; edits: { start: number; end: number; text: string }[] } | undefined {
  const reader = readerOf(statement);
  const at = reader.tokens.findIndex((t) => t.start === statement.start + (column.typeName?.location ?? -1));
  if (at < 0 || reader.word(at) !== 'timestamp') return undefined;
  const word = reader.tokens[at]!;
  let next = at + 1;
  if (reader.raw(next) === '(') next += 3;
  const zone = reader.after(next, 'without time zone');
  const tz = reader.raw(at) === 'TIMESTAMP' ? 'TZ' : 'tz';
  const edits = [{ start: word.end, end: word.end, text: tz }];
  if (zone !== undefined)
    edits.push({ start: reader.tokens[next - 1]!.end, end: reader.tokens[zone - 1]!.end, text: '' });
  return {
    start: word.start,
    end: reader.tokens[(zone ?? next) - 1]!.end,
    edits:
      zone !== undefined && next === at + 1
        ? [{ start: word.end, end: reader.tokens[zone - 1]!.end, text: tz }]
        : edits,
  };
}
