/** The library: lint and fix SQL texts, without touching files; and what a configuration is made of. */
export { publishedSchema as configSchema } from './config/schema.ts';
export {
  defineConfig,
  type Config,
  type Override,
  type RuleSetting,
  type Settings,
  type Styles,
} from './config/types.ts';
export {
  fixText,
  lintText,
  type LintMessage,
  type LintOptions,
  type LintResult,
  type RuleSettings,
  type Severity,
} from './linter/linter.ts';
export { presetRules } from './linter/presets.ts';
export { rules } from './rules/index.ts';
export { loadParser } from './syntax/parser.ts';
export { UserError } from './errors.ts';
