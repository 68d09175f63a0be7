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
  (finding) => {
    if (finding.at.effect.action === 'avoid')
      return `the statement fails if ${objectOf(finding)} exists, and the migration creates it later`;
    return finding.kind === 'fails' && finding.cause === 'ambiguous'
      ? `the statement names ${objectOf(finding)} without its argument types`
      : `the statement needs ${objectOf(finding)}, which the migration removes later`;
  },
);
