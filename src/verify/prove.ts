import { Lines } from '../lines.ts';
import type { Failure, FileVerdict } from './types.ts';

/** What a file becomes where some of its fixes are left out. */
export interface Proposal {
  text: string;
  /** The fixes that were applied, each by its name. */
  fixes: readonly string[];
  /** Where something is left to say of a second run, as lines that count from 1. */
  open: readonly { line: number; endLine: number }[];
}

/** What came of proving the fixes of a file. */
export interface Proof {
  /** The fixes that are not sound, each with the verdict that it led to. */
  refused: ReadonlyMap<string, FileVerdict>;
  /** The verdict on what is left. */
  verdict: FileVerdict;
}

/** So often a file is judged; the fixes that have not been proven by then are left out. */
const MOST_JUDGEMENTS = 60;

/**
 * Proves the fixes of a file by running it. What keeps it from being proven is left out, half by half, until each fix
 * is proven beside the others, or refused.
 * @param propose fixes the file without some fixes
 * @param judge runs a fixed text
 */
export async function proveFile(
  propose: (refused: ReadonlySet<string>) => Proposal,
  judge: (fixed: string) => Promise<FileVerdict>,
): Promise<Proof> {
  const whole = propose(new Set());
  const verdict = await judge(whole.text);
  if (!isJudged(verdict) || isProven(verdict, whole)) return { refused: new Map(), verdict };
  const search = new Search(propose, judge, whole.fixes, verdict);
  await search.add(whole.fixes, whole.fixes.length > 1);
  return search.finish();
}

class Search {
  private readonly propose: (refused: ReadonlySet<string>) => Proposal;
  private readonly judge: (fixed: string) => Promise<FileVerdict>;
  private readonly accepted = new Set<string>();
  private readonly refused = new Map<string, FileVerdict>();
  /** All fixes that have come up; leaving one out may bring up another. */
  private readonly known: Set<string>;
  private latest: FileVerdict;
  private judgements = 0;

  constructor(
    propose: (refused: ReadonlySet<string>) => Proposal,
    judge: (fixed: string) => Promise<FileVerdict>,
    fixes: readonly string[],
    verdict: FileVerdict,
  ) {
    this.propose = propose;
    this.judge = judge;
    this.known = new Set(fixes);
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
    if (!isProven(verdict, proposal)) {
      this.latest = verdict;
      return false;
    }
    for (const fix of fixes) this.accepted.add(fix);
    return true;
  }

  async finish(): Promise<Proof> {
    const refused = new Map(
      [...this.known]
        .filter((fix) => !this.accepted.has(fix))
        .map((fix) => [fix, this.refused.get(fix) ?? this.latest]),
    );
    return { refused, verdict: await this.judge(this.propose(new Set(refused.keys())).text) };
  }
}

const isJudged = ({ verdict }: FileVerdict): boolean => verdict !== 'fails' && verdict !== 'not-verifiable';

/** Whether a fixed text does what it must; where it has findings left, they may keep it from running again. */
function isProven(verdict: FileVerdict, { text, open }: Proposal): boolean {
  switch (verdict.verdict) {
    case 'ok':
      return true;
    case 'second-run-fails':
    case 'second-run-changes':
    case 'not-resumable':
      return 'failure' in verdict ? stillOpen(verdict.failure, text, open) : open.length > 0;
    default:
      return false;
  }
}

/** Whether a statement that failed stands where something is left to say. */
function stillOpen({ offset, statement }: Failure, text: string, open: Proposal['open']): boolean {
  const lines = new Lines(text);
  const [first, last] = [offset, offset + statement.length].map((at) => lines.locate(at).line) as [number, number];
  return open.some(({ line, endLine }) => line <= last && endLine >= first);
}
