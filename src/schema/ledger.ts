/** What a tool's table of migrations says of the files of a project. */
import { quoteLiteral } from '../catalog/names.ts';
import type { Ask } from '../database/state.ts';
import type { Disk } from '../disk/disk.ts';
import { UserError } from '../errors.ts';
import { flatMap } from '../lists.ts';
import { nameIn } from '../project/find.ts';
import { records as ofTools } from '../project/records/index.ts';
import type { Entry, Records, Row, Surroundings } from '../project/records/types.ts';
import { psql } from '../project/tools/psql.ts';
import type { Project, Tool } from '../project/types.ts';
import { squashedIn } from './squash/head.ts';

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
  /** Rows of the files that it stands for, where it is a squash and the tool has a row for each file. */
  replaced: readonly Row[];
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
    path: nameIn(project.site, path),
    text,
  }));
  const entries = records.entriesOf(named, surroundings);
  const covers = records.covers ?? ((row, entry) => row.key === entry.key);
  const isOf = (row: Row, some: typeof entries) => some.some((entry) => entry && covers(row, entry));
  const replacedBy = (text: string): Row[] => {
    const parts = records.entriesOf(
      squashedIn(text).map((path) => ({ path, text: '' })),
      surroundings,
    );
    // The squash may have the key of one of its files.
    return parts.length === 0 ? [] : rows.filter((row) => isOf(row, parts) && !isOf(row, entries));
  };
  const recorded = files.map(({ path, text }, k): Recorded => {
    const entry = entries[k];
    // The last row counts: a tool may keep a failed one besides.
    const row = entry && rows.findLast((one) => covers(one, entry));
    return { path, entry, row, isEdited: isEdited(row, entry), replaced: records.forget ? replacedBy(text) : [] };
  });
  const known = new Set(flatMap(recorded, ({ row }) => row ?? []));
  return { tool, records, table, exists, rows, files: recorded, strangers: rows.filter((row) => !known.has(row)) };
}

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
