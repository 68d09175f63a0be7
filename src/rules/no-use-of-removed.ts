import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  { docs: { description: 'Disallow bare statements that need what the migration removes later', presets: { recommended: 'error', supabase: 'error', strict: 'error' } }, fixable: 'code' },
  ({ effect }) => effect.action === 'use',
  (effect) => `the statement needs ${'object' in effect ? describe(effect.object) : ''}, which the migration removes later`,
);
