/** The embedded PostgreSQL, on threads of Node.js or of a browser. */
import { type Code, type StartThread, type Thread } from './asking.ts';
import { Crash } from './crash.ts';
import { normalizeDump } from './dump.ts';
import {
  baseOf,
  baseQuery,
  countedAnew,
  kept,
  knownAtStart,
  prepareReading,
  readingOnly,
  readState,
  type Ask,
  type Base,
  type Kept,
  type Known,
} from './state.ts';
import { UserError } from '../errors.ts';
import type { Engine, Environment, Mark, Session, State, Step, StepFailure } from './types.ts';

/**
 * The way back to a mark: WebAssembly's memory and the files as they were, or a new start from a copy of the data
 * directory, which takes many times as long.
 */
export type Rewinding = 'memory' | 'image';

export interface EmbeddedOptions {
  /** What one statement may take, in milliseconds. */
  timeout: number;
  /** How many databases may work at the same time. */
  jobs: number;
  /** @default 'memory' */
  rewinding?: Rewinding;
}

/** A data directory in one piece of memory, which threads share. */
export interface Image {
  directories: string[];
  files: { path: string; start: number; end: number }[];
  bytes: Uint8Array;
  /** What was read of it, once somebody has. */
  state?: Kept;
}

/** Where databases come from as they are before the first migration. */
export interface Images {
  /**
   * @param create starts a thread on an image; without one, on a new database
   * @returns the database, and the thread that has just made it, if one had to
   * @throws UserError where the environment does not run
   */
  of(
    environment: Environment,
    create: (image: Image | undefined) => Promise<Thread>,
  ): Promise<{ image: Image; thread?: Thread }>;
  /** Keeps what was read of a database that was kept. */
  keepState(environment: Environment, image: Image, state: Kept): void;
}

/** What an engine stands on. */
export interface Platform {
  startThread: StartThread;
  images: Images;
  /** The files of which extensions are at hand. */
  bundledOf(extensions: readonly string[]): Promise<string[]>;
}

/** Makes an environment in a database. @throws UserError where it does not run */
export async function prepareEnvironment(thread: Thread, { name, steps }: Environment): Promise<void> {
  const failure = await thread.call<StepFailure | undefined>('run', { steps, onError: 'stop' });
  if (failure)
    throw new UserError(
      `The environment ${name} does not run: ${failure.message} (${failure.code}), in: ${steps[failure.step]!.sql.slice(0, 80)}`,
    );
  await thread.call('reset');
}

/** What has been run in a session since it was opened; to do it again where a thread had to be given up. */
type Past = readonly { steps: readonly Step[]; onError: 'stop' | 'continue' }[];

/** What a database was like at one time; several marks may stand for it. */
interface Place {
  readonly id: number;
  /** The thread that knows it; another has to run the past again. */
  thread: Thread;
  readonly past: Past;
  known: Known | undefined;
  readonly counts: boolean;
  /** The marks that have not been released. */
  marks: number;
}

interface EmbeddedMark extends Mark {
  readonly place: Place;
}

/** What keeps PostgreSQL from counting changes, or makes it forget them. */
const STOPS_COUNTING = /track_counts|pg_stat_(?:reset|clear)/i;

/** Lets go of the copy of a place that nobody can come back to. */
async function forget({ id, thread, marks }: Place): Promise<void> {
  if (marks === 0 && thread.works) await thread.call('release', { mark: id });
}

/** What all sessions of an engine begin with. */
interface Start {
  open(): Promise<Begun>;
  release(thread: Thread): Promise<void>;
  /** Another PostgreSQL stands at the beginning of a thread from now on: it counts anew. */
  countAnew(thread: Thread): void;
  timeout: number;
}

/** A thread that has marked its database before anything was run. */
interface Begun {
  thread: Thread;
  base: Base;
  known: Known;
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
  /** Where the session is, if it has been marked and nothing was run since. */
  private place: Place | undefined;
  private places = 0;

  constructor(start: Start, { thread, base, known }: Begun) {
    this.start = start;
    this.thread = thread;
    this.base = base;
    this.known = known;
    this.isNew = true;
    this.place = { id: START, thread, past: [], known, counts: true, marks: 1 };
  }

  async run(steps: readonly Step[], onError: 'stop' | 'continue'): Promise<StepFailure | undefined> {
    this.past = [...this.past, { steps, onError }];
    this.isNew = false;
    await this.leave();
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
    if (this.place) this.place.known = known;
    return state;
  }

  async ask(sql: string): Promise<unknown[][][]> {
    await this.reset();
    try {
      return await this.thread.call<unknown[][][]>('query', { sql: readingOnly(sql) });
    } catch (error) {
      // The transaction is still open.
      this.isNew = false;
      throw error;
    }
  }

  async dump(): Promise<string> {
    await this.reset();
    return normalizeDump(await this.thread.call<string>('dump'));
  }

  async mark(): Promise<Mark> {
    const place = this.place?.thread.works ? this.place : await this.copy();
    place.marks++;
    this.place = place;
    const mark: EmbeddedMark = {
      place,
      release: async () => {
        place.marks--;
        // Whoever comes next may want to come back to where the session is.
        if (place !== this.place) await forget(place);
      },
    };
    return mark;
  }

  private async copy(): Promise<Place> {
    await this.leave();
    await this.reset();
    const id = this.places++;
    const { thread, past, known, counts } = this;
    await thread.call('mark', { mark: id });
    return { id, thread, past, known, counts, marks: 0 };
  }

  private async leave(): Promise<void> {
    const { place } = this;
    this.place = undefined;
    if (place) await forget(place);
  }

  async rewind(to: Mark): Promise<void> {
    const { place } = to as EmbeddedMark;
    if (place !== this.place) await this.leave();
    const isSame = place.thread.works && (await place.thread.call<boolean>('rewind', { mark: place.id }));
    if (!place.thread.works) await this.relive(place);
    // Another PostgreSQL stands at the mark from now on.
    if (!isSame) this.countAnew(place);
    this.isNew = true;
    this.place = place;
    this.past = place.past;
    this.known = place.known;
    this.counts = place.counts;
  }

  private countAnew(place: Place): void {
    place.known = countedAnew(place.known);
    if (place.id === START) this.start.countAnew(place.thread);
  }

  /** The thread of the mark is gone: what led to the mark is run again in another one. */
  private async relive(place: Place): Promise<void> {
    if (!this.thread.works) {
      await this.start.release(this.thread);
      ({ thread: this.thread } = await this.start.open());
    }
    if (!(await this.thread.call<boolean>('rewind', { mark: START }))) this.start.countAnew(this.thread);
    for (const run of place.past) {
      await this.thread.call('run', run);
      await this.thread.call('reset');
    }
    await this.thread.call('mark', { mark: place.id });
    place.thread = this.thread;
  }

  async close(): Promise<void> {
    await this.start.release(this.thread);
  }
}

/** Leaves nothing in a thread of what was done there before. */
async function restart(used: Begun): Promise<Begun> {
  const isSame = await used.thread.call<boolean>('restart', { mark: START });
  if (!isSame) used.known = countedAnew(used.known)!;
  return used;
}

/** The major version of the embedded PostgreSQL. */
const EMBEDDED_VERSION = 18;

/** The mark that every thread has: its database before anything was run. */
const START = -1;

/** PostgreSQL as the first thread has compiled it, which takes about a second. It is one, and nobody changes it. */
let code: Code | undefined;

/** The embedded PostgreSQL: nothing is installed, started or left behind. */
// eslint-disable-next-line max-lines-per-function -- its functions share the threads that it starts
export async function startOn(
  { startThread, images, bundledOf }: Platform,
  environment: Environment,
  extensions: readonly string[],
  options: EmbeddedOptions,
): Promise<Engine> {
  const { timeout, jobs, rewinding = 'memory' } = options;
  const { standIns } = environment;
  const bundled = await bundledOf(extensions.filter((name) => standIns.every((standIn) => standIn.name !== name)));
  const busy = new Set<Thread>();
  const idle: Begun[] = [];
  const begun = new Map<Thread, Begun>();
  let closed = false;

  const start = () => startThread({ extensions: bundled, standIns, rewinding, code }, timeout);
  // It starts while the image is read.
  let starting: Promise<Thread> | undefined = start();
  starting.catch(() => undefined);
  const create = async (image: Image | undefined): Promise<Thread> => {
    const started = starting ?? start();
    starting = undefined;
    const thread = await started;
    code ??= thread.code;
    busy.add(thread);
    if (closed) await thread.end();
    await thread.call('open', { image });
    return thread;
  };
  const made = await images.of(environment, create);
  const { image } = made;
  const begin = async (thread: Thread): Promise<Begun> => {
    const ask: Ask = (sql) => thread.call('query', { sql });
    const base = baseOf(await ask(baseQuery('current_database()')));
    await thread.call('prepare', { sql: prepareReading(base) });
    if (!image.state) {
      const { known } = await readState(ask, { base, isPrepared: true });
      images.keepState(environment, image, kept(known));
    }
    const known = await knownAtStart(image.state!, ask);
    await thread.call('mark', { mark: START });
    const beginning: Begun = { thread, base, known };
    begun.set(thread, beginning);
    return beginning;
  };
  let first = made.thread && (await begin(made.thread));
  const threads: Start = {
    timeout,
    async open() {
      const used = idle.pop();
      const ready = used ? await restart(used) : (first ?? (await begin(await create(image))));
      first = undefined;
      busy.add(ready.thread);
      return ready;
    },
    async release(thread) {
      if (!busy.delete(thread)) return;
      if (thread.works && !closed) idle.push(begun.get(thread)!);
      else await thread.end();
    },
    countAnew(thread) {
      const of = begun.get(thread);
      if (of) of.known = countedAnew(of.known)!;
    },
  };
  return {
    name: `embedded PostgreSQL ${EMBEDDED_VERSION}`,
    jobs,
    sharesRoles: false,
    async open() {
      return new EmbeddedSession(threads, await threads.open());
    },
    refuse: (steps) => {
      const step = steps.find(({ sql }) => /^copy\b/i.test(sql) && /\b(to|from)\s+program\b/i.test(sql));
      return step && { reason: 'COPY … PROGRAM would start a program on this machine', offset: step.offset };
    },
    async close() {
      closed = true;
      await Promise.all([...busy, ...idle.map(({ thread }) => thread)].map((thread) => thread.end()));
    },
  };
}
