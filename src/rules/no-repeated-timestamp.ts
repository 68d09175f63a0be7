import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-repeated-timestamp',
  {
    docs: {
      description: 'Report rows that get the time of every run',
      presets: { recommended: 'warn', supabase: 'warn', strict: 'error' },
    },
  },
  (finding) => `the change of ${objectOf(finding)} is not repeatable`,
);
