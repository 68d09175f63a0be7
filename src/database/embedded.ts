import { availableParallelism } from 'node:os';
import { Crash } from './crash.ts';
import { normalizeDump } from './dump.ts';
import { ImageStore, type Image } from './images.ts';
import { BASE_QUERY, baseOf, countedAnew, prepareReading, readState, type Base, type Known } from './state.ts';
import { startThread, type Code, type Thread } from './thread.ts';
import type { Engine, Environment, Mark, Session, State, Step, StepFailure } from './types.ts';

/**
 * The way back to a mark: WebAssembly's memory and the files as they were, or a new start from a copy of the data
 * directory, which takes many times as long.
 */
export type Rewinding = 'memory' | 'image';

export interface EmbeddedOptions {
  /** What one statement may take, in milliseconds. */
  timeout: number;
  /** How many databases may work at the same time. @default one a core */
  jobs?: number;
  /** @default 'memory' */
  rewinding?: Rewinding;
  /** A folder that keeps databases as they are before the first migration, from one run to the next. @default none */
  cache?: string | undefined;
}

/** What has been run in a session since it was opened; to do it again where a thread had to be given up. */
type Past = readonly { steps: readonly Step[]; onError: 'stop' | 'continue' }[];

interface EmbeddedMark extends Mark {
  readonly id: number;
  /** The thread that knows it; another has to run the past again. */
  thread: Thread;
  readonly past: Past;
  known: Known | undefined;
  readonly counts: boolean;
}

/** What keeps PostgreSQL from counting changes, or makes it forget them. */
const STOPS_COUNTING = /track_counts|pg_stat_(?:reset|clear)/i;

/** What all sessions of an engine begin with. */
interface Start {
  image: Image;
  open(): Promise<Thread>;
  release(thread: Thread): Promise<void>;
  timeout: number;
}

class EmbeddedSession implements Session {
  private readonly start: Start;
  private readonly base: Base;
  private thread: Thread;
  private past: Past = [];
  private known: Known | undefined;
  /** Whether PostgreSQL counts what it changes. */
  private counts = true;
  /** Whether nothing was run since the session was reset. */
  private isNew = false;
  private marks = 0;

  constructor(start: Start, thread: Thread, base: Base) {
    this.start = start;
    this.thread = thread;
    this.base = base;
  }

  async run(steps: readonly Step[], onError: 'stop' | 'continue'): Promise<StepFailure | undefined> {
    this.past = [...this.past, { steps, onError }];
    this.isNew = false;
    this.counts &&= !steps.some(({ sql }) => STOPS_COUNTING.test(sql));
    try {
      return await this.thread.call<StepFailure | undefined>('run', { steps, onError }, (step) => ({
        step,
        code: 'timeout',
        message: `it did not end within ${this.start.timeout / 1000} s`,
      }));
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      return {
        step: error.step ?? 0,
        code: 'crash',
        message: `the embedded PostgreSQL crashed: ${error.message}`,
      };
    }
  }

  async reset(): Promise<void> {
    if (this.isNew && this.thread.works) return;
    await this.thread.call('reset');
    this.isNew = true;
  }

  async state(inFull = false): Promise<State> {
    await this.reset();
    const { state, known } = await readState((sql) => this.thread.call('query', { sql }), {
      base: this.base,
      known: inFull ? undefined : this.counts ? this.known : countedAnew(this.known),
      isPrepared: true,
    });
    this.known = known;
    return state;
  }

  async dump(): Promise<string> {
    await this.reset();
    return normalizeDump(await this.thread.call<string>('dump'));
  }

  async mark(): Promise<Mark> {
    await this.reset();
    const id = this.marks++;
    const { thread } = this;
    await thread.call('mark', { mark: id });
    const mark: EmbeddedMark = {
      id,
      thread,
      past: this.past,
      known: this.known,
      counts: this.counts,
      async release() {
        if (mark.thread.works) await mark.thread.call('release', { mark: id });
      },
    };
    return mark;
  }

  async rewind(to: Mark): Promise<void> {
    const mark = to as EmbeddedMark;
    const isSame = mark.thread.works && (await mark.thread.call<boolean>('rewind', { mark: mark.id }));
    if (!mark.thread.works) await this.relive(mark);
    // Another PostgreSQL stands at the mark from now on.
    if (!isSame) mark.known = countedAnew(mark.known);
    this.isNew = true;
    this.past = mark.past;
    this.known = mark.known;
    this.counts = mark.counts;
  }

  /** The thread of the mark is gone: what led to the mark is run again in another one. */
  private async relive(mark: EmbeddedMark): Promise<void> {
    if (!this.thread.works) {
      await this.start.release(this.thread);
      this.thread = await this.start.open();
    }
    await this.thread.call('rewind', { mark: START });
    for (const run of mark.past) {
      await this.thread.call('run', run);
      await this.thread.call('reset');
    }
    await this.thread.call('mark', { mark: mark.id });
    mark.thread = this.thread;
  }

  async close(): Promise<void> {
    await this.start.release(this.thread);
  }
}

/** The major version of the embedded PostgreSQL. */
const EMBEDDED_VERSION = 18;

/** The mark that every thread has: its database before anything was run. */
const START = -1;

/** The embedded PostgreSQL: nothing is installed, started or left behind. */
// eslint-disable-next-line max-lines-per-function -- its functions share the threads that it starts
export async function startEmbedded(
  environment: Environment,
  extensions: readonly string[],
  options: EmbeddedOptions,
): Promise<Engine> {
  const { timeout, rewinding = 'memory' } = options;
  const { standIns } = environment;
  const bundled = await bundledOf(extensions.filter((name) => standIns.every((standIn) => standIn.name !== name)));
  const busy = new Set<Thread>();
  const idle: Thread[] = [];
  let code: Code | undefined;
  let base: Base | undefined;
  let closed = false;

  const create = async (image: Image | undefined): Promise<Thread> => {
    const thread = await startThread({ extensions: bundled, standIns, rewinding, code }, timeout);
    code ??= thread.code;
    busy.add(thread);
    if (closed) await thread.end();
    await thread.call('open', { image });
    return thread;
  };
  const images = new ImageStore(options.cache);
  const made = await images.of(environment, { create });
  const begin = async (thread: Thread): Promise<Thread> => {
    base = baseOf(await thread.call('query', { sql: BASE_QUERY }));
    await thread.call('prepare', { sql: prepareReading(base) });
    await thread.call('mark', { mark: START });
    return thread;
  };
  if (made.thread) idle.push(await begin(made.thread));
  const start: Start = {
    image: made.image,
    timeout,
    async open() {
      const thread = idle.pop() ?? (await begin(await create(made.image)));
      busy.add(thread);
      return thread;
    },
    async release(thread) {
      if (!busy.delete(thread)) return;
      if (thread.works && !closed) idle.push(thread);
      else await thread.end();
    },
  };
  return {
    name: `embedded PostgreSQL ${EMBEDDED_VERSION}`,
    jobs: options.jobs ?? availableParallelism(),
    sharesRoles: false,
    async open() {
      const thread = await start.open();
      await thread.call('restart', { mark: START });
      return new EmbeddedSession(start, thread, base!);
    },
    refuse: (steps) => {
      const step = steps.find(({ sql }) => /^copy\b/i.test(sql) && /\b(to|from)\s+program\b/i.test(sql));
      return step && { reason: 'COPY … PROGRAM would start a program on this machine', offset: step.offset };
    },
    async close() {
      closed = true;
      await Promise.all([...busy, ...idle].map((thread) => thread.end()));
    },
  };
}

async function bundledOf(extensions: readonly string[]): Promise<string[]> {
  const bundled: string[] = [];
  for (const name of extensions) {
    const bundle = name.replaceAll('-', '_');
    if (await isBundled(bundle)) bundled.push(bundle);
  }
  return bundled;
}

async function isBundled(name: string): Promise<boolean> {
  if (!/^\w+$/.test(name)) return false;
  try {
    await import(`@electric-sql/pglite/contrib/${name}`);
    return true;
  } catch {
    return false;
  }
}
