import type { Token } from './lexer.ts';

/** A run of tokens, by index: the first, and the one behind the last. */
export interface Span {
  from: number;
  to: number;
}

/**
 * How many parentheses and brackets are open before each token, and behind the last. One that closes counts as outside
 * of what it closes.
 */
export function depthsOf(text: string, tokens: readonly Token[]): number[] {
  const depths: number[] = [];
  let open = 0;
  for (const { kind, start } of tokens) {
    const sign = kind === 'punctuation' ? text[start] : undefined;
    if (sign === ')' || sign === ']') open--;
    depths.push(open);
    if (sign === '(' || sign === '[') open++;
  }
  return [...depths, open];
}

/**
 * Cuts tokens at a separator that stands outside parentheses and brackets, from one token to the last, or to the
 * parenthesis that closes around that token.
 */
export function splitTopLevel(text: string, tokens: readonly Token[], separator: string, from = 0): Span[] {
  const spans: Span[] = [];
  let start = from;
  let open = 0;
  let k = from;
  for (; k < tokens.length && open >= 0; k++) {
    const { kind, start: at } = tokens[k]!;
    if (kind !== 'punctuation') continue;
    const sign = text[at];
    if (sign === '(' || sign === '[') open++;
    else if (sign === ')' || sign === ']') open--;
    else if (sign === separator && open === 0) {
      spans.push({ from: start, to: k });
      start = k + 1;
    }
  }
  return [...spans, { from: start, to: open < 0 ? k - 1 : k }];
}
