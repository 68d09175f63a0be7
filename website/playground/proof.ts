/** The panels of the proof: what happens to each statement, and which locks it takes. */
import type { ProofReport, Ran, Resumed, Walk, WalkedStatement } from '../../src/browser/index.ts';
import { h, icon } from './dom.ts';

/** What is known of a proof. */
export interface ProofState {
  /** Which text runs. */
  subject: 'written' | 'fixed';
  state: 'none' | 'running' | 'done' | 'failed';
  loading?: string | undefined;
  /** How much of PostgreSQL is loaded, from 0 to 1. */
  part?: number | undefined;
  walk?: Walk | undefined;
  report?: ProofReport | undefined;
  error?: string | undefined;
  /** What stood in the editor when it began. */
  text?: string | undefined;
}

export interface ProofOptions {
  onRun: () => void;
  onStop: () => void;
  onSubject: (subject: ProofState['subject']) => void;
  onGo: (line: number) => void;
}

/** What came of the whole file, in a word: for colours. */
const standingOf = ({ verdict }: ProofReport): 'ok' | 'error' | 'warning' =>
  verdict.verdict === 'ok' ? 'ok' : verdict.verdict === 'not-verifiable' ? 'warning' : 'error';

/** The verdict as a sentence. */
export function verdictOf({ headline, verdict }: ProofReport): string {
  if (verdict.verdict !== 'ok') return `${headline.charAt(0).toUpperCase()}${headline.slice(1)}.`;
  const preserved = verdict.subject === 'fixed' ? ' It leaves what the file leaves as it is written.' : '';
  return `It runs twice, and starts again after each statement.${preserved}`;
}

/** The panel of the proof. @param isStale whether the text is another one by now */
export function proofView(proof: ProofState, isStale: boolean, options: ProofOptions): HTMLElement {
  const { state, walk } = proof;
  return h(
    'div',
    { class: 'proof' },
    proofBar(proof, options),
    state === 'none' && introduction(),
    state === 'running' && progressView(proof),
    state === 'failed' &&
      h('div', { class: 'banner error', role: 'alert' }, icon('error'), h('p', {}, `${proof.error}.`)),
    state === 'done' && proof.report && verdictBanner(proof.report, isStale),
    walk && walk.statements.length > 0 && walkTable(walk, state, options),
    walk && walk.statements.length > 0 && explanation(),
  );
}

function proofBar({ state, subject }: ProofState, { onRun, onStop, onSubject }: ProofOptions): HTMLElement {
  const choice = (value: ProofState['subject'], label: string) =>
    h(
      'label',
      { class: 'choice' },
      h('input', {
        type: 'radio',
        name: 'play-subject',
        value,
        checked: subject === value,
        onchange: () => onSubject(value),
      }),
      h('span', {}, label),
    );
  return h(
    'div',
    { class: 'bar' },
    h(
      'fieldset',
      { class: 'choices' },
      h('legend', { class: 'hidden' }, 'Which text runs'),
      choice('written', 'As written'),
      choice('fixed', 'As fixed'),
    ),
    state === 'running'
      ? h('button', { class: 'button', onclick: onStop, id: 'play-run' }, icon('stop'), 'Stop')
      : h('button', { class: 'button primary', onclick: onRun, id: 'play-run' }, icon('play'), 'Run twice'),
  );
}

const explanation = (): HTMLElement =>
  h(
    'p',
    { class: 'soft explanation' },
    h('b', {}, 'Resumed'),
    ': the run stopped after this statement, and the file was started again from its beginning. ',
    h('b', {}, 'Difference'),
    ': what is then other than after a run that went through.',
  );

const introduction = (): HTMLElement =>
  h(
    'div',
    { class: 'empty' },
    h('p', { class: 'title' }, 'A second run, on a real PostgreSQL'),
    h(
      'p',
      {},
      'PostgreSQL 18 runs in this page: each statement twice, and once more after a stop behind each of them. ' +
        'It is loaded at the first run (about 5 MB). Nothing leaves the browser.',
    ),
  );

function progressView({ loading, part, walk }: ProofState): HTMLElement {
  const said = walk ? 'The statements run …' : `${loading ?? 'PostgreSQL is loaded'} …`;
  return h(
    'div',
    { class: 'banner running' },
    h('span', { class: 'spinner' }),
    h('p', {}, said),
    !walk &&
      part !== undefined &&
      h('progress', { max: 100, value: Math.round(part * 100), 'aria-label': 'PostgreSQL is loaded' }),
  );
}

function verdictBanner(report: ProofReport, isStale: boolean): HTMLElement {
  const { verdict } = report;
  const standing = standingOf(report);
  const failure = 'failure' in verdict ? verdict.failure : undefined;
  return h(
    'div',
    { class: `banner ${standing} ${isStale ? 'stale' : ''}` },
    icon(standing),
    h(
      'div',
      {},
      h('p', { class: 'title' }, verdictOf(report)),
      failure && h('p', {}, code(failure.code), ` ${failure.message}, on line ${failure.line}.`),
      'reason' in verdict ? h('p', {}, 'What cannot run here is judged by its text alone.') : undefined,
      h(
        'p',
        { class: 'soft' },
        `${verdict.sent}. ${verdict.engine.replace(/^e/, 'E')}, ${verdict.seconds.toFixed(1)} s.`,
        verdict.behind !== undefined &&
          ` ${verdict.behind.replace(/^\/(?:migrations\/)?/, '')}, before it, does not run in full.`,
      ),
      isStale && h('p', { class: 'soft' }, 'The text has changed since.'),
    ),
  );
}

const code = (sqlstate: string): HTMLElement => h('code', { class: 'sqlstate' }, sqlstate);

const COLUMNS = ['First run', 'Second run', 'Resumed', 'Difference'] as const;

function walkTable(walk: Walk, state: ProofState['state'], options: ProofOptions): HTMLElement {
  const isRunning = state === 'running';
  const last = walk.statements.length - 1;
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'What happens to each statement' },
    h(
      'table',
      { class: 'walk' },
      h('thead', {}, h('tr', {}, ...['Statement', ...COLUMNS].map((name) => h('th', { scope: 'col' }, name)))),
      h(
        'tbody',
        {},
        ...walk.statements.flatMap((statement, k) => statementRows(statement, isRunning, k === last, options)),
      ),
      walk.diff !== undefined && h('tfoot', {}, ...endRows(walk.diff)),
    ),
  );
}

const statementView = (line: number, sql: string, onGo: ProofOptions['onGo']): HTMLElement =>
  h(
    'div',
    { class: 'own' },
    h('button', { class: 'place', 'aria-label': `Go to line ${line}`, onclick: () => onGo(line) }, String(line)),
    h('code', { class: 'statement', title: sql.length > 80 ? sql : undefined }, sql.slice(0, 160)),
  );

function statementRows(
  { line, sql, first, second, resumed }: WalkedStatement,
  isRunning: boolean,
  isLast: boolean,
  { onGo }: ProofOptions,
): HTMLElement[] {
  const shown = sql.replace(/\s+/g, ' ');
  const failures = [first, second, resumed].flatMap((ran) => (ran && 'failure' in ran ? [ran.failure] : []));
  const said = [...new Map(failures.map((failure) => [`${failure.code} ${failure.message}`, failure])).values()];
  const diff = resumed && 'diff' in resumed ? resumed.diff : undefined;
  const row = h(
    'tr',
    {},
    h('th', { scope: 'row' }, statementView(line, shown, onGo)),
    cell(COLUMNS[0], first, isRunning),
    cell(COLUMNS[1], second, isRunning && first?.ok !== false),
    cell(COLUMNS[2], resumed && 'diff' in resumed ? { ok: true } : resumed, isRunning && !isLast),
    differenceCell(resumed, isRunning && !isLast),
  );
  if (said.length === 0 && diff === undefined) return [row];
  const notes = h(
    'td',
    { colspan: 5 },
    ...said.map(({ code: sqlstate, message, detail }) =>
      h('p', {}, code(sqlstate), ` ${message}${detail === undefined ? '' : `. ${detail}`}`),
    ),
    diff !== undefined && diffView('Started again after this statement, it ends in another state:', diff),
  );
  return [row, h('tr', { class: 'notes' }, notes)];
}

function cell(column: string, ran: Ran | Resumed | undefined, isRunning: boolean): HTMLElement {
  const content =
    ran === undefined
      ? h('span', { class: 'none' }, isRunning ? '…' : '–')
      : ran.ok
        ? h('span', { class: 'ok' }, icon('ok'), h('span', { class: 'hidden' }, 'runs'))
        : h('span', { class: 'error' }, 'failure' in ran ? code(ran.failure.code) : icon('error'));
  return h('td', { 'data-column': column }, content);
}

function differenceCell(resumed: Resumed | undefined, isRunning: boolean): HTMLElement {
  const unknown = resumed === undefined || 'failure' in resumed;
  const content = unknown
    ? h('span', { class: 'none' }, resumed === undefined && isRunning ? '…' : '–')
    : resumed.ok
      ? h('span', { class: 'ok' }, 'none')
      : h('span', { class: 'error' }, linesOf(resumed.diff).length.toString(), ' lines');
  return h('td', { 'data-column': COLUMNS[3] }, content);
}

/** What is new and what is gone, without what only identifies rows. */
const linesOf = (diff: string): string[] =>
  diff
    .split('\n')
    .filter((line) => /^[-+]/.test(line))
    .map((line) => line.replace(/, digest \d+$/, ''));

function diffView(title: string, diff: string): HTMLElement {
  return h(
    'div',
    { class: 'diff' },
    h('p', {}, title),
    h(
      'pre',
      { tabindex: 0, 'aria-label': 'Difference' },
      ...linesOf(diff).map((line) => h('span', { class: line.startsWith('+') ? 'added' : 'removed' }, `${line}\n`)),
    ),
  );
}

/** What the second run has left of the whole. */
function endRows(diff: string): HTMLElement[] {
  const isSame = diff === '';
  const row = h(
    'tr',
    {},
    h('th', { scope: 'row', colspan: 4 }, 'The database after the second run'),
    h(
      'td',
      { 'data-column': COLUMNS[3] },
      isSame ? h('span', { class: 'ok' }, 'none') : h('span', { class: 'error' }, `${linesOf(diff).length} lines`),
    ),
  );
  if (isSame) return [row];
  return [row, h('tr', { class: 'notes' }, h('td', { colspan: 5 }, diffView('The second run has changed:', diff)))];
}

/** The locks that were measured. */
export function locksView(proof: ProofState, options: ProofOptions): HTMLElement {
  const { locks, stopped } = proof.report ?? {};
  if (!locks)
    return h(
      'div',
      { class: 'empty' },
      h('p', { class: 'title' }, 'Locks on what was there before'),
      h(
        'p',
        {},
        'Run the file, and PostgreSQL says which locks each statement takes, and what it rewrites or reads in full.',
      ),
      proof.state === 'running'
        ? h('span', { class: 'spinner' })
        : h('button', { class: 'button primary', onclick: options.onRun }, icon('play'), 'Run twice'),
    );
  if (locks.length === 0)
    return h(
      'div',
      { class: 'empty good' },
      icon('ok'),
      h('p', { class: 'title' }, 'No locks to wait for'),
      h('p', {}, 'No statement locks what was there before this file.'),
      stopped !== undefined && h('p', { class: 'soft' }, `Measured up to ${stopped}.`),
    );
  return h(
    'div',
    { class: 'locks' },
    stopped !== undefined &&
      h('div', { class: 'banner warning' }, icon('warning'), h('p', {}, `Measured up to ${stopped}.`)),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Locks of each statement' },
      h(
        'table',
        { class: 'locks' },
        h(
          'thead',
          {},
          h('tr', {}, ...['Statement', 'Lock', 'Stops', 'Work'].map((name) => h('th', { scope: 'col' }, name))),
        ),
        h('tbody', {}, ...locks.map((statement) => lockRow(statement, options))),
      ),
    ),
    h('p', { class: 'soft' }, 'How long a lock is held depends on the rows, which this page does not have.'),
  );
}

function lockRow(
  { line, sql, locks, rewrites, scans, note, stops }: NonNullable<ProofReport['locks']>[number],
  { onGo }: ProofOptions,
): HTMLElement {
  const own = locks.filter(({ relation }) => !/^(?:index|sequence) /.test(relation));
  const work = [...rewrites.map((name) => `rewrites ${name}`), ...scans.map((name) => `reads all of ${name}`)];
  const level = stops === 'reads and writes' ? 'error' : stops === 'writes' ? 'warning' : 'ok';
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, statementView(line, sql, onGo)),
    h(
      'td',
      { 'data-column': 'Lock' },
      note ?? undefined,
      ...own.map(({ relation, lock }) => h('div', {}, h('code', {}, lock), ` on ${relation}`)),
    ),
    h('td', { 'data-column': 'Stops' }, h('span', { class: level }, stops)),
    h('td', { 'data-column': 'Work' }, work.length > 0 ? work.join(', ') : h('span', { class: 'none' }, '–')),
  );
}
