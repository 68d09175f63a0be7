import { tokenize, type Token } from '../syntax/lexer.ts';
import { findPhrase } from '../syntax/tokens.ts';
import { inCaseOf } from './style.ts';
import type { Edit } from './edits.ts';
import type { Fixer } from './types.ts';

/** SELECT … INTO t FROM … becomes CREATE TABLE IF NOT EXISTS t AS SELECT … FROM …, which is the same statement. */
export const selectInto: Fixer<'select-into'> = ({ at: { unit } }) => {
  const { statement } = unit;
  const { script, tokens } = statement;
  const into = findPhrase(script.text, tokens, 'INTO')?.[0];
  if (!into) return undefined;
  let last = tokens.indexOf(into) + 1;
  const word = (k: number) => script.text.slice(tokens[k]!.start, tokens[k]!.end).toLowerCase();
  const modifiers: string[] = [];
  while (['temporary', 'temp', 'unlogged', 'local', 'global', 'table'].includes(word(last)))
    modifiers.push(word(last++));
  while (tokens[last + 1] && script.text[tokens[last + 1]!.start] === '.') last += 2;
  const target = script.text.slice(
    tokens[last - (tokens[last - 1] && script.text[tokens[last - 1]!.start] === '.' ? 2 : 0)]!.start,
    tokens[last]!.end,
  );
  const persistence = modifiers.some((m) => m.startsWith('temp'))
    ? 'TEMP '
    : modifiers.includes('unlogged')
      ? 'UNLOGGED '
      : '';
  const create = inCaseOf(statement, `CREATE ${persistence}TABLE IF NOT EXISTS `);
  return {
    edits: [
      { start: statement.start, end: statement.start, text: create + target + inCaseOf(statement, ' AS ') },
      ...removals(script.text, tokens.slice(tokens.indexOf(into), last + 1)),
    ],
  };
};

/**
 * Takes out INTO and its target: with its line where nothing else stands on it, otherwise with the white space before
 * it.
 */
function removals(text: string, tokens: readonly Token[]): Edit[] {
  const [start, end] = [tokens[0]!.start, tokens.at(-1)!.end];
  // Where a comment stands between them, it stays.
  if (tokenize(text, start, end, { comments: true }).length > tokens.length)
    return tokens.map((t) => ({ start: t.start, end: t.end, text: '' }));
  const before = /(\r?\n)?[ \t]*$/.exec(text.slice(0, start))!;
  const beginsLine = before[1] !== undefined;
  const endsLine = /^[ \t]*(\r?\n|$)/.test(text.slice(end));
  if (beginsLine && !endsLine) return [{ start, end: end + /^[ \t]*/.exec(text.slice(end))![0].length, text: '' }];
  return [{ start: before.index, end, text: '' }];
}
