/** What stands between statements, or should: fences, batch separators, foreign comments, semicolons. */
import type { Edit } from '../edits.ts';
import { rangeOf } from '../../syntax/tokens.ts';
import { IS_FENCE } from '../../syntax/recover.ts';
import { perScript, type Statement } from '../../syntax/script.ts';
import { editsOutsideQuotes, firstOf } from './everywhere.ts';
import { problemAfter } from './problem-after.ts';
import type { Found, Invention } from './types.ts';

/** Takes a line out, with its end. */
function withoutLine({ script: { text }, start, stop }: Statement): Edit {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const end = text.indexOf('\n', stop);
  return { start: from, end: end < 0 ? text.length : end + 1, text: '' };
}

/** A statement that is nothing but one line, which is to go. */
const foreignLine = (id: string, form: RegExp, problem: string): Invention => ({
  id,
  find({ statement }): Found | undefined {
    if (!form.test(statement.text)) return undefined;
    const { start, end } = statement;
    return { start, end, problem, advice: 'Leave the line out.', correction: { edits: [withoutLine(statement)] } };
  },
});

const fence = foreignLine('markdown-fence', IS_FENCE, 'The line is a fence of Markdown around code, and no SQL');
const batchSeparator = foreignLine('batch-separator', /^go$/i, "GO ends a batch in SQL Server's tools only");

/** What an assistant says before and behind its code. */
const prose: Invention = {
  id: 'prose',
  find({ statement }) {
    const { script, start, stop } = statement;
    const { text } = script;
    const fences = [...text.matchAll(new RegExp(IS_FENCE, 'gm'))].map(({ index }) => index);
    // Code stands between the first fence and the second, and so on.
    if (fences.length === 0 || fences.filter((at) => at <= start).length % 2 === 1) return undefined;
    if (/^(?:```|~~~)/.test(statement.text)) return undefined;
    const lines = [...text.slice(start, stop).matchAll(/^[ \t]*(?=\S)/gm)];
    return {
      start,
      end: statement.end,
      problem: 'The text stands outside of the code',
      advice: 'Make it a comment.',
      correction: { edits: lines.map(({ index }) => ({ start: start + index, end: start + index, text: '-- ' })) },
    };
  },
};

/** `# …` of MySQL, and `// …` of other languages. */
const foreignComment: Invention = {
  id: 'foreign-comment',
  find({ statement, text }) {
    const isFirst = (at: number) => /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at));
    const edits = editsOutsideQuotes(statement, /(?:^|(?<=\s))(?:\/\/+|#+)(?=[ \t\w])/gm, ([mark], start) =>
      mark.startsWith('#') && !isFirst(start) ? undefined : '--',
    );
    return firstOf(
      edits,
      ({ start, end }) => `A comment does not begin with ${text.slice(start, end)}`,
      () => 'Write --.',
    );
  },
};

/** A statement that ends without a semicolon, or with a colon in its place. */
const missingSemicolon: Invention = {
  id: 'missing-semicolon',
  passes: { where: ({ isCutShort }) => isCutShort, error: '42601' },
  isAlsoRefused: true,
  find(reader) {
    const { statement } = reader;
    if (!statement.isCutShort || !/^\w+\s+\S/.test(statement.text)) return undefined;
    const last = reader.tokens.length - 1;
    const at = reader.raw(last) === ':' ? reader.tokens[last]!.start : statement.end;
    return {
      ...rangeOf(reader, { from: last, to: last + 1 }),
      problem: 'No semicolon ends the statement before the next one begins',
      advice: 'Write a semicolon behind it.',
      correction: { edits: [{ start: at, end: statement.end, text: ';' }] },
    };
  },
};

/** A comma that is missing between two lines of a list. */
const missingComma: Invention = {
  id: 'missing-comma',
  find(reader) {
    const { statement, text } = reader;
    const edits: Edit[] = [];
    let at = statement.problem?.start;
    while (at !== undefined && edits.length < 20) {
      const line = text.lastIndexOf('\n', at - 1) + 1;
      const k = reader.tokens.findIndex(({ start }) => start >= line);
      const end = reader.tokens[k - 1]?.end;
      if (k < 1 || end === undefined || end >= line || edits.some((e) => e.start >= end)) break;
      if (!['word', 'quoted', 'punctuation'].includes(reader.tokens[k]!.kind) || reader.raw(k) === ')') break;
      const before = [...edits, { start: end, end, text: ',' }];
      const next = problemAfter(statement, before)?.start;
      if (next !== undefined && next <= at) break;
      edits.push(before.at(-1)!);
      at = next;
    }
    const [first] = edits;
    return (
      first && {
        start: first.start - 1,
        end: first.start,
        problem: 'A comma is missing at the end of the line',
        advice: 'Write a comma.',
        correction: { edits },
      }
    );
  },
};

const QUOTES = /[\u2018\u2019\u201c\u201d]/g;
const mayHaveQuotes = perScript(({ text }) => text.search(QUOTES) >= 0);

/** Quotes that a word processor has made: to the parser they are letters of a name. */
const typographicQuotes: Invention = {
  id: 'typographic-quotes',
  passes: { where: ({ script }) => mayHaveQuotes(script), error: '42703' },
  isAlsoRefused: true,
  find({ statement }) {
    if (!mayHaveQuotes(statement.script)) return undefined;
    const edits = editsOutsideQuotes(statement, QUOTES, ([quote]) => ('‘’'.includes(quote) ? "'" : '"'));
    return firstOf(
      edits,
      () => 'The quotes are typographic ones',
      ({ text }) => `Write ${text}.`,
    );
  },
};

/** `)` too often or too seldom at the end of a statement. */
const parentheses: Invention = {
  id: 'parentheses',
  find(reader) {
    const last = reader.tokens.length - 1;
    const depth = reader.depth(last + 1);
    if (depth === 0 || Math.abs(depth) > 2 || last < 1) return undefined;
    const end = reader.tokens[last]!.end;
    const surplus = depth < 0 && reader.raw(last) === ')';
    if (depth < 0 && !surplus) return undefined;
    return {
      ...rangeOf(reader, { from: last, to: last + 1 }),
      problem: depth < 0 ? 'A parenthesis closes that was never opened' : 'A parenthesis is never closed',
      advice: depth < 0 ? 'Leave it out.' : 'Write ) at the end.',
      correction: {
        edits: [
          depth < 0
            ? { start: reader.tokens[last + 1 + depth]!.start, end, text: '' }
            : { start: end, end, text: ')'.repeat(depth) },
        ],
      },
    };
  },
};

export const batchInventions: Invention[] = [
  prose,
  fence,
  batchSeparator,
  foreignComment,
  missingSemicolon,
  missingComma,
  typographicQuotes,
  parentheses,
];
