/** Slips in the columns of CREATE TABLE and in ALTER TABLE. */
import { lookup } from '../../lookup.ts';
import { nodeAs } from '../../catalog/nodes.ts';
import { parseFragment, type Node } from '../../syntax/parse.ts';
import type { Edit } from '../edits.ts';
import { flatMap } from '../../lists.ts';
import { inCaseOf } from '../style.ts';
import { rangeOf, type Reader, type Span } from '../../syntax/tokens.ts';
import { behind, everywhere, moveBefore, replace } from './everywhere.ts';
import type { Found, Invention } from './types.ts';

/** The list of CREATE TABLE: the name, and the tokens between the parentheses. */
export function tableList(reader: Reader): { name: string; open: number; close: number } | undefined {
  const start = reader.after(0, 'create [temp|temporary|unlogged] table [if] [not] [exists]');
  const open = start === undefined ? undefined : reader.afterName(start);
  const close = open !== undefined && reader.raw(open) === '(' ? reader.closing(open) : undefined;
  if (start === undefined || open === undefined || close === undefined) return undefined;
  return { name: reader.slice({ from: start, to: open }), open, close };
}

/** The columns and constraints in the list of CREATE TABLE. */
export function elementsOf(reader: Reader): Span[] {
  const list = tableList(reader);
  if (!list) return [];
  const elements: Span[] = [];
  let from = list.open + 1;
  for (let k = from; k <= list.close; k++) {
    if (k < list.close && !(reader.raw(k) === ',' && reader.depth(k) === 1)) continue;
    if (k > from) elements.push({ from, to: k });
    from = k + 1;
  }
  return elements;
}

/** Takes elements out of a list, each with a comma. */
function removeElements(reader: Reader, elements: readonly Span[]): Edit[] {
  const { tokens, text } = reader;
  return flatMap(elements, ({ from, to }): Edit[] => {
    const end = tokens[to - 1]!.end;
    if (reader.raw(from - 1) !== ',')
      return [{ start: tokens[from]!.start, end: tokens[to + 1]?.start ?? end, text: '' }];
    const comma = tokens[from - 1]!;
    const white = /\s*$/.exec(text.slice(comma.end, tokens[from]!.start))![0].length;
    return [
      { start: comma.start, end: comma.end, text: '' },
      { start: tokens[from]!.start - white, end, text: '' },
    ];
  });
}

/** A statement that follows, on a line of its own. Another entry writes the semicolon that is missing before it. */
export function statementBehind({ statement }: Reader, sqls: readonly string[]): Edit {
  const { script, stop, end, isCutShort } = statement;
  const text = sqls.map((sql) => `${script.eol}${inCaseOf(statement, sql)}`).join('');
  return { start: stop, end: stop, text: `${stop > end || isCutShort ? '' : ';'}${text}` };
}

/** Whether the parser has taken `INDEX i (a)` for a column of the name index and of the type i. */
export const isIndexTaken = (node: Node | undefined): boolean => {
  const { colname = '', typeName } = nodeAs(node, 'ColumnDef') ?? {};
  return /^(index|key)$/i.test(colname) && (typeName?.typmods?.some((m) => nodeAs(m, 'ColumnRef')) ?? false);
};

/** An index between the columns: where it begins, its name if it has one, and its columns. */
interface IndexInTable extends Span {
  unique: boolean;
  open: number;
  name: string;
}

/** INDEX i (a), KEY i (a), UNIQUE KEY i (a) between the columns */
function indexesIn(reader: Reader): IndexInTable[] {
  return flatMap(elementsOf(reader), ({ from, to }) => {
    const unique = reader.after(from, 'unique key|index');
    const start = unique ?? reader.after(from, '[fulltext|spatial] index|key');
    if (start === undefined) return [];
    const open = reader.raw(start) === '(' ? start : start + 1;
    if (reader.raw(open) !== '(' || reader.closing(open) !== to - 1) return [];
    return [{ from, to, unique: unique !== undefined, open, name: open > start ? reader.raw(start) : '' }];
  });
}

function findIndexes(reader: Reader): Found | undefined {
  const list = tableList(reader);
  const indexes = indexesIn(reader);
  const [first] = indexes;
  if (!list || !first) return undefined;
  const keys = indexes.filter(({ unique }) => unique);
  const plain = indexes.filter(({ unique }) => !unique);
  const statements = plain.map(
    ({ name, open, to }) => `CREATE INDEX ${name && `${name} `}ON ${list.name} ${reader.slice({ from: open, to })};`,
  );
  const edits = [
    ...keys.map(({ from, open, name }) =>
      replace(reader, from, open, inCaseOf(reader.statement, `${name && `CONSTRAINT ${name} `}UNIQUE`) + (name && ' ')),
    ),
    ...removeElements(reader, plain),
    ...(plain.length > 0 ? [statementBehind(reader, statements)] : []),
  ];
  return {
    ...rangeOf(reader, { from: first.from, to: first.open }),
    problem: 'CREATE TABLE has no indexes between its columns',
    advice: plain.length > 0 ? 'Write CREATE INDEX behind it.' : 'Write CONSTRAINT … UNIQUE.',
    correction: { edits },
  };
}

const indexInTable: Invention = {
  id: 'index-in-table',
  passes: {
    where: (statement) => statement.as('CreateStmt')?.tableElts?.some(isIndexTaken) ?? false,
    error: '42704',
  },
  isAlsoRefused: true,
  find: findIndexes,
};

/** DEFAULT [] and DEFAULT {} */
const emptyDefault = everywhere({
  id: 'empty-default',
  edit(reader, k) {
    if (reader.word(k) !== 'default') return undefined;
    const start = reader.tokens[k + 1]?.start ?? 0;
    const written = /^(?:\[\s*\]|\{\s*\})/.exec(reader.text.slice(start, start + 20))?.[0];
    if (!written) return undefined;
    let isArray = false;
    for (let at = k - 1; at >= 0 && reader.raw(at) !== ',' && reader.depth(at) === reader.depth(k); at--)
      isArray ||= reader.raw(at) === ']' || reader.word(at) === 'array';
    const text = isArray || written.startsWith('{') ? "'{}'" : "'[]'";
    return { start, end: start + written.length, text };
  },
  problem: (written) => `${written} has no quotes`,
  advice: (text) => `Write DEFAULT ${text}.`,
});

/** Words that stand for two. */
const ONE_FOR_TWO = lookup<{ next: string | undefined; text: string }>({
  primary: { next: 'key', text: 'PRIMARY KEY' },
  foreign: { next: 'key', text: 'FOREIGN KEY' },
  notnull: { next: undefined, text: 'NOT NULL' },
});
const wordForTwo = everywhere({
  id: 'key-without-key',
  edit(reader, k) {
    const form = ONE_FOR_TWO[reader.word(k)];
    if (!form || reader.word(k + 1) === form.next || /^(table|server|data)$/.test(reader.word(k + 1))) return undefined;
    if (reader.depth(k) === 0 && reader.word(0) !== 'alter') return undefined;
    return replace(reader, k, k + 1, inCaseOf(reader.statement, form.text));
  },
  problem: (written) => `${written} alone means nothing here`,
  advice: (text) => `Write ${text}.`,
});

const defaultEquals = everywhere({
  id: 'default-equals',
  edit: (reader, k) =>
    reader.word(k) === 'default' && /^:?=$/.test(reader.raw(k + 1))
      ? { start: reader.tokens[k]!.end, end: reader.tokens[k + 1]!.end, text: '' }
      : undefined,
  problem: 'DEFAULT takes its value without =',
  advice: 'Leave = out.',
});

/** GENERATED AS IDENTITY, and `b int AS (a * 2) STORED` of MySQL */
const generated = everywhere({
  id: 'generated',
  edit(reader, k) {
    if (reader.after(k, 'generated as identity') !== undefined)
      return replace(reader, k, k + 1, inCaseOf(reader.statement, 'GENERATED BY DEFAULT'));
    if (reader.word(k) !== 'as' || reader.raw(k + 1) !== '(' || reader.depth(k) !== 1 || !tableList(reader))
      return undefined;
    if (/^(always|default)$/.test(reader.word(k - 1))) return undefined;
    const start = reader.tokens[k]!.start;
    return { start, end: start, text: inCaseOf(reader.statement, 'GENERATED ALWAYS ') };
  },
  problem: 'A generated column says GENERATED, and how',
  advice: (text) => `Write ${text.toUpperCase()}.`,
});

/** REFERENCES t (id), ON DELETE CASCADE, and ON DELETE CASCADE REFERENCES t (id) */
const onDelete: Invention = {
  id: 'on-delete',
  find(reader) {
    const edits: Edit[] = [];
    let at: Span | undefined;
    for (const { from, to } of elementsOf(reader)) {
      const isAlone = reader.after(from, 'on delete|update') !== undefined && reader.raw(from - 1) === ',';
      if (isAlone) edits.push(replace(reader, from - 1, from, ''));
      const k = Array.from({ length: to - from }, (_, n) => from + n).find(
        (n) =>
          reader.after(n, 'on delete|update cascade|restrict references') !== undefined ||
          reader.after(n, 'on delete|update set null|default references') !== undefined ||
          reader.after(n, 'on delete|update no action references') !== undefined,
      );
      if (isAlone) at ??= { from, to: from + 2 };
      if (k === undefined) continue;
      const references = reader.word(k + 3) === 'references' ? k + 3 : k + 4;
      const name = reader.afterName(references + 1)!;
      const end = reader.raw(name) === '(' ? (reader.closing(name) ?? name) + 1 : name;
      const action = { from: k, to: references };
      edits.push(reader.remove(action), behind(reader, end - 1, ` ${reader.slice(action)}`));
      at ??= action;
    }
    return (
      at && {
        ...rangeOf(reader, at),
        problem: `${reader.slice({ from: at.from, to: at.from + 2 }).toUpperCase()} belongs behind REFERENCES`,
        advice: 'Write it there, without a comma.',
        correction: { edits },
      }
    );
  },
};

/** ALTER COLUMN c NOT NULL, SET NULL, DEFAULT 0, varchar(20), SET TYPE x */
const alterColumn = everywhere({
  id: 'alter-column',
  edit(reader, k) {
    if (reader.after(0, 'alter table') === undefined || reader.depth(k) > 0) return undefined;
    const name = k > 2 && reader.word(k) === 'alter' ? reader.after(k + 1, '[column]') : undefined;
    const at = name === undefined ? undefined : reader.afterName(name);
    if (at === undefined || !reader.tokens[at]) return undefined;
    const write = (to: number, text: string) => replace(reader, at, to, inCaseOf(reader.statement, text));
    const to = (phrase: string) => reader.after(at, phrase);
    if (to('set type')) return write(to('set type')!, 'SET DATA TYPE');
    if (to('set null')) return write(to('set null')!, 'DROP NOT NULL');
    if (to('not null')) return write(to('not null')!, 'SET NOT NULL');
    if (to('null')) return write(to('null')!, 'DROP NOT NULL');
    if (to('default')) return write(to('default')!, 'SET DEFAULT');
    if (to('set|drop|type|add|restart|reset')) return undefined;
    const end = reader.itemEnd(at);
    if (!parseFragment(`SELECT x::${reader.slice({ from: at, to: end })}`).ok) return undefined;
    const { start } = reader.tokens[at];
    return { start, end: start, text: inCaseOf(reader.statement, 'TYPE ') };
  },
  problem: 'ALTER COLUMN says what it changes by SET, DROP or TYPE',
  advice: (text) => `Write ${text.toUpperCase()}.`,
});

/** ALTER COLUMN c TYPE int NOT NULL */
const typeNotNull = everywhere({
  id: 'type-not-null',
  edit(reader, k) {
    const isAlter = reader.after(0, 'alter table') !== undefined && reader.depth(k) === 0 && reader.word(k) === 'alter';
    const name = isAlter ? reader.after(k + 1, '[column]') : undefined;
    const type = name === undefined ? undefined : reader.afterName(name);
    if (k < 2 || name === undefined || type === undefined || reader.word(type) === 'set') return undefined;
    const end = reader.itemEnd(type);
    if (end - type < 3 || reader.after(end - 2, 'not null') !== end) return undefined;
    const before = inCaseOf(reader.statement, `, ALTER COLUMN `) + reader.slice({ from: name, to: type });
    const isTyped = /^(type|using)$/.test(reader.word(type));
    return [
      ...(isTyped ? [] : [behind(reader, type - 1, inCaseOf(reader.statement, ' TYPE'))]),
      behind(reader, end - 3, before + inCaseOf(reader.statement, ' SET')),
    ];
  },
  problem: 'A type is followed by no NOT NULL in ALTER COLUMN',
  advice: 'Write ALTER COLUMN … SET NOT NULL.',
});

/** ADD COLUMN c IF NOT EXISTS text, DROP COLUMN c IF EXISTS */
const columnCondition = everywhere({
  id: 'column-condition',
  edit(reader, k) {
    const isAlter = reader.after(0, 'alter table') !== undefined && reader.depth(k) === 0;
    const name = isAlter ? reader.after(k, 'add|drop column') : undefined;
    const condition = name === undefined ? undefined : reader.afterName(name);
    if (name === undefined || condition === undefined) return undefined;
    const to = reader.after(condition, reader.word(k) === 'add' ? 'if not exists' : 'if exists');
    if (to === undefined) return undefined;
    const span = { from: condition, to };
    return moveBefore(reader, span, name);
  },
  problem: 'The condition stands behind the name of the column',
  advice: 'Write it before the name.',
});

/** CHECK a > 0, FOREIGN KEY a REFERENCES t, UNIQUE a */
const parenthesesInTable = everywhere({
  id: 'table-parentheses',
  edit(reader, k) {
    const open = reader.after(k, 'check') ?? reader.after(k, 'foreign key');
    if (open === undefined || reader.depth(k) !== 1 || !tableList(reader)) return undefined;
    if (reader.raw(open) === '(' || reader.tokens[open] === undefined) return undefined;
    const isEnd = (at: number) =>
      reader.depth(at) < 1 ||
      (reader.depth(at) === 1 && (reader.raw(at) === ',' || /^(references|constraint|default)$/.test(reader.word(at))));
    let end = open;
    while (end < reader.tokens.length && !isEnd(end)) end++;
    if (end === open) return undefined;
    const { start } = reader.tokens[open];
    return [{ start, end: start, text: '(' }, behind(reader, end - 1, ')')];
  },
  problem: 'Parentheses are missing',
  advice: 'Write them.',
});

/** CREATE ENUM t ('a'), CREATE ENUM t AS ('a') */
const createEnum: Invention = {
  id: 'create-enum',
  find(reader) {
    const name = reader.after(0, 'create enum [type] [if] [not] [exists]');
    const end = name === undefined ? undefined : reader.afterName(name);
    const open = end === undefined ? undefined : reader.after(end, '[as] [enum]');
    if (end === undefined || open === undefined || reader.raw(open) !== '(') return undefined;
    const as = inCaseOf(reader.statement, ' AS ENUM');
    const type = reader.word(2) === 'type' ? reader.remove({ from: 1, to: 2 }) : undefined;
    return {
      ...rangeOf(reader, { from: 0, to: 2 }),
      problem: 'An enum is a type',
      advice: 'Write CREATE TYPE … AS ENUM.',
      correction: {
        edits: [
          type ?? replace(reader, 1, 2, inCaseOf(reader.statement, 'TYPE')),
          { start: reader.tokens[end - 1]!.end, end: reader.tokens[open - 1]!.end, text: as },
        ],
      },
    };
  },
};

/** array<text> */
const arrayOf = everywhere({
  id: 'array-of',
  edit: (reader, k) =>
    reader.word(k) === 'array' &&
    reader.raw(k + 1) === '<' &&
    reader.afterName(k + 2) === k + 3 &&
    reader.raw(k + 3) === '>'
      ? replace(reader, k, k + 4, `${reader.raw(k + 2)}[]`)
      : undefined,
  problem: 'An array has brackets behind the type of its elements',
  advice: (text) => `Write ${text}.`,
});

/** CREATE TYPE t ENUM ('a'), AS ('a'), AS ENUM {'a'}, and labels in double quotes */
const enumType = everywhere({
  id: 'enum',
  edit(reader, k) {
    const name = reader.after(0, 'create type [if] [not] [exists]');
    const end = name === undefined ? undefined : reader.afterName(name);
    if (end === undefined) return undefined;
    if (reader.after(end, 'as') === k && reader.raw(k) === '(' && reader.tokens[k + 1]?.kind === 'string') {
      const { start } = reader.tokens[k]!;
      return { start, end: start, text: inCaseOf(reader.statement, 'ENUM ') };
    }
    if (/^[{}]$/.test(reader.raw(k))) return replace(reader, k, k + 1, reader.raw(k) === '{' ? '(' : ')');
    if (k === end && reader.word(k) === 'enum') return behind(reader, k - 1, inCaseOf(reader.statement, ' AS'));
    const isEnum = reader.depth(k) === 1 && reader.first('enum') !== undefined;
    if (isEnum && reader.tokens[k]!.kind === 'word') return replace(reader, k, k + 1, `'${reader.raw(k)}'`);
    const isLabel = isEnum && reader.tokens[k]!.kind === 'quoted';
    return isLabel
      ? replace(reader, k, k + 1, `'${reader.raw(k).slice(1, -1).replaceAll('""', '"').replaceAll("'", "''")}'`)
      : undefined;
  },
  problem: 'An enum is made by AS ENUM, with its labels in single quotes',
  advice: (text) => `Write ${text}.`,
});

/** b int FOREIGN KEY REFERENCES t (id) */
const inlineForeignKey = everywhere({
  id: 'inline-foreign-key',
  edit(reader, k) {
    const to = reader.after(k, 'foreign key references');
    if (to === undefined || reader.raw(k - 1) === ',' || reader.raw(k - 1) === '(') return undefined;
    return reader.remove({ from: k, to: to - 1 });
  },
  problem: 'A column says REFERENCES alone',
  advice: 'Leave FOREIGN KEY out.',
});

/** ON DELETE CASCADE ON DELETE SET NULL */
const actionTwice: Invention = {
  id: 'action-twice',
  find(reader) {
    for (let k = 0; k < reader.tokens.length; k++) {
      const action = reader.after(k, 'on delete|update');
      if (action === undefined) continue;
      const end = reader.after(action, 'cascade|restrict') ?? reader.after(action, 'set|no null|default|action');
      if (end === undefined || reader.after(end, `on ${reader.word(k + 1)}`) === undefined) continue;
      return {
        ...rangeOf(reader, { from: end, to: end + 2 }),
        problem: `ON ${reader.word(k + 1).toUpperCase()} stands twice`,
        advice: 'Take one of them out.',
        correction: { why: 'each of them may be meant' },
      };
    }
    return undefined;
  },
};

/** CREATE TABLE t id int, name text); */
const withoutOpening = everywhere({
  id: 'table-without-opening',
  edit(reader, k) {
    const start = reader.after(0, 'create [temp|temporary|unlogged] table [if] [not] [exists]');
    const name = start === undefined ? undefined : reader.afterName(start);
    const isList = name === k && reader.tokens[k]?.kind === 'word' && reader.tokens[k + 1]?.kind === 'word';
    const count = (sign: string) => reader.tokens.filter((_, n) => reader.raw(n) === sign).length;
    if (!isList || count(')') <= count('(') || NO_COLUMNS.test(reader.word(k))) return undefined;
    return behind(reader, k - 1, ' (');
  },
  problem: 'A parenthesis is missing before the columns',
  advice: 'Write it.',
});

/** What may follow the name of a table besides its columns. */
const NO_COLUMNS = /^(as|of|partition|like|using|with|inherits|on)$/;

export const tableInventions: Invention[] = [
  inlineForeignKey,
  actionTwice,
  withoutOpening,
  indexInTable,
  emptyDefault,
  wordForTwo,
  defaultEquals,
  generated,
  onDelete,
  typeNotNull,
  alterColumn,
  parenthesesInTable,
  columnCondition,
  createEnum,
  enumType,
  arrayOf,
];
