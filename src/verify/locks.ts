/** Measures the locks of migrations, on a PostgreSQL that is started for it. */
import { requestedExtensions } from '../database/extensions.ts';
import type { Engine, Step } from '../database/types.ts';
import { flatMap } from '../lists.ts';
import { readEnvironment, type EnvironmentChoice } from './environment.ts';
import { measureFile, type MeasuredFile } from './measure.ts';
import { planSteps, type Placeholders } from './steps.ts';
import type { MigrationFile } from './types.ts';

export { measureFile, whoIsStopped, type MeasuredFile, type MeasuredStatement } from './measure.ts';

export interface LocksOptions {
  environment?: EnvironmentChoice;
  placeholders?: Placeholders;
  databaseUrl?: string | undefined;
  timeout?: number;
  cache?: string | undefined;
  /** Ends the measurement, which then rejects with its reason. */
  signal?: AbortSignal;
  /** Measure only these paths; the others are run before them. */
  only: ReadonlySet<string>;
}

/** Measures files in the order in which their tool runs them. @throws UserError where PostgreSQL cannot be used */
export async function measureLocks(files: readonly MigrationFile[], options: LocksOptions): Promise<MeasuredFile[]> {
  const environment = readEnvironment(options.environment ?? 'plain');
  const plans = files.map((file) => planSteps(file.text, file.path, options.placeholders, file.kind));
  const all = [...environment.steps, ...flatMap(plans, ({ steps }) => steps)];
  const engine = await start(options, environment, all);
  try {
    const session = await engine.open();
    const measured: MeasuredFile[] = [];
    for (const [k, file] of files.entries()) {
      options.signal?.throwIfAborted();
      const { steps } = plans[k]!;
      if (options.only.has(file.path)) measured.push(await measureFile(session, file, steps));
      else await session.run(steps, 'continue');
      await session.reset();
    }
    return measured;
  } finally {
    await engine.close();
  }
}

async function start(
  { databaseUrl, cache, timeout = 20_000 }: LocksOptions,
  environment: ReturnType<typeof readEnvironment>,
  steps: Step[],
): Promise<Engine> {
  if (databaseUrl !== undefined) {
    const { startServer } = await import('../database/server.ts');
    return startServer(databaseUrl, environment, steps, { timeout });
  }
  const { startEmbedded } = await import('../database/embedded.ts');
  return startEmbedded(environment, requestedExtensions(steps), { timeout, jobs: 1, cache });
}
