import { describe } from '../catalog/objects.ts';
import { defineRule } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow creating what an earlier migration has created with another definition',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error', development: 'warn' },
    },
    messages: {
      collides:
        'An earlier migration has created the {{object}} with another definition: {{difference}}. IF NOT EXISTS ' +
        'would hide that. Alter or drop the old one, or choose another name.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { finding } of context.sourceCode.secondRun) {
        const { effect, unit } = finding.at;
        if (finding.kind !== 'collides' || effect.action !== 'create') continue;
        context.report({
          loc: context.sourceCode.headOf(unit),
          messageId: 'collides',
          data: { object: describe(effect.object), difference: finding.difference },
        });
      }
    },
  }),
});
