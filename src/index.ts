/** The library: lint and fix SQL texts, without touching files. */
export { fixText, lintText, type LintMessage, type LintOptions, type LintResult, type RuleSettings, type Severity } from './linter/linter.ts';
export { presetRules } from './linter/presets.ts';
export { rules } from './rules/index.ts';
export { loadParser } from './syntax/parser.ts';
export { UserError } from './errors.ts';
