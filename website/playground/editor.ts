/** The editor: CodeMirror with PostgreSQL's highlighting, and findings in it. */
import { indentWithTab } from '@codemirror/commands';
import { sql } from '@codemirror/lang-sql';
import { syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Action, type Diagnostic } from '@codemirror/lint';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import type { LintMessage } from '../../src/browser/index.ts';
import { dialect } from '../dialect.ts';

/** What every editor of the page has. */
export const common = (): Extension => [
  sql({ dialect, upperCaseKeywords: false }),
  syntaxHighlighting(classHighlighter),
  EditorView.lineWrapping,
];

export interface EditorOptions {
  onChange: (text: string) => void;
}

/** The places of a finding, and what can be done about it. */
export interface Change {
  label: string;
  range: [number, number];
  text: string;
}

/** The fix of a finding, and its suggestions. */
export const changesOf = ({ fix, suggestions = [] }: LintMessage): Change[] => [
  ...(fix ? [{ label: 'Fix', ...fix }] : []),
  ...suggestions.map((suggestion) => ({ label: suggestion.desc, ...suggestion.fix })),
];

export class Editor {
  readonly view: EditorView;
  private readonly states = new Map<number, EditorState>();
  private readonly extensions: Extension;
  private shown = 0;
  /** The text that the findings speak of. */
  private linted: Text | undefined;

  constructor(parent: HTMLElement, { onChange }: EditorOptions) {
    this.extensions = [
      basicSetup,
      keymap.of([indentWithTab]),
      common(),
      lintGutter(),
      EditorView.contentAttributes.of({ 'aria-label': 'SQL of the migration' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
    ];
    this.view = new EditorView({ parent, state: this.newState('') });
  }

  private newState(text: string): EditorState {
    return EditorState.create({ doc: text, extensions: this.extensions });
  }

  /** Shows a file; what was done in it before can still be undone. @param key which of the files it is */
  show(key: number, text: string): void {
    this.states.set(this.shown, this.view.state);
    const kept = this.states.get(key);
    this.shown = key;
    this.linted = undefined;
    this.view.setState(kept?.doc.toString() === text ? kept : this.newState(text));
  }

  /** Forgets the files that were shown. */
  forget(): void {
    this.states.clear();
    this.shown = -1;
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Takes another text for the whole, as one change that can be undone. */
  replace(text: string): void {
    if (text === this.text) return;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  setFindings(messages: readonly LintMessage[]): void {
    const { doc } = this.view.state;
    this.linted = doc;
    const offset = (line: number, column: number) => {
      const at = doc.line(Math.min(Math.max(1, line), doc.lines));
      return Math.min(at.from + Math.max(0, column - 1), at.to);
    };
    const diagnostics = messages.map((message): Diagnostic => {
      const from = offset(message.line, message.column);
      return {
        from,
        to: Math.max(from, offset(message.endLine, message.endColumn)),
        severity: message.severity === 2 ? 'error' : 'warning',
        source: message.ruleId ?? 'sql-lint',
        message: message.message,
        actions: changesOf(message).map((change): Action => ({ name: change.label, apply: () => this.apply(change) })),
      };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Makes a change, unless the text has become another one since it was found. */
  apply({ range: [from, to], text }: Change): void {
    if (this.view.state.doc !== this.linted) return;
    this.view.dispatch({ changes: { from, to, insert: text }, userEvent: 'input.fix', scrollIntoView: true });
  }

  /** Puts the cursor to a place. */
  goTo(line: number, column = 1): void {
    const at = this.view.state.doc.line(Math.min(line, this.view.state.doc.lines));
    const head = Math.min(at.from + column - 1, at.to);
    this.view.dispatch({
      selection: { anchor: head },
      effects: EditorView.scrollIntoView(head, { y: 'center' }),
    });
    this.view.focus();
  }

  end(): void {
    this.view.destroy();
  }
}
