/**
 * SQL that people or assistants write, and that PostgreSQL does not accept. Each form is one entry of a table: how to
 * recognise it by its tokens, its message, and the edits that correct it. A new form is a new entry.
 */
import type { SqlState } from '../../catalog/sqlstates.ts';
import type { World } from '../../history/world.ts';
import { perStatement, Script, type Statement } from '../../syntax/script.ts';
import { applyEdits, type Edit } from '../edits.ts';
import { conditionInventions } from './conditions.ts';
import { otherDatabaseInventions } from './other-databases.ts';
import { plpgsqlInventions } from './plpgsql.ts';
import { readerOf } from '../../syntax/tokens.ts';
import { slipInventions } from './slips.ts';
import type { Found, Invention } from './types.ts';
import { flatMap } from '../../lists.ts';

export const inventions: readonly Invention[] = [
  ...conditionInventions,
  ...plpgsqlInventions,
  ...otherDatabaseInventions,
  ...slipInventions,
];

/**
 * An invention in a statement. All that are found in one statement share their edits, since half a mend does not parse.
 */
export interface Explained extends Omit<Found, 'mend'> {
  id: string;
  /** The SQLSTATE with which the statement fails. */
  error: SqlState;
  /** Empty where the author must decide. */
  edits: readonly Edit[];
  /** Why there are no edits. */
  why?: string;
}

const lastOf = perStatement((): { world?: World; explained: readonly Explained[] } => ({ explained: [] }));

/**
 * The invented forms in a statement. Empty if the statement is valid, or if the table does not have its mistake. Edits
 * are returned only if the edited text parses.
 */
export function inventionsIn(statement: Statement, world: World): readonly Explained[] {
  if (!mayHold(statement)) return NOTHING;
  const last = lastOf(statement);
  if (last.world !== world) Object.assign(last, { world, explained: explain(statement, world) });
  return last.explained;
}

function explain(statement: Statement, world: World): readonly Explained[] {
  const broken = statement.problem !== undefined;
  const reader = readerOf(statement);
  const founds = flatMap(inventions, (invention) => {
    if (invention.passes ? broken || !invention.passes.where(statement) : !broken) return [];
    const found = invention.find(reader, { world });
    return found ? [{ id: invention.id, error: invention.passes?.error ?? '42601', ...found }] : [];
  });
  const edits: Edit[] = [];
  // If two entries recognise the same text, only the first reports it.
  const distinct = founds.filter(({ mend }) => {
    if ('why' in mend) return true;
    if (mend.edits.some((e) => edits.some((o) => e.start < o.end && o.start < e.end))) return false;
    edits.push(...mend.edits);
    return true;
  });
  const why = flatMap(founds, ({ mend }) => ('why' in mend ? [mend.why] : []))[0];
  if (why === undefined && !parses(statement, edits)) return [];
  return distinct.map(({ id, error, start, end, says, instead }) => ({
    id,
    error,
    start,
    end,
    says,
    instead,
    edits: why === undefined ? edits : [],
    ...(why !== undefined && { why }),
  }));
}

const NOTHING: readonly Explained[] = [];

/** The inventions that may hide from the parser. */
const passing = inventions.filter(({ passes }) => passes);

const mayHold = (statement: Statement) =>
  statement.problem !== undefined || passing.some(({ passes }) => passes?.where(statement));

function parses({ script, start, stop, embedded }: Statement, all: readonly Edit[]): boolean {
  const edits = all.filter((e) => e.text !== '' || e.end > e.start);
  if (edits.length === 0) return false;
  const from = Math.min(start, ...edits.map((e) => e.start));
  const to = Math.max(stop, ...edits.map((e) => e.end));
  const mended = applyEdits(
    script.text.slice(from, to),
    edits.map((e) => ({ ...e, start: e.start - from, end: e.end - from })),
  );
  const whole = new Script(
    embedded ? `DO $mended$ BEGIN ${mended}${/;\s*$/.test(mended) ? '' : ';'} END $mended$` : mended,
    '',
    {},
    script.parse,
  );
  return [...whole.all()].every((s) => !s.problem && s.children !== undefined);
}
