import { kindInfo } from '../catalog/objects.ts';
import { describe, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  {
    docs: {
      description: 'Require that what ALTER adds is added only if it is not there',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  ({ effect, unit }) => effect.action === 'create' && unit.entry.node.startsWith('Alter'),
  (effect) =>
    'object' in effect ? `${describe(effect.object)} is ${kindInfo(effect.object.kind).addedVerb} without a guard` : '',
);
