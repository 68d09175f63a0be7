/** Reads SQL that stands in strings: the bodies of functions and DO blocks, and the texts that EXECUTE runs. */
import { tokenize, type Token } from './lexer.ts';
import { findPhrase } from './tokens.ts';

/** A text with its tokens. */
export interface Tokens {
  text: string;
  tokens: readonly Token[];
}

/** Deeper than anybody nests strings: a format() in a DO block in a function is three. */
const MAX_DEPTH = 5;

/** The text between the quotes of a string; undefined for other tokens. */
export function contentOf(text: string, { kind, start, end }: Token): string | undefined {
  if (kind === 'dollar') {
    const tag = text.indexOf('$', start + 1) + 1 - start;
    return text.slice(start + tag, end - tag);
  }
  return kind === 'string' ? text.slice(text.indexOf("'", start) + 1, end - 1).replaceAll("''", "'") : undefined;
}

/** The tokens of every string in a text, and of every string in those. */
export function* tokensInStrings(text: string, depth = MAX_DEPTH): Generator<Tokens> {
  for (const token of tokenize(text)) {
    const content = contentOf(text, token);
    // A single word is a name or a value, and no SQL.
    if (content === undefined || depth === 0 || !content.includes(' ')) continue;
    yield { text: content, tokens: tokenize(content) };
    yield* tokensInStrings(content, depth - 1);
  }
}

/** Whether the words of a phrase follow one another in a string of the text: `saysInString(body, 'create policy')`. */
export function saysInString(text: string, phrase: string): boolean {
  for (const inner of tokensInStrings(text)) if (findPhrase(inner.text, inner.tokens, phrase)) return true;
  return false;
}
