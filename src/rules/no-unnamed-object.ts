import { kindInfo } from '../catalog/objects.ts';
import { secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-unnamed-object',
  {
    docs: {
      description:
        'Require a name for indexes, constraints and statistics, which PostgreSQL otherwise creates again under ' +
        'another name',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  ({ at: { effect } }) =>
    effect.action === 'duplicate'
      ? `${kindInfo(effect.object.kind).label} on ` +
        `"${[effect.object.of?.schema, effect.object.of?.name].filter(Boolean).join('.')}" has no name`
      : '',
);
