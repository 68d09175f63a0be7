import type { Kind } from '../catalog/objects.ts';
import { describe, secondRunRule } from './shared/second-run.ts';

/** What stays when it leaves something else is not dropped. */
const VERBS: Partial<Record<Kind, string>> = {
  partition: 'detached',
  'publication table': 'removed',
  'publication schema': 'removed',
  'extension member': 'removed',
  'prepared statement': 'deallocated',
};

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
    'object' in effect ? `${describe(effect.object)} is ${VERBS[effect.object.kind] ?? 'dropped'} without a guard` : '',
);
