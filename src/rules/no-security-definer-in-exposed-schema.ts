import { defineRule } from './api/rule.ts';
import { exposedSchema, exposedSchemas, factKey, headOf, labelOf, placed, written } from './shared/exposed.ts';
import { lazy, said } from './shared/facts.ts';
import { routineOf } from './shared/functions.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow SECURITY DEFINER functions that the API lets everyone call',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    messages: {
      exposed:
        'Function "{{label}}" runs with the rights of its owner, whom no policy stops, and everyone can call it through the API. Move it to a schema that is not exposed, or REVOKE EXECUTE ON FUNCTION {{name}} FROM public, anon, authenticated.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const facts = lazy(() => said(context));
      for (const { statement, schema } of placed(context)) {
        const routine = routineOf(statement);
        if (!routine?.definer || routine.trigger || !schemas.includes(routine.name.schema ?? schema)) continue;
        // A function that asks who calls it decides for itself.
        if (/\bauth\s*\.\s*(uid|jwt|role|email)\s*\(|request\.jwt|\bsession_user\b/i.test(statement.text)) continue;
        const key = factKey(routine.name, schema);
        if (
          facts().anywhere((f) => f.revoked.has(key) || f.revokedAll) ||
          facts().later.some((f) => f.dropped.has(key) || f.made.has(key))
        )
          continue;
        context.report({
          loc: headOf(context, statement),
          messageId: 'exposed',
          data: { name: written(routine.name), label: labelOf(routine.name) },
        });
      }
    },
  }),
});
