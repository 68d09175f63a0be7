import type { SqlState } from '../catalog/sqlstates.ts';
import type { Edit } from '../fixers/edits.ts';
import type { World } from '../history/world.ts';
import type { Scope } from './names/scope.ts';
import type { Statement } from '../syntax/script.ts';

/** What a statement gets wrong; each has a rule. */
export type Family = 'definition' | 'name' | 'arity';

/** What PostgreSQL refuses at the first run. */
export interface Problem {
  family: Family;
  /** The range that the message points at. */
  start: number;
  end: number;
  /** The SQLSTATE with which the statement fails. */
  error: SqlState;
  /** What is wrong, without a full stop: `Column "titel" of table "notes" does not exist`. */
  problem: string;
  /** What to write, as a whole sentence. */
  advice: string;
  /** The same as edits; undefined where the author must write it. */
  edits?: readonly Edit[] | undefined;
  /** Whether the edits can only be what was meant. Otherwise they are a suggestion. */
  certain?: boolean | undefined;
}

/** One statement that is checked, and the objects that there are when it runs. */
export interface Checked {
  statement: Statement;
  /** Whether it is sure to run: a condition around it may ask for what would make it fail. */
  runs: boolean;
  world: World;
  /** What names in it may stand for besides: the parameters of the function whose body it is in. */
  outer: Scope;
  /** Schemas and types that an earlier statement of the file has named, and that are not there. */
  reported: Set<string>;
  report(problem: Problem): void;
}
