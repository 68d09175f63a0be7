import { typeText } from '../catalog/nodes.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { newColumns, typeLoc, typeRange } from './shared/new-columns.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Prefer text with a CHECK to varchar(n) and char(n)', presets: {} },
    hasSuggestions: true,
    messages: {
      prefer:
        '"{{column}}" has a length in its type: to make it longer or shorter is a change of the type, and ' +
        'char(n) pads with ' +
        'spaces. Write text, and a CHECK (length({{column}}) <= n) if the length matters.',
      write: 'Write text.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const found of newColumns(context)) {
        const { column } = found;
        const type = typeText(column.typeName);
        if (!((type === 'varchar' && column.typeName?.typmods) || (type === 'bpchar' && column.typeName?.typmods)))
          continue;
        context.report({
          loc: typeLoc(context, found),
          messageId: 'prefer',
          data: { column: column.colname ?? '' },
          suggest: [{ messageId: 'write', fix: fixWith([{ ...typeRange(context, found), text: 'text' }]) }],
        });
      }
    },
  }),
});
