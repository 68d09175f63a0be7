import type { ObjectThen } from '../history/ending.ts';
import { defineRule } from './api/rule.ts';
import { exposedSchema, exposedSchemas, headOf, labelOf, sqlName } from './shared/exposed.ts';
import { blamed, openTo } from './shared/ending.ts';
import { writtenRoutine } from './shared/functions.ts';

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
      const isOpen = (then: ObjectThen) =>
        // Who takes the right from anon has decided who may call it.
        schemas.includes(then.schema ?? '') && isDefiner(then) && openTo(then, ['execute']).includes('anon');
      for (const { statement, then } of blamed(context, ['function', 'procedure', 'routine'], isOpen)) {
        const name = writtenRoutine(statement) ?? { schema: then.schema, name: then.ref?.name ?? '' };
        context.report({
          loc: headOf(context, statement),
          messageId: 'exposed',
          data: { name: sqlName(name), label: labelOf(name) },
        });
      }
    },
  }),
});

/** Whether a function runs with the rights of its owner, and does not ask itself who calls it. */
const isDefiner = ({ settings, ref }: ObjectThen): boolean =>
  settings['security definer'] === true &&
  settings['asks for its caller'] !== true &&
  // Nobody can call those by their names.
  !/^(trigger|event_trigger)$/.test(ref?.detail?.returns ?? '');
