/** Words of SQLite, Oracle and SQL Server that PostgreSQL has no use for, or writes otherwise. */
import { lookup } from '../../lookup.ts';
import { quoteIdent } from '../../catalog/names.ts';
import { inCaseOf } from '../style.ts';
import { rangeOf, type Reader } from '../../syntax/tokens.ts';
import { behind, everywhere, replace } from './everywhere.ts';
import { elementsOf } from './tables.ts';
import type { Invention } from './types.ts';

/** NOCACHE, NOCYCLE and the like of Oracle's sequences, and what they become. */
const OF_SEQUENCES = lookup<string>({
  nocache: '',
  noorder: '',
  order: '',
  nocycle: 'NO CYCLE',
  nomaxvalue: 'NO MAXVALUE',
  nominvalue: 'NO MINVALUE',
});

const sequenceOptions = everywhere({
  id: 'sequence-options',
  edit(reader, k) {
    const meant = OF_SEQUENCES[reader.word(k)];
    if (meant === undefined || reader.after(0, 'create|alter sequence') === undefined) return undefined;
    return meant === ''
      ? reader.remove({ from: k, to: k + 1 })
      : replace(reader, k, k + 1, inCaseOf(reader.statement, meant));
  },
  problem: (written) => `${written} is an option of Oracle's sequences`,
  advice: (text) => (text === '' ? 'Leave it out.' : `Write ${text.toUpperCase()}.`),
});

/** VARCHAR2(50 CHAR) */
const lengthSemantics = everywhere({
  id: 'length-semantics',
  edit: (reader, k) =>
    /^(char|byte)$/.test(reader.word(k)) && reader.tokens[k - 1]?.kind === 'number' && reader.raw(k + 1) === ')'
      ? reader.remove({ from: k, to: k + 1 })
      : undefined,
  problem: 'A length counts characters',
  advice: 'Leave the word out.',
});

/** PRIMARY KEY CLUSTERED (id ASC) */
const clustered = everywhere({
  id: 'clustered',
  edit(reader, k) {
    if (/^(non)?clustered$/.test(reader.word(k))) return reader.remove({ from: k, to: k + 1 });
    const isOrder = /^(asc|desc)$/.test(reader.word(k)) && reader.depth(k) > 0;
    return isOrder && isInKey(reader, k) ? reader.remove({ from: k, to: k + 1 }) : undefined;
  },
  problem: (written) => `A key has no ${written.trim().toUpperCase()}`,
  advice: 'Leave it out.',
});

/** Whether a token stands in the parentheses of PRIMARY KEY or UNIQUE. */
function isInKey(reader: Reader, k: number): boolean {
  let open = k;
  while (open > 0 && !(reader.raw(open) === '(' && reader.depth(open) < reader.depth(k))) open--;
  return /^(key|unique|clustered|nonclustered)$/.test(reader.word(open - 1));
}

/** PRIMARY KEY ON CONFLICT REPLACE of SQLite */
const conflictOfKey = everywhere({
  id: 'conflict-of-key',
  edit(reader, k) {
    const to = reader.after(k, 'on conflict rollback|abort|fail|ignore|replace');
    return to !== undefined && reader.depth(k) > 0 ? reader.remove({ from: k, to }) : undefined;
  },
  problem: 'A key does not say what becomes of rows that collide',
  advice: 'Leave it out, and write ON CONFLICT in each INSERT.',
  isSuggestion: true,
});

/** CREATE TABLE t ('email' text) */
const nameInSingleQuotes = everywhere({
  id: 'name-in-single-quotes',
  edit(reader, k) {
    const isName = reader.tokens[k]!.kind === 'string' && reader.tokens[k + 1]?.kind === 'word';
    if (!isName || !elementsOf(reader).some(({ from }) => from === k)) return undefined;
    return replace(reader, k, k + 1, quoteIdent(reader.raw(k).slice(1, -1)));
  },
  problem: 'A name stands in double quotes, or in none',
  advice: (text) => `Write ${text}.`,
});

/** COMMENT ON TABLE t IS "text" */
const commentInDoubleQuotes = everywhere({
  id: 'comment-in-double-quotes',
  edit(reader, k) {
    const isText = reader.word(0) === 'comment' && reader.word(k - 1) === 'is' && reader.tokens[k]!.kind === 'quoted';
    return isText ? replace(reader, k, k + 1, `'${reader.raw(k).slice(1, -1).replaceAll("'", "''")}'`) : undefined;
  },
  problem: 'A comment stands in single quotes',
  advice: (text) => `Write ${text}.`,
});

/** ALTER ROLE r SET statement_timeout TO 8s */
const valueWithUnit = everywhere({
  id: 'value-with-unit',
  edit(reader, k) {
    const token = reader.tokens[k]!;
    const isValue = /^(to|=)$/.test(reader.word(k - 1) || reader.raw(k - 1)) && reader.first('set') !== undefined;
    const written = /^\d+(?:us|ms|s|min|h|d|kB|MB|GB|TB)\b/.exec(reader.text.slice(token.start, token.start + 20))?.[0];
    return isValue && written
      ? { start: token.start, end: token.start + written.length, text: `'${written}'` }
      : undefined;
  },
  problem: 'A value with a unit stands in quotes',
  advice: (text) => `Write ${text}.`,
});

/** VALUES (['a', 'b']) */
const bareArray = everywhere({
  id: 'bare-array',
  edit(reader, k) {
    const before = reader.raw(k - 1);
    if (reader.raw(k) !== '[' || !/^(string|number)$/.test(reader.tokens[k + 1]?.kind ?? '')) return undefined;
    const isValue = /^[(,=]$/.test(before) || /^(default|then|else|select|return)$/i.test(before);
    // An array in an array has no word before it.
    const isInner = reader.raw(k - 1) === ',' && reader.depth(k) !== 0 && isInBrackets(reader, k);
    const { start } = reader.tokens[k]!;
    return isValue && !isInner ? { start, end: start, text: inCaseOf(reader.statement, 'ARRAY') } : undefined;
  },
  problem: 'An array says ARRAY',
  advice: 'Write ARRAY before the bracket.',
});

function isInBrackets(reader: Reader, k: number): boolean {
  let open = 0;
  for (let n = k - 1; n >= 0; n--) {
    if (reader.raw(n) === ']') open--;
    if (reader.raw(n) === '[' && ++open > 0) return true;
  }
  return false;
}

/** f(a)[1] */
const subscriptOfCall = everywhere({
  id: 'subscript-of-call',
  edit(reader, k) {
    if (reader.raw(k) !== ')' || reader.raw(k + 1) !== '[') return undefined;
    const depth = reader.depth(k);
    let open = k - 1;
    while (open > 0 && k - open < LONGEST_CALL && !(reader.raw(open) === '(' && reader.depth(open) === depth)) open--;
    let name = open - 1;
    while (reader.raw(name - 1) === '.') name -= 2;
    // Not what another word takes in parentheses, such as IN (…) or ARRAY (…).
    if (reader.raw(open) !== '(' || reader.afterName(name) !== open || RESERVED.has(reader.word(name)))
      return undefined;
    const { start } = reader.tokens[name]!;
    return [{ start, end: start, text: '(' }, behind(reader, k, ')')];
  },
  problem: 'An element is taken of a call in parentheses',
  advice: 'Put the call into parentheses.',
});

/** In tokens: in a nest of calls, each would be read up to its beginning. */
const LONGEST_CALL = 200;

const RESERVED: ReadonlySet<string> = new Set(['in', 'array', 'values', 'any', 'all', 'some', 'and', 'or', 'not']);

/** GRANT SELECT ON ALL TABLES TO anon */
const allOfSchema = everywhere({
  id: 'all-without-schema',
  edit(reader, k) {
    const to = reader.after(k, 'on all tables|sequences|functions|procedures|routines');
    const isRight = reader.after(0, 'grant|revoke') !== undefined;
    return isRight && to !== undefined && /^(to|from)$/.test(reader.word(to))
      ? behind(reader, to - 1, inCaseOf(reader.statement, ' IN SCHEMA ') + 'public')
      : undefined;
  },
  problem: 'Rights on all of a kind are given by schema',
  advice: 'Write IN SCHEMA and the schema.',
  isSuggestion: true,
});

/** PRAGMA foreign_keys = ON; USE app; PRINT 'x'; */
const sessionOfOthers: Invention = {
  id: 'session-of-others',
  find(reader) {
    const database = OF_SESSIONS[reader.word(0)];
    if (database === undefined || reader.tokens.length > 6) return undefined;
    const { start, stop } = reader.statement;
    return {
      ...rangeOf(reader, { from: 0, to: 1 }),
      problem: `${reader.word(0).toUpperCase()} is ${database}'s`,
      advice: 'Leave it out.',
      correction: { edits: [{ start, end: stop, text: '' }], isSuggestion: true },
    };
  },
};

/** What a session says to other databases, and a migration need not. */
const OF_SESSIONS = lookup<string>({ pragma: 'SQLite', use: 'MySQL', print: 'SQL Server' });

/** EXEC sp_rename 'a', 'b' */
const execute: Invention = {
  id: 'exec',
  find(reader) {
    if (!/^exec(ute)?$/.test(reader.word(0)) || !/^sp_/.test(reader.word(1)) || reader.afterName(1) === undefined)
      return undefined;
    return {
      ...rangeOf(reader, { from: 0, to: 2 }),
      problem: `${reader.raw(1)} is a procedure of SQL Server`,
      advice: 'Write the statement of PostgreSQL that does the same, such as ALTER TABLE … RENAME.',
      correction: { why: 'what it does has another form in PostgreSQL' },
    };
  },
};

export const dialectInventions: Invention[] = [
  sequenceOptions,
  lengthSemantics,
  clustered,
  conflictOfKey,
  nameInSingleQuotes,
  commentInDoubleQuotes,
  valueWithUnit,
  bareArray,
  subscriptOfCall,
  allOfSchema,
  sessionOfOthers,
  execute,
];
