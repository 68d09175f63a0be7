import { Lines } from '../lines.ts';
import type { Failure, FileVerdict } from './types.ts';

/** What a file becomes where some of its fixes are left out. */
export interface Proposal {
  text: string;
  /** The fixes that were applied, each by its name. */
  fixes: readonly string[];
  /** Those of them that let the file run at all, where it would not. */
  mending?: readonly string[];
  /** Where there is something to say of a second run, as lines that count from 1. */
  open: readonly { line: number; endLine: number; isSwitchedOff?: boolean }[];
}

/** Why a text that is written is not proven. */
export type Doubt =
  /** It, or the file as it is, cannot be run. */
  | 'not-run'
  /** It does not run twice, which is reported. */
  | 'reported'
  /** It does not run twice, which would be reported if nothing switched it off. */
  | 'switched-off'
  /** What goes wrong goes wrong without its fixes, too. */
  | 'without-fixes';

/** What came of proving the fixes of a file. */
export interface Proof {
  /** The fixes that are not sound, each with the verdict that it led to. */
  refused: ReadonlyMap<string, FileVerdict>;
  /** The text without them. */
  text: string;
  /** The verdict on that text; where no fix is to blame for it, the verdict on the file as it is. */
  verdict: FileVerdict;
  /** Undefined where it is proven. */
  doubt: Doubt | undefined;
}

/** Whether the text has run, and did all that it must. */
export const isProven = ({ doubt }: Proof): boolean => doubt === undefined;

/** So often a file is judged; the fixes that have not been proven by then are left out. */
const MOST_JUDGEMENTS = 60;

/**
 * Proves the fixes of a file by running it. What keeps it from being proven is left out, half by half, until each fix
 * is proven beside the others, or refused. What goes wrong without any fix is the fault of none. Where a file runs only
 * with some of its fixes, the others are held against what it does with these.
 * @param unfixed the file as it is
 * @param propose fixes the file without some fixes
 * @param judge runs a text in the place of the file, and holds it against another one
 */
export async function proveFile(
  unfixed: string,
  propose: (refused: ReadonlySet<string>) => Proposal,
  judge: (fixed: string, original: string) => Promise<FileVerdict>,
): Promise<Proof> {
  const whole = propose(new Set());
  const first = await judge(whole.text, unfixed);
  if (!isRefused(first)) return proveAgainst(unfixed, new Set(), whole, first, propose, judge);
  const mending = new Set(whole.mending);
  const mended = propose(new Set(whole.fixes.filter((fix) => !mending.has(fix)))).text;
  const second = mended === unfixed ? first : await judge(whole.text, mended);
  if (!isRefused(second)) return proveAgainst(mended, mending, whole, second, propose, judge);
  // The text by itself: what is refused then stands in it where it is said to stand.
  const verdict = await judge(whole.text, whole.text);
  const standing = standingOf(verdict, whole);
  return {
    refused: new Map(),
    text: whole.text,
    verdict,
    doubt: standing === 'wrong' ? 'not-run' : doubtOf(standing),
  };
}

/** Whether PostgreSQL refuses the original. */
const isRefused = (verdict: FileVerdict): boolean => verdict.verdict === 'fails' && verdict.failure.code !== 'crash';

/**
 * @param mending the fixes that the original has
 * @param verdict what came of judging the text with all fixes
 */
async function proveAgainst(
  original: string,
  mending: ReadonlySet<string>,
  whole: Proposal,
  verdict: FileVerdict,
  propose: (refused: ReadonlySet<string>) => Proposal,
  judge: (fixed: string, original: string) => Promise<FileVerdict>,
): Promise<Proof> {
  const { text } = whole;
  const refused = new Map<string, FileVerdict>();
  const standing = standingOf(verdict, whole);
  if (standing !== 'wrong') return { refused, text, verdict, doubt: doubtOf(standing) };
  const before = await judge(original, original);
  if (isSame(before, verdict))
    return before.verdict === 'fails'
      ? { refused, text, verdict: await judge(text, text), doubt: 'not-run' }
      : { refused, text, verdict: before, doubt: 'without-fixes' };
  const fixes = whole.fixes.filter((fix) => !mending.has(fix));
  const search = new Search(propose, (fixed) => judge(fixed, original), mending, fixes, verdict);
  await search.add(fixes, fixes.length > 1);
  return search.finish();
}

class Search {
  private readonly propose: (refused: ReadonlySet<string>) => Proposal;
  private readonly judge: (fixed: string) => Promise<FileVerdict>;
  private readonly accepted: Set<string>;
  private readonly refused = new Map<string, FileVerdict>();
  /** All fixes that have come up; leaving one out may bring up another. */
  private readonly known: Set<string>;
  private latest: FileVerdict;
  private judgements = 0;

  constructor(
    propose: (refused: ReadonlySet<string>) => Proposal,
    judge: (fixed: string) => Promise<FileVerdict>,
    accepted: Iterable<string>,
    fixes: readonly string[],
    verdict: FileVerdict,
  ) {
    this.propose = propose;
    this.judge = judge;
    this.accepted = new Set(accepted);
    this.known = new Set([...this.accepted, ...fixes]);
    this.latest = verdict;
  }

  /**
   * Accepts all of these fixes that can be proven beside those that are accepted.
   * @param isTried whether it is known that they cannot all be
   */
  async add(fixes: readonly string[], isTried = false): Promise<void> {
    if (fixes.length === 0 || (!isTried && (await this.accepts(fixes)))) return;
    if (fixes.length === 1 || this.judgements >= MOST_JUDGEMENTS) {
      for (const fix of fixes) this.refused.set(fix, this.latest);
      return;
    }
    const middle = Math.ceil(fixes.length / 2);
    await this.add(fixes.slice(0, middle));
    await this.add(fixes.slice(middle));
  }

  private async accepts(fixes: readonly string[]): Promise<boolean> {
    const wanted = new Set([...this.accepted, ...fixes]);
    const proposal = this.propose(new Set([...this.known].filter((fix) => !wanted.has(fix))));
    const others = proposal.fixes.filter((fix) => !this.known.has(fix));
    for (const fix of others) this.known.add(fix);
    // Without some of the others, a fix may have nothing to do; then nothing is known of it.
    if (others.length > 0) return this.accepts(fixes);
    this.judgements++;
    const verdict = await this.judge(proposal.text);
    const standing = standingOf(verdict, proposal);
    if (standing === 'wrong') this.latest = verdict;
    if (standing === 'wrong' || standing === 'not-run') return false;
    for (const fix of fixes) this.accepted.add(fix);
    return true;
  }

  async finish(): Promise<Proof> {
    const refused = new Map(
      [...this.known]
        .filter((fix) => !this.accepted.has(fix))
        .map((fix) => [fix, this.refused.get(fix) ?? this.latest]),
    );
    const proposal = this.propose(new Set(refused.keys()));
    const verdict = await this.judge(proposal.text);
    return { refused, text: proposal.text, verdict, doubt: doubtOf(standingOf(verdict, proposal)) };
  }
}

type Standing = 'proven' | 'wrong' | Exclude<Doubt, 'without-fixes'>;

/** How a fixed text stands after it was run; where it has findings left, they may keep it from running again. */
function standingOf(verdict: FileVerdict, { text, open }: Proposal): Standing {
  switch (verdict.verdict) {
    case 'ok':
      return 'proven';
    case 'not-verifiable':
      return 'not-run';
    case 'fails':
      // A text may break the database where another one does not.
      return verdict.failure.code === 'crash' ? 'wrong' : 'not-run';
    case 'second-run-fails':
    case 'second-run-changes':
    case 'not-resumable': {
      const there = 'failure' in verdict ? openAt(verdict.failure, text, open) : open;
      if (there.length === 0) return 'wrong';
      return there.every(({ isSwitchedOff }) => isSwitchedOff) ? 'switched-off' : 'reported';
    }
    default:
      return 'wrong';
  }
}

/** @param standing what is wrong with no fix, or with those alone that are proven, has other causes */
const doubtOf = (standing: Standing): Doubt | undefined =>
  standing === 'proven' ? undefined : standing === 'wrong' ? 'without-fixes' : standing;

/** What there is to say where a statement failed. */
function openAt({ offset, statement }: Failure, text: string, open: Proposal['open']): Proposal['open'] {
  const lines = new Lines(text);
  const [first, last] = [offset, offset + statement.length].map((at) => lines.locate(at).line) as [number, number];
  return open.filter(({ line, endLine }) => line <= last && endLine >= first);
}

/** Whether the file as it is fails for the reason for which its fixed text does: in its first run, or as that does. */
function isSame(unfixed: FileVerdict, fixed: FileVerdict): boolean {
  const isFirst = unfixed.verdict === 'fails';
  if (!isFirst && (unfixed.verdict !== fixed.verdict || !isSameWay(unfixed, fixed))) return false;
  if ('failure' in unfixed && 'failure' in fixed) {
    const [a, b] = [unfixed.failure, fixed.failure];
    return a.code === b.code && a.message === b.message && (isFirst || a.statement === b.statement);
  }
  return 'diff' in unfixed && 'diff' in fixed && unfixed.diff === fixed.diff;
}

const isSameWay = (a: FileVerdict, b: FileVerdict): boolean => a.state === b.state && a.runner === b.runner;
