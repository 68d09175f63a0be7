/** Keywords with a slip: CREATE TABEL, PRIMERY KEY, VALEUS. */
import { editDistance } from '../../nearest.ts';
import type { SyntaxProblem } from '../../syntax/script.ts';
import { rangeOf, type Reader } from '../../syntax/tokens.ts';
import { flatMap } from '../../lists.ts';
import { listed } from '../../plural.ts';
import type { Edit } from '../edits.ts';
import { problemAfter } from './problem-after.ts';
import type { Invention } from './types.ts';

/** The keywords of migrations that are long enough to be recognised with a slip. */
const KEYWORDS: readonly string[] = `action admin aggregate all also alter always analyze and array as atomic attach
  authorization before begin between body cascade case check collate column comment commit concurrently conflict
  constraint constraints copy create cross current database default deferrable deferred definer delete desc detach
  disable distinct domain drop each else enable enum event except exclude execute exists extension false for force
  foreign from full function functions generated global grant granted group having identity ilike immutable in include
  increment index inherits initially inner insert instead into invoker is join key language last lateral leakproof left
  level like limit local locked logged match materialized maxvalue merge minvalue name natural next no not nothing null
  nulls of offset on only option options or order outer over owned owner parallel partition policy prepare primary
  privileges procedure procedures public publication range read recursive references refresh rename replace reset
  restart restrict restrictive returning returns revoke right role row rows rule savepoint schema security select
  sequence sequences server session set setof snapshot stable start statement statistics storage stored strict
  subscription table tables tablespace temporary then to trigger true truncate type union unique unlogged until update
  usage user using valid validate value values view views volatile when where window with within without
  work`.split(/\s+/);
const KNOWN: ReadonlySet<string> = new Set(KEYWORDS);

/** Shorter words have too many neighbours. */
const SHORTEST = 3;
/** So many slips are corrected in one statement. */
const MOST = 5;
/** The parser stops at the slip, or up to so many words behind it: `ADD COLUM x int` stops at `int`. */
const BEHIND = 2;

interface Slip {
  /** The index of its token. */
  at: number;
  edit: Edit;
}

const misspelled: Invention = {
  id: 'misspelled-keyword',
  find(reader) {
    const slips = slipsIn(reader);
    const [first] = slips;
    if (!first) return undefined;
    const written = slips.map(({ at }) => `"${reader.raw(at)}"`);
    return {
      ...rangeOf(reader, { from: first.at, to: first.at + 1 }),
      problem: `${listed(written)} ${slips.length === 1 ? 'is no keyword' : 'are no keywords'}`,
      advice: `Write ${listed(slips.map(({ edit }) => edit.text))}.`,
      correction: { edits: slips.map(({ edit }) => edit) },
    };
  },
};

/** The slips that keep a statement from being parsed; none where something else is wrong with it, too. */
function slipsIn(reader: Reader): Slip[] {
  const slips: Slip[] = [];
  let problem = reader.statement.problem;
  while (problem && slips.length < MOST) {
    const next = nextSlip(reader, slips, problem);
    if (!next) return [];
    slips.push(next.slip);
    problem = next.problem;
  }
  return problem ? [] : slips.toSorted((a, b) => a.at - b.at);
}

/** The only slip whose correction lets the parser read on, with the place where it stops then. */
function nextSlip(
  reader: Reader,
  before: readonly Slip[],
  { start }: SyntaxProblem,
): { slip: Slip; problem: SyntaxProblem | undefined } | undefined {
  const stop = reader.tokens.findIndex((token) => token.end > start);
  if (stop < 0) return undefined;
  for (let at = stop; at >= Math.max(0, stop - BEHIND); at--) {
    // A word that has been corrected is not the one that the parser stops at.
    if (before.some((slip) => slip.at === at)) continue;
    const found = flatMap(candidatesFor(reader.word(at)), (keyword) => {
      const { start: from, end } = reader.tokens[at]!;
      const raw = reader.raw(at);
      const text = raw === raw.toUpperCase() ? keyword.toUpperCase() : keyword;
      const slip: Slip = { at, edit: { start: from, end, text } };
      const problem = problemAfter(reader.statement, [...before.map(({ edit }) => edit), slip.edit]);
      return problem && problem.start <= start ? [] : { slip, problem };
    });
    // With several that are as near, nobody knows which was meant.
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

/** The keywords that are one slip away from a word which is none. */
const candidatesFor = (word: string): string[] =>
  word.length < SHORTEST || KNOWN.has(word)
    ? []
    : KEYWORDS.filter((keyword) => keyword.length >= SHORTEST && editDistance(word, keyword, 1) === 1);

export const keywordInventions: Invention[] = [misspelled];
