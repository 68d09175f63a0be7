/** JSON as people write it: with comments, and with a comma behind the last element. */

/** A string, a comment, or a comma that only blanks and comments part from a closing bracket. */
const PIECES = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*[\]}])/g;

/** Reads it. @throws SyntaxError whose position is that of the text */
export function parseJsonWithComments(text: string): unknown {
  const blank = (piece: string) => piece.replace(/[^\n]/g, ' ');
  return JSON.parse(text.replace(PIECES, (piece) => (piece.startsWith('"') ? piece : blank(piece)))) as unknown;
}
