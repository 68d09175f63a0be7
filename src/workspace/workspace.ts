import { resolve } from 'node:path';
import { lintOptionsOf, settingsFor, type FileSettings } from '../config/settings.ts';
import type { Disk } from '../disk/disk.ts';
import { UserError } from '../errors.ts';
import {
  History,
  MAX_FILE_BYTES,
  type Breathe,
  type Place,
  type PlaceOptions,
  type WorldStore,
} from '../history/files.ts';
import type { Places } from '../history/places.ts';
import { fixText } from '../linter/fix.ts';
import { lintText, toResult, type LintOptions, type LintResult } from '../linter/linter.ts';
import { isBefore } from '../project/since.ts';
import { replayInSteps } from '../rerun/folder.ts';
import { SqlSource } from '../rules/api/source.ts';
import type { Script } from '../syntax/script.ts';
import { Scripts } from '../syntax/scripts.ts';

/** Says what applies to a file. */
export interface SettingsSource {
  of(path: string): FileSettings | Promise<FileSettings>;
  /** Forgets what has been found: the configurations may have changed. */
  forget(): void;
}

export interface WorkspaceOptions {
  /** Where files are read from. */
  disk: Disk;
  /** Where configurations are found. @default the preset that a file's place asks for */
  settings?: SettingsSource;
  /** Makes the parser ready; called before a text is linted. Not needed where the parser is loaded already. */
  loadParser?: () => Promise<void>;
  /** Larger files are not read. @default 20_000_000 */
  maxFileBytes?: number;
  /**
   * How many characters of SQL stay parsed besides those of the latest file. What is known of a statement takes about a
   * hundred times as much memory as its text.
   * @default 0
   */
  remember?: number;
  /** How many files of a folder can be gone back without replaying the folder from its first file. @default 0 */
  back?: number;
  /** @internal Keeps what folders come to for the next run. */
  worlds?: WorldStore | undefined;
}

/** What a client knows of a file besides what its folder says. */
type Known = Pick<LintOptions, 'mergedInto' | 'mayFix'>;

export interface LintRequest {
  /** @internal Whether what was known of the other files before one of them has changed will do. @default false */
  old?: boolean;
  /** @internal */
  known?: Known | undefined;
}

export interface FixRequest {
  /** @internal */
  known?: Known | undefined;
  /** Whether the first suggestion of each finding is applied as well. @default false */
  suggestions?: boolean;
}

/**
 * Lints the files of a project while they change. It owns all that outlives one question: the texts that are open and
 * not saved, what was parsed, and what the migrations before a file have made. Two workspaces share nothing.
 *
 * Paths are absolute, or relative to the working directory.
 */
export class Workspace {
  /** @internal What earlier migrations have made. */
  readonly history: History;
  private readonly disk: Disk;
  private readonly settings: SettingsSource | undefined;
  private readonly load: (() => Promise<void>) | undefined;
  private readonly maxBytes: number;
  private readonly scripts: Scripts;
  /** The texts that are open, by their paths. */
  private readonly texts = new Map<string, string>();

  constructor({ disk, settings, loadParser, maxFileBytes = MAX_FILE_BYTES, remember, back, worlds }: WorkspaceOptions) {
    this.disk = disk;
    this.settings = settings;
    this.load = loadParser;
    this.maxBytes = maxFileBytes;
    this.scripts = new Scripts({ remember });
    this.history = new History({
      disk,
      texts: this.texts,
      back,
      maxBytes: maxFileBytes,
      worlds,
      scripts: this.scripts,
    });
  }

  /** Takes a text for the content of a file, whatever is on the disk. The file need not exist. */
  open(path: string, text: string): void {
    this.change(path, text);
  }

  /** Takes another text for the content of a file. What does not depend on it is not read, parsed or replayed again. */
  change(path: string, text: string): void {
    const file = resolve(path);
    if (this.texts.get(file) === text) return;
    this.texts.set(file, text);
    this.history.changed(file);
  }

  /** From now on, the content of a file is again what is on the disk. */
  close(path: string): void {
    const file = resolve(path);
    if (this.texts.delete(file)) this.history.changed(file);
  }

  /**
   * Looks whether files have changed on the disk: those of the folder of a file. What depends on changed files is
   * forgotten. A client that is told of changes calls it then; any other client calls it when it likes.
   */
  refresh(path: string): void {
    this.history.refresh(resolve(path));
  }

  /** Forgets the configurations, so that they are found and read again. */
  reconfigure(): void {
    this.settings?.forget();
  }

  /** Lints a file. @throws UserError where it is not open and cannot be read, or where its configuration is wrong */
  diagnostics(path: string, { old, known }: LintRequest = {}): Promise<LintResult> {
    return this.run(path, lintText, known, old);
  }

  /**
   * Fixes a file. The fixed text is `output`, which is missing where nothing was to be fixed; nothing is written, and
   * the text that is open stays as it is.
   * @throws UserError where it is not open and cannot be read, or where its configuration is wrong
   */
  fix(path: string, { suggestions = false, known }: FixRequest = {}): Promise<LintResult> {
    return this.run(path, (text, file, options) => fixText(text, file, { ...options, suggestions }), known);
  }

  /**
   * @internal Does beforehand what `diagnostics` would do in one go where a folder has many files.
   * @param breathe called between two files
   */
  async prepare(path: string, breathe: Breathe, { old = false }: LintRequest = {}): Promise<void> {
    const file = resolve(path);
    const settings = await this.settingsOf(file);
    await this.load?.();
    await this.history.approach(file, { ...settings, old }, breathe, old ? undefined : replayInSteps);
  }

  /** @internal A file as the rules see it. It holds until another file is asked for. */
  async sourceOf(path: string): Promise<SqlSource> {
    const file = resolve(path);
    const settings = await this.settingsOf(file);
    await this.load?.();
    const place = this.placeOf(file, { ...settings, old: true });
    return new SqlSource(this.textOf(file), file, place, lintOptionsOf(settings).fix);
  }

  /** @internal The statements of a file. */
  async scriptOf(path: string): Promise<Script> {
    const file = resolve(path);
    const settings = await this.settingsOf(file);
    await this.load?.();
    return this.history.scriptOf(file, this.textOf(file), settings);
  }

  /** @internal Where the files of its folder make, change and use objects. */
  async objectsOf(path: string, breathe: Breathe): Promise<Places> {
    const file = resolve(path);
    const settings = await this.settingsOf(file);
    await this.load?.();
    return this.history.placesOf(file, settings, breathe);
  }

  /** @internal */
  async settingsOf(path: string): Promise<FileSettings> {
    return (await this.settings?.of(resolve(path))) ?? settingsFor(resolve(path), undefined);
  }

  /** @internal What is known of a file besides its text. It holds until the place of another file is asked for. */
  placeOf(path: string, options: PlaceOptions): Place {
    return this.history.placeOf(path, options);
  }

  /** @internal Whether a file runs before the one from which on files are reported. */
  isApplied(path: string, { since, tool }: Pick<FileSettings, 'since' | 'tool'>): boolean {
    return since !== undefined && isBefore(this.history.projects.of(path, tool), path, since);
  }

  private async run(path: string, work: typeof lintText, known?: Known, old = false): Promise<LintResult> {
    const file = resolve(path);
    const settings = await this.settingsOf(file);
    if (settings.since !== undefined && this.isApplied(file, settings))
      return toResult(file, [], [], this.textOf(file));
    await this.load?.();
    const place = this.placeOf(file, { ...settings, old });
    return work(this.textOf(file), file, { ...lintOptionsOf(settings), ...known, ...place });
  }

  /** @internal The text of a file, as it is open or on the disk. @throws UserError where it cannot be read */
  textOf(file: string): string {
    const open = this.texts.get(file);
    if (open !== undefined) return open;
    const stat = this.disk.stat(file);
    if (stat && stat.bytes > this.maxBytes)
      throw new UserError(`${file}: is larger than ${this.maxBytes} bytes, which are read at most`);
    const text = stat && this.disk.read(file);
    if (text === undefined) throw new UserError(`${file}: cannot be read`);
    return text;
  }
}
