/**
 * Statements in which one word or sign is missing, wrong or too much, where the parser stops. What lets it read to the
 * end is a suggestion, if nothing else of the same kind does.
 */
import { editDistance } from '../../nearest.ts';
import { flatMap } from '../../lists.ts';
import type { Statement, SyntaxProblem } from '../../syntax/script.ts';
import { readerOf, type Reader } from '../../syntax/tokens.ts';
import type { Edit } from '../edits.ts';
import { inCaseOf } from '../style.ts';
import { behind, replace } from './everywhere.ts';
import { problemAfter } from './problem-after.ts';
import { tableList } from './tables.ts';
import type { Found } from './types.ts';

/** Longer statements are not tried: each attempt parses them once more. */
const LONGEST = 20_000;

/** Words that only join the parts of a statement, so that one of them does not change what it means. */
const JOINING = 'into as is to on from set values table column for by key in value'.split(' ');

/** Words and signs that people write where there is no place for them. */
const TOO_MUCH = /^(table|temporary|temp|column|and|or|as|is|to|the|[*,()])$/i;

/** What ends an expression or a list of names whose parentheses are missing. */
const ENDS_LIST = /^(on|where|include|references|using|with|default|deferrable|not|check|constraint|unique|primary)$/;

interface Attempt {
  edits: readonly Edit[];
  problem: string;
  advice: string;
}

/**
 * @param edits what is corrected already
 * @param stopped where the parser stops all the same
 */
export function oneWord(statement: Statement, edits: readonly Edit[], stopped: SyntaxProblem): Found | undefined {
  if (statement.placeholders || statement.end - statement.start > LONGEST) return undefined;
  const reader = readerOf(statement);
  const at = reader.tokens.findIndex(({ start }) => start >= stopped.start);
  const k = at < 0 ? reader.tokens.length : at;
  if (k === 0) return undefined;
  for (const attemptsOf of KINDS) {
    const sound = attemptsOf(reader, k).filter((attempt) => !problemAfter(statement, [...edits, ...attempt.edits]));
    if (sound.length === 0) continue;
    if (sound.length > 1) return undefined;
    const { edits: made, problem, advice } = sound[0]!;
    const { start, end } = stopped;
    return { start, end, problem, advice, correction: { edits: made, isSuggestion: true } };
  }
  return undefined;
}

/** What is tried, one kind after the other. */
const KINDS: readonly ((reader: Reader, k: number) => Attempt[])[] = [
  (reader, k) =>
    SIGNS.filter(([text]) => text !== ',' || isInList(reader, k)).map(([text, name]) => missing(reader, k, text, name)),
  withoutQuotes,
  (reader, k) => JOINING.map((word) => missing(reader, k, ` ${word.toUpperCase()}`, word.toUpperCase())),
  wrong,
  tooMuch,
  withoutParentheses,
];

const SIGNS: readonly [string, string][] = [
  [',', 'A comma'],
  [')', 'A parenthesis'],
  ['(', 'A parenthesis'],
];

/** Whether a comma may be missing before a token: between columns of a table, between rows, and between roles. */
const isInList = (reader: Reader, k: number): boolean =>
  (/^(grant|revoke)$/.test(reader.word(0)) && reader.all('to|from').some(({ to }) => to < k)) ||
  (reader.depth(k) === 1 && tableList(reader) !== undefined) ||
  (reader.raw(k - 1) === ')' && reader.raw(k) === '(');

const missing = (reader: Reader, k: number, text: string, name: string): Attempt => ({
  edits: [behind(reader, k - 1, inCaseOf(reader.statement, text))],
  problem: `${name} is missing`,
  advice: `Write ${text.trim()} before it.`,
});

/** RENAME a AS b, INSERT INTO t (a) VALUE (1) */
function wrong(reader: Reader, k: number): Attempt[] {
  const written = reader.word(k);
  return flatMap(JOINING, (word): Attempt | [] => {
    const isNear = JOINING.includes(written) || (written.length > 3 && editDistance(written, word, 2) <= 2);
    if (!isNear || word === written) return [];
    return {
      edits: [replace(reader, k, k + 1, inCaseOf(reader.statement, word.toUpperCase()))],
      problem: `${reader.raw(k)} stands where ${word.toUpperCase()} belongs`,
      advice: `Write ${word.toUpperCase()}.`,
    };
  });
}

/** DELETE * FROM t, DROP TEMPORARY TABLE t, CREATE TABLE t ((a int) */
function tooMuch(reader: Reader, k: number): Attempt[] {
  return flatMap([k, k - 1], (n): Attempt | [] =>
    n > 0 && reader.tokens[n] && TOO_MUCH.test(reader.raw(n))
      ? {
          edits: [reader.remove({ from: n, to: n + 1 })],
          problem: `"${reader.raw(n)}" has no place here`,
          advice: 'Leave it out.',
        }
      : [],
  ).slice(0, 1);
}

/** UNIQUE a, PRIMARY KEY a, CONSTRAINT c a > 0 */
function withoutParentheses(reader: Reader, k: number): Attempt[] {
  if (!reader.tokens[k]) return [];
  const isEnd = (n: number) =>
    reader.depth(n) < reader.depth(k) ||
    (reader.depth(n) === reader.depth(k) && (/^[,)]$/.test(reader.raw(n)) || ENDS_LIST.test(reader.word(n))));
  let end = k;
  while (end < reader.tokens.length && !isEnd(end)) end++;
  if (end === k) return [];
  const { start } = reader.tokens[k];
  return ['(', 'CHECK ('].map((open) => ({
    edits: [{ start, end: start, text: inCaseOf(reader.statement, open) }, behind(reader, end - 1, ')')],
    problem: open === '(' ? 'Parentheses are missing' : 'CHECK is missing',
    advice: open === '(' ? 'Write them.' : 'Write CHECK and parentheses.',
  }));
}

/** PASSWORD secret, SET NAMES utf8, COMMENT … IS word */
function withoutQuotes(reader: Reader, k: number): Attempt[] {
  if (reader.tokens[k]?.kind !== 'word' || !/^(password|names|is|until)$/.test(reader.word(k - 1))) return [];
  const text = `'${reader.raw(k)}'`;
  return [
    { edits: [replace(reader, k, k + 1, text)], problem: 'Quotes are missing around a text', advice: `Write ${text}.` },
  ];
}
