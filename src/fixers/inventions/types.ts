import type { SqlState } from '../../catalog/sqlstates.ts';
import type { World } from '../../history/world.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Edit } from '../edits.ts';
import type { Reader } from '../../syntax/tokens.ts';

/**
 * The correction of an invented form: edits, or the reason why the author must choose. Edits that leave out something
 * of what was meant are a suggestion.
 */
export type Correction = { edits: readonly Edit[]; isSuggestion?: boolean } | { why: string };

/** A place with syntax that PostgreSQL does not have, and its correction. */
export interface Found {
  /** The range that the message points at. */
  start: number;
  end: number;
  /** The problem, as the first half of a sentence: "CREATE POLICY has no IF NOT EXISTS". */
  problem: string;
  /** The advice, as a whole sentence. */
  advice: string;
  correction: Correction;
}

/** A form that people write and PostgreSQL does not accept. */
export interface Invention {
  /** Its key in the documentation and the tests. */
  id: string;
  /**
   * Where the parser lets it through, so that only running it would tell: in which statements, and the SQLSTATE with
   * which it fails then.
   */
  passes?: { where: (statement: Statement) => boolean; error: SqlState };
  /** Whether, where it lets some through, it refuses others. @default false */
  isAlsoRefused?: boolean;
  /** Finds it in a statement by its tokens; undefined where it is not there. */
  find(reader: Reader, around: Around): Found | undefined;
}

export interface Around {
  /** The objects that there are when the statement runs. */
  readonly world: World;
}
