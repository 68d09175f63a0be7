import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { flatMap } from '../lists.ts';
import { defineRule } from './api/rule.ts';
import { isDeployed, labelOf } from './shared/safety.ts';

const DEFAULT = ['created_at', 'updated_at'];

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Require the columns that say when a row was made and changed', presets: {} },
    messages: {
      missing: 'Table "{{table}}" has no column {{columns}}: nobody can tell when a row was made or changed. Add it.',
    },
    schema: [
      {
        type: 'object',
        properties: {
          columns: { type: 'array', items: { type: 'string' }, description: 'The columns that every table must have.' },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ columns: DEFAULT }],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { columns = DEFAULT } = (context.options[0] ?? {}) as { columns?: readonly string[] };
      for (const statement of context.sourceCode.script.all()) {
        const create = statement.as('CreateStmt');
        if (!create?.tableElts || statement.direction === 'down' || statement.placeholders) continue;
        // What others bring along, the statement does not say.
        const isWhole =
          !create.inhRelations && !create.ofTypename && !create.tableElts.some((e) => 'TableLikeClause' in e);
        if (!isWhole || create.relation?.relpersistence === 't') continue;
        const own = new Set(flatMap(create.tableElts, (e) => nodeAs(e, 'ColumnDef')?.colname ?? []));
        const missing = columns.filter((name) => !own.has(name));
        if (missing.length === 0) continue;
        context.report({
          loc: context.sourceCode.headOf(statement),
          messageId: 'missing',
          data: {
            table: labelOf(nameOfRange(create.relation)),
            columns: missing.map((name) => `"${name}"`).join(' and no column '),
          },
        });
      }
    },
  }),
});
