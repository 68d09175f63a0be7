/** What the formats for people share: words that wrap at the terminal's edge, and names that are cut in the middle. */

/** Characters that take two columns of a terminal: those of East Asia, and pictures. */
const WIDE =
  // eslint-disable-next-line max-len
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
/** Characters that take none: they belong to the one before. */
const WIDTHLESS = /[\u0300-\u036f\ufe00-\ufe0f]/g;

/** How many columns of a terminal a text takes. */
export const columnsOf = (text: string): number =>
  Array.from(text.replace(WIDTHLESS, '')).length + (text.match(WIDE)?.length ?? 0);

/** Lines of words that are no longer than a width. A word that is longer is cut. @param width Infinity for one line */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const whole of text.split(/\s+/)) {
    const word = cutMiddle(whole, width);
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A name that is no longer than a width: its middle is left out, for people know names by both ends. */
export function cutMiddle(name: string, width: number): string {
  const letters = Array.from(name);
  if (letters.length <= width) return name;
  const kept = Math.max(2, width - 1);
  const head = Math.floor(kept / 3);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (kept - head)).join('')}`;
}

/** Makes a text a link, where the terminal knows OSC 8. */
export const link = (text: string, url: string | undefined): string =>
  url === undefined ? text : `\u001b]8;;${url}\u0007${text}\u001b]8;;\u0007`;
