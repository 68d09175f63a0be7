import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-use-of-removed',
  {
    docs: {
      description: 'Disallow statements without a guard that need an object which the migration removes later',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) =>
    finding.at.effect.action === 'avoid'
      ? `the statement fails if ${objectOf(finding)} exists, and the migration creates it later`
      : `the statement needs ${objectOf(finding)}, which the migration removes later`,
);
