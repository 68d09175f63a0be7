import { defineRule } from './api/rule.ts';
import { exposedSchema, exposedSchemas, headOf, labelOf, statementsWithSchema } from './shared/exposed.ts';
import { isInvoker, isRevoked, tableRef } from './shared/ending.ts';
import { relationsIn, viewOf } from './shared/views.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow views of an exposed schema that show auth.users',
      presets: { supabase: 'error', strict: 'error' },
    },
    messages: {
      exposed:
        'View "{{label}}" reads auth.users for everyone who reads the view: the API gives away addresses, phone ' +
        'numbers and metadata of all users. Keep what others may see in a table of your own, or move the view to ' +
        'a schema that is not exposed.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      for (const { statement, schema } of statementsWithSchema(context)) {
        const view = viewOf(statement);
        if (!view || view.invoker || !schemas.includes(view.name.schema ?? schema)) continue;
        if (!relationsIn(view.query).some((relation) => relation.schema === 'auth' && relation.name === 'users'))
          continue;
        const { ending } = context.sourceCode;
        if (ending.holdsAtEnd(statement, tableRef(view.name, schema), (then) => isRevoked(then) || isInvoker(then)))
          continue;
        context.report({ loc: headOf(context, statement), messageId: 'exposed', data: { label: labelOf(view.name) } });
      }
    },
  }),
});
