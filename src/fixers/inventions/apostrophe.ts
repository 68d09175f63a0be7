/** 'it's me' */
import { flatMap } from '../../lists.ts';
import type { Invention } from './types.ts';

/** An apostrophe between two letters, in a string on one line. The words behind it are outside of the string. */
const FORM = /'([^'\n]*[\p{L}])'((?:s|t|re|ve|ll|d|m)\b[^'\n]*)'(?=\s*[,);]|\s*$|\s*\n)/giu;

/** The splitter reads the rest of the file as a string, so that the text around the statement is searched. */
export const apostrophe: Invention = {
  id: 'apostrophe',
  find({ statement, text }) {
    const matches = [...text.slice(statement.start, statement.stop).matchAll(FORM)];
    const edits = flatMap(matches, (match) => {
      const at = statement.start + match.index + 1 + match[1]!.length;
      return { start: at, end: at, text: "'" };
    });
    const [first] = edits;
    if (!first) return undefined;
    return {
      start: first.start,
      end: first.start + 1,
      problem: 'An apostrophe ends the string',
      advice: "Write it twice: ''.",
      correction: { edits, isSuggestion: true },
    };
  },
};
