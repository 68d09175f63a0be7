/** What an editor shows is what the command finds, whatever somebody has typed before. */
import { cpSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { DiagnosticSeverity, type Diagnostic, type TextEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { LintMessage, LintResult } from '../../src/linter/linter.ts';
import { Editor, uriOf } from '../support/editor.ts';
import { createProject, type Project } from '../support/project.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };

let project: Project;
let editor: Editor;

beforeAll(async () => {
  project = createProject();
  cpSync('examples', project.path, { recursive: true });
  editor = await Editor.start([project.path]);
});
afterAll(async () => {
  const code = await editor.stop();
  project.remove();
  expect(code).toBe(0);
});

/** Findings of the command, in the words of the protocol. */
const asShown = (messages: readonly LintMessage[]) =>
  messages.map(({ ruleId, severity, message, line, column, endLine, endColumn }) => ({
    range: {
      start: { line: line - 1, character: column - 1 },
      end: { line: endLine - 1, character: endColumn - 1 },
    },
    severity: severity === 2 ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code: ruleId ?? 'unused-directive',
    message,
  }));

const withoutLinks = (diagnostics: readonly Diagnostic[]) =>
  diagnostics.map(({ range, severity, code, message }) => ({ range, severity, code, message }));

const resultsOf = (...args: string[]): LintResult[] =>
  JSON.parse(project.lint('--format', 'json', '--no-cache', ...args).stdout) as LintResult[];

it('shows of every file of the examples what the command finds', async () => {
  const results = resultsOf(...readdirSync('examples'));
  expect(results.length).toBeGreaterThan(60);
  expect(results.flatMap(({ messages }) => messages).length).toBeGreaterThan(150);
  for (const { filePath } of results)
    editor.open(uriOf(filePath), project.read(filePath.slice(project.path.length + 1)));
  const shown = () =>
    Object.fromEntries(
      results.map(({ filePath }) => {
        const published = editor.shown.get(uriOf(filePath));
        return [filePath, published && withoutLinks(published.diagnostics)];
      }),
    );
  const found = Object.fromEntries(results.map(({ filePath, messages }) => [filePath, asShown(messages)]));
  await vi.waitFor(() => expect(shown()).toEqual(found), PATIENCE);
  for (const { filePath } of results) editor.close(uriOf(filePath));
});

/** What people type, and what they type by mistake. */
const PIECES = [
  'x',
  ' ',
  '\n',
  ';\n',
  "'",
  '$$',
  '--',
  '/*',
  'é',
  '😀',
  '\r\n',
  'create table t (id int);\n',
  'drop table profiles;\n',
  'alter table tasks rename to jobs;\n',
  '-- sql-lint-disable-file no-bare-create\n',
  'do $$ begin null; end $$;\n',
];

/** Numbers that look like chance, the same for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const EDITS = 250;

/** The edit that takes an edit back. */
function inverseOf(document: TextDocument, start: number, removed: number, piece: string): () => TextEdit[] {
  const text = document.getText().slice(start, start + removed);
  return () => {
    const now = editor.documents.get(document.uri)!;
    return [{ range: { start: now.positionAt(start), end: now.positionAt(start + piece.length) }, newText: text }];
  };
}

it('shows the same after a thousand edits and their undoing', async () => {
  const folder = 'supabase/supabase/migrations';
  const results = resultsOf(folder);
  const files = results.map(({ filePath }) => filePath);
  for (const path of files) editor.open(uriOf(path), project.read(path.slice(project.path.length + 1)));
  const originals = new Map(files.map((path) => [path, editor.textOf(uriOf(path))]));
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = chance(seed);
      const undo: { uri: string; edits: () => TextEdit[] }[] = [];
      for (let edit = 0; edit < EDITS; edit++) {
        const piece = random(8) === 0 ? '' : PIECES[random(PIECES.length)]!;
        const removed = random(3) === 0 ? random(30) : 0;
        const uri = uriOf(files[random(files.length)]!);
        const document = editor.documents.get(uri)!;
        const length = document.getText().length;
        // An editor has no place between the two units of a character, or between a carriage return and a line feed.
        const start = document.offsetAt(document.positionAt(random(length + 1)));
        const cut = Math.min(removed, length - start);
        const range = { start: document.positionAt(start), end: document.positionAt(start + cut) };
        const end = document.offsetAt(range.end);
        undo.push({ uri, edits: inverseOf(document, start, end - start, piece) });
        editor.edit(uri, [{ range, newText: piece }]);
      }
      // What it shows of the last text is what the command finds in it, with what is typed in the other files saved.
      const path = files.at(-1)!;
      for (const file of files) project.write(file.slice(project.path.length + 1), editor.textOf(uriOf(file)));
      const [found] = resultsOf(path);
      await vi.waitFor(
        () => expect(withoutLinks(editor.diagnosticsOf(uriOf(path)))).toEqual(asShown(found!.messages)),
        PATIENCE,
      );
      for (const { uri, edits } of undo.reverse()) editor.edit(uri, edits());
      for (const [file, text] of originals) {
        expect(editor.textOf(uriOf(file))).toBe(text);
        project.write(file.slice(project.path.length + 1), text);
      }
      await vi.waitFor(() => {
        for (const { filePath, messages } of results)
          expect(withoutLinks(editor.diagnosticsOf(uriOf(filePath)))).toEqual(asShown(messages));
      }, PATIENCE);
    }),
    { numRuns: 4, endOnFailure: true },
  );
});
