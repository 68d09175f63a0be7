import { flatMap } from '../lists.ts';

/** Which way a part of a migration runs. */
export type Direction = 'up' | 'down';

/** A stretch of a file that its tool runs by itself. */
export interface Part {
  start: number;
  end: number;
  direction: Direction;
}

/** How a migration tool reads a file: what it runs when, and where it cuts. */
export interface Format {
  tool: 'plain' | 'goose' | 'sql-migrate' | 'dbmate' | 'drizzle' | 'liquibase';
  parts: Part[];
  /** Ranges that the tool sends as one piece; statements never reach across their ends. */
  pieces: { start: number; end: number }[];
  /** A line that must stand between two statements (Drizzle). */
  breakpoint?: string;
  /** Lines that must stand around a statement with semicolons of its own (goose, sql-migrate). */
  block?: { begin: string; end: string };
  /** What stands between such lines already. */
  blocks: { start: number; end: number }[];
}

interface Marks {
  tool: Format['tool'];
  /** Group 1 is the direction, up or down. */
  section: RegExp;
  /** The lines around a statement, as they are written and as they are found; group 1 is begin or end. */
  block?: { begin: string; end: string; mark: RegExp };
}

const SECTIONED: Marks[] = [
  {
    tool: 'goose',
    section: /^--[ \t]*\+goose[ \t]+(up|down)\b.*$/gim,
    block: {
      begin: '-- +goose StatementBegin',
      end: '-- +goose StatementEnd',
      mark: /^--[ \t]*\+goose[ \t]+statement(begin|end)\b.*$/gim,
    },
  },
  {
    tool: 'sql-migrate',
    section: /^--[ \t]*\+migrate[ \t]+(up|down)\b.*$/gim,
    block: {
      begin: '-- +migrate StatementBegin',
      end: '-- +migrate StatementEnd',
      mark: /^--[ \t]*\+migrate[ \t]+statement(begin|end)\b.*$/gim,
    },
  },
  { tool: 'dbmate', section: /^--[ \t]*migrate:(up|down)\b.*$/gim },
];

/** One look at the text instead of one for each tool. */
const MAY_BE_SECTIONED = /--[ \t]*(?:\+goose|\+migrate|migrate:)/i;

const BREAKPOINT = '--> statement-breakpoint';
const DOWN_FILE = /(^|[/.])(down|undo|rollback)\.sql$|\/U\d[^/]*\.sql$/i;

/** Recognises the format of a migration file by its comments and its name. */
export function detectFormat(text: string, path = ''): Format {
  for (const { tool, section, block } of MAY_BE_SECTIONED.test(text) ? SECTIONED : []) {
    const marks = [...text.matchAll(section)];
    if (marks.length === 0) continue;
    const parts: Part[] = marks.map((mark, k) => ({
      start: mark.index + mark[0].length,
      end: marks[k + 1]?.index ?? text.length,
      direction: mark[1]!.toLowerCase() as Direction,
    }));
    const lines = block ? [...text.matchAll(block.mark)] : [];
    const blocks = flatMap(lines, (line, k) =>
      line[1]!.toLowerCase() === 'begin'
        ? [{ start: line.index + line[0].length, end: lines[k + 1]?.index ?? text.length }]
        : [],
    );
    return {
      tool,
      parts,
      pieces: flatMap(parts, (part) => cutAt(text, part, block?.mark)),
      ...(block && { block }),
      blocks,
    };
  }
  const whole: Part = { start: 0, end: text.length, direction: DOWN_FILE.test(path) ? 'down' : 'up' };
  if (text.includes(BREAKPOINT))
    return {
      tool: 'drizzle',
      parts: [whole],
      pieces: cutAt(text, whole, /-->[ \t]*statement-breakpoint/g),
      breakpoint: BREAKPOINT,
      blocks: [],
    };
  return { tool: 'plain', parts: [whole], pieces: [whole], blocks: [] };
}

function cutAt(
  text: string,
  range: { start: number; end: number },
  cuts: RegExp | undefined,
): { start: number; end: number }[] {
  const pieces: { start: number; end: number }[] = [];
  let start = range.start;
  if (cuts) {
    cuts.lastIndex = start;
    for (let match = cuts.exec(text); match && match.index < range.end; match = cuts.exec(text)) {
      pieces.push({ start, end: match.index });
      start = match.index + match[0].length;
    }
  }
  pieces.push({ start, end: range.end });
  return pieces;
}
