import { kindInfo } from '../catalog/objects.ts';
import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Require that what a migration drops is dropped only if it is there',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  ({ effect }) => effect.action === 'drop',
  (effect) =>
    'object' in effect
      ? `${describe(effect.object)} is ${kindInfo(effect.object.kind).removedVerb} without a guard`
      : '',
);
