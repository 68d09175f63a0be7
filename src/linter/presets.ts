import { rules } from '../rules/index.ts';
import type { RuleSettings } from './linter.ts';
import type { Preset } from '../rules/api/rule.ts';
import { flatMap } from '../lists.ts';

/** Every preset, from the narrowest to the widest. */
export const PRESETS = [
  'development',
  'recommended',
  'supabase',
  'safety',
  'strict',
] as const satisfies readonly Preset[];

/** The rules of a preset with their severities, from the rules' own metadata. */
export function presetRules(preset: Preset): RuleSettings {
  return Object.fromEntries(
    flatMap(Object.entries(rules), ([name, rule]) =>
      rule.meta.docs.presets[preset] ? [[name, rule.meta.docs.presets[preset]]] : [],
    ),
  );
}
