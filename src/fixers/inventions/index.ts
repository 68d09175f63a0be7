/**
 * SQL that people or assistants write, and that PostgreSQL does not accept. Each form is one entry of a table: how to
 * recognise it by its tokens, its message, and the edits that correct it. A new form is a new entry.
 */
import type { SqlState } from '../../catalog/sqlstates.ts';
import { play } from '../../history/play.ts';
import type { World } from '../../history/world.ts';
import { perScript, perStatement, type Statement, type SyntaxProblem } from '../../syntax/script.ts';
import type { Edit } from '../edits.ts';
import { alterTableInventions } from './alter-table.ts';
import { apostrophe } from './apostrophe.ts';
import { batchInventions } from './batches.ts';
import { conditionInventions } from './conditions.ts';
import { dialectInventions } from './dialects.ts';
import { indexInventions } from './indexes.ts';
import { keywordInventions } from './keywords.ts';
import { otherDatabaseInventions } from './other-databases.ts';
import { plpgsqlInventions } from './plpgsql.ts';
import { policyInventions } from './policies.ts';
import { problemAfter } from './problem-after.ts';
import { reservedInventions } from './reserved.ts';
import { oneWord } from './one-word.ts';
import { readerOf } from '../../syntax/tokens.ts';
import { slipInventions } from './slips.ts';
import { tableInventions } from './tables.ts';
import type { Around, Found, Invention } from './types.ts';
import { flatMap } from '../../lists.ts';

export const inventions: readonly Invention[] = [
  ...batchInventions,
  ...tableInventions,
  ...reservedInventions,
  ...alterTableInventions,
  ...indexInventions,
  ...conditionInventions,
  ...plpgsqlInventions,
  ...otherDatabaseInventions,
  ...dialectInventions,
  ...policyInventions,
  ...slipInventions,
  apostrophe,
  ...keywordInventions,
];

/** An invention in a statement. All that are found in one statement share their edits: half of them do not parse. */
export interface Explained extends Omit<Found, 'correction'> {
  id: string;
  /** The SQLSTATE with which the statement fails. */
  error: SqlState;
  /** Empty where the author must decide. */
  edits: readonly Edit[];
  /** Whether the author should look at the edits before they are made. */
  isSuggestion: boolean;
  /** Why there are no edits. */
  why?: string;
}

/** What is wrong with a statement: the forms that are known, and the first place that they do not explain. */
export interface Explanation {
  known: readonly Explained[];
  rest: SyntaxProblem | undefined;
}

type Candidate = Found & { id: string; error: SqlState };

const lastOf = perStatement((): { world?: World; explanation: Explanation } => ({
  explanation: { known: [], rest: undefined },
}));

/** The invented forms in a statement. Nothing is known of a statement that is valid. */
export function explain(statement: Statement, world: World): Explanation {
  if (!mayHold(statement)) return NOTHING;
  const last = lastOf(statement);
  if (last.world !== world) Object.assign(last, { world, explanation: explainAnew(statement, world) });
  return last.explanation;
}

const NOTHING: Explanation = { known: [], rest: undefined };

function explainAnew(statement: Statement, world: World): Explanation {
  const candidates = withoutOverlaps(candidatesIn(statement, world));
  const { accepted, rest } = withOneWord(statement, accept(statement, candidates));
  const why =
    flatMap(accepted, ({ correction }) => ('why' in correction ? [correction.why] : []))[0] ??
    (rest && accepted.length > 0 ? 'PostgreSQL does not accept the rest of the statement either' : undefined);
  const edits = why === undefined ? flatMap(accepted, editsOf) : [];
  const isSuggestion = accepted.some(({ correction }) => 'edits' in correction && correction.isSuggestion === true);
  // The splitter has cut a statement whose quotes are broken: only the piece with the place of the mistake says so.
  const own = accepted.filter(({ start }) => start >= statement.start);
  const known = own.map(({ id, error, start, end, problem, advice }) => ({
    ...{ id, error, start, end, problem, advice, edits, isSuggestion },
    ...(why !== undefined && { why }),
  }));
  return { known, rest: rest ?? (accepted.length === 0 ? statement.problem : undefined) };
}

function candidatesIn(statement: Statement, world: World): Candidate[] {
  const broken = statement.problem !== undefined;
  const reader = readerOf(statement);
  const around: Around = {
    // Few entries ask for it.
    get world() {
      return worldBefore(statement, world);
    },
  };
  return flatMap(inventions, ({ id, passes, isAlsoRefused, find }): Candidate[] => {
    if (broken ? passes && !isAlsoRefused : !passes?.where(statement)) return [];
    const found = find(reader, around);
    return found ? [{ id, error: (broken ? undefined : passes?.error) ?? '42601', ...found }] : [];
  });
}

/** How far a file has been played on top of what earlier migrations have left. */
const played = perScript((): { base?: World; world?: World; next: number } => ({ next: 0 }));

/** The objects that there are when a statement runs: those of earlier files, and of the statements before it. */
function worldBefore({ script, start }: Statement, base: World): World {
  const { statements } = script;
  const own = statements.findIndex((other) => other.stop > start);
  const state = played(script);
  if (state.base !== base || !state.world || state.next > own)
    Object.assign(state, { base, world: base.fork(), next: 0 });
  play(statements.slice(state.next, Math.max(own, state.next)), state.world!);
  state.next = Math.max(own, state.next);
  return state.world!;
}

const editsOf = ({ correction }: Found): readonly Edit[] => ('edits' in correction ? correction.edits : []);

/** If two entries recognise the same text, only the first reports it. */
function withoutOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const taken: Edit[] = [];
  return candidates.filter((candidate) => {
    const edits = editsOf(candidate);
    if (edits.some((e) => taken.some((o) => e.start < o.end && o.start < e.end))) return false;
    taken.push(...edits);
    return true;
  });
}

interface Accepted {
  accepted: readonly Candidate[];
  rest?: SyntaxProblem;
}

/**
 * The candidates that are mistakes: those whose correction lets the parser read on. With them comes the place where it
 * stops all the same.
 */
function accept(statement: Statement, candidates: readonly Candidate[]): Accepted {
  if (candidates.some(({ correction }) => 'why' in correction)) return { accepted: candidates };
  if (candidates.length === 0) return { accepted: [] };
  if (!problemAfter(statement, flatMap(candidates, editsOf))) return { accepted: candidates };
  let rest = statement.problem;
  let accepted: Candidate[] = [];
  for (const candidate of candidates.toSorted((a, b) => a.start - b.start)) {
    const more = [...accepted, candidate];
    const problem = problemAfter(statement, flatMap(more, editsOf));
    if (!problem) return { accepted: more };
    if (rest && problem.start <= rest.start) continue;
    accepted = more;
    rest = problem;
  }
  return accepted.length > 0 && rest ? { accepted, rest } : { accepted: [] };
}

/** Adds what lets the parser read on where no form is known. */
function withOneWord(statement: Statement, known: Accepted): Accepted {
  const { accepted } = known;
  const stopped = known.rest ?? (accepted.length === 0 ? statement.problem : undefined);
  if (!stopped || accepted.some(({ correction }) => 'why' in correction)) return known;
  const found = oneWord(statement, flatMap(accepted, editsOf), stopped);
  return found ? { accepted: [...accepted, { id: 'one-word', error: '42601', ...found }] } : known;
}

/** The inventions that may hide from the parser. */
const passing = inventions.filter(({ passes }) => passes);

const mayHold = (statement: Statement) =>
  statement.problem !== undefined || passing.some(({ passes }) => passes?.where(statement));
