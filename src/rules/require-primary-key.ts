import { defineRule } from './api/rule.ts';
import { headOf, labelOf, statementsWithSchema } from './shared/exposed.ts';
import { tableRef } from './shared/ending.ts';
import { tableOf } from './shared/tables.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Require a primary key for every table', presets: { supabase: 'warn', strict: 'warn' } },
    messages: {
      missing:
        'Table "{{label}}" has no primary key: no column identifies a row, and logical replication and Realtime ' +
        'can neither update nor delete its rows. Add one, such as id bigint GENERATED ALWAYS AS IDENTITY PRIMARY ' +
        'KEY.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement, schema } of statementsWithSchema(context)) {
        const table = tableOf(statement);
        if (!table || statement.placeholders || table.node.relation?.relpersistence === 't') continue;
        // A key may come from a parent, a type or another table; a table in pieces may have keys in its pieces.
        if (
          table.node.inhRelations ||
          table.node.ofTypename ||
          table.node.partspec ||
          (table.node.tableElts ?? []).some((e) => 'TableLikeClause' in e)
        )
          continue;
        if (table.constraints.some(({ constraint }) => constraint.contype === 'CONSTR_PRIMARY')) continue;
        const isKeyed = context.sourceCode.ending.holdsAtEnd(statement, tableRef(table.name, schema), ({ parts }) =>
          parts.some((part) => part.kind === 'constraint' && part.detail?.contype === 'p'),
        );
        if (isKeyed) continue;
        context.report({ loc: headOf(context, statement), messageId: 'missing', data: { label: labelOf(table.name) } });
      }
    },
  }),
});
