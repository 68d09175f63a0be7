import { printable } from '../printable.ts';

/** A line on the terminal that says how far the work is, from its second second on; nothing where output is piped. */
export interface Progress {
  step(path: string): void;
  done(): void;
}

const DELAY_MS = 1000;
const INTERVAL_MS = 100;

export function startProgress(total: number, stream: NodeJS.WriteStream, now: () => number = Date.now): Progress {
  const started = now();
  let count = 0;
  let last = 0;
  let shown = false;
  return {
    step(path) {
      count++;
      const time = now();
      if (!stream.isTTY || time - started < DELAY_MS || time - last < INTERVAL_MS) return;
      last = time;
      shown = true;
      stream.write(`\r\u001b[K${count}/${total} ${printable(path).slice(-Math.max(10, stream.columns - 20))}`);
    },
    done() {
      if (shown) stream.write('\r\u001b[K');
    },
  };
}
