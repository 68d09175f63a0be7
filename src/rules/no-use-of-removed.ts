import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Disallow bare statements that need what the migration removes later',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  ({ effect }) => effect.action === 'use' || effect.action === 'avoid',
  (effect) =>
    'object' in effect
      ? effect.action === 'avoid'
        ? `the statement fails once there is ${describe(effect.object)}, which the migration makes later`
        : `the statement needs ${describe(effect.object)}, which the migration removes later`
      : '',
);
