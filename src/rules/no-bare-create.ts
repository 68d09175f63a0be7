import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-bare-create',
  {
    docs: {
      description: 'Require that what a migration creates is created only if it is not there',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) => `${objectOf(finding)} is created without a guard`,
);
