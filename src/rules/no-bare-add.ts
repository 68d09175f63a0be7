import { kindInfo } from '../catalog/objects.ts';
import type { Finding } from '../rerun/finding.ts';
import { objectOf, secondRunRule } from './shared/second-run.ts';

const verb = ({ at: { effect } }: Finding): string =>
  'object' in effect ? kindInfo(effect.object.kind).addedVerb : '';

export default secondRunRule(
  'no-bare-add',
  {
    docs: {
      description: 'Require that ALTER adds an object only if it does not exist',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) => `${objectOf(finding)} is ${verb(finding)} without a guard`,
);
