/** The library: lint and fix texts of SQL, or the files of a project as they change; types of a configuration. */
import * as fix from './linter/fix.ts';
import * as linter from './linter/linter.ts';
import type { LintResult, LintSettings } from './linter/linter.ts';
import type { RuleMeta } from './rules/api/rule.ts';
import { rules as allRules } from './rules/index.ts';

export { publishedSchema as configSchema } from './config/schema.ts';
export {
  defineConfig,
  type Config,
  type ConfigSeverity,
  type Override,
  type RuleSetting,
  type Settings,
  type Styles,
} from './config/types.ts';
export type { FileSettings } from './config/settings.ts';
export type { Disk, FileStat, Listing } from './disk/disk.ts';
export { nodeDisk } from './disk/node.ts';
export { UserError } from './errors.ts';
export type { LintMessage, LintSettings, RuleSettings, Severity, SuppressedMessage } from './linter/linter.ts';
export { presetRules } from './linter/presets.ts';
export type { ToolChoice, ToolName } from './project/types.ts';
export type { Preset, RuleMeta } from './rules/api/rule.ts';
export { loadParser } from './syntax/parser.ts';
export { openWorkspace, type OpenOptions } from './workspace/open.ts';
export { Workspace, type FixRequest, type SettingsSource, type WorkspaceOptions } from './workspace/workspace.ts';
export type { LintResult };

// What is published speaks of no parse tree, and so of no package that ours does not depend on: the rules by what they
// say of themselves, and a text without what stands before it. A file in its place is a matter for a workspace.

/** What each rule says of itself, by its name. */
export const rules: Readonly<Record<string, { readonly meta: RuleMeta }>> = allRules;

/** Lints a text by itself. The parser must be loaded. */
export const lintText: (text: string, filePath: string, options: LintSettings) => LintResult = linter.lintText;

/** Fixes a text by itself, until nothing changes. The parser must be loaded. */
export const fixText: (text: string, filePath: string, options: LintSettings) => LintResult = fix.fixText;
