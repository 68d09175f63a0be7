import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-repeated-timestamp',
  {
    docs: {
      description: 'Report columns that get the time of each run',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error' },
    },
  },
  (finding) => `the change of ${objectOf(finding)} is not repeatable`,
);
