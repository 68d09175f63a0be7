import type { Finding } from '../rerun/finding.ts';
import { objectOf, secondRunRule } from './shared/second-run.ts';

function whereTo({ at: { effect } }: Finding): string {
  if (effect.action !== 'rename') return '';
  const isMove = effect.to.schema !== effect.object.schema;
  return isMove ? `moved to schema "${effect.to.schema ?? ''}"` : `renamed to "${effect.to.name}"`;
}

export default secondRunRule(
  'no-bare-rename',
  {
    docs: {
      description: 'Require that a migration renames or moves an object only if it still has its old name',
      presets: { recommended: 'error', supabase: 'error', strict: 'error' },
    },
    fixable: 'code',
  },
  (finding) => `${objectOf(finding)} is ${whereTo(finding)} without a guard`,
);
