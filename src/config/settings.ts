/** Computes the settings of a file from its configuration. */
import { isSupabase } from '../history/environment.ts';
import type { LintSettings, RuleSettings, Severity } from '../linter/linter.ts';
import { presetRules } from '../linter/presets.ts';
import type { ToolChoice } from '../project/types.ts';
import type { Preset } from '../rules/api/rule.ts';
import { presentName } from '../rules/renamed.ts';
import type { Matcher } from './match.ts';
import type { ConfigSeverity, RuleSetting, Settings, Styles } from './types.ts';

/** One configuration of those that apply: its own, or one that it extends. */
export interface Layer {
  settings: Settings;
  applies: Matcher | undefined;
}

/** A configuration that was read, with all that it extends. */
export interface LoadedConfig {
  path: string;
  folder: string;
  /** Whether it says itself which presets it wants, so that none is chosen for it. */
  hasPreset: boolean;
  /** Those that it names, and those of the configurations that it extends. */
  presets: readonly Preset[];
  layers: readonly Layer[];
  files: readonly string[] | undefined;
  ignores: Matcher;
  /** The rules that it calls by names of before. */
  renamed: readonly string[];
  /** The patterns of its own overrides, to say which of them match nothing. */
  patterns: readonly { pattern: string; of: string; matches: Matcher }[];
  environment: string | undefined;
  tool: ToolChoice | undefined;
  placeholders: Readonly<Record<string, string>>;
  prove: boolean | undefined;
  protectApplied: 'warn' | 'refuse' | 'off' | undefined;
}

/** The settings of one file. */
export interface FileSettings {
  rules: RuleSettings;
  /** The presets that these come from; one that was chosen by the file's place is named alone. */
  presets: readonly Preset[];
  postgresVersion: number | undefined;
  exposedSchemas: readonly string[] | undefined;
  styles: Styles;
  history: boolean;
  /** The file or version from which on files are reported. */
  since: string | undefined;
  environment: string | undefined;
  tool: ToolChoice | undefined;
  /** Whether its fixes are proven before they are written. */
  prove: boolean;
  /** What `--fix` does with files that may be applied. */
  protectApplied: 'warn' | 'refuse' | 'off';
}

/** What the linter is told, from the settings of a file. */
export function lintOptionsOf({ rules, postgresVersion, exposedSchemas, styles }: FileSettings): LintSettings {
  return {
    rules,
    fix: {
      ...styles,
      ...(postgresVersion !== undefined && { postgresVersion }),
      ...(exposedSchemas && { exposedSchemas }),
    },
  };
}

/** The preset that a file's place in its project asks for. */
const presetOf = (path: string, environment: string | undefined): Preset =>
  environment === 'supabase' || (environment === undefined && isSupabase(path)) ? 'supabase' : 'recommended';

/**
 * What applies to a file. Without a configuration, the preset that its place asks for.
 * @param last settings that go before all others, such as those of the command line
 * @param usual the preset where no configuration names one
 */
export function settingsFor(
  path: string,
  config: LoadedConfig | undefined,
  last: Settings = {},
  usual?: Preset,
): FileSettings {
  const {
    hasPreset,
    presets = [],
    layers = [],
    environment,
    tool,
    prove = false,
    protectApplied = 'warn',
  } = config ?? {};
  const chosen = usual ?? presetOf(path, environment);
  const result: FileSettings = {
    rules: hasPreset ? {} : presetRules(chosen),
    presets: hasPreset ? presets : [chosen],
    postgresVersion: undefined,
    exposedSchemas: undefined,
    styles: {},
    history: true,
    since: undefined,
    environment,
    tool,
    prove,
    protectApplied,
  };
  for (const { settings, applies } of [...layers, { settings: last, applies: undefined }]) {
    if (applies && !applies(path)) continue;
    for (const [written, setting] of Object.entries(settings.rules ?? {})) {
      const name = presentName(written);
      result.rules[name] = readSetting(setting, result.rules[name]);
    }
    result.postgresVersion = settings.postgresVersion ?? result.postgresVersion;
    result.exposedSchemas = settings.exposedSchemas ?? result.exposedSchemas;
    result.styles = { ...result.styles, ...settings.styles };
    result.history = settings.history ?? result.history;
    result.since = settings.since ?? result.since;
  }
  return result;
}

/**
 * The same, for many files: those to which the same applies share what was found.
 * @param usualOf the preset of a file where no configuration names one
 */
export function settingsReader(
  last: Settings,
  usualOf: (path: string) => Preset | undefined = () => undefined,
): (path: string, config: LoadedConfig | undefined) => FileSettings {
  const known = new Map<LoadedConfig | undefined, Map<Preset, FileSettings>>();
  return (path, config) => {
    const preset = usualOf(path) ?? presetOf(path, config?.environment);
    if (config?.layers.some((layer) => layer.applies)) return settingsFor(path, config, last, preset);
    let ofConfig = known.get(config);
    if (!ofConfig) known.set(config, (ofConfig = new Map<Preset, FileSettings>()));
    let settings = ofConfig.get(preset);
    if (!settings) ofConfig.set(preset, (settings = settingsFor(path, config, last, preset)));
    return settings;
  };
}

const severityOf = (severity: ConfigSeverity): Severity =>
  typeof severity === 'number' ? (['off', 'warn', 'error'] as const)[severity] : severity;

/** A setting in words. As in ESLint, a severity alone keeps the options that are set already. */
function readSetting(setting: RuleSetting, before: RuleSettings[string] | undefined): RuleSettings[string] {
  if (typeof setting === 'object') return [severityOf(setting[0]), ...setting.slice(1)];
  return Array.isArray(before) ? [severityOf(setting), ...before.slice(1)] : severityOf(setting);
}
