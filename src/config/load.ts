/** Finds and reads configurations. */
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lilconfig, type Loader } from 'lilconfig';
import { UserError } from '../errors.ts';
import { PRESETS, presetRules } from '../linter/presets.ts';
import type { Preset } from '../rules/api/rule.ts';
import { RENAMED } from '../rules/renamed.ts';
import { nearest } from '../nearest.ts';
import { parseJsonWithComments } from './json.ts';
import { matcher } from './match.ts';
import { configSchema } from './schema.ts';
import type { Layer, LoadedConfig } from './settings.ts';
import type { Config, Override } from './types.ts';
import { validate } from './validate.ts';
import { flatMap } from '../lists.ts';

/** The names under which a configuration is found, in each folder from the file's upwards. */
export const CONFIG_NAMES = ['js', 'mjs', 'cjs', 'ts', 'json', 'jsonc'].map((end) => `sql-lint.config.${end}`);
/** Names under which other programs have theirs. What stands there would be passed over in silence. */
const FOREIGN_NAMES = [
  ...['yaml', 'yml', 'toml'].map((end) => `sql-lint.config.${end}`),
  ...['', '.json', '.yaml', '.yml', '.js'].map((end) => `.sql-lintrc${end}`),
];
const PACKAGE_KEY = 'sqlLint';

/** Whether package.json holds a configuration. */
export async function hasPackageConfig(folder: string): Promise<boolean> {
  return (await searchIn(folder))?.filepath === join(folder, 'package.json');
}

/** Finds the configuration of each folder once. */
export class ConfigFinder {
  private readonly explicit: Promise<LoadedConfig> | undefined;
  private readonly folders = new Map<string, Promise<LoadedConfig | undefined>>();

  /**
   * @param path a configuration that is named, and stands for all others
   * @param content what it holds, where the file is not written yet
   */
  constructor(path?: string, content?: Config) {
    this.explicit = path === undefined ? undefined : readConfig(path, content);
  }

  /** The configuration of a folder, its own or that of the nearest folder above. */
  async ofFolder(folder: string): Promise<LoadedConfig | undefined> {
    if (this.explicit) return this.explicit;
    let found = this.folders.get(folder);
    if (!found) this.folders.set(folder, (found = this.search(folder)));
    return found;
  }

  /** The configuration of a file. */
  of(path: string): Promise<LoadedConfig | undefined> {
    return this.ofFolder(dirname(path));
  }

  private async search(folder: string): Promise<LoadedConfig | undefined> {
    const found = await searchIn(folder);
    if (found) return readConfig(found.filepath, found.config);
    const above = dirname(folder);
    return above === folder ? undefined : this.ofFolder(above);
  }
}

const PLACES = [...CONFIG_NAMES, 'package.json'];

/** The configuration that stands in a folder itself. Most have none: to ask so takes less time than a search does. */
async function searchIn(folder: string): Promise<{ filepath: string; config: unknown } | undefined> {
  const has = (name: string) => existsSync(join(folder, name));
  const places = PLACES.filter(has);
  const found = places.length > 0 ? await searcher(folder, places).search(folder) : null;
  if (found?.isEmpty) throw new UserError(`${found.filepath}: is empty; write {} for a configuration without settings`);
  if (found) return found;
  // A configuration of a form or a name that is not read is a mistake, and not nothing.
  const foreign = FOREIGN_NAMES.find(has);
  if (foreign !== undefined)
    throw new UserError(`${join(folder, foreign)}: is not read; a configuration is named ${CONFIG_NAMES.join(', ')}`);
  return undefined;
}

const searcher = (folder: string, searchPlaces: string[]) =>
  lilconfig('sql-lint', {
    searchPlaces,
    packageProp: PACKAGE_KEY,
    stopDir: folder,
    ignoreEmptySearchPlaces: false,
    loaders: LOADERS,
  });

const importConfig: Loader = async (path, content) => {
  if (/\.c?js$/.test(path) && isModuleSyntax(content) && typeOf(dirname(path)) === 'commonjs')
    throw new UserError(
      `${path}: is written as an ES module, and package.json says "type": "commonjs"; name it ` +
        basename(path).replace(/\.c?js$/, '.mjs'),
    );
  try {
    return ((await import(urlOf(path, content))) as { default?: unknown }).default;
  } catch (error) {
    if (path.endsWith('.ts') && (error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION')
      return importTypeScript(path);
    throw new UserError(`${path}: cannot be loaded: ${(error as Error).message}`);
  }
};

/** Node.js keeps what it has imported from a URL: a server, and --watch, are to see what has changed since. */
function urlOf(path: string, content: string): string {
  Reflect.deleteProperty(createRequire(path).cache, path);
  return `${pathToFileURL(path).href}?${hash('sha256', content)}`;
}

/** For a Node.js that does not read TypeScript itself: by jiti, where the project has it. */
async function importTypeScript(path: string): Promise<unknown> {
  let jiti: { createJiti(from: string): { import(path: string, options: { default: true }): Promise<unknown> } };
  try {
    jiti = (await import(pathToFileURL(createRequire(path).resolve('jiti')).href)) as typeof jiti;
  } catch {
    throw new UserError(
      `${path}: this Node.js (${process.version}) does not read TypeScript. Install jiti beside it, update to ` +
        'Node.js 22.18, or name it sql-lint.config.mjs',
    );
  }
  return jiti.createJiti(path).import(path, { default: true });
}

const isModuleSyntax = (text: string): boolean => /^\s*(?:import\b(?!\s*\()|export\b)/m.test(text);

/** What the nearest package.json says of the files below it. */
function typeOf(folder: string): unknown {
  const path = join(folder, 'package.json');
  if (existsSync(path)) return (parseJson(path, readFileSync(path, 'utf8')) as { type?: unknown } | null)?.type;
  return folder === dirname(folder) ? undefined : typeOf(dirname(folder));
}

const parseJson: Loader = (path, content) => {
  try {
    return parseJsonWithComments(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UserError(`${path}: is not JSON: ${(error as Error).message}`);
  }
};

const LOADERS = {
  '.js': importConfig,
  '.mjs': importConfig,
  '.cjs': importConfig,
  '.ts': importConfig,
  '.json': parseJson,
  '.jsonc': parseJson,
};

/** Reads one file of configuration. @throws UserError with every mistake in it */
async function readConfig(path: string, content?: unknown, above: readonly string[] = []): Promise<LoadedConfig> {
  const config = content === undefined ? await loadFile(path) : content;
  const mistakes = validate(config, configSchema);
  if (mistakes.length > 0) throw new UserError(mistakes.map((m) => `${path}: ${m}`).join('\n'));
  const folder = dirname(path);
  const {
    extends: bases,
    files,
    ignores = [],
    environment,
    tool,
    placeholders = {},
    prove,
    protectApplied,
    overrides = [],
    ...settings
  } = config as Config;
  const extended = await Promise.all(
    (typeof bases === 'string' ? [bases] : (bases ?? [])).map((base) => extend(base, path, [...above, path])),
  );
  const own: Layer[] = [
    { settings, applies: undefined },
    ...overrides.map(({ files: patterns, ...rest }: Override): Layer => ({
      settings: rest,
      applies: matcher(folder, patterns),
    })),
  ];
  const ignored = [...extended.map((e) => e.ignores), matcher(folder, ignores)];
  return {
    path,
    folder,
    hasPreset: bases?.length === 0 || extended.some((e) => e.hasPreset),
    presets: flatMap(extended, (e) => e.presets),
    layers: [...flatMap(extended, (e) => e.layers), ...own],
    files,
    ignores: (file) => ignored.some((matches) => matches(file)),
    renamed: flatMap([settings, ...overrides], (part) =>
      Object.keys(part.rules ?? {}).filter((name) => name in RENAMED),
    ),
    patterns: flatMap(overrides, ({ files: patterns }, k) =>
      patterns.map((pattern) => ({ pattern, of: `overrides[${k}]`, matches: matcher(folder, [pattern]) })),
    ),
    environment:
      environment === undefined || environment === 'plain' || environment === 'supabase'
        ? environment
        : resolve(folder, environment),
    tool: typeof tool === 'string' ? { name: tool } : tool,
    placeholders,
    prove,
    protectApplied,
  };
}

async function loadFile(path: string): Promise<unknown> {
  const extension = Object.keys(LOADERS).find((e) => path.endsWith(e));
  if (!extension) throw new UserError(`${path}: a configuration ends in ${Object.keys(LOADERS).join(', ')}`);
  let result;
  try {
    result = await searcher(dirname(path), PLACES).load(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
    );
  }
  const config = result?.config as unknown;
  if (config === undefined || config === null)
    throw new UserError(`${path}: exports no configuration; write export default { … }`);
  return config;
}

/** What one name in `extends` stands for. */
async function extend(
  base: string,
  from: string,
  above: readonly string[],
): Promise<Pick<LoadedConfig, 'hasPreset' | 'presets' | 'layers' | 'ignores'>> {
  if ((PRESETS as readonly string[]).includes(base))
    return {
      hasPreset: true,
      presets: [base as Preset],
      layers: [{ settings: { rules: presetRules(base as Preset) }, applies: undefined }],
      ignores: () => false,
    };
  const path =
    isAbsolute(base) || /^\.{1,2}[\\/]/.test(base) ? resolve(dirname(from), base) : resolvePackage(base, from);
  if (above.includes(path))
    throw new UserError(
      `${from}: "extends" goes in a circle: ` +
        [...above, path].map((p) => relative(dirname(above[0]!), p)).join(' → '),
    );
  return readConfig(path, undefined, above);
}

function resolvePackage(name: string, from: string): string {
  try {
    return createRequire(from).resolve(name);
  } catch {
    const meant = nearest(name, PRESETS);
    const hint = meant ? `did you mean "${meant}"?` : 'a file begins with ./';
    throw new UserError(
      `${from}: "extends" names "${name}", which is neither a preset (${PRESETS.join(', ')}) ` +
        `nor a package that is installed; ${hint}`,
    );
  }
}
