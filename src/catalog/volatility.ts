/** Tells which expressions give another value from call to call, or from run to run. */
import type { Node } from '../syntax/parser.ts';
import { strings, walk } from './nodes.ts';

/** Functions whose value differs from call to call, or from run to run. */
export const VOLATILE: ReadonlySet<string> = new Set([
  ...['random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'gen_random_bytes', 'gen_salt', 'nanoid'],
  ...['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'nextval', 'txid_current', 'pg_current_xact_id'],
  ...['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp', 'timeofday'],
]);

/** Why an expression differs from call to call; undefined where it does not. */
export function volatileCall(expression: unknown): string | undefined {
  let found: string | undefined;
  walk(expression, (type, node) => {
    if (type === 'FuncCall') {
      const name = strings(node.funcname as Node[]).at(-1)!;
      if (VOLATILE.has(name)) found ??= `${name}()`;
    } else if (type === 'SQLValueFunction' && /CURRENT_(DATE|TIME)|LOCALTIME/.test(String(node.op)))
      found ??= String(node.op)
        .replace(/^SVFOP_/, '')
        .replace(/_N$/, '');
  });
  return found;
}

/** Functions that read the clock: they change when a row was touched, not its other values. */
const CLOCK =
  /^(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\(\)$|^(CURRENT|LOCAL)_?(DATE|TIME)/;

export const isClock = (call: string): boolean => CLOCK.test(call);
