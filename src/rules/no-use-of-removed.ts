import { objectOf, secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  'no-use-of-removed',
  {
    docs: {
      description: 'Disallow bare statements that need what the migration removes later',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) =>
    finding.at.effect.action === 'avoid'
      ? `the statement fails once there is ${objectOf(finding)}, which the migration makes later`
      : `the statement needs ${objectOf(finding)}, which the migration removes later`,
);
