/** What is said of a migration tool, of a project that uses it, and of how it sends one file to PostgreSQL. */

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
 * - `line-ends`: at a semicolon at the end of a line, unless StatementBegin and StatementEnd stand around it (goose, sql-migrate).
 * - `every-semicolon`: at each semicolon, also inside strings and dollar quotes (golang-migrate with x-multi-statement).
 * - `counted-blocks`: at semicolons outside strings, while the words BEGIN and END are in balance; dollar quotes are
 *   words like others, and a line that begins with `go` or `/` cuts too (Liquibase).
 */
export type Cut = 'whole' | 'statements' | 'breakpoints' | 'line-ends' | 'every-semicolon' | 'counted-blocks';

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
   * Whether the tool ends its batch before a statement that cannot run in a transaction, sends that one alone, and
   * goes on with a new batch (Supabase from 2.109).
   */
  isolates?: boolean;
}

/** What is sent to PostgreSQL together. A pipeline ends with a Sync behind each batch. */
export interface Batch {
  /** Whether the tool sends BEGIN before the batch and COMMIT behind it. */
  transaction: boolean;
  sending: Runner['sending'];
  /** Ranges of the file, in UTF-16 offsets, each sent as one message, or as one statement of a pipeline. */
  messages: readonly { start: number; end: number }[];
}

/** What a file of a project is to its tool. */
export type Role =
  /** Runs forward; marks in it may still say where the way back begins. */
  | 'up'
  /** Only undoes another file. */
  | 'down'
  /** Runs forward whenever it has changed, behind all others: Flyway's R__, graphile-migrate's current.sql. */
  | 'repeatable'
  /** Fills in rows after all migrations: supabase/seed.sql. */
  | 'seed'
  /** Is no migration, although it lies beside them: sqitch's verify/, supabase/schemas/. */
  | 'other';

/** A file of a project. */
export interface ProjectFile {
  path: string;
  role: Role;
}

/** A folder of migrations that one tool runs in one order. */
export interface Project {
  tool: ToolName;
  /** The folder that holds the tool's configuration, or the migrations themselves where it has none. */
  root: string;
  /** The folder of the migrations; two files belong to one history where it is the same. */
  folder: string;
  /** All SQL files of the project, in the order in which the tool runs them; those that run never come last. */
  files: readonly ProjectFile[];
}
