import { describe } from '../catalog/objects.ts';
import { defineRule } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description:
        'Disallow dropping a table or a column to create it again, which destroys the data that came in between',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error' },
    },
    messages: {
      table:
        'The {{object}} is dropped and created again: that repeats, but a second run destroys every row that came ' +
        'in between. Use CREATE TABLE IF NOT EXISTS, and ALTER TABLE for what has changed.',
      column:
        'The {{object}} is dropped and made again: that repeats, but a second run drops the new one, with what ' +
        'was written into it in between. Change it with ALTER COLUMN, or ask before all of it whether the new ' +
        'column is there.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { finding } of context.sourceCode.secondRun) {
        if (finding.kind !== 'loses-data' || finding.at.effect.action !== 'drop') continue;
        const { unit, effect } = finding.at;
        context.report({
          loc: context.sourceCode.headOf(unit),
          messageId: effect.object.kind === 'column' ? 'column' : 'table',
          data: { object: describe(effect.object) },
        });
      }
    },
  }),
});
