/** PL/pgSQL outside a block, and blocks that do not end. */
import { parseBody } from '../../syntax/plpgsql.ts';
import { dollarTag, inCaseOf, lineIndent } from '../style.ts';
import { rangeOf, readerOf, type Reader } from '../../syntax/tokens.ts';
import type { Invention, Mend } from './types.ts';

/** Words that may stand in a RAISE without being a variable of a block. */
const RAISE_WORDS = /^(using|message|detail|hint|errcode|null|true|false|now|current_\w+|version)$/;

/** Whether a top-level statement uses variables, which only a block can declare. */
function needsVariables(reader: Reader): boolean {
  return reader.tokens.some(
    (token, k) => k > 1 && token.kind === 'word' && reader.raw(k + 1) !== '(' && !RAISE_WORDS.test(reader.word(k)),
  );
}

/** Puts a statement into a block of its own. */
function inBlock({ statement, text }: Reader): Mend {
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
    let mend = inBlock(reader);
    if (!/^(notice|warning|info|log|debug)$/.test(level)) mend = { why: 'it would end every run of the migration' };
    else if (needsVariables(reader)) mend = { why: 'it speaks of a variable that nothing declares' };
    return {
      ...rangeOf(reader, { from: 0, to: Math.min(2, reader.tokens.length) }),
      says: 'RAISE is PL/pgSQL, and stands outside a block',
      instead: 'Put it into a DO block.',
      mend,
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
      says: 'PERFORM is PL/pgSQL, and stands outside a block',
      instead: 'Write SELECT.',
      mend: {
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
          says: `${reader.raw(0).toUpperCase()} is PL/pgSQL, and stands outside a block`,
          instead: 'Put the whole IF into a DO block.',
          mend: { edits },
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
    const range = rangeOf(reader, { from: 0, to: 1 });
    const end = `${semicolon}${separator}${inCaseOf(statement, 'END;')}${inner === written ? separator : ''}`;
    if (isBlock(inner.slice(0, written.length) + end))
      return {
        ...range,
        says: 'The block of DO has no END',
        instead: 'Write END before the closing quote.',
        mend: { edits: [{ start: at, end: at, text: end }] },
      };
    const begin = `${separator}${inCaseOf(statement, 'BEGIN')}`;
    const edits = [
      { start: body.start, end: body.start, text: begin + (/^\s/.test(inner) ? '' : ' ') },
      { start: at, end: at, text: end },
    ];
    return isBlock(`${begin} ${written}${end}`)
      ? {
          ...range,
          says: 'The body of DO has no BEGIN and END',
          instead: 'Write BEGIN and END around the statements.',
          mend: { edits },
        }
      : undefined;
  },
};

export const plpgsqlInventions: Invention[] = [raise, perform, ifOutsideBlock, doWithoutEnd];
