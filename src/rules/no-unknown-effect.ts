import { secondRunRule } from './shared/second-run.ts';

export default secondRunRule(
  { docs: { description: 'Report what cannot be judged from the text of a migration', presets: { recommended: 'warn', supabase: 'warn', strict: 'error' } } },
  ({ effect }) => effect.action === 'unknown' || effect.action === 'call',
  () => 'whether this can run twice is not known',
);
