import { ConfigFinder } from '../config/load.ts';
import { settingsReader, type FileSettings, type LoadedConfig } from '../config/settings.ts';
import type { Settings } from '../config/types.ts';
import { nodeDisk } from '../disk/node.ts';
import type { Preset } from '../rules/api/rule.ts';
import { loadParser } from '../syntax/parser.ts';
import { Workspace, type SettingsSource } from './workspace.ts';

/** Finds the configuration of each folder once, and what it means for a file. */
export class FoundSettings implements SettingsSource {
  private readonly find: () => ConfigFinder;
  private readonly last: Settings;
  private readonly usualOf: ((path: string) => Preset | undefined) | undefined;
  private configs: ConfigFinder;
  private read: ReturnType<typeof settingsReader>;

  /**
   * @param find makes what finds configurations
   * @param last settings that go before those of any configuration
   * @param usualOf the preset of a file where no configuration names one
   */
  constructor(find: () => ConfigFinder, last: Settings = {}, usualOf?: (path: string) => Preset | undefined) {
    this.find = find;
    this.last = last;
    this.usualOf = usualOf;
    this.configs = find();
    this.read = settingsReader(last, usualOf);
  }

  async of(path: string): Promise<FileSettings> {
    return this.read(path, await this.configs.of(path));
  }

  /** The configuration that they come from. */
  configOf(path: string): Promise<LoadedConfig | undefined> {
    return this.configs.of(path);
  }

  forget(): void {
    this.configs = this.find();
    this.read = settingsReader(this.last, this.usualOf);
  }
}

export interface OpenOptions {
  /** The path of a configuration that stands for all others. @default the nearest of each file */
  config?: string;
  /** Settings that go before those of any configuration. */
  settings?: Settings;
  /** Larger files are not read. @default 20_000_000 */
  maxFileBytes?: number;
}

/** How much a workspace for people who edit files remembers: about 20 MB. */
export const REMEMBERED = { remember: 200_000, back: 300 };

/** A workspace on the files of this computer, with the configurations beside them. */
export const openWorkspace = ({ config, settings, ...options }: OpenOptions = {}): Workspace =>
  new Workspace({
    disk: nodeDisk,
    settings: new FoundSettings(() => new ConfigFinder(config), settings),
    loadParser,
    ...REMEMBERED,
    ...options,
  });
