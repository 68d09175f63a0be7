import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-bare-create',
  {
    docs: {
      description: 'Require that a migration creates an object only if it does not exist',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) => `${objectOf(finding)} is created without a guard`,
);
