import { setImmediate } from 'node:timers/promises';

/** So long the server works before it looks what the editor has said in the meantime. */
const SLICE_MS = 10;

/** The pace of a piece of work: it lets others in between, and ends where nobody waits for it any more. */
export class Pace {
  readonly signal: AbortSignal;
  private since = performance.now();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** @throws the reason of the signal, where the work is stale */
  readonly breathe = async (): Promise<void> => {
    if (performance.now() - this.since > SLICE_MS) {
      await setImmediate();
      this.since = performance.now();
    }
    this.signal.throwIfAborted();
  };
}

/** Why a piece of work was ended. */
export class Stale extends Error {
  override name = 'Stale';
}

/**
 * Pieces of work that go through the files of a folder, one after the other: two at the same time would send history
 * back and forth.
 */
export class Lane {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work);
    this.last = next.catch(() => undefined);
    return next;
  }
}
