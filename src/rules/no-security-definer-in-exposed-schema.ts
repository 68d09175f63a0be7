import { defineRule } from './api/rule.ts';
import { exposedSchema, exposedSchemas, headOf, labelOf, statementsWithSchema, sqlName } from './shared/exposed.ts';
import { isRevoked } from './shared/ending.ts';
import { asksForCaller, routineOf, routineRef } from './shared/functions.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow SECURITY DEFINER functions that the API lets everyone call',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    messages: {
      exposed:
        'Function "{{label}}" runs with the rights of its owner, to whom no policy applies, and everyone can call ' +
        'it through the API. Move it to a schema that is not exposed, or REVOKE EXECUTE ON FUNCTION {{name}} FROM ' +
        'public, anon, authenticated.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      for (const { statement, schema } of statementsWithSchema(context)) {
        const routine = routineOf(statement);
        if (!routine?.definer || routine.trigger || !schemas.includes(routine.name.schema ?? schema)) continue;
        // A function that asks who calls it decides for itself.
        if (asksForCaller(statement)) continue;
        if (context.sourceCode.ending.holdsAtEnd(statement, routineRef(routine, schema), isRevoked)) continue;
        context.report({
          loc: headOf(context, statement),
          messageId: 'exposed',
          data: { name: sqlName(routine.name), label: labelOf(routine.name) },
        });
      }
    },
  }),
});
