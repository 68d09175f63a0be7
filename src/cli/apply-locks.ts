/** The locks that pending migrations take, measured on the embedded PostgreSQL. */
import { measureLocks, whoIsStopped, type MeasuredStatement } from '../verify/locks.ts';
import { flatMap } from '../lists.ts';
import { playing, type LiveProject } from './live-project.ts';

/** For each file, in words, whom its statements stop: `line 3 stops writes on notes`. */
export async function locksOf(
  live: LiveProject,
  pending: LiveProject['files'],
  environment: string | undefined,
): Promise<Map<string, string[]>> {
  const measured = await measureLocks(live.files, {
    ...playing(live, environment),
    only: new Set(pending.map(({ path }) => path)),
  });
  return new Map(
    measured.map(({ path, statements, stopped }) => [
      path,
      [
        ...flatMap(statements, (statement) => inWords(statement) ?? []),
        ...(stopped === undefined ? [] : [`not measured further: ${stopped}`]),
      ],
    ]),
  );
}

function inWords(statement: MeasuredStatement): string | undefined {
  const { line, note } = statement;
  if (note !== undefined) return `line ${line}: ${note}`;
  const stops = whomItStops(statement);
  return stops === undefined ? undefined : `line ${line} ${stops}`;
}

/** Whom the locks of a statement stop: `stops writes on notes: …`; undefined where they stop nobody. */
export function whomItStops(statement: MeasuredStatement): string | undefined {
  const stops = whoIsStopped(statement);
  const tables = statement.locks.filter(({ relation }) => !/^(?:index|sequence) /.test(relation));
  if (stops === 'nothing' || tables.length === 0) return undefined;
  return `stops ${stops}: ${tables.map(({ relation, lock }) => `${relation} ${lock}`).join(', ')}`;
}
