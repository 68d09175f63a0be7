/** Reads the bodies of functions and DO blocks as words. */
import type { NodeOf } from '../syntax/parser.ts';
import { tokenize, type Token } from '../syntax/lexer.ts';
import { perStatement, type Statement } from '../syntax/script.ts';
import { nodeAs, optionOf, strings } from './nodes.ts';

/** The text of a function's body; undefined where it is an SQL body, which the parser reads. */
export function bodyText({ options }: NodeOf<'CreateFunctionStmt'>): string | undefined {
  const as = optionOf(options, 'as');
  return as && strings(nodeAs(as, 'List')?.items ?? [as])[0];
}

/** A text as words: tokens without comments. */
export interface Body {
  text: string;
  tokens: readonly Token[];
  /** Each token as it is written. */
  written: readonly string[];
  /** The same in lower case. */
  words: readonly string[];
}

function readWords(text: string, from?: number, to?: number): Body {
  const tokens = tokenize(text, from, to);
  const written = tokens.map(({ start, end }) => text.slice(start, end));
  return { text, tokens, written, words: written.map((word) => word.toLowerCase()) };
}

/** The body of a function; undefined where it is an SQL body. */
export function readBody(node: NodeOf<'CreateFunctionStmt'>): Body | undefined {
  const text = bodyText(node);
  return text === undefined ? undefined : readWords(text);
}

/** The body of a DO block, with offsets in the file; without words where it is quoted in a way that shifts offsets. */
export const blockBody: (block: Statement) => Body = perStatement(({ script, body }: Statement) =>
  body ? readWords(script.text, body.start, body.end) : { text: script.text, tokens: [], written: [], words: [] },
);
