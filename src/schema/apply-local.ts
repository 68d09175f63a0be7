/** Runs migrations once on an embedded PostgreSQL that is thrown away. */
import { requestedExtensions } from '../database/extensions.ts';
import { flatMap } from '../lists.ts';
import { readEnvironment, type EnvironmentChoice } from '../verify/environment.ts';
import { locate } from '../verify/steps.ts';
import type { Applied, ApplyEvent, PlannedFile } from './apply.ts';
import { added } from './stretches.ts';

const TIMEOUT_MS = 60_000;

/** @param cache a folder that keeps databases as they are before the first migration */
export async function applyLocal(
  files: readonly Omit<PlannedFile, 'row'>[],
  choice: EnvironmentChoice,
  cache: string | undefined,
  onEvent: (event: ApplyEvent) => void,
): Promise<Applied> {
  const { startEmbedded } = await import('../database/embedded.ts');
  const steps = flatMap(files, ({ stretches }) => flatMap(stretches, (stretch) => [...stretch.steps]));
  const engine = await startEmbedded(readEnvironment(choice), requestedExtensions(steps), {
    timeout: TIMEOUT_MS,
    jobs: 1,
    cache,
  });
  const done: { path: string; duration: number }[] = [];
  try {
    const session = await engine.open();
    for (const [index, { path, text, stretches }] of files.entries()) {
      onEvent({ kind: 'file', path, index, total: files.length });
      const started = performance.now();
      const sent = flatMap(stretches, (stretch) =>
        stretch.inTransaction ? [added('BEGIN'), ...stretch.steps, added('COMMIT')] : [...stretch.steps],
      );
      const failure = await session.run(sent, 'stop');
      if (failure)
        return { done, stopped: { path, failure: locate(text, sent, failure), kept: 0, isInterrupted: false } };
      await session.reset();
      const duration = Math.round(performance.now() - started);
      done.push({ path, duration });
      onEvent({ kind: 'applied', path, duration });
    }
    return { done };
  } finally {
    await engine.close();
  }
}
