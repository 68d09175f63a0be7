/** Types of a migration tool, of a project that uses it, and of the ways in which it sends a file to PostgreSQL. */

import type { Beginning } from './new.ts';
import type { Disk, Listing } from '../disk/disk.ts';

/** The tools of the table in `tools/`; also the values of `tool` in the configuration. */
export const TOOL_NAMES = [
  'atlas',
  'dbmate',
  'diesel',
  'drizzle',
  'flyway',
  'golang-migrate',
  'goose',
  'graphile-migrate',
  'hasura',
  'liquibase',
  'node-pg-migrate',
  'postgrator',
  'prisma',
  'psql',
  'refinery',
  'sql-migrate',
  'sqitch',
  'sqlx',
  'supabase',
  'tern',
] as const;

/** The name of a migration tool. `psql` stands for a folder of plain files, sent statement by statement. */
export type ToolName = (typeof TOOL_NAMES)[number];

/** Which way a part of a migration runs. */
export type Direction = 'up' | 'down';

/**
 * How a tool cuts the part that runs forward into what it sends.
 *
 * - `whole`: not at all.
 * - `statements`: at top-level semicolons, as PostgreSQL reads them: strings, dollar quotes, comments, BEGIN ATOMIC.
 * - `breakpoints`: at each `--> statement-breakpoint`, also inside strings (Drizzle).
 * - `line-ends`: at a semicolon at the end of a line, unless StatementBegin and StatementEnd stand around it (goose,
 *   sql-migrate).
 * - `every-semicolon`: at each semicolon, also inside strings and dollar quotes (golang-migrate with
 *   x-multi-statement).
 * - `counted-blocks`: at semicolons outside strings, while the words BEGIN and END are in balance; dollar quotes are
 *   words like others, and a line that begins with `go` or `/` cuts too (Liquibase).
 * - `plain-quotes`: at semicolons outside quotes, parentheses and BEGIN ATOMIC, but without knowing backslashes in
 *   `E'…'`, nor `$` in names (Supabase).
 */
export type Cut =
  'whole' | 'statements' | 'breakpoints' | 'line-ends' | 'every-semicolon' | 'counted-blocks' | 'plain-quotes';

/** How a tool sends one file. It depends on the file too: a directive in it may switch the transaction off. */
export interface Runner {
  tool: ToolName;
  /**
   * - `simple`: each piece as one simple-query message. A piece with several statements is one implicit transaction.
   * - `pipeline`: each piece by Parse, Bind and Execute, with one Sync at the end of a batch: one implicit transaction
   *   that is not a transaction block.
   */
  sending: 'simple' | 'pipeline';
  cut: Cut;
  /**
   * The transaction that the tool opens: none, one a file, or one around all files that are pending. In a pipeline,
   * `none` still means one implicit transaction a batch.
   */
  transaction: 'none' | 'file' | 'all';
  /**
   * How the statements begin, as regular expressions, before which the tool ends its batch: it sends each of them
   * alone, since it cannot run in a transaction, and goes on with a new batch (Supabase from 2.109).
   */
  isolates?: readonly string[];
  /**
   * Whether the tool leaves its transaction out where no statement of the file can run in one, and refuses a file that
   * has both (Flyway).
   */
  refusesMixture?: boolean;
}

/** What is sent to PostgreSQL together. A pipeline ends with a Sync behind each batch. */
export interface Batch {
  /** Whether the tool sends BEGIN before the batch and COMMIT behind it. */
  transaction: boolean;
  sending: Runner['sending'];
  /** Ranges of the file, in UTF-16 offsets, each sent as one message, or as one statement of a pipeline. */
  messages: readonly { start: number; end: number }[];
}

/** A stretch of a file that its tool runs by itself. */
export interface Part {
  start: number;
  end: number;
  direction: Direction;
}

/** How comments in a file tell its tool what to run when. */
export interface Marks {
  /** The parts that marks make of a text; undefined where there is no mark in it. What lies in no part never runs. */
  parts?: (text: string) => readonly Part[] | undefined;
  /** The lines around a statement with semicolons of its own, and how they are found; group 1 is begin or end. */
  block?: { begin: string; end: string; mark: RegExp };
  /** The lines between which variables are filled in; group 1 is on or off (goose). */
  substitution?: RegExp;
  /** The line that must stand between two statements, and how it is found. */
  breakpoint?: { line: string; mark: RegExp };
  /** The line that begins a changeset, with its attributes in group 1 (Liquibase). */
  changeset?: RegExp;
}

export type { Disk, Listing };

/** Where a tool has been recognised. */
export interface Site {
  /** The folder that holds the tool's configuration, or the migrations themselves where it has none. */
  root: string;
  /** The folder of the migrations. */
  folder: string;
  /** Where files lie outside of that folder that the tool runs too, or that are no migrations, and what they are. */
  beside?: { folders: readonly string[]; roleOf: (path: string) => Role | undefined };
  /** The version of the tool that the project names, as numbers; undefined where it names none. */
  version?: readonly number[];
  /** Ways of running that the project's configuration switches on, by the tool's own names. */
  switches?: readonly string[];
}

/** What a fix may not write, because the tool would read it otherwise than PostgreSQL. */
export interface Forbidden {
  text: RegExp;
  /** Why, as the end of a sentence. */
  why: string;
}

/** Where the tool looks for the statements that undo a migration. */
export type WayBackPlace =
  /** A file, by its path from the folder of the migrations. */
  | { file: string }
  /** A part of the migration itself, below a line that begins it. */
  | { section: string }
  /** Nowhere, and why: the way back is another migration. */
  | { none: string };

/** A file that a tool is about to send. */
export interface FileToSend {
  path: string;
  text: string;
  /** Which part of it, where it has both. @default 'up' */
  direction?: Direction;
}

/** One migration tool: all that sql-lint knows of it. Sources: the tool's own, of the version named in `read`. */
export interface Tool {
  name: ToolName;
  /** As its makers write it. */
  title: string;
  url: string;
  /** The version whose source was read. */
  read: string;
  /** What a project is recognised by, in a sentence without its full stop. */
  recognised: string;
  /** Looks at one folder: whether a project begins there. */
  find?: (folder: string, disk: Disk) => Site | undefined;
  /** What only files of this tool say. */
  speaks?: RegExp;
  /** Whether names in a folder of migrations are of its kind; asked where nothing else tells. */
  looksLike?: (folder: string, disk: Disk) => boolean;
  /** Whether it looks for files in all folders below that of the migrations, and not only in it and one level below. */
  deep?: true;
  /** What a file in the folder of migrations is, by its path in it, with `/` between folders. */
  roleOf: (path: string, site: Site) => Role;
  /** The order in which it runs two files, by their paths in the folder. */
  compare: (a: string, b: string, site: Site) => number;
  /** Its order, in words, without a full stop. */
  order: string;
  /** The files in the order that a journal, a plan or a changelog names; undefined where there is none. */
  listed?: (site: Site, disk: Disk) => readonly string[] | undefined;
  marks?: Marks;
  /** All ways in which it may send a file: several where that depends on a version that the project does not name. */
  runners: (file: FileToSend, site: Site, disk: Disk) => readonly Runner[];
  /** Whether it sends the rows below `COPY … FROM stdin` as such; to others they are SQL. */
  sendsRows?: true;
  /**
   * What switches its transaction off for one file, in a sentence without its full stop; undefined where nothing does.
   */
  transactionOff?: string;
  /**
   * What it says at the end of a file that has ended the transaction which the tool opened; undefined where it does not
   * look.
   */
  missesTransaction?: string;
  /** What its fixes must not contain. */
  forbidden?: readonly Forbidden[];
  /** Lines that must stay where they are: nothing is written above them. */
  pinned?: RegExp;
  /** How a new migration begins; what begins one, where only the tool or a person can. */
  begins: Beginning | string;
  /** Where the way back of a migration lies, by its path in the folder. */
  back: (path: string) => WayBackPlace;
  /** What comes of editing a file that has been applied, in a sentence without its full stop. */
  edited: string;
  /**
   * What the files beside the migrations say of one of them, by its path in the folder: `final` where it is not to be
   * edited any more, `checksum` where its text has a checksum there.
   */
  recorded?: (path: string, site: Site, disk: Disk) => 'final' | 'checksum' | undefined;
  /** Whether the tool then refuses to run. */
  refusesEdited: boolean;
}

/** The role of a file for its tool. */
export type Role =
  /** Runs forward; marks in it may still say where the way back begins. */
  | 'up'
  /** Only undoes another file. */
  | 'down'
  /** Runs forward whenever it has changed, behind all others: Flyway's R__, graphile-migrate's current.sql. */
  | 'repeatable'
  /** Fills in rows after all migrations: supabase/seed.sql. */
  | 'seed'
  /** Lies among the migrations, but its tool passes it over. */
  | 'skipped'
  /** Is no migration, although it lies beside them: sqitch's verify/, supabase/schemas/. */
  | 'other';

/** A file of a project. */
export interface ProjectFile {
  path: string;
  role: Role;
}

/** A folder of migrations that one tool runs in one order. */
export interface Project {
  /** Undefined where nothing tells which: then the files must do for all ways of sending them. */
  tool: Tool | undefined;
  site: Site;
  /** All SQL files of the project: those that run, in the order in which they run, and then the others. */
  files: readonly ProjectFile[];
  /** What each of them is, by its path. */
  roles: ReadonlyMap<string, Role>;
  /** The paths of the files that run forward, in their order. */
  forward: readonly string[];
}

/** What the configuration says of the tool, where it says anything. */
export interface ToolChoice {
  name: ToolName;
  /** Its version, such as `2.108`. */
  version?: string;
  /** Whether golang-migrate is called with `x-multi-statement=true`. */
  multiStatement?: boolean;
}
