/** What a tool's table of migrations says of the files of a project. */
import { relative, sep } from 'node:path';
import { quoteLiteral } from '../catalog/names.ts';
import type { Ask } from '../database/state.ts';
import type { Disk } from '../disk/disk.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import { records as ofTools } from '../project/records/index.ts';
import type { Entry, Records, Row, Surroundings } from '../project/records/types.ts';
import { psql } from '../project/tools/psql.ts';
import type { Project, Tool } from '../project/types.ts';

/** A migration with its text. */
export interface ProjectText {
  /** Absolute. */
  path: string;
  text: string;
}

/** A file of a project, with what its tool records of it, and the row that says that it has run. */
export interface Recorded {
  path: string;
  entry: Entry | undefined;
  row: Row | undefined;
  /** Whether the row has another checksum than the file. */
  isEdited: boolean;
}

export interface Ledger {
  tool: Tool;
  records: Records;
  /** As SQL. */
  table: string;
  /** Whether the table is there. */
  exists: boolean;
  rows: readonly Row[];
  /** The files that run forward, in their order. */
  files: readonly Recorded[];
  /** Rows that no file stands for. */
  strangers: readonly Row[];
  /** Those of them whose files are part of a squash now. */
  squashed: readonly Row[];
}

/**
 * What records the migrations of a project: the tool's own table, or one of ours for a folder of plain files.
 * @throws UserError where the table of the tool is not one that is read
 */
export function recordsOf(project: Project): { tool: Tool; records: Records } {
  const tool = project.tool ?? psql;
  const records = ofTools[tool.name];
  if (!records) throw new UserError(`the records of ${tool.title} cannot be read; ask ${tool.title} itself`);
  return { tool, records };
}

/** @param files those that run forward, in their order @throws UserError where the table is of another form */
export async function readLedger(
  ask: Ask,
  project: Project,
  files: readonly ProjectText[],
  disk: Disk,
): Promise<Ledger> {
  const { tool, records } = recordsOf(project);
  const surroundings: Surroundings = { site: project.site, disk };
  const table = records.tableOf?.(surroundings) ?? records.table;
  const [[found]] = (await ask(`SELECT to_regclass(${quoteLiteral(table)}) IS NOT NULL`)) as [[[boolean]]];
  const exists = found[0];
  const rows = exists ? await rowsOf(ask, table, records, tool) : [];
  const named = files.map(({ path, text }) => ({
    path: relative(project.site.folder, path).split(sep).join('/'),
    text,
  }));
  const entries = records.entriesOf(named, surroundings);
  const covers = records.covers ?? ((row, entry) => row.key === entry.key);
  const recorded = files.map(({ path }, k): Recorded => {
    const entry = entries[k];
    // The last row counts: a tool may keep a failed one besides.
    const row = entry && rows.findLast((one) => covers(one, entry));
    return { path, entry, row, isEdited: isEdited(row, entry) };
  });
  const known = new Set(flatMap(recorded, ({ row }) => row ?? []));
  const strangers = rows.filter((row) => !known.has(row));
  const ranges = flatMap(named, ({ text }) => rangeOf(text, records, surroundings) ?? []);
  const squashed = strangers.filter(({ key }) =>
    ranges.some(({ first, last }) => isUpTo(first, key) && isUpTo(key, last)),
  );
  return { tool, records, table, exists, rows, files: recorded, strangers, squashed };
}

/** The line that a squash begins with: the first and the last of the files that it stands for. */
const SQUASH = /^-- sql-lint squash: \d+ migrations in one, (.+?\.sql) to (.+?\.sql)\.$/m;
/** It stands near the beginning. */
const HEAD = 1000;

/** The keys of the first and the last file that a squash stands for; undefined for other files. */
function rangeOf(
  text: string,
  { entriesOf }: Records,
  surroundings: Surroundings,
): { first: string; last: string } | undefined {
  const found = SQUASH.exec(text.slice(0, HEAD));
  if (!found) return undefined;
  const [first, last] = entriesOf(
    found.slice(1).map((path) => ({ path, text: '' })),
    surroundings,
  );
  return first && last && { first: first.key, last: last.key };
}

/** Whether a key comes before another one, or is the same: versions are numbers, or begin with a time. */
const isUpTo = (a: string, b: string): boolean =>
  /^\d+$/.test(a) && /^\d+$/.test(b) ? BigInt(a) <= BigInt(b) : a <= b;

function isEdited(row: Row | undefined, entry: Entry | undefined): boolean {
  if (row?.checksum === undefined || entry?.checksum === undefined || row.isFailed) return false;
  // A row that covers several files has the checksum of one of them.
  return row.key === entry.key && row.checksum !== entry.checksum;
}

async function rowsOf(ask: Ask, table: string, { rows }: Records, { title }: Tool): Promise<Row[]> {
  const query = rows.replaceAll('{table}', table);
  try {
    const named = `(${query}) AS r (key, name, checksum, is_failed)`;
    const [found = []] = await ask(`SELECT key::text, name::text, checksum::text, is_failed FROM ${named}`);
    return (found as [string, string | null, string | null, boolean][]).map(([key, name, checksum, isFailed]) => ({
      key,
      isFailed,
      ...(name !== null && { name }),
      ...(checksum !== null && { checksum }),
    }));
  } catch (error) {
    if (error instanceof UserError && /\(42703\)|\(42883\)/.test(error.message))
      throw new UserError(
        `the table ${table} is not as ${title} makes it: another tool, or another version, made it (${error.message})`,
      );
    throw error;
  }
}
