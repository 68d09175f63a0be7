/** What a report for reading shows besides the findings: what `--fix` would write, and the locks that files take. */
import { stoppedBy } from '../catalog/locks/types.ts';
import type { ConfigFinder } from '../config/load.ts';
import { lintOptionsOf } from '../config/settings.ts';
import { flatMap } from '../lists.ts';
import type { Locked } from '../locking/index.ts';
import type { ReporterContext, TakenLock } from '../reporters/types.ts';
import { SqlSource } from '../rules/api/source.ts';
import { labelOf } from '../rules/shared/safety.ts';
import { loadParser } from '../syntax/parser.ts';
import { FoundSettings } from '../workspace/open.ts';
import { fromCommandLine, lintFiles } from './lint.ts';
import type { CliOptions } from './options.ts';
import { openCache, workspaceFor, type Store } from './tasks.ts';

/**
 * Finds out what the results of linting do not have.
 * @param paths of the files that were linted without fixing them
 */
export async function reportDetails(
  paths: readonly string[],
  options: CliOptions,
  configs: ConfigFinder,
  store: Store,
): Promise<Pick<ReporterContext, 'fixed' | 'locks'>> {
  const quiet = { step: () => undefined, done: () => undefined };
  const dry: CliOptions = { ...options, fix: 'dry-run', prove: false };
  const { results } = await lintFiles(paths, dry, configs, quiet, store);
  const fixed = new Map(
    flatMap(results, ({ filePath, output }) => (output === undefined ? [] : [[filePath, output] as const])),
  );
  return { fixed, locks: await locksOf(paths, options, configs, store) };
}

async function locksOf(
  paths: readonly string[],
  options: CliOptions,
  configs: ConfigFinder,
  store: Store,
): Promise<Map<string, TakenLock[]>> {
  await loadParser();
  const found = new FoundSettings(() => configs, fromCommandLine(options));
  const workspace = workspaceFor(options, openCache(options), store);
  const locks = new Map<string, TakenLock[]>();
  for (const path of paths) {
    const settings = await found.of(path);
    const place = workspace.placeOf(path, settings);
    const source = new SqlSource(store.read(path).text, path, place, lintOptionsOf(settings).fix);
    const taken = takenBy(source);
    if (taken.length > 0) locks.set(path, taken);
  }
  return locks;
}

const WORK: Readonly<Record<NonNullable<Locked['touch']['work']>, string>> = {
  rewrite: 'writes all rows anew',
  build: 'builds an index',
  scan: 'reads all rows',
};

/** A statement names a relation once, with the strongest lock that it takes on it. */
function takenBy({ script, locks: { locked } }: SqlSource): TakenLock[] {
  const taken = new Map<string, TakenLock>();
  for (const { statement, touch, lock, key } of locked) {
    const waiting = stoppedBy(lock);
    if (waiting === undefined) continue;
    const id = `${statement.start} ${key}`;
    const work = touch.work === undefined ? taken.get(id)?.work : WORK[touch.work];
    const { line } = script.lines.locate(statement.start);
    taken.set(id, { line, relation: labelOf(touch.relation), lock, waiting, work });
  }
  return [...taken.values()];
}
