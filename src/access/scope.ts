import type { Node } from '../syntax/parser.ts';
import type { Caller } from './callers.ts';
import type { Value } from './value.ts';

/** What an expression is evaluated for. */
export interface Scope {
  caller: Caller;
  /** Whether a column of the row is known never to be null. */
  isNotNull: (column: string) => boolean;
  /** The name of the table, which may qualify its columns. */
  table: string;
  /** Whether a FROM stands around the expression: its columns may be those of another row. */
  isInner: boolean;
  /** Columns that are compared with themselves. */
  sameColumns: Set<string>;
  /** What some parts are assumed to be, by their digests. The same part has the same value wherever it stands. */
  assumed: ReadonlyMap<number, number>;
  /** The parts that can be assumed to be one of several values. */
  open: Map<number, number>;
  /** Evaluates an expression in a subquery. */
  valueOf: (node: Node | undefined, scope: Scope) => Value;
}
