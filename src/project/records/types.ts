/** Types of what migration tools remember: the table in which each records what it has run. */
import type { Disk, Site } from '../types.ts';

/** A file that a tool may have recorded. */
export interface RecordedFile {
  /** Its path below the folder of the migrations, with `/` between folders. */
  path: string;
  /** As it is on the disk, without a byte order mark. */
  text: string;
}

/** What a tool records of a file. */
export interface Entry {
  /** What the tool knows the file by: its version, or its name. */
  key: string;
  /** What else it writes down of its name; the key where it writes nothing else. */
  name: string;
  /** The checksum of the text, as the tool writes it; undefined where it writes none. */
  checksum?: string;
}

/** A row of the tool's table. */
export interface Row {
  key: string;
  name?: string;
  checksum?: string;
  /** Whether the tool says that it began the file and did not come to its end. */
  isFailed: boolean;
}

/** Where the tool of a project keeps its rows. */
export interface Surroundings {
  site: Site;
  disk: Disk;
}

/** How one tool records what it has run. Sources: those of its entry in `tools/`. */
export interface Records {
  /** The table, as SQL, where nothing says otherwise. */
  table: string;
  /** The table that the project's own configuration names, as SQL; undefined where it names none. */
  tableOf?: (surroundings: Surroundings) => string | undefined;
  /**
   * The rows, as a query for the texts `key`, `name` and `checksum` and whether the row `is_failed`; `{table}` stands
   * for the table.
   */
  rows: string;
  /** What it records of each of the files, which are all that run forward, in their order. */
  entriesOf: (files: readonly RecordedFile[], surroundings: Surroundings) => readonly (Entry | undefined)[];
  /** Whether a row says of an entry that it has run. @default the keys are the same */
  covers?: (row: Row, entry: Entry) => boolean;
  /** Statements that make the table as the tool makes it, and change nothing where it is there. */
  create: (table: string) => readonly string[];
  /**
   * Statements that record files as having run.
   * @param entries in the order of the files
   */
  insert: (table: string, entries: readonly NewRow[]) => readonly string[];
  /** The statement that makes a row say what an entry says; undefined where the tool compares nothing. */
  repair?: (table: string, row: Row, entry: Entry) => string;
  /** The statement that takes a row away which says that a file failed, so that another can say that it has run. */
  settle?: (table: string, row: Row) => string;
  /**
   * The statement that takes the row of a file away which is part of another one now; undefined where the tool has one
   * row for all files.
   */
  forget?: (table: string, row: Row) => string;
  /** Whether it refuses to run files that stand before one that has run. */
  refusesGaps: boolean;
  /** Whether it never runs files that stand before one that has run, and does not say so. */
  passesOverGaps?: true;
}

/** What is to be recorded of a file. */
export interface NewRow extends Entry {
  path: string;
  /** Its statements, as the tool cuts them; empty where it does not keep them. */
  statements: readonly string[];
  /** How long it ran, in milliseconds; 0 where it was not run now. */
  duration: number;
}
