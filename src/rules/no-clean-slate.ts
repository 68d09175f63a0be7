import { describe } from '../catalog/objects.ts';
import { defineRule } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description:
        'Disallow dropping a table or a column to create it again, which deletes the data written between two runs',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error' },
    },
    messages: {
      table:
        'The {{object}} is dropped and created again: a second run succeeds, but deletes every row that was ' +
        'written between the runs. Use CREATE TABLE IF NOT EXISTS, and ALTER TABLE for what has changed.',
      column:
        'The {{object}} is dropped and created again: a second run succeeds, but drops the new column with the ' +
        'values that were written between the runs. Change it with ALTER COLUMN, or run all of this only if the ' +
        'new column does not exist.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { finding } of context.sourceCode.secondRun) {
        if (finding.kind !== 'loses-data' || finding.at.effect.action !== 'drop') continue;
        const { at, lost } = finding;
        context.report({
          loc: context.sourceCode.headOf(at.unit),
          messageId: lost.kind === 'column' ? 'column' : 'table',
          data: { object: describe(lost) },
        });
      }
    },
  }),
});
