import type { ObjectThen } from '../history/ending.ts';
import { defineRule } from './api/rule.ts';
import { columnsShown } from './shared/auth-users.ts';
import { blamed, isInvoker, openTo, whoIs } from './shared/ending.ts';
import { exposedSchema, exposedSchemas, headOf, labelOf } from './shared/exposed.ts';
import { viewOf } from './shared/views.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow views of an exposed schema that show auth.users',
      presets: { supabase: 'error', strict: 'error' },
    },
    messages: {
      exposed:
        'View "{{label}}" shows {{columns}} of all users in auth.users to {{who}} through the API. Keep what others ' +
        'may see in a table of your own, or move the view to a schema that is not exposed.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const isOpen = (then: ObjectThen) =>
        schemas.includes(then.schema ?? '') && !isInvoker(then) && openTo(then, ['select']).length > 0;
      for (const { statement, then } of blamed(context, ['view', 'materialized view'], isOpen)) {
        const view = viewOf(statement);
        // An id alone tells nothing of a user.
        const columns = columnsShown(view?.query, then.world).filter((column) => column !== 'id');
        if (!view || columns.length === 0) continue;
        context.report({
          loc: headOf(context, statement),
          messageId: 'exposed',
          data: {
            label: labelOf(view.name),
            columns: columns.includes('*') ? 'every column' : columns.join(', '),
            who: whoIs(openTo(then, ['select'])),
          },
        });
      }
    },
  }),
});
