import type { Edit } from '../edits.ts';
import type { Reader } from '../../syntax/tokens.ts';
import type { Invention } from './types.ts';

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

/** The index of the parenthesis that closes the one at a token; undefined where none does. */
export function closing(reader: Reader, open: number): number | undefined {
  const depth = reader.depth(open);
  for (let k = open + 1; k < reader.tokens.length; k++)
    if (reader.raw(k) === ')' && reader.depth(k) === depth) return k;
  return undefined;
}
