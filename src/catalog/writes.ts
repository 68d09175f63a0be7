/** Reads which rows statements and functions write: a guard that asks for a row must know what else may write it. */
import { lookup } from '../lookup.ts';
import type { NodeOf, NodeTag } from '../syntax/parser.ts';
import type { Body } from './body.ts';
import type { Effect } from './effects.ts';
import { COMPUTING } from './functions.ts';
import { readIdent } from './names.ts';
import { contains, nameOfRange, strings, walk } from './nodes.ts';
import type { Name } from './objects.ts';

const write = (table: Name, rows: NodeOf<'UpdateStmt'> | undefined): Effect => ({
  action: 'write',
  table: { kind: 'table', ...table },
  rows,
});

/** The writes of UPDATE, MERGE, and of what stands in WITH, in a rule or in an SQL body. */
export function writesIn(node: object): Effect[] {
  const effects: Effect[] = [];
  walk([node], (type, inner) => {
    if (type === 'UpdateStmt') {
      const rows = inner as NodeOf<'UpdateStmt'>;
      effects.push(write(nameOfRange(rows.relation), rows));
    } else if (type === 'InsertStmt') effects.push(write(nameOfRange(inner.relation as NodeOf<'RangeVar'>), undefined));
    else if (type === 'MergeStmt') effects.push(write(nameOfRange(inner.relation as NodeOf<'RangeVar'>), undefined));
  });
  return effects;
}

/** INSERT INTO t, UPDATE t, MERGE INTO t and COPY t in the body of a function: rows that a call may write. */
export function writesOfBody(node: NodeOf<'CreateFunctionStmt'>, body: Body | undefined): Effect[] {
  if (!body) return writesIn(node.sql_body ?? {});
  const { words, written } = body;
  const effects: Effect[] = [];
  words.forEach((word, k) => {
    const next = words[k + 1];
    const isInto = (word === 'insert' || word === 'merge') && next === 'into';
    const isWrite = (word === 'update' || word === 'copy') && next !== 'set' && !isLock(words, k);
    if (!isInto && !isWrite) return;
    let at = k + (isInto ? 2 : 1);
    if (words[at] === 'only') at++;
    const parts = words[at + 1] === '.' ? [written[at], written[at + 2]] : [written[at]];
    const names = parts.map((part = '') => readIdent(part));
    effects.push(write({ ...(names.length > 1 && { schema: names[0] }), name: names.at(-1)! }, undefined));
  });
  return effects;
}

/** Whether UPDATE belongs to FOR UPDATE or FOR NO KEY UPDATE, with which SELECT locks rows. */
const isLock = (words: readonly string[], k: number): boolean =>
  words[k] === 'update' && (words[k - 1] === 'for' || (words[k - 1] === 'key' && words[k - 2] === 'no'));

/** Words with which the body of a function writes rows or changes objects. */
const WRITING = new Set('insert update delete merge truncate copy execute call notify create drop alter'.split(' '));

/** Words of PL/pgSQL and SQL that may do more than to compute a value. */
const ACTING = new Set([...WRITING, 'perform', 'raise', 'assert', 'lock', 'select']);

const WRITES: ReadonlySet<string> = new Set<NodeTag>(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** Whether the body of a function has words with which it may write rows or change objects. */
export function acts(node: NodeOf<'CreateFunctionStmt'>, body: Body | undefined): boolean {
  if (!body) return contains(node.sql_body, (type) => WRITES.has(type));
  const { words } = body;
  return words.some((word, k) => WRITING.has(word) && !isLock(words, k));
}

/** Words with which the body of a function writes rows. */
const WRITING_ROWS = new Set(['insert', 'update', 'delete', 'merge', 'copy']);

/** Whether the body of a function has words with which it writes rows. */
export const writesRows = ({ words }: Body): boolean =>
  words.some((word, k) => WRITING_ROWS.has(word) && !isLock(words, k));

/** The levels of RAISE at which the run goes on. */
const MESSAGES = new Set(['notice', 'warning', 'info', 'log', 'debug']);

/** Whether words have a RAISE that is an error. */
export const raises = ({ words }: Pick<Body, 'words'>): boolean =>
  words.some((word, k) => word === 'raise' && !MESSAGES.has(words[k + 1] ?? ''));

/** Whether the body of a function returns NULL somewhere. */
export const mayReturnNull = ({ words }: Body): boolean =>
  words.some((word, k) => word === 'return' && words[k + 1] === 'null');

/** What a trigger function calls the new row: NEW, and the variables that get it. */
const namesOfRow = ({ words }: Body): Set<string> =>
  new Set(['new', ...words.filter((_, k) => isAssigned(words[k + 1]) && words[k + 2] === 'new')]);

const isAssigned = (word: string | undefined): boolean => word === ':=' || word === '=';

/** Whether a trigger function computes a field of the new row from a row, or assigns the time to one. */
export function changesOfTrigger(body: Body): { counts: boolean; tellsTime: boolean } {
  const { words } = body;
  const rows = namesOfRow(body);
  const isRow = (word: string) => word === 'old' || rows.has(word);
  let [counts, tellsTime] = [false, false];
  words.forEach((word, k) => {
    const isField = rows.has(word) && words[k + 1] === '.' && isAssigned(words[k + 3]);
    const isInto = word === 'into' && rows.has(words[k + 1] ?? '');
    if (!isField && !isInto && word !== 'return') return;
    const end = words.indexOf(';', k);
    // SELECT … INTO NEW.field, and what RETURN puts together.
    if (word === 'return' && end <= k + 2) return;
    const value = words.slice(isField ? k + 4 : words.lastIndexOf(';', k) + 1, end);
    const isComputed = value.some((w) => ['+', '-', '*', '||'].includes(w)) && value.some(isRow);
    counts ||= isComputed;
    tellsTime ||= value.some((w) => CLOCKS.has(w));
  });
  return { counts, tellsTime };
}

/** Trigger functions that come with PostgreSQL and extensions, by what they do at every UPDATE. */
const KNOWN_TRIGGERS = lookup<'nothing' | 'tells the time' | 'acts'>({
  moddatetime: 'tells the time',
  http_request: 'acts',
  autoinc: 'nothing',
  insert_username: 'nothing',
  check_primary_key: 'nothing',
  lo_manage: 'nothing',
  suppress_redundant_updates_trigger: 'nothing',
  tsvector_update_trigger: 'nothing',
  tsvector_update_trigger_column: 'nothing',
});

/** What a trigger function that no migration makes does at every UPDATE; undefined where it is not known. */
export const knownTrigger = ({ name }: Name): 'nothing' | 'tells the time' | 'acts' | undefined => KNOWN_TRIGGERS[name];

const CLOCKS = new Set(['now', 'current_timestamp', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp']);

/** Words that stand before a parenthesis and are no functions. */
const TAKES_PARENTHESES = new Set('and or not in if elsif when then return case else'.split(' '));

/**
 * The fields of NEW that a trigger function assigns, where it does nothing else.
 * @returns undefined where it may do more: write rows, raise, or call what is not known
 */
export function fieldsAssigned({ returnType }: NodeOf<'CreateFunctionStmt'>, body: Body): string[] | undefined {
  if (strings(returnType?.names).at(-1) !== 'trigger') return undefined;
  const { tokens, written, words } = body;
  const rows = namesOfRow(body);
  const fields = new Set<string>();
  for (const [k, word] of words.entries()) {
    if (ACTING.has(word)) return undefined;
    const isCalled = words[k + 1] === '(' && tokens[k]!.kind === 'word' && !TAKES_PARENTHESES.has(word);
    const ofAuth = words[k - 1] === '.' && words[k - 2] === 'auth';
    if (isCalled && !COMPUTING.has(word) && !ofAuth) return undefined;
    if (rows.has(word) && words[k + 1] === '.' && isAssigned(words[k + 3])) fields.add(readIdent(written[k + 2]!));
    // NEW := … sets every field.
    if (word === 'new' && isAssigned(words[k + 1])) return undefined;
  }
  return [...fields];
}
