/** Reads the marks of tools: comments that say what runs when. */
import type { Direction, Part } from './types.ts';

/**
 * The parts that lines begin; each ends where the next one begins.
 * @param mark group 1 is the direction: up or down, in any letter case
 */
export const partsBy =
  (mark: RegExp) =>
  (text: string): Part[] | undefined => {
    const marks = [...text.matchAll(mark)];
    return marks.length === 0
      ? undefined
      : marks.map((found, k) => ({
          start: found.index + found[0].length,
          end: marks[k + 1]?.index ?? text.length,
          direction: found[1]!.toLowerCase() as Direction,
        }));
  };

/** A line that tells the up part from the down part below it. */
export const partsAround =
  (mark: RegExp) =>
  (text: string): Part[] | undefined => {
    const found = mark.exec(text);
    return found
      ? [
          { start: 0, end: found.index, direction: 'up' },
          { start: found.index + found[0].length, end: text.length, direction: 'down' },
        ]
      : undefined;
  };
