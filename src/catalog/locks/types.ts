/** What the table of statements says of locks: on which relations, how strong, and for which work. */
import type { NodeOf, NodeTag } from '../../syntax/parser.ts';
import type { Setting, SettingValue, Surroundings } from '../effects.ts';
import type { ObjectRef } from '../objects.ts';

/** The table locks of PostgreSQL, from the weakest to the strongest. */
export const LOCK_MODES = [
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

export const strengthOf = (mode: LockMode): number => LOCK_MODES.indexOf(mode);

/** The stronger one of two locks. */
export const stronger = (a: LockMode, b: LockMode): LockMode => (strengthOf(a) >= strengthOf(b) ? a : b);

/** Whether INSERT, UPDATE and DELETE wait for a lock. */
export const stopsWriters = (mode: LockMode): boolean => strengthOf(mode) >= strengthOf('SHARE');

/** Whether SELECT waits for a lock. */
export const stopsReaders = (mode: LockMode): boolean => mode === 'ACCESS EXCLUSIVE';

/** What waits for a lock, in words; undefined where nothing does that a reader of a report asks for. */
export function stoppedBy(mode: LockMode): 'reads and writes' | 'writes' | 'schema changes' | undefined {
  if (stopsReaders(mode)) return 'reads and writes';
  if (stopsWriters(mode)) return 'writes';
  return mode === 'SHARE UPDATE EXCLUSIVE' ? 'schema changes' : undefined;
}

/** Why a statement reads or writes a relation in full. */
export type Cause =
  /** A type whose values have other bytes, or of which each value must be looked at. */
  | 'type'
  /** A type that may be one of these: what the column has now is not known. */
  | 'unknown type'
  /** A time without time zone becomes one with it, or the reverse, where the session may not be in UTC. */
  | 'time zone'
  /** An index or a check that a new type makes anew. */
  | 'type of index'
  | 'type of check'
  | 'type of foreign key'
  | 'volatile default'
  | 'sequence'
  | 'stored'
  | 'domain'
  | 'logging'
  | 'access method'
  | 'tablespace'
  | 'cluster'
  | 'vacuum full'
  | 'truncate'
  /** Rows that are changed or read, as UPDATE and SELECT do. */
  | 'rows'
  | 'index'
  | 'reindex'
  | 'refresh'
  | 'check'
  | 'validate'
  | 'enforce'
  | 'not null'
  | 'foreign key'
  | 'unique'
  | 'primary key'
  | 'primary key of nullable columns'
  | 'exclusion'
  | 'domain constraint'
  | 'partition'
  | 'index of partition'
  | 'foreign key of partition'
  | 'default partition';

/** A lock on a relation, and the work that is done under it. */
export interface Touch {
  relation: ObjectRef;
  lock: LockMode;
  /**
   * `rewrite`: all rows are written into a new file, or the file is made anew. `build`: an index is made. `scan`: all
   * rows are read.
   */
  work?: 'rewrite' | 'build' | 'scan';
  cause?: Cause;
  /** The column, constraint, index or type that the work is for. */
  subject?: string;
  /** For a new type of a column: the one that it had, where that is known, and whether USING cuts its values. */
  conversion?: { from: ColumnType | undefined; to: ColumnType; cuts: boolean };
}

/** A type with its modifiers as numbers; empty where it has none. */
export interface ColumnType {
  name: string;
  modifiers: readonly number[];
}

/** The locks of a statement. */
export interface Locks<T extends NodeTag> {
  /** In words, for the documentation: `ACCESS EXCLUSIVE on the table`. */
  says: string;
  /** Whether nobody waits for them by themselves: they only matter beside a stronger one that is held. */
  areWeak?: true;
  touches: (node: NodeOf<T>, around: Surroundings, known: Known) => Touch[];
}

/** What history knows when the statement runs; `World` is one. */
export interface Known {
  key(ref: ObjectRef): string;
  has(ref: ObjectRef): boolean | undefined;
  get(ref: ObjectRef): { ref: ObjectRef } | undefined;
  parts(of: ObjectRef): readonly ObjectRef[];
  ofKind(kind: ObjectRef['kind']): readonly ObjectRef[];
  dependents(of: ObjectRef): readonly string[];
  refOfKey(key: string): ObjectRef | undefined;
  /** The key of the object that an object is part of, as a partition is of its table. */
  parentAt(key: string): string | undefined;
  schemaOf(ref: ObjectRef): string | undefined;
  settings(ref: ObjectRef): Readonly<Partial<Record<Setting, SettingValue>>>;
  overloads(ref: ObjectRef): readonly ObjectRef[];
}
