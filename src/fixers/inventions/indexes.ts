/** Slips in CREATE INDEX, and indexes where PostgreSQL has none. */
import { nodeAs } from '../../catalog/nodes.ts';
import { inCaseOf } from '../style.ts';
import type { Reader } from '../../syntax/tokens.ts';
import { rangeOf } from '../../syntax/tokens.ts';
import { behind, everywhere, moveBefore, replace } from './everywhere.ts';
import { isIndexTaken } from './tables.ts';
import type { Found, Invention } from './types.ts';

/** CREATE FULLTEXT INDEX i ON t (a, b) */
const fullText: Invention = {
  id: 'fulltext-index',
  find(reader) {
    const name = reader.after(0, 'create fulltext index [concurrently] [if] [not] [exists]');
    const open = reader.tokens.findIndex((_, k) => reader.raw(k) === '(');
    const close = open < 0 ? undefined : reader.closing(open);
    if (name === undefined || close === undefined) return undefined;
    const columns = reader.slice({ from: open + 1, to: close }).split(',');
    const document =
      columns.length === 1
        ? columns[0]!
        : columns.map((column) => `coalesce(${column.trim()}, '')`).join(` || ' ' || `);
    return {
      ...rangeOf(reader, { from: 1, to: 2 }),
      problem: 'PostgreSQL searches texts by to_tsvector()',
      advice: 'Write USING gin (to_tsvector(language, columns)).',
      correction: {
        edits: [
          reader.remove({ from: 1, to: 2 }),
          replace(reader, open, close + 1, `USING gin (to_tsvector('english', ${document}))`),
        ],
        // The language is a guess.
        isSuggestion: true,
      },
    };
  },
};

/** CREATE INDEX UNIQUE, CREATE CONCURRENTLY INDEX, INDEX IF NOT EXISTS CONCURRENTLY */
const wordsInOrder = everywhere({
  id: 'index-words',
  edit(reader, k) {
    if (k !== 0 || reader.word(0) !== 'create') return undefined;
    const order = ['unique', 'index', 'concurrently', 'if', 'not', 'exists'];
    let to = 1;
    while (order.includes(reader.word(to))) to++;
    const words = Array.from({ length: to - 1 }, (_, n) => reader.raw(n + 1));
    if (!words.some((w) => w.toLowerCase() === 'index')) return undefined;
    const sorted = words.toSorted((a, b) => order.indexOf(a.toLowerCase()) - order.indexOf(b.toLowerCase()));
    return words.join() === sorted.join() ? undefined : replace(reader, 1, to, sorted.join(' '));
  },
  problem: 'The words of CREATE INDEX stand in another order',
  advice: (text) => `Write CREATE ${text.toUpperCase()}.`,
});

const startOfName = (reader: Reader): number | undefined =>
  reader.after(0, 'create [unique] index [concurrently] [if] [not] [exists]');

/** CREATE INDEX i t (a) */
const withoutOn = everywhere({
  id: 'index-without-on',
  edit(reader, k) {
    const name = startOfName(reader);
    if (name === undefined || k !== name || reader.word(name + 1) === 'on' || reader.word(name) === 'on')
      return undefined;
    const table = reader.afterName(name + 1);
    if (reader.raw(name + 1) === '.' || table === undefined || reader.raw(table) !== '(') return undefined;
    return behind(reader, name, inCaseOf(reader.statement, ' ON'));
  },
  problem: 'CREATE INDEX needs ON before the table',
  advice: 'Write ON.',
});

/** CREATE INDEX i ON t (a) USING gin */
const usingLast: Invention = {
  id: 'index-using-last',
  find(reader) {
    if (startOfName(reader) === undefined) return undefined;
    const using = reader.first('using');
    const open = reader.tokens.findIndex((_, k) => reader.raw(k) === '(');
    if (!using || open < 0 || using.from < open || reader.tokens[using.to]?.kind !== 'word') return undefined;
    const span = { from: using.from, to: using.to + 1 };
    return {
      ...rangeOf(reader, span),
      problem: 'USING stands behind the columns',
      advice: 'Write it before them.',
      correction: { edits: moveBefore(reader, span, open) },
    };
  },
};

/** ALTER TABLE t ADD INDEX i (a), ADD UNIQUE KEY i (a) */
function findAddIndex(reader: Reader): Found | undefined {
  const name = reader.after(0, 'alter table [if] [exists] [only]');
  const add = name === undefined ? undefined : reader.afterName(name);
  if (name === undefined || add === undefined || reader.word(add) !== 'add') return undefined;
  const unique = reader.word(add + 1) === 'unique';
  const kind = unique ? add + 2 : add + 1;
  if (!/^(index|key)$/.test(reader.word(kind)) || reader.raw(kind + 2) !== '(') return undefined;
  const close = reader.closing(kind + 2);
  if (close !== reader.tokens.length - 1) return undefined;
  const table = reader.slice({ from: name, to: add });
  const index = reader.raw(kind + 1);
  const { statement } = reader;
  return {
    ...rangeOf(reader, { from: add, to: kind + 1 }),
    problem: `ALTER TABLE has no ADD ${reader.slice({ from: add + 1, to: kind + 1 }).toUpperCase()}`,
    advice: unique ? 'Write ADD CONSTRAINT … UNIQUE.' : 'Write CREATE INDEX.',
    correction: {
      edits: [
        unique
          ? replace(reader, add + 1, kind + 2, inCaseOf(statement, `CONSTRAINT ${index} UNIQUE`))
          : replace(reader, 0, kind + 2, inCaseOf(statement, `CREATE INDEX ${index} ON ${table}`)),
      ],
    },
  };
}

const addIndex: Invention = {
  id: 'add-index',
  passes: {
    where: (statement) =>
      statement.as('AlterTableStmt')?.cmds?.some((cmd) => isIndexTaken(nodeAs(cmd, 'AlterTableCmd')?.def)) ?? false,
    error: '42704',
  },
  isAlsoRefused: true,
  find: findAddIndex,
};

export const indexInventions: Invention[] = [fullText, wordsInOrder, withoutOn, usingLast, addIndex];
