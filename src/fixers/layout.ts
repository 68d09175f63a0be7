/** Lays out DO blocks as the file is laid out. */
import type { Script, Statement } from '../syntax/script.ts';
import type { Edit } from './edits.ts';
import { afterTrailingComment, dollarTag, inCaseOf, indentUnit, innerLineStarts, lineIndent } from './style.ts';

/** Puts the lines around a block that its migration tool wants around a statement with semicolons of its own. */
export function wrapForTool(script: Script, block: string, newline: string): string {
  const marks = script.format.block;
  return marks ? `${marks.begin}${newline}${block}${newline}${marks.end}` : block;
}

/** Whether the statement stands between its tool's StatementBegin and StatementEnd. */
function isWrapped(statement: Statement): boolean {
  const marks = statement.script.format.block;
  if (!marks) return true;
  const before = statement.script.text.slice(0, statement.start);
  return before.lastIndexOf(marks.begin) > before.lastIndexOf(marks.end);
}

const ASK_WIDTH = 100;

/** IF <condition> THEN, broken over lines where it is long. */
export function askLines(condition: string, indent: string, unit: string, eol: string): string {
  const line = `IF ${condition} THEN`;
  const query = /^((?:NOT )?EXISTS) \((SELECT .*?)( FROM .*?)? WHERE (.*)\)$/s.exec(condition);
  if (indent.length + line.length <= ASK_WIDTH || !query) return line;
  const [, exists, select, from, where] = query;
  return [`IF ${exists} (`, `${indent}${unit}${select}${from ?? ''}`, `${indent}${unit}WHERE ${where}`, `${indent}) THEN`].join(eol);
}

/** Edits that put statements into one DO block, each behind its condition. */
export interface Guarded {
  statement: Statement;
  condition: string;
  edits: readonly Edit[];
}

/** Where a statement's own semicolon stands, or would. */
const hasSemicolon = (s: Statement) => s.stop > s.end;

/** Wraps a run of neighbouring statements; for statements in a DO block, only the conditions. */
export function guardEdits(group: readonly Guarded[]): Edit[] {
  const { statement: first } = group[0]!;
  const { script } = first;
  const { eol } = script;
  const unit = indentUnit(script);
  const outer = lineIndent(script, first.start);
  const embedded = first.embedded !== undefined;
  const base = embedded ? outer : outer + unit;
  const inner = base + unit;
  const added = embedded ? unit : unit + unit;
  const edits: Edit[] = group.flatMap((g) => [...g.edits]);
  const wrapped = embedded || isWrapped(first);
  const last = group.at(-1)!.statement;
  const tag = dollarTag(script.text.slice(first.start, last.stop) + group.map((g) => g.condition).join(''));

  group.forEach(({ statement, condition }, k) => {
    const ask = inCaseOf(statement, askLines(condition, base, unit, eol));
    const opening = k === 0 && !embedded ? `${wrapped ? '' : `${script.format.block!.begin}${eol}${outer}`}${inCaseOf(statement, 'DO')} ${tag} ${inCaseOf(statement, 'BEGIN')}${eol}${base}` : '';
    edits.push({ start: statement.start, end: statement.start, text: `${opening}${ask}${eol}${inner}` });
    for (const offset of innerLineStarts(script, statement.start, statement.end)) edits.push({ start: offset, end: offset, text: added });
    const isLast = k === group.length - 1;
    const stop = hasSemicolon(statement) ? statement.stop : statement.end;
    const at = hasSemicolon(statement) ? afterTrailingComment(script, stop) : stop;
    const closing = isLast && !embedded ? `${eol}${outer}${inCaseOf(statement, 'END')} ${tag}${hasSemicolon(statement) ? ';' : ''}${wrapped ? '' : `${eol}${outer}${script.format.block!.end}`}` : '';
    edits.push({ start: at, end: at, text: `${hasSemicolon(statement) ? '' : ';'}${eol}${base}${inCaseOf(statement, 'END IF;')}${closing}` });
    const next = group[k + 1]?.statement;
    // Comments and blank lines between two statements of one block move in with them.
    if (next) for (const offset of innerLineStarts(script, at, next.start + 1)) edits.push({ start: offset, end: offset, text: embedded ? '' : unit });
  });
  return edits;
}
