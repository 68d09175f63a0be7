/** Judges the condition of a policy for one kind of caller, in PostgreSQL's three-valued logic. */
import type { Node } from '../syntax/parser.ts';
import type { Caller } from './callers.ts';
import { bitsOf, valueOf } from './expressions.ts';
import type { Scope } from './scope.ts';
import { TRUE } from './value.ts';

/**
 * For which rows a condition holds: `all` and `none` are proven. `most` is all rows in which some columns are not null:
 * the condition compares them with themselves. `some` is what is left, be it that it depends on the row or that the
 * text does not tell.
 */
export type Rows = 'all' | 'most' | 'some' | 'none';

/** What is known of the table of a policy. */
export interface Table {
  name: string;
  /** Whether a column is known never to be null. */
  isNotNull: (column: string) => boolean;
}

/** How often a condition is evaluated before it counts as undecided. */
const MAX_EVALUATIONS = 600;

/** For which rows a condition lets a caller through. */
export function judge(condition: Node | undefined, caller: Caller, table: Table): Rows {
  if (!condition) return 'none';
  const sameColumns = new Set<string>();
  const rows = search(condition, caller, table, sameColumns);
  if (rows !== 'some' || sameColumns.size === 0) return rows;
  const filled = { ...table, isNotNull: (column: string) => sameColumns.has(column) || table.isNotNull(column) };
  return search(condition, caller, filled, sameColumns) === 'all' ? 'most' : 'some';
}

/**
 * Evaluates the condition; where it can be true and not true, once more for each value of its first open part, and so
 * on. One counterexample for either answer ends the search.
 */
function search(condition: Node, caller: Caller, { name, isNotNull }: Table, sameColumns: Set<string>): Rows {
  let left = MAX_EVALUATIONS;
  const bits = (assumed: ReadonlyMap<number, number>): number => {
    const row = { caller, isNotNull, table: name, isInner: false };
    const scope: Scope = { ...row, sameColumns, assumed, open: new Map(), valueOf };
    const found = bitsOf(condition, scope);
    if (found === TRUE || !(found & TRUE)) return found;
    const [part] = scope.open;
    if (!part || --left <= 0) return found;
    let all = 0;
    for (const value of [1, 2, 4])
      if (part[1] & value && !(all & TRUE && all & ~TRUE)) all |= bits(new Map([...assumed, [part[0], value]]));
    return all;
  };
  const all = bits(new Map());
  return all === TRUE ? 'all' : all & TRUE ? 'some' : 'none';
}
