/** What is found in the texts of an editor: the same as the command finds in files. */
import { dirname, join } from 'node:path';
import { Applied } from '../cli/applied.ts';
import { Baseline, BASELINE_FILE } from '../cli/baseline.ts';
import { Cache, cacheFolder } from '../cli/cache.ts';
import { IgnoreFiles } from '../cli/ignore.ts';
import { fixFilter } from '../cli/selection.ts';
import type { Task } from '../cli/tasks.ts';
import { ConfigFinder } from '../config/load.ts';
import type { FileSettings, LoadedConfig } from '../config/settings.ts';
import { nodeDisk } from '../disk/node.ts';
import { UserError } from '../errors.ts';
import { MAX_FILE_BYTES } from '../history/files.ts';
import type { Places } from '../history/places.ts';
import type { LintOptions, LintResult } from '../linter/linter.ts';
import { isIn } from '../project/find.ts';
import type { SqlSource } from '../rules/api/source.ts';
import { loadParser } from '../syntax/parser.ts';
import type { Script } from '../syntax/script.ts';
import { FoundSettings, REMEMBERED } from '../workspace/open.ts';
import { Workspace } from '../workspace/workspace.ts';
import type { ClientSettings } from './client.ts';
import type { Sheet } from './documents.ts';
import { Stale, type Pace } from './pace.ts';

/** A larger text would keep the editor waiting after each key. */
const MAX_TEXT_BYTES = 5_000_000;

/** What came of looking at a text: what is found, nothing where it is ignored, or why it could not be looked at. */
export type Checked =
  { kind: 'found'; result: LintResult } | { kind: 'ignored' } | { kind: 'failed'; message: string; crash?: Error };

/** Which of the fixes of a text are wanted. */
interface FixWish {
  /** Only those of one rule. */
  rule?: string | undefined;
}

/** The projects of an editor, with all that decides about what is reported. */
export class Checking {
  readonly workspace: Workspace;
  /** The folders that the editor has open. */
  roots: readonly string[] = [];
  private readonly found: FoundSettings;
  /** The paths of texts that have no place in a folder. */
  private readonly placeless = new Set<string>();
  private readonly baselines = new Map<string, Promise<Baseline | undefined>>();
  private readonly applied = new Map<string, Applied>();
  private ignoring = new IgnoreFiles();

  /** @param settingsOf what is set in the editor for a file */
  constructor(settingsOf: (path: string) => ClientSettings) {
    this.found = new FoundSettings(
      () => new ConfigFinder(),
      {},
      (path) => settingsOf(path).preset,
    );
    this.workspace = new Workspace({
      disk: nodeDisk,
      settings: {
        of: async (path): Promise<FileSettings> => {
          const settings = await this.found.of(path);
          return this.placeless.has(path) ? { ...settings, history: false } : settings;
        },
        forget: () => this.found.forget(),
      },
      loadParser,
      ...REMEMBERED,
      // What the migrations before a file come to is kept for the command as well.
      worlds: new Cache(cacheFolder(process.env)),
    });
  }

  /** Takes a text for the content of its file. */
  open(sheet: Sheet): void {
    if (!sheet.isFile) this.placeless.add(sheet.path);
    if (isLarge(sheet)) this.workspace.close(sheet.path);
    else this.workspace.change(sheet.path, sheet.text);
  }

  close({ path }: Sheet): void {
    this.placeless.delete(path);
    this.workspace.close(path);
  }

  /** Keeps what the migrations come to for the next start, of the server or of the command. */
  keep(): void {
    this.workspace.history.keep();
  }

  /** Forgets what files say that are no migrations: configurations, ignore files, baselines, git's own. */
  forget(): void {
    this.workspace.reconfigure();
    this.baselines.clear();
    this.applied.clear();
    this.ignoring = new IgnoreFiles();
  }

  /** The folder that a file is in: one of the editor's, or its own. */
  rootOf(path: string): string {
    const inside = this.roots.filter((root) => path === root || isIn(root, path));
    return inside.sort((a, b) => b.length - a.length)[0] ?? dirname(path);
  }

  /** The configuration of a folder. */
  configOf(folder: string): Promise<LoadedConfig | undefined> {
    return this.found.configOf(join(folder, 'x.sql'));
  }

  /** Whether the configuration or an ignore file names it, so that the command leaves it out. */
  private async isIgnored({ path, isFile }: Sheet): Promise<boolean> {
    if (!isFile) return false;
    return this.ignoring.ignores(path, true) || (await this.found.configOf(path))?.ignores(path) === true;
  }

  /**
   * Looks at a text.
   * @param old whether what was known of other files before one of them has changed will do
   * @throws the reason of the pace, where the work is stale
   */
  async check(sheet: Sheet, pace: Pace, old: boolean): Promise<Checked> {
    return this.guarded(sheet, async () => {
      if (await this.isIgnored(sheet)) return { kind: 'ignored' };
      refuseLargeText(sheet);
      await this.workspace.prepare(sheet.path, pace.breathe, { old });
      const known = { mergedInto: await this.branchOf(sheet.path) };
      pace.signal.throwIfAborted();
      const result = await this.workspace.diagnostics(sheet.path, { old, known });
      const baseline = await this.baselineOf(sheet.path);
      return { kind: 'found', result: baseline ? baseline.apply(result).result : result };
    });
  }

  /** What `--fix` makes of a text; undefined where it changes nothing, or may not. */
  async fix(sheet: Sheet, pace: Pace, { rule }: FixWish = {}): Promise<string | undefined> {
    const fixed = await this.guarded(sheet, async () => {
      if (await this.isIgnored(sheet)) return { kind: 'ignored' };
      refuseLargeText(sheet);
      await this.workspace.prepare(sheet.path, pace.breathe);
      const mergedInto = await this.branchOf(sheet.path);
      const mayFix = await this.filterOf(sheet.path, rule);
      pace.signal.throwIfAborted();
      return { kind: 'found', result: await this.workspace.fix(sheet.path, { known: { mergedInto, mayFix } }) };
    });
    if (fixed.kind === 'failed') throw fixed.crash ?? new UserError(fixed.message);
    return fixed.kind === 'found' ? fixed.result.output : undefined;
  }

  /** The statements of a text. @throws UserError where it is too large */
  async scriptOf(sheet: Sheet): Promise<Script> {
    refuseLargeText(sheet);
    return this.workspace.scriptOf(sheet.path);
  }

  /** A text as the rules see it. */
  async sourceOf(sheet: Sheet, pace: Pace): Promise<SqlSource> {
    refuseLargeText(sheet);
    await this.workspace.prepare(sheet.path, pace.breathe, { old: true });
    return this.workspace.sourceOf(sheet.path);
  }

  /** Where the files of its folder make, change and use objects. */
  async placesOf(sheet: Sheet, pace: Pace): Promise<Places> {
    refuseLargeText(sheet);
    return this.workspace.objectsOf(sheet.path, pace.breathe);
  }

  private async filterOf(path: string, rule: string | undefined): Promise<LintOptions['mayFix']> {
    const task = await this.taskOf(path);
    const isProtected = await this.appliedAt(path).protection([task], { fix: 'write' });
    const wish = { ruleOnly: [], fixRules: rule === undefined ? [] : [rule], fixTypes: [] };
    return fixFilter(wish, await this.baselineOf(path), isProtected);
  }

  private async taskOf(path: string): Promise<Task> {
    return { path, settings: await this.workspace.settingsOf(path) };
  }

  /** The branch that a file was merged into before it was changed, where a rule asks for that. */
  private async branchOf(path: string): Promise<string | undefined> {
    return (await this.appliedAt(path).changed([await this.taskOf(path)])).get(path);
  }

  private appliedAt(path: string): Applied {
    const root = this.rootOf(path);
    let applied = this.applied.get(root);
    if (!applied) this.applied.set(root, (applied = new Applied(root, this.workspace.history.projects)));
    return applied;
  }

  /** The known findings of a file: those beside its configuration, or in the folder that the editor has open. */
  private baselineOf(path: string): Promise<Baseline | undefined> {
    const root = this.rootOf(path);
    let known = this.baselines.get(root);
    if (!known) this.baselines.set(root, (known = this.readBaseline(root)));
    return known;
  }

  private async readBaseline(root: string): Promise<Baseline | undefined> {
    const folder = (await this.configOf(root))?.folder ?? root;
    const path = join(folder, BASELINE_FILE);
    return nodeDisk.stat(path) ? Baseline.read(path) : undefined;
  }

  /** What goes wrong with one text must not keep the server from the next. */
  private async guarded(sheet: Sheet, work: () => Promise<Checked>): Promise<Checked> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Stale) throw error;
      if (error instanceof UserError) return { kind: 'failed', message: error.message };
      const crash = error instanceof Error ? error : new Error(String(error));
      const message = `this is a bug of sql-lint, please report it with the file: ${crash.message}`;
      return { kind: 'failed', message, crash };
    }
  }
}

const isLarge = ({ text }: Sheet): boolean =>
  text.length > MAX_TEXT_BYTES / 3 && Buffer.byteLength(text) > MAX_TEXT_BYTES;

function refuseLargeText(sheet: Sheet): void {
  if (!isLarge(sheet)) return;
  const megabytes = Math.ceil(Buffer.byteLength(sheet.text) / 1e6);
  throw new UserError(
    `The text has ${megabytes} MB, and an editor is told of up to ${MAX_TEXT_BYTES / 1e6} MB. The command ` +
      `sql-lint reads up to ${MAX_FILE_BYTES / 1e6} MB.`,
  );
}
