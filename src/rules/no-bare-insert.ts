import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-bare-insert',
  {
    docs: {
      description: 'Require that rows are inserted only if they do not exist',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) => `rows are inserted into ${objectOf(finding)} without a guard`,
);
