/** Subcommands of ALTER TABLE in the words of other databases. */
import { quoteIdent } from '../../catalog/names.ts';
import { flatMap } from '../../lists.ts';
import { parseFragment } from '../../syntax/parse.ts';
import type { Edit } from '../edits.ts';
import { inCaseOf } from '../style.ts';
import { rangeOf, type Reader } from '../../syntax/tokens.ts';
import { replace } from './everywhere.ts';
import { nameIn } from './conditions.ts';
import { statementBehind } from './tables.ts';
import type { Invention } from './types.ts';

/** Where the subcommands of ALTER TABLE begin, and how the table is written. */
function subcommandsOf(reader: Reader): { name: number; at: number; table: string } | undefined {
  const name = reader.after(0, 'alter table [if] [exists] [only]');
  const at = name === undefined ? undefined : reader.afterName(name);
  return name === undefined || at === undefined ? undefined : { name, at, table: reader.slice({ from: name, to: at }) };
}

/** The commas between subcommands. */
const commasOf = (reader: Reader, from: number): number[] =>
  flatMap(reader.tokens, (_, k) => (k > from && reader.raw(k) === ',' && reader.depth(k) === 0 ? k : []));

const isType = (sql: string): boolean => parseFragment(`SELECT x::${sql}`).ok;

/** ALTER TABLE t CHANGE [COLUMN] a b text */
const changeColumn: Invention = {
  id: 'change-column',
  find(reader) {
    const { at, table } = subcommandsOf(reader) ?? {};
    const old = at === undefined ? undefined : reader.after(at, 'change [column]');
    if (at === undefined || table === undefined || old === undefined || commasOf(reader, at).length > 0)
      return undefined;
    const [from, to] = [reader.raw(old), reader.raw(old + 1)];
    const nullable = reader.all('[not] null').find((span) => span.to === reader.tokens.length);
    const type = reader.slice({ from: old + 2, to: nullable?.from ?? reader.tokens.length });
    if (!isType(type)) return undefined;
    const retype = `ALTER COLUMN ${to} TYPE ${type}${nullableAs(reader, nullable?.from, to)}`;
    const edits: Edit[] =
      from.toLowerCase() === to.toLowerCase()
        ? [replace(reader, at, reader.tokens.length, inCaseOf(reader.statement, retype))]
        : [
            replace(reader, at, reader.tokens.length, inCaseOf(reader.statement, `RENAME COLUMN ${from} TO ${to}`)),
            statementBehind(reader, [`ALTER TABLE ${table} ${retype};`]),
          ];
    return {
      ...rangeOf(reader, { from: at, to: at + 1 }),
      problem: "CHANGE is MySQL's",
      advice: 'Write RENAME COLUMN … TO …, and ALTER COLUMN … TYPE.',
      correction: { edits, isSuggestion: true },
    };
  },
};

const nullableAs = (reader: Reader, at: number | undefined, column: string): string =>
  at === undefined ? '' : `, ALTER COLUMN ${column} ${reader.word(at) === 'not' ? 'SET' : 'DROP'} NOT NULL`;

/** What begins a subcommand. */
const SUBCOMMANDS: ReadonlySet<string> = new Set(
  `add drop alter rename set reset enable disable force no validate owner cluster inherit not attach detach
  replica`.split(/\s+/),
);

/** ADD COLUMNS a int, b int; ADD (a int, b int); ADD COLUMN a int, b int */
const addColumns: Invention = {
  id: 'add-columns',
  find(reader) {
    const { at } = subcommandsOf(reader) ?? {};
    const name = at === undefined ? undefined : reader.after(at, 'add [columns|column] [if] [not] [exists]');
    if (at === undefined || name === undefined) return undefined;
    const condition = reader.word(name - 1) === 'exists' ? ' IF NOT EXISTS' : '';
    const add = inCaseOf(reader.statement, `ADD COLUMN${condition} `);
    const close = reader.raw(name) === '(' ? reader.closing(name) : undefined;
    const inside = (k: number) => close !== undefined && k > name && k < close && reader.depth(k) === 1;
    const commas =
      close === undefined
        ? commasOf(reader, at).filter((k) => !SUBCOMMANDS.has(reader.word(k + 1)))
        : flatMap(reader.tokens, (_, k) => (reader.raw(k) === ',' && inside(k) ? k : []));
    const isPlural = reader.word(at + 1) === 'columns';
    if (commas.length === 0 && !isPlural && close === undefined) return undefined;
    const edits: Edit[] = commas.map((k) => ({ ...startOf(reader, k + 1), text: add }));
    if (isPlural) edits.push(replace(reader, at + 1, at + 2, inCaseOf(reader.statement, 'COLUMN')));
    if (close !== undefined)
      edits.push(
        replace(reader, name, name + 1, reader.word(name - 1) === 'add' ? inCaseOf(reader.statement, 'COLUMN ') : ''),
        replace(reader, close, close + 1, ''),
      );
    return {
      ...rangeOf(reader, { from: at, to: name }),
      problem: 'Each column has an ADD COLUMN of its own',
      advice: 'Write it before each of them.',
      correction: { edits },
    };
  },
};

const startOf = ({ tokens }: Reader, k: number) => ({ start: tokens[k]!.start, end: tokens[k]!.start });

/** ALTER TABLE t DROP PRIMARY KEY */
const dropPrimaryKey: Invention = {
  id: 'drop-primary-key',
  find(reader, { world }) {
    const { at, table } = subcommandsOf(reader) ?? {};
    const to = at === undefined ? undefined : reader.after(at, 'drop primary key');
    const named = table === undefined ? undefined : nameIn(table);
    if (at === undefined || to === undefined || !named) return undefined;
    const parts = world.parts({ kind: 'table', ...named });
    const key = parts.find(({ kind, detail }) => kind === 'constraint' && detail?.contype === 'p');
    const name = quoteIdent(key?.name ?? `${named.name}_pkey`);
    return {
      ...rangeOf(reader, { from: at, to }),
      problem: 'A primary key is dropped as a constraint',
      advice: `Write DROP CONSTRAINT ${name}.`,
      correction: {
        edits: [replace(reader, at + 1, to, `${inCaseOf(reader.statement, 'CONSTRAINT')} ${name}`)],
        isSuggestion: key === undefined,
      },
    };
  },
};

/** ALTER TABLE t DROP INDEX i */
const dropIndex: Invention = {
  id: 'drop-index-of-table',
  find(reader) {
    const { at, table } = subcommandsOf(reader) ?? {};
    const name = at === undefined ? undefined : reader.after(at, 'drop index|key [if] [exists]');
    if (
      at === undefined ||
      table === undefined ||
      name === undefined ||
      reader.afterName(name) !== reader.tokens.length
    )
      return undefined;
    // An index is in the schema of its table.
    const schema = table.includes('.') ? table.slice(0, table.lastIndexOf('.') + 1) : '';
    const condition = reader.word(name - 1) === 'exists' ? 'IF EXISTS ' : '';
    const text = inCaseOf(reader.statement, `DROP INDEX ${condition}`) + schema;
    const { start } = reader.tokens[name]!;
    return {
      ...rangeOf(reader, { from: at, to: name }),
      problem: 'An index is dropped by a statement of its own',
      advice: `Write ${text}${reader.raw(name)}.`,
      correction: { edits: [{ start: reader.statement.start, end: start, text }] },
    };
  },
};

/** ALTER TABLE t ADD CONSTRAINT u UNIQUE (a) WHERE a IS NOT NULL */
const partialUnique: Invention = {
  id: 'partial-unique',
  find(reader) {
    const { name, at } = subcommandsOf(reader) ?? {};
    const constraint = at === undefined ? undefined : reader.after(at, 'add constraint');
    const open = constraint === undefined ? undefined : reader.after(constraint + 1, 'unique');
    const close = open === undefined || reader.raw(open) !== '(' ? undefined : reader.closing(open);
    if (close === undefined || reader.word(close + 1) !== 'where') return undefined;
    const [create, on] = ['CREATE UNIQUE INDEX ', ' ON'].map((words) => inCaseOf(reader.statement, words));
    return {
      ...rangeOf(reader, { from: close + 1, to: close + 2 }),
      problem: 'A constraint has no WHERE',
      advice: 'Write CREATE UNIQUE INDEX.',
      correction: {
        edits: [
          replace(reader, 0, name!, create! + reader.raw(constraint!) + on!),
          reader.remove({ from: at!, to: open! }),
        ],
      },
    };
  },
};

export const alterTableInventions: Invention[] = [changeColumn, addColumns, dropPrimaryKey, dropIndex, partialUnique];
