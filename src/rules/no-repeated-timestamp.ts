import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Report rows that get the time of every run',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error' },
    },
  },
  ({ problem, clock }) => problem === 'changes' && clock,
  (effect) => `the change of ${'object' in effect ? describe(effect.object) : ''} is not repeatable`,
);
