import { inCaseOf, findPhrase } from './style.ts';
import type { Fixer } from './types.ts';

/** SELECT … INTO t FROM … becomes CREATE TABLE IF NOT EXISTS t AS SELECT … FROM …, which is the same statement. */
export const selectInto: Fixer<'select-into'> = ({ unit }) => {
  const { statement } = unit;
  const { script, tokens } = statement;
  const into = findPhrase(script.text, tokens, 'INTO')?.[0];
  if (!into) return undefined;
  let last = tokens.indexOf(into) + 1;
  const word = (k: number) => script.text.slice(tokens[k]!.start, tokens[k]!.end).toLowerCase();
  const modifiers: string[] = [];
  while (['temporary', 'temp', 'unlogged', 'local', 'global', 'table'].includes(word(last))) modifiers.push(word(last++));
  while (tokens[last + 1] && script.text[tokens[last + 1]!.start] === '.') last += 2;
  const target = script.text.slice(tokens[last - (tokens[last - 1] && script.text[tokens[last - 1]!.start] === '.' ? 2 : 0)]!.start, tokens[last]!.end);
  const persistence = modifiers.some((m) => m.startsWith('temp')) ? 'TEMP ' : modifiers.includes('unlogged') ? 'UNLOGGED ' : '';
  return {
    edits: [
      { start: statement.start, end: statement.start, text: `${inCaseOf(statement, `CREATE ${persistence}TABLE IF NOT EXISTS `)}${target}${inCaseOf(statement, ' AS ')}` },
      { start: into.start, end: tokens[last + 1]?.start ?? tokens[last]!.end, text: '' },
    ],
  };
};
