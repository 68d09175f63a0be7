/** The library: lints and fixes SQL, as texts or as the files of a project; and the types of a configuration. */
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
export type { Disk, FileStat, Listing } from './disk/disk.ts';
export { nodeDisk } from './disk/node.ts';
export { openWorkspace, type OpenOptions } from './workspace/open.ts';
export { Workspace, type FixRequest, type SettingsSource, type WorkspaceOptions } from './workspace/workspace.ts';
