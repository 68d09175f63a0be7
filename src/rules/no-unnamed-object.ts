import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  { docs: { description: 'Require a name for indexes, constraints and statistics, which PostgreSQL otherwise makes again under another name', presets: { recommended: 'error', supabase: 'error', strict: 'error' } }, fixable: 'code' },
  ({ effect }) => effect.action === 'duplicate',
  (effect) => (effect.action === 'duplicate' ? `${describe({ ...effect.object, name: '', of: undefined }).replace(' ""', '')} on "${effect.object.of?.name ?? ''}" has no name` : ''),
);
