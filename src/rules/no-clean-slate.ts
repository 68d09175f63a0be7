import { describe, type ObjectRef } from '../catalog/objects.ts';
import { unitsOf } from '../catalog/units.ts';
import { defineRule } from '../linter/rule.ts';
import { headEnd } from './shared/second-run.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: { description: 'Disallow dropping a table to create it again, which destroys the rows that came in between', presets: { recommended: 'warn', supabase: 'warn', strict: 'error' } },
    messages: {
      slate: 'The {{object}} is dropped and created again: that repeats, but a second run destroys every row that came in between. Use CREATE TABLE IF NOT EXISTS, and ALTER TABLE for what has changed.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { script, world } = context.sourceCode;
      const dropped = new Map<string, { object: ObjectRef; start: number; end: number }>();
      for (const statement of script.all()) {
        if (statement.direction === 'down') continue;
        for (const { effects, start, end } of unitsOf(statement)) {
          for (const effect of effects) {
            if (!('object' in effect) || effect.object.kind !== 'table' || effect.object.schema === 'pg_temp') continue;
            const key = world.key(effect.object);
            if (effect.action === 'drop') dropped.set(key, { object: effect.object, start, end });
            const drop = effect.action === 'create' && dropped.get(key);
            if (!drop) continue;
            dropped.delete(key);
            context.report({ loc: context.sourceCode.locOf(drop.start, headEnd(script, drop.start, drop.end)), messageId: 'slate', data: { object: describe(drop.object) } });
          }
        }
      }
    },
  }),
});
