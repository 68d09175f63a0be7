/** Asks the worker. */
import { STOPPED, type Answers, type Asked, type Progress, type Question, type Said, type Stop } from './protocol.ts';

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
  onProgress: ((progress: Progress) => void) | undefined;
}

export class Engine {
  private readonly worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor() {
    this.worker.onmessage = ({ data: said }: MessageEvent<Said>) => {
      const waiting = this.waiting.get(said.id);
      if (!waiting) return;
      if ('progress' in said) return waiting.onProgress?.(said.progress);
      this.waiting.delete(said.id);
      if ('error' in said) waiting.reject(new Error(said.error));
      else waiting.resolve(said.answer as never);
    };
    this.worker.onerror = (event) => {
      this.fail(event.message || 'the engine cannot be loaded');
    };
  }

  private fail(message: string): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject(new Error(message));
  }

  ask<Q extends Question>(
    question: Q,
    asked: Omit<Extract<Asked, { question: Q }>, 'id' | 'question'>,
    onProgress?: (progress: Progress) => void,
  ): Promise<Answers[Q]['answer']> {
    const id = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      this.worker.postMessage({ id, question, ...asked });
    });
  }

  /** Ends a proof that runs, at its next statement. */
  stop(): void {
    this.worker.postMessage({ stop: true } satisfies Stop);
  }

  end(): void {
    this.worker.terminate();
    this.fail(STOPPED);
  }
}
