import { statSync } from 'node:fs';
import { relative } from 'node:path';
import type { ConfigFinder } from '../config/load.ts';
import { settingsFor } from '../config/settings.ts';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import { Projects } from '../project/find.ts';
import { defaultOptions } from '../rules/api/source.ts';
import { isSupabase } from '../history/environment.ts';
import { IgnoreFiles } from './ignore.ts';
import { fromCommandLine } from './lint.ts';
import type { CliOptions } from './options.ts';

/** What applies to a file, with everything that is not set filled in. @throws UserError where there is no such file */
export async function printConfig(path: string, options: CliOptions, configs: ConfigFinder): Promise<string> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UserError(
      `--print-config takes the path of an SQL file; there is no file ${relative(process.cwd(), path)}`,
    );
  const config = await configs.of(path);
  const { rules, presets, postgresVersion, exposedSchemas, styles, history, since, environment, tool, prove } =
    settingsFor(path, config, fromCommandLine(options));
  const { policies, triggers, constraints } = { ...defaultOptions, ...styles };
  const settings = {
    config: config ? relative(process.cwd(), config.path) : null,
    ignored: new IgnoreFiles().ignores(path, true) || (config?.ignores(path) ?? false),
    extends: presets,
    tool: new Projects(nodeDisk).of(path, tool).tool?.name ?? null,
    environment: environment ?? (isSupabase(path) ? 'supabase' : 'plain'),
    postgresVersion: postgresVersion ?? defaultOptions.postgresVersion,
    exposedSchemas: exposedSchemas ?? defaultOptions.exposedSchemas,
    history,
    ...(since !== undefined && { since }),
    prove,
    styles: { policies, triggers, constraints },
    rules: Object.fromEntries(Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return JSON.stringify(settings, null, 2);
}
