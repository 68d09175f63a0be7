import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-repeated-change',
  {
    docs: {
      description: 'Disallow changes of rows that a second run makes again',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
  },
  (finding) => `the change of ${objectOf(finding)} is not repeatable`,
);
