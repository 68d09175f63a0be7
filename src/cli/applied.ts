/** Files that may have been applied: those that are in the branch which pull requests go into. */
import type { FileSettings } from '../config/settings.ts';
import type { LintResult } from '../linter/linter.ts';
import { flatMap } from '../lists.ts';
import { plural } from '../plural.ts';
import type { Projects } from '../project/find.ts';
import type { MergedFiles } from './git.ts';
import type { CliOptions } from './options.ts';
import type { Task } from './tasks.ts';

const EDITED = 'no-edited-migration';

/** What git knows, where somebody asks: git is not started for nothing. */
export class Applied {
  private readonly cwd: string;
  private known: { merged: MergedFiles | undefined } | undefined;

  constructor(cwd: string) {
    this.cwd = cwd;
  }

  private async merged(): Promise<MergedFiles | undefined> {
    this.known ??= { merged: (await import('./git.ts')).mergedFiles(this.cwd) };
    return this.known.merged;
  }

  /** Which files `--fix` leaves alone; undefined where it leaves none. */
  async protection(tasks: readonly Task[], { fix }: CliOptions): Promise<((path: string) => boolean) | undefined> {
    const refused = tasks.filter(({ settings }) => settings.protectApplied === 'refuse').map(({ path }) => path);
    if (fix === 'no' || refused.length === 0) return undefined;
    const files = (await this.merged())?.files;
    const alone = new Set(refused.filter((path) => files?.has(path)));
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
    projects: Projects,
    isProtected: ((path: string) => boolean) | undefined,
    { fix }: CliOptions,
  ): Promise<string[]> {
    if (fix === 'no') return [];
    const alone = isProtected
      ? results.filter(({ filePath, messages }) => isProtected(filePath) && messages.some((m) => m.fix))
      : [];
    const changed = flatMap(results, ({ filePath, output }) => {
      const { tool, protectApplied } = settingsOf(filePath);
      const found = projects.of(filePath, tool).tool;
      const isMinded = found && !found.edited.startsWith('nothing') && protectApplied === 'warn';
      return output !== undefined && isMinded ? { path: filePath, tool: found } : [];
    });
    const files = changed.length > 0 ? (await this.merged())?.files : undefined;
    const applied = changed.filter(({ path }) => files?.has(path));
    const tools = new Set(applied.map(({ tool }) => tool));
    const verb = fix === 'write' ? 'changed' : 'would be changed';
    return [
      ...(alone.length > 0
        ? [`${plural(alone.length, 'file')} may be applied and left alone ("protectApplied": "refuse")`]
        : []),
      ...[...tools].map(({ title, edited }) => {
        const count = applied.filter(({ tool }) => tool.title === title).length;
        const comes = edited.replaceAll('`', '');
        return `${plural(count, 'file')} ${verb} that may be applied already. What ${title} then does: ${comes}`;
      }),
    ];
  }
}
