/** Runs the files of a page on PostgreSQL in the browser: what `verify` and `locks` do, on one database. */
import { startOn, prepareEnvironment, type Image, type Images } from '../database/engine.ts';
import { requestedExtensions } from '../database/extensions.ts';
import type { Thread } from '../database/asking.ts';
import type { Engine, Environment, Session } from '../database/types.ts';
import { flatMap } from '../lists.ts';
import { lookup } from '../lookup.ts';
import { Projects } from '../project/find.ts';
import type { ToolChoice } from '../project/types.ts';
import { readEnvironment } from '../verify/environment.ts';
import { headline } from '../verify/headline.ts';
import { Judge } from '../verify/judge.ts';
import { measureFile, whoIsStopped, type MeasuredStatement } from '../verify/measure.ts';
import { plansOf, unfit } from '../verify/plans.ts';
import type { FileVerdict, MigrationFile, Outcome } from '../verify/types.ts';
import { walk, type Walk } from '../verify/walk.ts';
import type { MemoryDisk } from './disk.ts';
import { threadsOf, type PostgresSource } from './thread.ts';

/** What one statement may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** The environment in which there is nothing. */
const PLAIN = 'plain';

export interface ProofRequest {
  /** The files of the project. */
  disk: MemoryDisk;
  /** The file that is proven, by its absolute path; those before it run first. */
  path: string;
  /** What stands in its place, and must leave what the file leaves. @default the file as it is */
  fixed?: string | undefined;
  environment?: 'plain' | 'supabase';
  tool?: ToolChoice | undefined;
  /** Whether only the verdict is asked for, and not what becomes of each statement. @default false */
  brief?: boolean;
  /** Told of the statements as they run. */
  onProgress?: ((progress: { walk: Walk } | { loading: string }) => void) | undefined;
  /** Ends the proof, which then rejects with its reason. */
  signal?: AbortSignal | undefined;
}

/** The locks of a statement on what was there before its file, and whom they stop. */
export type Measured = MeasuredStatement & { stops: string };

export interface ProofReport {
  verdict: FileVerdict;
  /** The verdict in words, as the end of a sentence about the file. */
  headline: string;
  walk?: Walk;
  locks?: readonly Measured[];
  /** Why the locks of the rest of the file were not measured. */
  stopped?: string;
}

/** Databases as they are before the first migration, kept while the page is open. */
class KeptImages implements Images {
  private readonly images = new Map<string, Image>();

  async of(
    { name, ...rest }: Environment,
    create: (image: Image | undefined) => Promise<Thread>,
  ): Promise<{ image: Image; thread?: Thread }> {
    const known = this.images.get(name);
    if (known) return { image: known };
    const plain = this.images.get(PLAIN);
    const thread = await create(plain);
    if (!plain) this.images.set(PLAIN, await thread.call<Image>('image'));
    if (name !== PLAIN) {
      await prepareEnvironment(thread, { name, ...rest });
      this.images.set(name, await thread.call<Image>('image'));
    }
    return { image: this.images.get(name)!, thread };
  }

  keepState(_: Environment, image: Image, state: NonNullable<Image['state']>): void {
    image.state = state;
  }
}

/** PostgreSQL in a browser; it is loaded when it is first asked for something. */
export class Prover {
  private readonly source: PostgresSource;
  private readonly images = new KeptImages();
  private code: ReturnType<PostgresSource['load']> | undefined;
  /** The last one stays: who proves once proves again. */
  private kept: { key: string; engine: Promise<Engine> } | undefined;

  constructor(source: PostgresSource) {
    this.source = source;
  }

  /** Proves a file. @throws Crash where the database is gone; the next proof starts another one */
  async prove(request: ProofRequest): Promise<ProofReport> {
    const { disk, path, fixed, tool, signal, onProgress } = request;
    const projects = new Projects(disk);
    const project = projects.of(path, tool);
    const paths = project.forward.includes(path) ? project.forward : [...project.forward, path];
    const files = paths.slice(0, paths.indexOf(path) + 1).map((own): MigrationFile => ({
      path: own,
      text: disk.read(own) ?? '',
      kind: { tool: project.tool, role: project.roles.get(own) },
    }));
    const runnersOf = (file: MigrationFile) => projects.runnersOf(project, file);
    const plans = files.map((file) =>
      plansOf(file, { runnersOf, only: [path], ...(fixed !== undefined && { fixed: new Map([[path, fixed]]) }) }),
    );
    const environment = readEnvironment(request.environment ?? PLAIN);
    const steps = flatMap(plans, ({ original, subject }) => [...original.steps, ...subject.steps]);
    onProgress?.({ loading: 'PostgreSQL starts' });
    const engine = await this.engineFor(environment, requestedExtensions([...environment.steps, ...steps]));
    signal?.throwIfAborted();
    const session = await engine.open();
    try {
      return await proveOn(engine, session, files, plans, request);
    } finally {
      await session.close();
    }
  }

  private async engineFor(environment: Environment, extensions: readonly string[]): Promise<Engine> {
    const key = JSON.stringify([environment.name, extensions]);
    if (this.kept?.key === key) return this.kept.engine;
    const last = this.kept;
    const engine = this.start(environment, extensions);
    this.kept = { key, engine };
    engine.catch(() => (this.kept = undefined));
    await last?.engine.then((old) => old.close()).catch(() => undefined);
    return engine;
  }

  private async start(environment: Environment, extensions: readonly string[]): Promise<Engine> {
    this.code ??= this.source.load();
    this.code.catch(() => (this.code = undefined));
    const urls = lookup(this.source.extensions ?? {});
    const platform = {
      startThread: threadsOf(this.source, await this.code),
      images: this.images,
      bundledOf: (names: readonly string[]) =>
        Promise.resolve(names.map((name) => name.replaceAll('-', '_')).filter((name) => urls[name] !== undefined)),
    };
    return startOn(platform, environment, extensions, { timeout: TIMEOUT_MS, jobs: 1 });
  }

  /** Ends the databases. */
  async close(): Promise<void> {
    await this.kept?.engine.then((engine) => engine.close());
    this.kept = undefined;
  }
}

async function proveOn(
  engine: Engine,
  session: Session,
  files: readonly MigrationFile[],
  plans: readonly ReturnType<typeof plansOf>[],
  { fixed, brief = false, onProgress, signal }: ProofRequest,
): Promise<ProofReport> {
  let behind: string | undefined;
  for (const [k, file] of files.slice(0, -1).entries()) {
    signal?.throwIfAborted();
    const why = unfit(engine, plans[k]!.original);
    const { verdict } = why ?? (await Judge.once(session, plans[k]!)).outcome;
    if (verdict !== 'ok') behind ??= file.path;
  }
  const own = plans.at(-1)!;
  const { path } = files.at(-1)!;
  const began = performance.now();
  const verdictOf = (outcome: Outcome, sent: string): FileVerdict => ({
    path,
    subject: fixed === undefined ? 'original' : 'fixed',
    engine: engine.name,
    sent,
    seconds: (performance.now() - began) / 1000,
    ...(behind !== undefined && { behind }),
    ...outcome,
  });
  const why = unfit(engine, own.original) ?? unfit(engine, own.subject);
  if (why) return reportOf(verdictOf(why, own.ways[0]!.name));
  if (brief) {
    const { outcome, sent } = await Judge.of(engine, session, own, {});
    return reportOf(verdictOf(outcome, sent));
  }
  const { subject } = own;
  const walked = await walk(session, subject, { onProgress: (now) => onProgress?.({ walk: now }), signal });
  const before = await session.mark();
  const measured = await measureFile(session, { path, text: subject.text }, subject.steps);
  await session.rewind(before);
  await before.release();
  signal?.throwIfAborted();
  const { outcome, sent } = await Judge.of(engine, session, own, {});
  return {
    ...reportOf(verdictOf(outcome.verdict === 'ok' ? (interrupted(walked) ?? outcome) : outcome, sent)),
    walk: walked,
    locks: measured.statements.map((statement) => ({ ...statement, stops: whoIsStopped(statement) })),
    ...(measured.stopped !== undefined && { stopped: measured.stopped }),
  };
}

/** Where the file cannot be started again, as `verify --resume` says it. */
function interrupted({ statements }: Walk): Outcome | undefined {
  for (const { line: after, resumed } of statements)
    if (resumed && !resumed.ok)
      return 'failure' in resumed
        ? { verdict: 'not-resumable', after, failure: resumed.failure }
        : { verdict: 'not-resumable', after, diff: resumed.diff };
  return undefined;
}

const reportOf = (verdict: FileVerdict): ProofReport => ({ verdict, headline: headline(verdict) });
