import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Require that what a migration renames or moves is renamed only if it still has its old name',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  ({ effect }) => effect.action === 'rename',
  (effect) =>
    effect.action === 'rename'
      ? `${describe(effect.object)} is ${effect.to.schema === effect.object.schema ? `renamed to "${effect.to.name}"` : `moved to schema "${effect.to.schema ?? ''}"`} without a guard`
      : '',
);
