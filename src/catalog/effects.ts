import type { Embedded } from '../syntax/plpgsql.ts';
import type { Statement } from '../syntax/script.ts';
import type { Node, NodeOf, NodeTag } from '../syntax/parser.ts';
import type { Detail, Kind, Name, ObjectRef } from './objects.ts';
import type { Locks } from './locks/types.ts';
import type { SqlState } from './sqlstates.ts';

/** What a statement does to one object, and under which condition of its own. */
export type Effect =
  | CreateEffect
  /** With `cascade`, the objects that depend on it are dropped too. */
  | { action: 'drop'; object: ObjectRef; mode: 'bare' | 'if-exists'; cascade?: boolean }
  | { action: 'rename'; object: ObjectRef; to: ObjectRef; mode: 'bare' | 'if-exists' }
  /** Needs the object to be there, and leaves it. */
  | { action: 'use'; object: ObjectRef; mode: 'bare' | 'if-exists' }
  /** Fails where the object is there. */
  | { action: 'avoid'; object: ObjectRef }
  /**
   * Makes something that has no identity, so that a second run makes another (an unnamed index). `object` has the name
   * that PostgreSQL will choose.
   */
  | { action: 'duplicate'; object: ObjectRef; parts?: ObjectRef[] }
  /** Adds rows to a table. */
  | { action: 'insert'; object: ObjectRef }
  /**
   * Writes rows that may equal those of an INSERT: an UPDATE, a MERGE, or a function or rule that does so when it runs.
   * `rows` says which values an UPDATE sets; undefined for any.
   */
  | { action: 'write'; table: ObjectRef; rows: NodeOf<'UpdateStmt'> | undefined }
  /** Removes all or some rows of a table. */
  | { action: 'delete'; object: ObjectRef; all: boolean }
  /** Changes rows in a way that a second run changes them again; `clock` where only a time of change differs. */
  | {
      action: 'change';
      object: ObjectRef;
      why: string;
      clock: boolean;
      /** Whether the text does not tell if anything changes. */ maybe?: boolean;
    }
  /**
   * Applies to every object of some kinds in some schemas. In a second run these include objects that later statements
   * have created.
   */
  | { action: 'reach'; kinds: readonly Kind[]; schemas: readonly string[]; why: string }
  /** Sets the schema in which unqualified names are made. */
  | { action: 'search-path'; schemas: string[] }
  /** Opens or ends a transaction, or drops what is temporary. */
  | { action: 'session'; event: SessionEvent }
  | SetEffect
  /**
   * Calls a function that is not known by its name; history may know it. In a statement that is not made for the call,
   * it matters only if the function is known to write (`onlyIfItActs`).
   */
  | {
      action: 'call';
      object: ObjectRef;
      why: string;
      onlyIfItActs?: boolean;
      /** Of a call that is made once, whatever the query finds. */ args?: readonly Node[];
    }
  /** Changes what history remembers of an object, and nothing that a second run would find otherwise. */
  | { action: 'learn'; object: ObjectRef; detail: Partial<Detail> }
  /** Fills a materialized view with the rows that its query finds. */
  | { action: 'fill'; object: ObjectRef }
  /** RAISE in a DO block: ends the run with an error, where the conditions around it hold. */
  | { action: 'raise'; at: Embedded }
  /** The text does not tell what it does. */
  | { action: 'unknown'; why: string };

/** What happens to a session; `commit` is the end of a transaction, however it ends. */
export type SessionEvent = 'begin' | 'commit' | 'discard';

/** Makes the object, with the parts that come with it (a table's columns and keys). */
export interface CreateEffect {
  action: 'create';
  object: ObjectRef;
  mode: 'bare' | 'if-not-exists' | 'or-replace';
  parts?: ObjectRef[];
}

/** Whether it gives a column another type, as ALTER COLUMN … TYPE without a USING that computes does at every run. */
export const givesType = ({ object, mode }: CreateEffect): boolean =>
  object.kind === 'column' && mode === 'or-replace' && object.detail?.type !== undefined;

/** Gives an object a setting, in the place of the value that it had: a second run gives it the same value. */
export interface SetEffect {
  action: 'set';
  object: ObjectRef;
  setting: Setting;
  /** Undefined if it is reset to the default. */
  value: SettingValue;
  /**
   * Where the statement does not name one object: every object of the kind, in the schema and of the owner that
   * `object` names (any where it names none), that exists when the statement runs (`present`) or is created later
   * (`future`).
   */
  every?: 'present' | 'future';
}

/** The properties of an object that a statement can change without creating or dropping anything. */
export type Setting =
  /** `relrowsecurity` of pg_class: a boolean. */
  | 'row level security'
  /** `relforcerowsecurity` of pg_class: a boolean. */
  | 'force row level security'
  /** `relreplident` of pg_class, or the name of the index. */
  | 'replica identity'
  | 'owner'
  /** `tgenabled` of a trigger, `ev_enabled` of a rule: `O`, `D`, `A` or `R`. */
  | 'enabled'
  /** The roles of a policy, `public` for everyone, and its two conditions. */
  | 'roles'
  | 'using'
  | 'check'
  /** The default of a column, as a digest. */
  | 'default'
  | 'not null'
  /** Whether rows of the table are also those of another one: a partition, or a table that inherits. */
  | 'shares rows'
  /** Of a trigger function that only assigns fields of NEW: the names of the fields, with commas between. */
  | 'assigns'
  /** Whether the body of a function writes rows or changes objects. */
  | 'acts'
  /** Whether the body of a function ends with an error somewhere. */
  | 'raises'
  /** Whether the body of a function writes rows. */
  | 'writes rows'
  /** Whether a trigger function computes a field from its old value, as a version counter does. */
  | 'counts'
  /** Whether a trigger function may return NULL, so that nothing is done with its row. */
  | 'keeps rows'
  /** Whether a trigger function assigns the time of the change to a field. */
  | 'tells the time'
  /** The search_path of a function. */
  | 'search_path'
  /** Whether a function runs with the rights of its owner. */
  | 'security definer'
  /** Whether a function asks who calls it. */
  | 'asks for its caller'
  /** Whether dynamic SQL creates policies for a table, under names that are not known. */
  | 'policies'
  /** Whether the body of a function executes SQL that has a phrase: `executes create policy`. */
  | `executes ${string}`
  /** A storage parameter or option of a relation: `option security_invoker`. */
  | `option ${string}`
  /** Whether a role has a privilege on the object: true after GRANT, false after REVOKE. */
  | `${Privilege} for ${string}`
  /** Whether a role has been granted a privilege on some of its columns. */
  | `${Privilege} of columns for ${string}`;

/** The privileges that decide who reads, writes, calls and finds an object. */
export type Privilege = 'select' | 'insert' | 'update' | 'delete' | 'execute' | 'usage';

export type SettingValue = boolean | string | number | readonly string[] | Node | undefined;

/** A way to make a statement repeatable; each has its file in `fixers/`. */
export type Technique =
  /** PostgreSQL's own form: the keywords are inserted after the phrase (`[X]` optional, `A|B` alternatives). */
  | { technique: 'keyword'; keywords: 'IF NOT EXISTS' | 'IF EXISTS' | 'OR REPLACE'; after: string; since?: number }
  /** DROP … IF EXISTS before the statement. */
  | { technique: 'drop-first' }
  /** A DO block that asks the catalog. */
  | { technique: 'guard' }
  /** DROP CONSTRAINT IF EXISTS before ADD CONSTRAINT, in the same ALTER TABLE. */
  | { technique: 'drop-add' }
  /** The object gets the name that PostgreSQL would have chosen, then a guard of its own. */
  | { technique: 'name' }
  /** An invalid leftover is dropped, then CREATE INDEX CONCURRENTLY IF NOT EXISTS. */
  | { technique: 'concurrent-index' }
  /** SELECT … INTO becomes CREATE TABLE IF NOT EXISTS … AS SELECT. */
  | { technique: 'select-into' }
  /** One guard an item of a list (ALTER PUBLICATION … ADD TABLE a, b). */
  | { technique: 'guard-each'; after: string }
  /** ON CONFLICT DO NOTHING, or a question for the row. */
  | { technique: 'insert' };

/** What a second run does: a SQLSTATE, an effect in words, or nothing. */
export type SecondRun = { error: SqlState } | { effect: string } | 'harmless';

/** What an entry can read besides its own node. */
export interface Surroundings {
  statement: Statement;
  /** For a subcommand of ALTER TABLE: the relation, and whether IF EXISTS stands before it. */
  table: Name;
  missingOk: boolean;
  /** What ALTER names: OBJECT_TABLE, OBJECT_INDEX, OBJECT_VIEW, OBJECT_TYPE, … */
  objectType: string;
  /** Whether the session's time zone is UTC; undefined where the file does not say. */
  isUtc?: boolean | undefined;
}

/** Whether something is allowed: true, or the reason why it is not. */
export type Leave<T extends NodeTag> = true | string | ((node: NodeOf<T>, statement: Statement) => true | string);

/**
 * What a way back does about a statement, and what it does not bring back; or why there is none. Both end a sentence
 * that the statement begins.
 */
export type Back = string | { by: string; loses: string } | { none: string };

/** One row of the table of statements. */
export interface Entry<T extends NodeTag = NodeTag> {
  /** Its key in the documentation and the name of its fixture. */
  id: string;
  /** How people call the statement. */
  statement: string;
  node: T;
  /** For nodes such as `AlterTableCmd`: tests `subtype` (or `removeType`, `renameType`, `kind`). */
  when?: (node: NodeOf<T>, around: Surroundings) => boolean;
  /**
   * Whether PostgreSQL runs it in a transaction block, and so in a DO block. Where it refuses, how messages call what
   * it refuses: `CREATE INDEX CONCURRENTLY` (the callers of `PreventInTransactionBlock` in PostgreSQL's sources).
   */
  inTransaction: Leave<T>;
  /** Whether PL/pgSQL runs it as it stands, as it does nearly every command; where it does not, why. */
  inDoBlock?: Leave<T>;
  secondRun: SecondRun;
  /** How `sql-lint down` undoes it. */
  back: Back;
  effects?: (node: NodeOf<T>, around: Surroundings) => Effect[];
  /** The locks that it takes on relations, and what it reads or writes in full meanwhile; none where it is left out. */
  locks?: Locks<T>;
  /** In order of preference; the first that applies is taken. */
  techniques?: Technique[];
  /** Why no technique is sound, where there is none. */
  unfixable?: string;
}

/** Types an entry by its node, for the table. */
export const entry = <T extends NodeTag>(e: Entry<T>): Entry => e;

export const ifNotExists = (after: string, since?: number): Technique => ({
  technique: 'keyword',
  keywords: 'IF NOT EXISTS',
  after,
  ...(since && { since }),
});
export const ifExists = (after: string, since?: number): Technique => ({
  technique: 'keyword',
  keywords: 'IF EXISTS',
  after,
  ...(since && { since }),
});
export const orReplace = (since?: number): Technique => ({
  technique: 'keyword',
  keywords: 'OR REPLACE',
  after: 'CREATE',
  ...(since && { since }),
});
export const guard: Technique = { technique: 'guard' };
export const dropFirst: Technique = { technique: 'drop-first' };
