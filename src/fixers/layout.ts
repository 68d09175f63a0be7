/** Lays out DO blocks as the file is laid out. */
import { perScript, type Statement } from '../syntax/script.ts';
import type { Edit } from './edits.ts';
import { afterTrailingComment, dollarTag, inCaseOf, indentUnit, innerLineStarts, lineIndent } from './style.ts';
import { flatMap } from '../lists.ts';

/**
 * A block that goes before a statement, and must be sent by itself: with the lines around it that its migration tool
 * wants around a statement with semicolons of its own. Where the statement stands between such lines, they are cut in
 * two.
 */
export function blockBefore(statement: Statement, block: string, newline: string): string {
  const { breakpoint } = statement.script.format;
  const marks = marksAround(statement);
  if (!marks) return block + (breakpoint ?? '');
  return isWrapped(statement)
    ? [block, ...marks.end, ...marks.begin].join(newline)
    : [...marks.begin, block, ...marks.end].join(newline);
}

/** The lines that its tool wants around a block; where it fills in variables, those that keep it from doing so. */
function marksAround({ script, start }: Statement): { begin: string[]; end: string[] } | undefined {
  const { block, substituted } = script.format;
  if (!block) return undefined;
  const isSubstituted = substituted.some((range) => range.start <= start && start < range.end);
  return isSubstituted
    ? { begin: [SUBSTITUTION.off, block.begin], end: [block.end, SUBSTITUTION.on] }
    : { begin: [block.begin], end: [block.end] };
}

const SUBSTITUTION = { on: '-- +goose ENVSUB ON', off: '-- +goose ENVSUB OFF' };

/** Whether the statement stands between its tool's StatementBegin and StatementEnd. */
function isWrapped(statement: Statement): boolean {
  const { block, blocks } = statement.script.format;
  return !block || blocks.some(({ start, end }) => start <= statement.start && statement.start < end);
}

const ASK_WIDTH = 100;

/** Between conditions that are asked together; how they stand in the file is settled where they are written. */
const AND = '\nAND ';

/** Between conditions of which the second is asked only where the first holds. */
const THEN = '\nTHEN IF ';

/** A question for rows: PostgreSQL looks its table up before it evaluates anything, and fails where there is none. */
const ASKS_FOR_ROWS = /^(?:NOT )?EXISTS \(SELECT 1 FROM (?!pg_)/;

/**
 * One condition of several, each of which may be such a condition itself. Rows are asked for in an IF of their own: AND
 * does not keep PostgreSQL from looking for their table.
 */
export function allOf(conditions: readonly string[]): string {
  const all = [...new Set(flatMap(conditions, (condition) => flatMap(condition.split(THEN), (one) => one.split(AND))))];
  const rows = all.filter((one) => ASKS_FOR_ROWS.test(one));
  const others = all.filter((one) => !ASKS_FOR_ROWS.test(one));
  return flatMap([others, rows], (level) => (level.length > 0 ? level.join(AND) : [])).join(THEN);
}

/** The conditions that are asked one inside the other. */
const levelsOf = (condition: string): string[] => (condition === ALWAYS ? [] : condition.split(THEN));

/** IF <condition> THEN, broken over lines where it is long. */
export function askLines(condition: string, indent: string, unit: string, eol: string): string {
  const conditions = condition.split(AND);
  const line = `IF ${conditions.join(' AND ')} THEN`;
  if (indent.length + line.length <= ASK_WIDTH) return line;
  const broken = conditions.map((one) => {
    const query = /^((?:NOT )?EXISTS) \((SELECT .*?)( FROM .*?)? WHERE (.*)\)$/s.exec(one);
    if (!query) return one;
    const [, exists, select, from, where] = query;
    return [
      `${exists} (`,
      `${indent}${unit}${select}${from ?? ''}`,
      `${indent}${unit}WHERE ${where}`,
      `${indent})`,
    ].join(eol);
  });
  return `IF ${broken.join(' AND ')} THEN`;
}

/** The condition of a statement that a block always runs. */
export const ALWAYS = '';

/** A statement that goes into a guard. */
export interface Guarded {
  statement: Statement;
  /** Its condition; undefined if it has the condition of the statement before it. */
  condition: string | undefined;
  edits: readonly Edit[];
}

const hasSemicolon = (range: { end: number; stop: number }) => range.stop > range.end;

/** The broken statements of a script. One of them may begin a quote, which the tag of a block must not end. */
const brokenIn = perScript(({ statements }) => statements.map(({ problem, text }) => (problem ? text : '')).join(''));

/** Wraps a run of neighbouring statements in one DO block; statements in a DO block get only their conditions. */
export function guardEdits(group: readonly Guarded[]): Edit[] {
  const { statement: first } = group[0]!;
  const { script } = first;
  const { eol } = script;
  const unit = indentUnit(script);
  const outer = lineIndent(script, first.outer.start);
  const embedded = first.embedded !== undefined;
  const base = embedded ? outer : outer + unit;
  const isBefore = ({ statement }: Guarded, edit: Edit) =>
    edit.start === statement.outer.start && edit.end === edit.start;
  const edits: Edit[] = flatMap(group, (g) => g.edits.filter((edit) => !isBefore(g, edit)));
  const wrapped = embedded || isWrapped(first);
  const marks = marksAround(first);
  const last = group.at(-1)!.statement.outer;
  const texts = group.map((g) => (g.condition ?? '') + g.edits.map((e) => e.text).join(''));
  const tag = dollarTag(script.text.slice(first.outer.start, last.stop) + brokenIn(script) + texts.join(''));
  const write = (sql: string) => inCaseOf(first, sql);
  const linesBefore = wrapped ? '' : marks!.begin.map((line) => line + eol + outer).join('');
  const linesBehind = wrapped ? '' : marks!.end.map((line) => eol + outer + line).join('');
  const begin = embedded ? '' : `${linesBefore}${write('DO')} ${tag} ${write('BEGIN')}${eol}${base}`;
  const end = (isEnded: boolean) =>
    embedded ? '' : `${eol}${outer}${write('END')} ${tag}${isEnded ? ';' : ''}${linesBehind}`;

  const ask = ({ statement, condition = ALWAYS }: Guarded) =>
    levelsOf(condition)
      .map((level, k) => {
        const indent = base + unit.repeat(k);
        return inCaseOf(statement, askLines(level, indent, unit, eol)) + eol + indent + unit;
      })
      .join('');

  let asked: string = ALWAYS;
  group.forEach((guarded, k) => {
    const { statement, condition } = guarded;
    const range = statement.outer;
    const opening = k === 0 ? begin : '';
    asked = condition ?? asked;
    const levels = levelsOf(asked);
    const deeper = unit.repeat(levels.length + (embedded ? 0 : 1));
    // What goes before the statement goes into its block.
    const before = guarded.edits.filter((edit) => isBefore(guarded, edit)).map(({ text }) => text);
    const text = opening + ask(guarded) + before.join('').replaceAll(eol, eol + deeper);
    if (text) edits.push({ start: range.start, end: range.start, text });
    // The indentation of a line that begins in replaced text comes from the replacement.
    const replaced = (offset: number) =>
      group.some((g) => g.edits.some((e) => e.start < offset && offset <= e.end && e.start < e.end));
    for (const offset of innerLineStarts(script, range.start, range.end))
      if (!replaced(offset)) edits.push({ start: offset, end: offset, text: deeper });
    const next = group[k + 1];
    const isEnded = hasSemicolon(range);
    const at = isEnded ? afterTrailingComment(script, range.stop) : range.end;
    const isOpen = asked === ALWAYS || (next && next.condition === undefined);
    const ends = levels.map((_, level) => `${eol}${base}${unit.repeat(level)}${inCaseOf(statement, 'END IF;')}`);
    const endIf = isOpen ? '' : ends.reverse().join('');
    const behind = `${isEnded ? '' : ';'}${endIf}${next ? '' : end(isEnded)}`;
    if (behind) edits.push({ start: at, end: at, text: behind });
    // Comments and blank lines between two statements of one block move in with them.
    if (next && !embedded)
      for (const offset of innerLineStarts(script, at, next.statement.outer.start + 1))
        edits.push({ start: offset, end: offset, text: next.condition === undefined ? deeper : unit });
  });
  return edits;
}
