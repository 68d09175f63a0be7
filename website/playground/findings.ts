/** The list of findings, with what can be done about each. */
import type { LintMessage } from '../../src/browser/index.ts';
import { plural } from '../../src/plural.ts';
import { h, icon } from './dom.ts';
import { changesOf, type Change } from './editor.ts';

/** How many there are, in words. */
export function countOf(messages: readonly LintMessage[]): string {
  const errors = messages.filter(({ severity }) => severity === 2).length;
  const warnings = messages.length - errors;
  if (messages.length === 0) return 'No findings';
  return [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')]
    .filter(Boolean)
    .join(', ');
}

export interface FindingsOptions {
  onGo: (line: number, column: number) => void;
  onApply: (change: Change) => void;
  onFixAll: () => void;
}

/** The panel of findings. @param messages undefined where they are not known yet */
export function findingsView(messages: readonly LintMessage[] | undefined, options: FindingsOptions): HTMLElement {
  if (!messages) return h('div', { class: 'empty' }, h('span', { class: 'spinner' }), h('p', {}, 'The file is read …'));
  if (messages.length === 0) return nothingFound();
  const fixable = messages.filter(({ fix }) => fix).length;
  return h(
    'div',
    { class: 'findings' },
    h(
      'div',
      { class: 'bar' },
      h('p', { class: 'count' }, countOf(messages)),
      fixable > 0 &&
        h(
          'button',
          { class: 'button primary', onclick: options.onFixAll },
          `Fix ${fixable === 1 ? 'it' : `all ${fixable}`}`,
        ),
    ),
    h('ul', { class: 'list' }, ...messages.map((message) => findingView(message, options))),
  );
}

function nothingFound(): HTMLElement {
  return h(
    'div',
    { class: 'empty good' },
    icon('ok'),
    h('p', { class: 'title' }, 'Nothing found'),
    h('p', {}, 'As far as the text shows, this file runs twice. Prove it: run it twice on PostgreSQL.'),
  );
}

function findingView(message: LintMessage, { onGo, onApply }: FindingsOptions): HTMLElement {
  const { ruleId, line, column } = message;
  const level = message.severity === 2 ? 'error' : 'warning';
  const changes = changesOf(message);
  return h(
    'li',
    { class: `finding ${level}` },
    h(
      'div',
      { class: 'head' },
      icon(level),
      h('span', { class: 'hidden' }, `${level}: `),
      ruleId === null
        ? h('span', { class: 'rule' }, 'comment')
        : h('a', { class: 'rule', href: `./rules/${ruleId}.html` }, ruleId),
      h(
        'button',
        { class: 'place', 'aria-label': `Go to line ${line}`, onclick: () => onGo(line, column) },
        `line ${line}`,
      ),
    ),
    h('p', { class: 'message' }, message.message),
    changes.length > 0 &&
      h(
        'div',
        { class: 'actions' },
        ...changes.map((change) =>
          h(
            'button',
            {
              class: `button small ${change.label === 'Fix' ? 'primary' : ''}`,
              'aria-label': `${change.label}: ${ruleId ?? 'comment'}, line ${line}`,
              onclick: () => onApply(change),
            },
            change.label,
          ),
        ),
      ),
  );
}

/** The report on all files. */
export function filesView(
  files: readonly { name: string; index: number; messages: readonly LintMessage[] | undefined }[],
  onOpen: (index: number) => void,
): HTMLElement {
  const known = files.filter(({ messages }) => messages !== undefined);
  const all = known.flatMap(({ messages }) => messages ?? []);
  const clean = known.filter(({ messages }) => messages?.length === 0).length;
  return h(
    'div',
    { class: 'files' },
    h(
      'div',
      { class: 'bar' },
      h(
        'p',
        { class: 'count' },
        `${plural(files.length, 'file')}, ${countOf(all).toLowerCase()}, ${clean} without any`,
      ),
    ),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Files' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h('tr', {}, ...['File', 'Errors', 'Warnings', 'Fixable'].map((name) => h('th', { scope: 'col' }, name))),
        ),
        h('tbody', {}, ...files.map((file) => fileRow(file, () => onOpen(file.index)))),
      ),
    ),
  );
}

function fileRow(
  { name, messages }: { name: string; messages: readonly LintMessage[] | undefined },
  onOpen: () => void,
): HTMLElement {
  const cell = (count: number | undefined, level: string) =>
    h('td', { class: count ? `number ${level}` : 'number none' }, count === undefined ? '…' : String(count));
  const count = (test: (message: LintMessage) => boolean) => messages?.filter(test).length;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('button', { class: 'text', onclick: onOpen }, name)),
    cell(
      count(({ severity }) => severity === 2),
      'error',
    ),
    cell(
      count(({ severity }) => severity === 1),
      'warning',
    ),
    cell(
      count(({ fix }) => fix !== undefined),
      '',
    ),
  );
}
