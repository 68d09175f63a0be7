/** Cuts a file as its tool does, into the messages that it sends to PostgreSQL. */
import { flatMap } from '../lists.ts';
import { Lexer } from '../syntax/lexer.ts';
import { splitStatements } from '../syntax/split.ts';
import { detectFormat, type Changeset, type FileKind, type Format, type Range } from './format.ts';
import { plainStatements } from './plain-quotes.ts';
import type { Batch, Direction, Runner } from './types.ts';

/** A file to send. */
export interface Sent extends FileKind {
  path: string;
  text: string;
}

/**
 * What a tool sends to run a file, batch by batch.
 * @param direction forward, or back
 * @returns ranges of the text in their order; none where nothing in the file runs that way
 */
export function batchesOf({ path, text, ...kind }: Sent, runner: Runner, direction: Direction = 'up'): Batch[] {
  const format = detectFormat(text, path, kind);
  const parts = format.parts.filter((part) => part.direction === direction);
  if (direction === 'up' && format.changesets.length > 0 && runner.cut === 'counted-blocks')
    return flatMap(format.changesets, (changeset) =>
      batchOf(changesetMessages(text, changeset), runnerOf(changeset, runner)),
    );
  return flatMap(parts, (part) => {
    const messages = cut(text, part, format, runner);
    if (
      runner.refusesMixture &&
      messages.length > 0 &&
      messages.every((range) => NEEDS_NONE.test(text.slice(range.start, range.end)))
    )
      return batchOf(messages, { ...runner, transaction: 'none' });
    return runner.isolates ? isolate(text, messages, runner.isolates, runner) : batchOf(messages, runner);
  });
}

/** Whether all that runs forward is sent in one transaction, however the tool cuts it. */
export const isOneTransaction = (text: string, { parts, changesets }: Format, runner: Runner): boolean =>
  (runner.transaction !== 'none' || runner.sending === 'pipeline') &&
  !runner.isolates?.some((start) => new RegExp(start, 'i').test(text)) &&
  !runner.refusesMixture &&
  changesets.length === 0 &&
  parts.filter(({ direction }) => direction === 'up').length === 1;

/**
 * The first of the statements that a tool does not send as it stands: it cuts it in its midst, or sends others with it
 * where PostgreSQL takes one.
 */
export function firstTorn<T extends Range>(file: Sent, runner: Runner, statements: readonly T[]): T | undefined {
  if (runner.cut === 'plain-quotes' && !MAY_BE_TORN.test(file.text)) return undefined;
  const messages = flatMap(batchesOf(file, runner), (batch) => batch.messages);
  let at = 0;
  for (const [k, statement] of statements.entries()) {
    while (at < messages.length && messages[at]!.end <= statement.start) at++;
    const message = messages[at];
    if (!message || message.start > statement.start || message.end < statement.end) return statement;
    const next = statements[k + 1];
    if (runner.sending === 'pipeline' && next && next.start < message.end) return statement;
  }
  return undefined;
}

/** Without any of these, Supabase reads a text as PostgreSQL does. */
const MAY_BE_TORN = /\\|[\w\x80-\uffff]\$|\batomic\b|\/\*\//i;

const batchOf = (messages: readonly Range[], { sending, transaction }: Runner): Batch | [] =>
  messages.length === 0 ? [] : { transaction: transaction !== 'none', sending, messages };

const runnerOf = ({ attributes }: Changeset, runner: Runner): Runner => ({
  ...runner,
  transaction: /\brunInTransaction:\s*"?false/i.test(attributes) ? 'none' : 'file',
});

/** Ends a batch before each statement that cannot run in a transaction, and sends that one alone. */
function isolate(text: string, messages: readonly Range[], alone: readonly string[], runner: Runner): Batch[] {
  const runsAlone = new RegExp(`^\\s*(?:${alone.join('|')})`, 'i');
  const batches: Batch[] = [];
  let open: Range[] = [];
  const close = () => {
    if (open.length > 0)
      batches.push({ transaction: runner.transaction !== 'none', sending: runner.sending, messages: open });
    open = [];
  };
  for (const message of messages) {
    if (runsAlone.test(text.slice(message.start, message.end))) {
      close();
      batches.push({ transaction: false, sending: 'simple', messages: [message] });
    } else open.push(message);
  }
  close();
  return batches;
}

/** The statements for which Flyway leaves its transaction out: its own list. */
const NEEDS_NONE = new RegExp(
  `^\\s*(?:${[
    '(?:create|drop)\\s+(?:database|tablespace|subscription|(?:unique\\s+)?index\\s+concurrently)',
    'alter\\s+system',
    'reindex\\s+(?:verbose\\s+)?(?:schema|database|system)',
    'vacuum',
    'discard\\s+all',
  ].join('|')})\\b`,
  'i',
);

function cut(text: string, part: Range, format: Format, { cut: how }: Runner): Range[] {
  switch (how) {
    case 'whole':
      return holdsStatement(text, part) ? [trimmed(text, part)] : [];
    case 'statements':
      return splitStatements(text, { from: part.start, to: part.end }).map(({ start, stop }) => ({ start, end: stop }));
    case 'breakpoints':
      return format.pieces
        .filter((piece) => part.start <= piece.start && piece.end <= part.end && holdsStatement(text, piece))
        .map((piece) => trimmed(text, piece));
    case 'line-ends':
      return cutAtLineEnds(text, part, format);
    case 'every-semicolon':
      return cutAtSemicolons(text, part);
    case 'counted-blocks':
      return cutOutsideBlocks(text, part);
    case 'plain-quotes':
      return plainStatements(text, part);
  }
}

const holdsStatement = (text: string, { start, end }: Range): boolean =>
  splitStatements(text, { from: start, to: end }).length > 0;

function trimmed(text: string, { start, end }: Range): Range {
  const inside = text.slice(start, end);
  return { start: start + (inside.length - inside.trimStart().length), end: start + inside.trimEnd().length };
}

/**
 * As goose and sql-migrate cut: at a line whose last word before a comment ends in a semicolon, whatever it stands in.
 */
function cutAtLineEnds(text: string, part: Range, { block, blocks }: Format): Range[] {
  const messages: Range[] = [];
  let start = -1;
  let within: Range | undefined;
  for (const line of linesIn(text, part)) {
    const inside = blocks.find((range) => range.start <= line.start && line.start < range.end);
    if (inside) {
      if (inside !== within) messages.push(trimmed(text, inside));
      within = inside;
      continue;
    }
    const content = text.slice(line.start, line.end).trimEnd();
    if (block && /^--[ \t]*\+/.test(content)) continue;
    if (start < 0 && /^\s*(?:--.*)?$/.test(content)) continue;
    if (start < 0) start = line.start;
    if (/;\s*$/.test(content.replace(/(^|\s)--.*$/, ''))) {
      messages.push(trimmed(text, { start, end: line.end }));
      start = -1;
    }
  }
  if (start >= 0) messages.push(trimmed(text, { start, end: part.end }));
  return messages;
}

function linesIn(text: string, { start, end }: Range): Range[] {
  const lines: Range[] = [];
  for (let at = start; at < end;) {
    const next = text.indexOf('\n', at);
    const stop = next < 0 || next >= end ? end : next + 1;
    lines.push({ start: at, end: stop });
    at = stop;
  }
  return lines;
}

/** As golang-migrate cuts with x-multi-statement: at each semicolon, also inside strings and dollar quotes. */
function cutAtSemicolons(text: string, { start, end }: Range): Range[] {
  const pieces: Range[] = [];
  for (let at = start; at < end;) {
    const semicolon = text.indexOf(';', at);
    const stop = semicolon < 0 || semicolon >= end ? end : semicolon + 1;
    if (text.slice(at, stop).trim() !== '') pieces.push(trimmed(text, { start: at, end: stop }));
    at = stop;
  }
  return pieces;
}

/** The text of a changeset that is sent: without its line, and without what rolls it back. */
function changesetMessages(text: string, { line, end, attributes }: Changeset): Range[] {
  const body = trimmed(text, { start: line, end });
  const rollback = text.slice(body.start, body.end).search(/^[ \t]*--[ \t]*rollback\b/im);
  const sent = rollback < 0 ? body : trimmed(text, { start: body.start, end: body.start + rollback });
  if (sent.start >= sent.end) return [];
  return /\bsplitStatements:\s*"?false/i.test(attributes) ? [sent] : cutOutsideBlocks(text, sent);
}

/** As Liquibase cuts: at semicolons while BEGIN and END are in balance; a dollar quote is no quote. */
function cutOutsideBlocks(text: string, { start, end }: Range): Range[] {
  const pieces: Range[] = [];
  let from = start;
  let depth = 0;
  const push = (stop: number) => {
    const piece = trimmed(text, { start: from, end: stop });
    if (holdsStatement(text, piece)) pieces.push(piece);
    from = stop;
  };
  for (let at = start; at < end;) {
    const lexer = new Lexer(text, at, end, { backslashEscapes: true });
    if (!lexer.next()) break;
    const token = text.slice(lexer.start, lexer.end);
    // Only its two signs are passed over, so that what stands in it is read too.
    at = lexer.kind === 'dollar' ? lexer.start + /^\$[^$]*\$/.exec(token)![0].length : lexer.end;
    if (lexer.kind === 'word' && /^begin$/i.test(token)) depth++;
    else if (lexer.kind === 'word' && /^end$/i.test(token)) depth = Math.max(0, depth - 1);
    else if (token === ';' && depth === 0) push(lexer.end);
  }
  push(end);
  return pieces;
}
