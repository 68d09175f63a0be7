/** Whether a default has another value for each row, as PostgreSQL decides after it has planned the expression. */
import type { Node } from '../../syntax/parser.ts';
import { nameOf, walk } from '../nodes.ts';
import type { Name } from '../objects.ts';
import type { Known } from './types.ts';

/** PostgreSQL's own functions, and those of common extensions, that are VOLATILE (`provolatile = 'v'`). */
const VOLATILE: ReadonlySet<string> = new Set(
  `array_sample array_shuffle clock_timestamp currval gen_random_bytes gen_random_uuid gen_salt lastval nextval
  pg_notify pg_sleep random random_normal setseed setval timeofday uuid_generate_v1 uuid_generate_v1mc
  uuid_generate_v4 uuid_generate_v6 uuid_generate_v7 uuidv4 uuidv7 nanoid ulid gen_ulid generate_ulid
  pgp_sym_encrypt pgp_pub_encrypt current_query set_config`.split(/\s+/),
);

/** How deep functions that call one another are followed. */
const MAX_DEPTH = 8;

/** The call by which an expression has another value for each row; undefined where there is none. */
export function volatileIn(expression: Node | undefined, known: Known): string | undefined {
  if (!expression) return undefined;
  let found: string | undefined;
  walk([expression], (type, node) => {
    if (type === 'FuncCall') {
      const name = nameOf(node.funcname as Node[]);
      if (isVolatile(name, known)) found ??= `${name.name}()`;
    }
    return found === undefined;
  });
  return found;
}

/** Whether a function is VOLATILE; what nothing is known of is taken to be as it is without a marking. */
export function isVolatile(name: Name, known: Known, depth = 0): boolean {
  const own = name.schema === 'pg_catalog' ? [] : known.overloads({ kind: 'function', ...name });
  if (own.length === 0) return VOLATILE.has(name.name);
  return own.some(({ detail }) =>
    detail?.inlines && depth < MAX_DEPTH
      ? detail.inlines.some((inner) => isVolatile(inner, known, depth + 1))
      : detail?.volatile === true,
  );
}
