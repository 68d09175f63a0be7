import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Require that rows are inserted only if they are not there',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  ({ effect, problem }) => effect.action === 'insert' && problem === 'again',
  (effect) => `rows are inserted into ${'object' in effect ? describe(effect.object) : ''} without a guard`,
);
