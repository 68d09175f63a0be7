import { tokenize } from '../syntax/lexer.ts';
import { pending } from '../rerun/semantics/index.ts';
import { guardFor } from './guard.ts';
import { splitTopLevel } from '../syntax/nesting.ts';
import { findPhrase } from '../syntax/tokens.ts';
import { indentUnit, inCaseOf, lineIndent } from './style.ts';
import { askLines } from './layout.ts';
import type { Edit } from './edits.ts';
import type { Fixer } from './types.ts';

/**
 * One guard for each item of ALTER PUBLICATION … ADD TABLE a, b: an item that is there already (somebody switched on
 * realtime in the dashboard) must not keep the others out. The statement is cut at its commas.
 */
export const guardEach: Fixer<'guard-each'> = ({ at: { unit } }, { after }) => {
  const { statement } = unit;
  const { script, tokens } = statement;
  const conditions = unit.effects.filter((e) => e.action !== 'use').map(pending);
  const whole = guardFor(statement, conditions[0]);
  if (conditions.length === 1 || !whole?.guard) return whole;
  if (conditions.some((c) => c === undefined)) return undefined;
  const { text, eol } = script;
  const first = tokens.indexOf(findPhrase(text, tokens, after)!.at(-1)!) + 1;
  const items = splitTopLevel(text, tokens, ',', first).map(({ from }) => from);
  if (items.length !== conditions.length) return undefined;
  const words = (from: number, to: number) =>
    tokens
      .slice(from, to)
      .map((t) => text.slice(t.start, t.end))
      .join(' ');
  const head = words(0, first);
  const base = lineIndent(script, statement.start) + indentUnit(script);
  let kind = kindOf(items[0]!);
  const edits: Edit[] = items.slice(1).map((index, k): Edit => {
    const comma = tokens[index - 1]!;
    // An item without a kind is of the kind of the one before it.
    const own = kindOf(index);
    kind = own || kind;
    const comments = tokenize(text, comma.end, tokens[index]!.start, { comments: true }).map(
      (t) => ` ${text.slice(t.start, t.end)}`,
    );
    const ask = inCaseOf(
      statement,
      `END IF;${eol}${base}${askLines(conditions[k + 1]!, base, indentUnit(script), eol)}`,
    );
    const line = eol + base;
    const inner = line + indentUnit(script);
    const begin = own || kind === '' ? `${head} ` : `${head} ${kind} `;
    return {
      start: comma.start,
      end: tokens[index]!.start,
      text: `;${comments.join(inner)}${line}${ask}${inner}${begin}`,
    };
  });
  return { guard: { condition: conditions[0]!, edits: [...(whole.guard.edits ?? []), ...edits] } };

  /** TABLE or TABLES IN SCHEMA, where an item begins with it. */
  function kindOf(index: number): string {
    const word = text.slice(tokens[index]!.start, tokens[index]!.end).toLowerCase();
    if (tokens[index + 1] === undefined || tokens[index + 1]!.kind === 'punctuation') return '';
    return word === 'table' ? words(index, index + 1) : word === 'tables' ? words(index, index + 3) : '';
  }
};
