/** The statements of a text as an editor shows them beside it, and what of it can be folded. */
import { FoldingRangeKind, SymbolKind, type DocumentSymbol, type FoldingRange } from 'vscode-languageserver/node';
import { readIdent } from '../catalog/names.ts';
import { describe, type Kind, type ObjectRef } from '../catalog/objects.ts';
import { unitsOf } from '../catalog/units.ts';
import { flatMap } from '../lists.ts';
import { printable } from '../printable.ts';
import { commentsOf } from '../syntax/comments.ts';
import { tokenize } from '../syntax/lexer.ts';
import type { Script, Statement } from '../syntax/script.ts';
import type { Sheet } from './documents.ts';

const KINDS: Partial<Record<Kind, SymbolKind>> = {
  table: SymbolKind.Class,
  view: SymbolKind.Interface,
  'materialized view': SymbolKind.Interface,
  column: SymbolKind.Field,
  constraint: SymbolKind.Key,
  index: SymbolKind.Key,
  function: SymbolKind.Function,
  procedure: SymbolKind.Function,
  trigger: SymbolKind.Event,
  policy: SymbolKind.Property,
  type: SymbolKind.Enum,
  'enum label': SymbolKind.EnumMember,
  domain: SymbolKind.TypeParameter,
  schema: SymbolKind.Namespace,
  extension: SymbolKind.Package,
  sequence: SymbolKind.Number,
};

const kindOf = (kind: Kind): SymbolKind => KINDS[kind] ?? SymbolKind.Object;

/** How much of a statement is shown where it makes nothing. */
const MAX_NAME = 60;

/** One symbol a statement; the columns of a table stand below it. */
export function symbolsOf(script: Script, sheet: Sheet): DocumentSymbol[] {
  return script.statements.map((statement) => {
    const effects = flatMap(unitsOf(statement), (unit) => [...unit.effects]);
    const made = effects.find((effect) => effect.action === 'create');
    const head = statement.text.split('\n', 1)[0]!.trim().slice(0, MAX_NAME);
    const children = made
      ? flatMap(made.parts ?? [], (part) => (part.kind === 'column' ? symbolOf(part, statement, sheet) : []))
      : [];
    return {
      name: printable(made ? describe(made.object) : head) || '?',
      detail: head,
      kind: made ? kindOf(made.object.kind) : SymbolKind.Event,
      range: sheet.rangeOf({ start: statement.start, end: statement.stop }),
      selectionRange: sheet.rangeOf(made ? rangeOfName(made.object, statement) : statement),
      children,
    };
  });
}

function symbolOf(ref: ObjectRef, statement: Statement, sheet: Sheet): DocumentSymbol {
  const range = sheet.rangeOf(rangeOfName(ref, statement));
  return { name: printable(ref.name) || '?', kind: kindOf(ref.kind), range, selectionRange: range };
}

/** Where the name of an object first stands in a statement; the statement itself where it does not. */
function rangeOfName({ name }: ObjectRef, statement: Statement): { start: number; end: number } {
  const { text } = statement.script;
  const found = statement.tokens.find(
    ({ kind, start, end }) => (kind === 'word' || kind === 'quoted') && readIdent(text.slice(start, end)) === name,
  );
  return found ?? statement;
}

/** Statements, bodies, and comments that take several lines. */
export function foldsOf(script: Script, sheet: Sheet): FoldingRange[] {
  const folds: FoldingRange[] = [];
  const add = (start: number, end: number, kind?: FoldingRangeKind) => {
    const range = sheet.rangeOf({ start, end });
    if (range.end.line > range.start.line)
      folds.push({ startLine: range.start.line, endLine: range.end.line, ...(kind && { kind }) });
  };
  for (const { start, stop } of script.all()) add(start, stop);
  for (const { kind, start, end } of tokenize(script.text, 0, script.text.length))
    if (kind === 'dollar') add(start, end);
  for (const { start, end } of runsOf(commentsOf(script), script.text)) add(start, end, FoldingRangeKind.Comment);
  const seen = new Set<string>();
  return folds.filter(({ startLine, endLine }) => {
    const key = `${startLine}:${endLine}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Comments that follow one another without anything between them. */
function runsOf(comments: readonly { start: number; end: number }[], text: string): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (const { start, end } of comments) {
    const last = runs.at(-1);
    if (last && /^[ \t]*\r?\n?[ \t]*$/.test(text.slice(last.end, start))) last.end = end;
    else runs.push({ start, end });
  }
  return runs;
}
