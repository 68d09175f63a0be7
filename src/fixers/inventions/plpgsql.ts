/** PL/pgSQL outside a block, and blocks that do not end. */
import { parseBody } from '../../syntax/plpgsql.ts';
import { dollarTag, inCaseOf, lineIndent } from '../style.ts';
import { rangeOf, readerOf, type Reader } from '../../syntax/tokens.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Edit } from '../edits.ts';
import { firstOf } from './everywhere.ts';
import type { Correction, Invention } from './types.ts';

/** Words that may stand in a RAISE without being a variable of a block. */
const RAISE_WORDS = /^(using|message|detail|hint|errcode|null|true|false|now|current_\w+|version)$/;

/** Whether a top-level statement uses variables, which only a block can declare. */
function needsVariables(reader: Reader): boolean {
  return reader.tokens.some(
    (token, k) => k > 1 && token.kind === 'word' && reader.raw(k + 1) !== '(' && !RAISE_WORDS.test(reader.word(k)),
  );
}

/** Puts a statement into a block of its own. */
function inBlock({ statement, text }: Reader): Correction {
  const tag = dollarTag(statement.text);
  const closed = statement.stop > statement.end;
  return {
    edits: [
      {
        start: statement.start,
        end: statement.start,
        text: `${inCaseOf(statement, 'DO')} ${tag} ${inCaseOf(statement, 'BEGIN')} `,
      },
      {
        start: closed ? statement.stop : statement.end,
        end: closed ? statement.stop : statement.end,
        text:
          `${closed ? '' : ';'} ${inCaseOf(statement, 'END')} ` +
          `${tag}${closed && text[statement.stop - 1] === ';' ? ';' : ''}`,
      },
    ],
  };
}

const raise: Invention = {
  id: 'raise-outside-block',
  find(reader) {
    if (reader.word(0) !== 'raise' || reader.statement.embedded) return undefined;
    const level = reader.word(1);
    let correction = inBlock(reader);
    if (!/^(notice|warning|info|log|debug)$/.test(level))
      correction = { why: 'it would end every run of the migration' };
    else if (needsVariables(reader)) correction = { why: 'it speaks of a variable that nothing declares' };
    return {
      ...rangeOf(reader, { from: 0, to: Math.min(2, reader.tokens.length) }),
      problem: 'RAISE is PL/pgSQL, and stands outside a block',
      advice: 'Put it into a DO block.',
      correction,
    };
  },
};

const perform: Invention = {
  id: 'perform-outside-block',
  find(reader) {
    if (reader.word(0) !== 'perform' || reader.statement.embedded) return undefined;
    const [first] = reader.tokens;
    return {
      ...rangeOf(reader, { from: 0, to: 1 }),
      problem: 'PERFORM is PL/pgSQL, and stands outside a block',
      advice: 'Write SELECT.',
      correction: {
        edits: [{ start: first!.start, end: first!.end, text: reader.raw(0) === 'perform' ? 'select' : 'SELECT' }],
      },
    };
  },
};

const ASKS_CATALOG = /^if\s+(not\s+)?(exists\s*\(|to_reg\w+\s*\(|true\b|false\b|\(\s*select\b)/i;

/** IF … THEN …; END IF; outside a block: the splitter makes several statements of it. */
const ifOutsideBlock: Invention = {
  id: 'if-outside-block',
  find(reader) {
    const { statement } = reader;
    const { statements } = statement.script;
    const own = statements.indexOf(statement);
    const opens = (k: number) => statements[k]!.problem !== undefined && readerOf(statements[k]!).word(0) === 'if';
    const closes = (k: number) =>
      statements[k]!.problem !== undefined && readerOf(statements[k]!).after(0, 'end if') === 2;
    if (own < 0 || !(opens(own) || closes(own) || /^(elsif|elseif|else)$/.test(reader.word(0)))) return undefined;
    // The outermost IF before this statement, and the END IF that closes it.
    let depth = 0;
    let first = -1;
    for (let k = 0; k < statements.length; k++) {
      if (opens(k) && depth++ === 0) first = k;
      if (depth > 0 && closes(k) && --depth === 0 && k >= own) {
        if (first > own) return undefined;
        // What asks for a variable is the rest of a function whose quotes are broken.
        if (!ASKS_CATALOG.test(statements[first]!.text)) return undefined;
        const [from, to] = [statements[first]!, statements[k]!];
        const tag = dollarTag(reader.text.slice(from.start, to.stop));
        const lines = reader.text.slice(from.start, to.stop).includes('\n')
          ? statement.script.eol + lineIndent(statement.script, from.start)
          : ' ';
        const edits = [
          {
            start: from.start,
            end: from.start,
            text: `${inCaseOf(from, 'DO')} ${tag} ${inCaseOf(from, 'BEGIN')}${lines}`,
          },
          {
            start: to.stop,
            end: to.stop,
            text: `${to.stop > to.end ? '' : ';'}${lines}${inCaseOf(from, 'END')} ${tag};`,
          },
        ];
        return {
          ...rangeOf(reader, { from: 0, to: 1 }),
          problem: `${reader.raw(0).toUpperCase()} is PL/pgSQL, and stands outside a block`,
          advice: 'Put the whole IF into a DO block.',
          correction: { edits },
        };
      }
    }
    return undefined;
  },
};

const doWithoutEnd: Invention = {
  id: 'do-without-end',
  passes: { where: ({ type }) => type === 'DoStmt', error: '42601' },
  find(reader) {
    const { statement, text } = reader;
    const { body } = statement;
    if (statement.type !== 'DoStmt' || statement.children !== undefined || !body || reader.tokens.length !== 2)
      return undefined;
    const inner = text.slice(body.start, body.end);
    const written = inner.trimEnd();
    const at = body.start + written.length;
    const isBlock = (source: string) => parseBody(source, 0, source.length) !== undefined;
    const { eol } = statement.script;
    const multiline = inner.includes('\n');
    const separator = multiline ? eol : ' ';
    const semicolon = written.endsWith(';') ? '' : ';';
    // BEGIN … PERFORM f() END
    const last = /\s+end;?$/i.exec(written)?.index;
    if (last !== undefined && isBlock(`${written.slice(0, last)};${written.slice(last)}`)) {
      const place = body.start + last;
      return {
        start: place - 1,
        end: place,
        problem: 'A semicolon is missing before END',
        advice: 'Write it.',
        correction: { edits: [{ start: place, end: place, text: ';' }] },
      };
    }
    const range = rangeOf(reader, { from: 0, to: 1 });
    const end = `${semicolon}${separator}${inCaseOf(statement, 'END;')}${inner === written ? separator : ''}`;
    if (isBlock(inner.slice(0, written.length) + end))
      return {
        ...range,
        problem: 'The block of DO has no END',
        advice: 'Write END before the closing quote.',
        correction: { edits: [{ start: at, end: at, text: end }] },
      };
    const begin = `${separator}${inCaseOf(statement, 'BEGIN')}`;
    const edits = [
      { start: body.start, end: body.start, text: begin + (/^\s/.test(inner) ? '' : ' ') },
      { start: at, end: at, text: end },
    ];
    return written.trim() !== '' && isBlock(`${begin} ${written}${end}`)
      ? {
          ...range,
          problem: 'The body of DO has no BEGIN and END',
          advice: 'Write BEGIN and END around the statements.',
          correction: { edits },
        }
      : undefined;
  },
};

/** BEGIN … END and DECLARE … BEGIN … END outside of DO. The splitter makes several statements of it. */
const blockOutsideDo: Invention = {
  id: 'block-outside-do',
  find({ statement, text }) {
    const { statements } = statement.script;
    const own = statements.indexOf(statement);
    const first = statements.findLastIndex(
      (s, k) =>
        k <= own && s.problem !== undefined && /^(begin\s+[a-z]|declare\b|do\s+(begin|declare)\b)/i.test(s.text),
    );
    if (first < 0 || isInRoutine(statements, first)) return undefined;
    const opening = statements[first]!;
    const written = /^do\s+/i.exec(opening.text)?.[0] ?? '';
    const start = opening.start + written.length;
    const last = statements.findIndex(
      (s, k) => k >= own && /^end\b/i.test(s.text) && parseBody(text, start, s.stop) !== undefined,
    );
    if (last < 0) return undefined;
    const { end, stop } = statements[last]!;
    const tag = dollarTag(text.slice(start, stop));
    return {
      start: statement.start,
      end: statement.start + /^\w*/.exec(statement.text)![0].length,
      problem: written === '' ? 'A block of PL/pgSQL stands outside of DO' : 'The block of DO has no quotes around it',
      advice: written === '' ? 'Write DO before it, and quotes around it.' : 'Write $$ before and behind it.',
      correction: {
        edits: [
          { start, end: start, text: `${written === '' ? `${inCaseOf(opening, 'DO')} ` : ''}${tag} ` },
          { start: end, end: stop, text: ` ${tag};` },
        ],
      },
    };
  },
};

/** Whether a block may be the body of a function above it, whose quotes are broken: the splitter has cut it. */
function isInRoutine(statements: readonly Statement[], first: number): boolean {
  for (let k = first - 1; k >= 0 && statements[k]!.problem; k--)
    if (/\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i.test(statements[k]!.text)) return true;
  return false;
}

/** DO $ … $; and AS $ … $, or AS $ … $$, which the splitter takes apart at the semicolons between. */
const singleDollars: Invention = {
  id: 'single-dollars',
  find({ statement, text }) {
    for (const match of text.matchAll(/\b(?:do|as)\s+\$(?=\s)[^$]*\s\$\$?(?=\s*(?:;|language\b|$))/gi)) {
      const end = match.index + match[0].length;
      if (match.index > statement.stop || end < statement.start) continue;
      const open = match.index + match[0].indexOf('$');
      return {
        start: open,
        end: open + 1,
        problem: 'A body stands between $$ and $$',
        advice: 'Write $$.',
        correction: {
          edits: [
            { start: open, end: open, text: '$' },
            // What closes the body is part of the edits, so that the parser is asked about all of it.
            match[0].endsWith('$$') ? { start: end - 1, end, text: '$' } : { start: end, end, text: '$' },
          ],
        },
      };
    }
    return undefined;
  },
};

/** RAISE NOTICE "x" */
const raiseInQuotes: Invention = {
  id: 'raise-in-double-quotes',
  passes: { where: ({ type }) => type === 'DoStmt', error: '42601' },
  find({ statement, text }) {
    const { body } = statement;
    if (!body || text[statement.end - 1] === "'") return undefined;
    const inner = text.slice(body.start, body.end);
    const found = [...inner.matchAll(/\braise\s+(?:notice|warning|exception|info|log|debug)\s+("[^"\n]*")/gi)];
    const edits = found.map((match): Edit => {
      const end = body.start + match.index + match[0].length;
      const written = match[1]!;
      return { start: end - written.length, end, text: `'${written.slice(1, -1).replaceAll("'", "''")}'` };
    });
    return firstOf(
      edits,
      () => 'RAISE takes its message in single quotes',
      ({ text: message }) => `Write ${message}.`,
    );
  },
};

/** DO $$ $$ */
const emptyBlock: Invention = {
  id: 'empty-block',
  passes: { where: ({ type }) => type === 'DoStmt', error: '42601' },
  find(reader) {
    const { body } = reader.statement;
    if (!body || !/^\s*$/.test(reader.text.slice(body.start, body.end))) return undefined;
    return {
      ...rangeOf(reader, { from: 0, to: reader.tokens.length }),
      problem: 'The body of DO is empty',
      advice: 'Write BEGIN, statements and END, or leave DO out.',
      correction: { why: 'it does not say what the block should do' },
    };
  },
};

export const plpgsqlInventions: Invention[] = [
  raise,
  perform,
  ifOutsideBlock,
  blockOutsideDo,
  singleDollars,
  raiseInQuotes,
  emptyBlock,
  doWithoutEnd,
];
