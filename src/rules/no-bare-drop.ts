import { kindInfo } from '../catalog/objects.ts';
import type { Finding } from '../rerun/finding.ts';
import { objectOf, secondRunRule } from './shared/second-run.ts';

const verb = ({ at: { effect } }: Finding): string =>
  'object' in effect ? kindInfo(effect.object.kind).removedVerb : '';

export default secondRunRule(
  'no-bare-drop',
  {
    docs: {
      description: 'Require that a migration drops an object only if it exists',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) => `${objectOf(finding)} is ${verb(finding)} without a guard`,
);
