import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Disallow changes of rows that a second run makes once more',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
  },
  ({ problem, clock }) => problem === 'changes' && !clock,
  (effect) => `the change of ${'object' in effect ? describe(effect.object) : ''} is not repeatable`,
);
