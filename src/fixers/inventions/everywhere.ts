import { flatMap } from '../../lists.ts';
import { tokenize, type TokenKind } from '../../syntax/lexer.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Reader, Span } from '../../syntax/tokens.ts';
import type { Edit } from '../edits.ts';
import type { Found, Invention } from './types.ts';

interface Slip {
  id: string;
  /** The edits where the slip begins at a token; undefined where it does not. */
  edit: (reader: Reader, k: number) => Edit | readonly Edit[] | undefined;
  /** See `Found`; of what is written at the first place. */
  problem: string | ((written: string) => string);
  /** See `Found`; of what is to be written there. */
  advice: string | ((text: string) => string);
  /** Whether the edits leave out something of what was meant. */
  isSuggestion?: boolean;
}

/** An invention that may stand at any token of a statement, and at several. */
export const everywhere = ({ id, edit, problem, advice, isSuggestion = false }: Slip): Invention => ({
  id,
  find(reader) {
    const edits: Edit[] = [];
    let first: { start: number; end: number; text: string } | undefined;
    for (let k = 0; k < reader.tokens.length; k++) {
      const found = edit(reader, k);
      if (!found) continue;
      const here = Array.isArray(found) ? (found as readonly Edit[]) : [found as Edit];
      edits.push(...here);
      first ??= {
        start: reader.tokens[k]!.start,
        end: Math.max(reader.tokens[k]!.end, here[0]!.end),
        text: here[0]!.text.trim(),
      };
    }
    if (!first) return undefined;
    const { start, end, text } = first;
    const written = reader.text.slice(start, end);
    return {
      start,
      end,
      problem: typeof problem === 'string' ? problem : problem(written),
      advice: typeof advice === 'string' ? advice : advice(text),
      correction: { edits, isSuggestion },
    };
  },
});

/** Replaces a run of tokens; `to` is the one behind the last. */
export const replace = ({ tokens }: Reader, from: number, to: number, text: string): Edit => ({
  start: tokens[from]!.start,
  end: tokens[to - 1]!.end,
  text,
});

/** Puts text behind a token. */
export const behind = ({ tokens }: Reader, k: number, text: string): Edit => ({
  start: tokens[k]!.end,
  end: tokens[k]!.end,
  text,
});

/** Puts a run of tokens before another token. */
export function moveBefore(reader: Reader, span: Span, k: number): Edit[] {
  const { start } = reader.tokens[k]!;
  return [{ start, end: start, text: `${reader.slice(span)} ` }, reader.remove(span)];
}

/**
 * Replaces what matches a form outside of quotes and comments, and has a text to be replaced by: for what the lexer
 * cuts otherwise than it is meant.
 */
export function editsOutsideQuotes(
  statement: Statement,
  form: RegExp,
  textOf: (match: RegExpExecArray, start: number) => string | undefined,
): Edit[] {
  const { script, start: from, end: to } = statement;
  const opaque = tokenize(script.text, from, to, { comments: true }).filter(({ kind }) => OPAQUE.has(kind));
  return flatMap(statement.text.matchAll(form), (match) => {
    const start = from + match.index;
    if (opaque.some((t) => t.start <= start && start < t.end)) return [];
    const text = textOf(match, start);
    return text === undefined ? [] : { start, end: start + match[0].length, text };
  });
}

const OPAQUE: ReadonlySet<TokenKind> = new Set(['string', 'quoted', 'dollar', 'comment']);

/** What is found where edits are made: the first one is pointed at. */
export function firstOf(
  edits: readonly Edit[],
  problem: (first: Edit) => string,
  advice: (first: Edit) => string,
): Found | undefined {
  const [first] = edits;
  return (
    first && {
      start: first.start,
      end: first.end,
      problem: problem(first),
      advice: advice(first),
      correction: { edits },
    }
  );
}
