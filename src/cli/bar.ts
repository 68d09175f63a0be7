import { printable } from '../printable.ts';

/** A bar on the terminal for work that takes a while from its first step on. */
export function startBar(
  stream: NodeJS.WriteStream,
  now: () => number = Date.now,
): { update(done: number, total: number, what: string): void; done(): void } {
  const started = now();
  const WIDTH = 24;
  return {
    update(done, total, what) {
      if (!stream.isTTY) return;
      const filled = Math.round((WIDTH * done) / Math.max(1, total));
      const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
      const seconds = ((now() - started) / 1000).toFixed(0);
      const line = `${bar} ${done}/${total} ${seconds} s ${printable(what)}`;
      stream.write(`\r\u001b[K${line.slice(0, Math.max(20, stream.columns - 1))}`);
    },
    done() {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}
