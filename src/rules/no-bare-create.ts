import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Require that what a migration creates is created only if it is not there',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  ({ effect, unit }) =>
    (effect.action === 'create' && !unit.entry.node.startsWith('Alter') && unit.entry.node !== 'SelectStmt') ||
    unit.entry.id === 'select-into',
  (effect) => `${'object' in effect ? describe(effect.object) : ''} is created without a guard`,
);
