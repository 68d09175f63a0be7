import { typeText } from '../catalog/nodes.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { newColumns, typeLoc, typeRange } from './shared/new-columns.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Prefer jsonb to json', presets: {} },
    hasSuggestions: true,
    messages: {
      prefer:
        '"{{column}}" is json, which has no equality: SELECT DISTINCT, GROUP BY and UNION fail on it, and no ' +
        'index helps. ' +
        'Write jsonb.',
      write: 'Write jsonb.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const found of newColumns(context)) {
        const { column } = found;
        const type = typeText(column.typeName);
        if (!(type === 'json')) continue;
        context.report({
          loc: typeLoc(context, found),
          messageId: 'prefer',
          data: { column: column.colname ?? '' },
          suggest: [{ messageId: 'write', fix: fixWith([{ ...typeRange(context, found), text: 'jsonb' }]) }],
        });
      }
    },
  }),
});
