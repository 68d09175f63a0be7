import type { FixOptions } from '../fixers/types.ts';
import type { Severity } from '../linter/linter.ts';
import type { ToolChoice, ToolName } from '../project/types.ts';
import type { Preset } from '../rules/api/rule.ts';

/** How severe what a rule finds is; ESLint's numbers mean the same. */
export type ConfigSeverity = Severity | 0 | 1 | 2;

/** A rule's severity, with the rule's options where it has some. */
export type RuleSetting = ConfigSeverity | readonly [ConfigSeverity, ...unknown[]];

/** Which of several sound ways a fix takes. */
export type Styles = Partial<Pick<FixOptions, 'policies' | 'triggers' | 'constraints'>>;

/** What can be different from folder to folder. */
export interface Settings {
  /** Severities by the rules' names. */
  rules?: Readonly<Record<string, RuleSetting>>;
  /**
   * The oldest PostgreSQL that the migrations must run on.
   * @default 14
   */
  postgresVersion?: number;
  /**
   * The schemas that an API exposes to the outside, as Supabase's does.
   * @default ['public']
   */
  exposedSchemas?: readonly string[];
  /** Which of several sound ways a fix takes. */
  styles?: Styles;
  /**
   * Whether the migrations before a file are read, to know what they have made.
   * @default true
   */
  history?: boolean;
  /**
   * The migration from which on files are reported, fixed and verified: its file, its version, or a day. Those before
   * it count as applied.
   * @default the first
   */
  since?: string;
}

/** Settings for some of the files. */
export interface Override extends Settings {
  /** Folders, files and globs, relative to the configuration. */
  files: readonly string[];
}

/** The content of `sql-lint.config.*`, or of `sqlLint` in package.json. */
export interface Config extends Settings {
  /** For editors. */
  $schema?: string;
  /**
   * Presets, files of configuration and packages, each of which the next one overrides.
   * @default the preset that the files' place asks for: supabase below a folder of that name, recommended elsewhere
   */
  extends?: Preset | (string & {}) | readonly (Preset | (string & {}))[];
  /** What is linted where no path is named: folders, files and globs, relative to the configuration. */
  files?: readonly string[];
  /** What is never linted: folders, files and globs, relative to the configuration. */
  ignores?: readonly string[];
  /**
   * What exists before the first migration: nothing, what Supabase provides, or what a file of SQL makes.
   * @default by the files' place
   */
  environment?: 'plain' | 'supabase' | (string & {});
  /**
   * The tool that runs the migrations: its name, or its name with a version or a way in which it is called.
   * @default what the files beside the migrations, their names and their comments tell
   */
  tool?: ToolName | ToolChoice;
  /** What the migration tool fills in for `${name}` and `{{name}}`, by name; for `sql-lint verify`. */
  placeholders?: Readonly<Record<string, string>>;
  /**
   * Whether `--fix` runs what it makes of a file on the embedded PostgreSQL before it writes it, as with `--prove`.
   * @default false
   */
  prove?: boolean;
  /**
   * What `--fix` does with files that are in the branch which pull requests go into, and may be applied: it says that
   * it has changed them where the tool compares them (`warn`), leaves them alone (`refuse`), or does not look (`off`).
   * @default 'warn'
   */
  protectApplied?: 'warn' | 'refuse' | 'off';
  /** Settings for some of the files; later ones win. */
  overrides?: readonly Override[];
}

/** Types a configuration, and does nothing else. */
export function defineConfig(config: Config): Config {
  return config;
}
