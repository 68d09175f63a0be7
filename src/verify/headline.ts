import type { FileVerdict, StateName } from './types.ts';

/** Whether the verdict should make the command fail; what cannot be verified does not. */
export function hasFailed({ verdict }: FileVerdict): boolean {
  return verdict !== 'ok' && verdict !== 'not-verifiable';
}

/** What the verdict says, as the end of a sentence about the file. */
export function headline(verdict: FileVerdict): string {
  const { state, runner } = verdict;
  const said = wordsOf(verdict, verdict.subject === 'fixed' ? 'fixed, ' : '');
  const where = state === undefined ? '' : `${STATES[state]}: `;
  return `${where}${said}${runner === undefined ? '' : ` (${runner})`}`;
}

const STATES: Record<StateName, string> = {
  filled: 'where the tables hold rows',
  stale: 'where its tables exist with another definition',
};

function wordsOf(verdict: FileVerdict, fixed: string): string {
  switch (verdict.verdict) {
    case 'ok':
      return `${fixed}runs twice`;
    case 'fails':
      return 'does not run once';
    case 'not-verifiable':
      return `not verifiable: ${verdict.reason}`;
    case 'second-run-fails':
      return `${fixed}a second run fails`;
    case 'second-run-changes':
      return `${fixed}a second run changes what the first one left`;
    case 'not-preserved':
      return 'failure' in verdict ? 'fixed, it does not run' : 'fixed, it leaves another state than the original';
    case 'not-resumable':
      return `${fixed}stopped after the statement on line ${verdict.after} and started again, it ${'failure' in verdict ? 'fails' : 'ends in another state'}`;
    case 'replay-fails':
      return `${fixed}run again after all the files, it fails`;
    case 'replay-changes':
      return `${fixed}run again after all the files, it changes what they left`;
  }
}
