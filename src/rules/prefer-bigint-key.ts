import { typeText } from '../catalog/nodes.ts';
import { defineRule } from './api/rule.ts';
import { newColumns, typeLoc } from './shared/new-columns.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Prefer bigint for the columns of a primary key', presets: {} },

    messages: {
      prefer:
        '"{{column}}" is a key that ends at 2147483647 or before: to widen it later writes the table anew, and ' +
        'every table ' +
        'that refers to it. Write bigint.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const found of newColumns(context)) {
        const { column } = found;
        const type = typeText(column.typeName);
        if (!(found.isKey && ['int2', 'int4', 'serial', 'serial4', 'smallserial', 'serial2'].includes(type))) continue;
        context.report({
          loc: typeLoc(context, found),
          messageId: 'prefer',
          data: { column: column.colname ?? '' },
        });
      }
    },
  }),
});
