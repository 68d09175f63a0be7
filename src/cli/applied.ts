/**
 * Files that may have been applied: those that are in the branch which pull requests go into, those of which the
 * migration tool says so in its own files, and those that a database which is named has recorded.
 */
import type { FileSettings } from '../config/settings.ts';
import type { LintResult } from '../linter/linter.ts';
import { flatMap } from '../lists.ts';
import { plural } from '../plural.ts';
import { nodeDisk } from '../disk/node.ts';
import type { Projects } from '../project/find.ts';
import type { Tool } from '../project/types.ts';
import { slashPath } from '../reporters/types.ts';
import type { MergedFiles } from './git.ts';
import type { CliOptions } from './options.ts';
import type { Task } from './tasks.ts';

const EDITED = 'no-edited-migration';

/** What git knows, where somebody asks: git is not started for nothing. */
export class Applied {
  private readonly cwd: string;
  private readonly projects: Projects;
  private known: { merged: MergedFiles | undefined } | undefined;
  /** What the database that is named has recorded. */
  private recorded: ReadonlySet<string> = new Set();

  constructor(cwd: string, projects: Projects) {
    this.cwd = cwd;
    this.projects = projects;
  }

  private async merged(): Promise<MergedFiles | undefined> {
    this.known ??= { merged: (await import('./git.ts')).mergedFiles(this.cwd) };
    return this.known.merged;
  }

  /** What the tool of a file has recorded of it, in a database or beside the migrations. */
  private recordOf(path: string, { tool: choice }: FileSettings): 'final' | 'checksum' | undefined {
    if (this.recorded.has(path)) return 'final';
    const { tool, site } = this.projects.of(path, choice);
    return tool?.recorded?.(slashPath(site.folder, path), site, nodeDisk);
  }

  /**
   * Which files `--fix` leaves alone; undefined where it leaves none.
   * @throws UserError where a database is named that cannot be read
   */
  async protection(
    tasks: readonly Task[],
    { fix, database }: Pick<CliOptions, 'fix'> & Partial<Pick<CliOptions, 'database'>>,
  ): Promise<((path: string) => boolean) | undefined> {
    if (database) {
      const projects = new Set(tasks.map(({ path, settings }) => this.projects.of(path, settings.tool)));
      this.recorded = await (await import('./recorded.ts')).recordedFiles(projects, database);
    }
    const refused = tasks.filter(({ settings }) => settings.protectApplied === 'refuse');
    if (fix === 'no' || refused.length === 0) return undefined;
    const files = (await this.merged())?.files;
    const isApplied = ({ path, settings }: Task) => files?.has(path) || this.recordOf(path, settings) === 'final';
    const alone = new Set(refused.filter(isApplied).map(({ path }) => path));
    return alone.size === 0 ? undefined : (path) => alone.has(path);
  }

  /** The files that were changed after they were merged, each with the branch, where a rule asks for them. */
  async changed(tasks: readonly Task[]): Promise<ReadonlyMap<string, string>> {
    const asked = tasks.filter(({ settings: { rules } }) => (rules[EDITED] ?? 'off') !== 'off');
    const merged = asked.length > 0 ? await this.merged() : undefined;
    if (!merged) return new Map();
    return new Map(asked.filter(({ path }) => merged.changed.has(path)).map(({ path }) => [path, merged.branch]));
  }

  /** What to say of files that `--fix` has changed, or has left alone: a line each. */
  async notes(
    results: readonly LintResult[],
    settingsOf: (path: string) => FileSettings,
    isProtected: ((path: string) => boolean) | undefined,
    { fix }: CliOptions,
  ): Promise<string[]> {
    if (fix === 'no') return [];
    const alone = isProtected
      ? results.filter(({ filePath, messages }) => isProtected(filePath) && messages.some((m) => m.fix))
      : [];
    const changed = flatMap(results, ({ filePath: path, output }) => {
      const settings = settingsOf(path);
      const { tool } = this.projects.of(path, settings.tool);
      if (output === undefined || !tool || settings.protectApplied === 'off') return [];
      const record = this.recordOf(path, settings);
      // What is applied was left alone where that is asked for; a checksum has to be written anew all the same.
      if (settings.protectApplied === 'refuse' && record !== 'checksum') return [];
      return tool.edited.startsWith('nothing') ? [] : { path, tool, record };
    });
    const files = changed.length > 0 ? (await this.merged())?.files : undefined;
    const groups = new Map<string, { tool: Tool; what: string; count: number }>();
    for (const { path, tool, record } of changed) {
      const isApplied = files?.has(path) || record === 'final';
      if (!isApplied && record === undefined) continue;
      const what = isApplied ? 'that may be applied already' : 'whose checksum is recorded beside them';
      const group = groups.get(tool.name + what) ?? { tool, what, count: 0 };
      groups.set(tool.name + what, { ...group, count: group.count + 1 });
    }
    const verb = fix === 'write' ? 'changed' : 'would be changed';
    return [
      ...(alone.length > 0
        ? [`${plural(alone.length, 'file')} may be applied and left alone ("protectApplied": "refuse")`]
        : []),
      ...[...groups.values()].map(
        ({ tool: { title, edited }, what, count }) =>
          `${plural(count, 'file')} ${verb} ${what}. What ${title} then does: ${edited.replaceAll('`', '')}`,
      ),
    ];
  }
}
