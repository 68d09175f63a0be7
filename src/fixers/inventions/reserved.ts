/** Reserved words where a name must stand. */
import { isReserved } from '../../catalog/names.ts';
import type { Reader } from '../../syntax/tokens.ts';
import { everywhere, replace } from './everywhere.ts';
import { elementsOf } from './tables.ts';
import type { Invention } from './types.ts';

/** What stands directly before the name of a table or a column. */
const BEFORE_NAME = [
  'create [temp|temporary|unlogged] table [if] [not] [exists]',
  'alter table [if] [exists] [only]',
  'drop table [if] [exists]',
  'insert into',
  'references',
  'add column [if] [not] [exists]',
  'drop column [if] [exists]',
  'alter column',
  'rename column',
];

/** Words that begin an element of CREATE TABLE which is no column. */
const NO_COLUMN = /^(primary|foreign|unique|check|constraint|exclude|like|index|key)$/;

/** CREATE TABLE order (user text, "limit" int) */
const reservedName = everywhere({
  id: 'reserved-name',
  edit(reader, k) {
    const word = reader.word(k);
    if (!isReserved(word) || NO_COLUMN.test(word) || !(isBehindPhrase(reader, k) || isColumn(reader, k)))
      return undefined;
    return replace(reader, k, k + 1, `"${word}"`);
  },
  problem: (written) => `${written} is a reserved word, and no name without quotes`,
  advice: (text) => `Write ${text}.`,
});

const isBehindPhrase = (reader: Reader, k: number): boolean =>
  BEFORE_NAME.some((phrase) => {
    const longest = phrase.split(' ').length;
    return Array.from({ length: longest }, (_, n) => k - 1 - n).some((at) => at >= 0 && reader.after(at, phrase) === k);
  });

/** Whether a token is the name of a column in CREATE TABLE: its type follows. */
function isColumn(reader: Reader, k: number): boolean {
  const next = reader.tokens[k + 1];
  return reader.depth(k) === 1 && next?.kind === 'word' && elementsOf(reader).some(({ from }) => from === k);
}

export const reservedInventions: Invention[] = [reservedName];
