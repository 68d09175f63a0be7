import { relative } from 'node:path';
import type { ConfigFinder } from '../config/load.ts';
import { settingsFor } from '../config/settings.ts';
import { defaultOptions } from '../rules/api/source.ts';
import { IgnoreFiles } from './ignore.ts';
import { fromCommandLine } from './lint.ts';
import type { CliOptions } from './options.ts';

/** What applies to a file, with everything that is not set filled in. */
export async function printConfig(path: string, options: CliOptions, configs: ConfigFinder): Promise<string> {
  const config = await configs.of(path);
  const { rules, postgresVersion, exposedSchemas, styles, history, environment } = settingsFor(
    path,
    config,
    fromCommandLine(options),
  );
  const { policies, triggers, constraints } = { ...defaultOptions, ...styles };
  const settings = {
    config: config ? relative(process.cwd(), config.path) : null,
    ignored: new IgnoreFiles().ignores(path, true) || (config?.ignores(path) ?? false),
    postgresVersion: postgresVersion ?? defaultOptions.postgresVersion,
    exposedSchemas: exposedSchemas ?? defaultOptions.exposedSchemas,
    ...(environment !== undefined && { environment }),
    history,
    styles: { policies, triggers, constraints },
    rules: Object.fromEntries(Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return JSON.stringify(settings, null, 2);
}
