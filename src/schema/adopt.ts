/** Records migrations that a database has already, in the table of the tool. */
import type { NewRow, Row } from '../project/records/types.ts';
import { flatMap } from '../lists.ts';
import type { Ledger, Recorded } from './ledger.ts';
import type { FileStatus } from './status.ts';

/** What is to be written, and what is not. */
export interface Adoption {
  /** Statements for one transaction; empty where there is nothing to write. */
  statements: readonly string[];
  /** Files that get a row. */
  adopted: readonly string[];
  /** Files whose row gets another version or checksum, and what was there. */
  repaired: readonly { path: string; was: string }[];
  /** Rows of files that are part of a squash now, by their keys: they are taken away. */
  forgotten: readonly string[];
  /** Files that are not recorded now, and why. */
  left: readonly { path: string; reason: string }[];
  /** Files that stand in the way: they are there in part. */
  partly: readonly string[];
}

/**
 * @param only paths that a person names: they are recorded also where nothing tells whether they have run
 * @param rowOf what is recorded of a file besides its version and its checksum
 */
export function adoptionOf(
  ledger: Ledger,
  statuses: readonly FileStatus[],
  only: ReadonlySet<string> | undefined,
  rowOf: (k: number) => Pick<NewRow, 'path' | 'statements'>,
): Adoption {
  const { records, table, exists, files } = ledger;
  const decided = files.map((file, k) => decide(file, statuses[k]!, only));
  const gap = records.passesOverGaps ? decided.findIndex((one) => one === 'left' || one === 'not asked') : -1;
  const left: { path: string; reason: string }[] = [];
  const repaired: { path: string; was: string }[] = [];
  const changes: string[] = [];
  const rows: NewRow[] = [];
  const moved = new Set<Row>();
  for (const [k, decision] of decided.entries()) {
    const { path } = statuses[k]!;
    const { entry, row } = files[k]!;
    const reason = reasonToLeave(
      decision,
      statuses[k]!,
      files[k]!,
      gap >= 0 && gap < k ? statuses[gap]!.path : undefined,
    );
    if (reason !== undefined) left.push({ path, reason });
    else if (entry && (decision === 'adopt' || decision === 'repair')) {
      const old = decision === 'repair' ? row : strangerOf(ledger, entry.name);
      if (old && records.repair) {
        changes.push(records.repair(table, old, entry));
        moved.add(old);
        repaired.push({ path, was: decision === 'repair' ? (old.checksum ?? old.key) : old.key });
        continue;
      }
      if (row?.isFailed && records.settle) changes.push(records.settle(table, row));
      rows.push({ ...entry, ...rowOf(k), duration: 0 });
    }
  }
  const isRecorded = (k: number) => HAS_ROW.has(decided[k]!) && !left.some(({ path }) => path === statuses[k]!.path);
  const forgotten = only ? [] : forgottenOf(ledger, isRecorded).filter((row) => !moved.has(row));
  const written = [...changes, ...records.insert(table, rows), ...forgotten.map((row) => records.forget!(table, row))];
  return {
    statements: written.length === 0 ? [] : [...(exists ? [] : records.create(table)), ...written],
    adopted: rows.map(({ path }) => path),
    repaired,
    forgotten: forgotten.map(({ key }) => key),
    left,
    partly: flatMap(decided, (decision, k) => (decision === 'partly' ? [statuses[k]!.path] : [])),
  };
}

/** The rows of the files of each squash, where the squash has a row of its own, or gets one now. */
const forgottenOf = ({ files }: Ledger, isRecorded: (k: number) => boolean): Row[] => [
  ...new Set(flatMap(files, ({ replaced }, k) => (isRecorded(k) ? replaced : []))),
];

/** `left`: nothing says that it has run. */
type Decision = 'recorded' | 'not asked' | 'adopt' | 'repair' | 'partly' | 'left';

/** What a file has a row with, if nothing else stands in the way. */
const HAS_ROW: ReadonlySet<Decision> = new Set(['recorded', 'adopt', 'repair']);

function decide(
  { row, isEdited }: Recorded,
  { path, presence }: FileStatus,
  only: ReadonlySet<string> | undefined,
): Decision {
  const isThere = presence === 'applied' || presence === 'superseded';
  if (row && !row.isFailed) return isEdited && (isThere || presence === 'unknown') ? 'repair' : 'recorded';
  if (only && !only.has(path)) return 'not asked';
  if (presence === 'partly') return 'partly';
  return isThere || (presence === 'unknown' && only) ? 'adopt' : 'left';
}

function reasonToLeave(
  decision: Decision,
  { presence, reason }: FileStatus,
  { entry }: Recorded,
  gap: string | undefined,
): string | undefined {
  if (decision === 'left') return presence === 'pending' ? 'nothing of it is there' : (reason ?? 'nothing tells');
  if (decision !== 'adopt') return undefined;
  if (!entry) return 'its name has no version';
  return gap === undefined ? undefined : `${gap} stands before it, and would never run`;
}

/** The row of the same migration under another version: an assistant's is the time at which it was applied. */
const strangerOf = ({ strangers }: Ledger, name: string): Row | undefined =>
  strangers.find((row) => row.name === name && row.checksum === undefined);
