import { rules } from '../rules/index.ts';
import type { RuleSettings } from './linter.ts';
import type { Preset } from './rule.ts';

/** The rules of a preset with their severities, from the rules' own metadata. */
export function presetRules(preset: Preset): RuleSettings {
  return Object.fromEntries(Object.entries(rules).flatMap(([name, rule]) => (rule.meta.docs.presets[preset] ? [[name, rule.meta.docs.presets[preset]]] : [])));
}
