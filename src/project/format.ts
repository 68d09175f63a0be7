/** Reads a file as its tool does: its up and down parts, and where it is cut. */
import { tools } from './tools/index.ts';
import { psql } from './tools/psql.ts';
import type { Direction, Marks, Part, Role, Tool, ToolName } from './types.ts';
import { flatMap } from '../lists.ts';

export interface Range {
  start: number;
  end: number;
}

/** A changeset of Liquibase, with what its line says. */
export interface Changeset extends Range {
  /** The end of the line that begins it, where an attribute can be added. */
  line: number;
  attributes: string;
}

/** How a migration tool reads a file: what it runs when, and where it cuts. */
export interface Format {
  /** The tool whose marks the file has; undefined where it has none. */
  tool: ToolName | undefined;
  parts: readonly Part[];
  /** Ranges that the tool sends as one piece; statements never reach across their ends. */
  pieces: readonly Range[];
  /** A line that must stand between two statements (Drizzle). */
  breakpoint?: string;
  /** Lines that must stand around a statement with semicolons of its own (goose, sql-migrate). */
  block?: { begin: string; end: string };
  /** What stands between such lines already. */
  blocks: readonly Range[];
  /** Where the tool fills in variables, and takes dollar quotes apart (goose). */
  substituted: readonly Range[];
  changesets: readonly Changeset[];
}

/** What is known of a file besides its text. */
export interface FileKind {
  tool?: Tool | undefined;
  role?: Role | undefined;
}

/** What only one tool writes, and is therefore believed in any file. */
const UNMISTAKABLE: readonly ToolName[] = ['goose', 'sql-migrate', 'dbmate', 'tern'];

/** One look at the text instead of one for each tool. */
const MAY_HAVE_MARKS = /--[ \t]*(?:\+goose|\+migrate|migrate:)|^---- create above/im;

/** Recognises the format of a migration file by its tool, its comments and its name. */
export function detectFormat(text: string, path = '', { tool, role }: FileKind = {}): Format {
  const own = tool?.marks && readMarks(text, path, tool, tool.marks, role);
  if (own) return own;
  if (MAY_HAVE_MARKS.test(text))
    for (const name of UNMISTAKABLE) {
      const found = name === tool?.name ? undefined : readMarks(text, path, tools[name], tools[name].marks!, role);
      if (found) return found;
    }
  if (!tool && tools['node-pg-migrate'].speaks!.test(text))
    return readMarks(text, path, tools['node-pg-migrate'], tools['node-pg-migrate'].marks!, role)!;
  if (tools.drizzle.speaks!.test(text)) return readMarks(text, path, tools.drizzle, tools.drizzle.marks!, role)!;
  if (tools.liquibase.speaks!.test(text)) return readMarks(text, path, tools.liquibase, tools.liquibase.marks!, role)!;
  const whole = wholePart(text, path, role);
  return { tool: undefined, parts: [whole], pieces: [whole], blocks: [], substituted: [], changesets: [] };
}

const wholePart = (text: string, path: string, role: Role | undefined): Part => ({
  start: 0,
  end: text.length,
  direction: directionOf(path, role),
});

const directionOf = (path: string, role: Role | undefined): Direction =>
  (role ?? psql.roleOf(path, { root: '', folder: '' })) === 'down' ? 'down' : 'up';

/** Undefined where the tool needs marks to tell the parts of a file, and the file has none. */
function readMarks(
  text: string,
  path: string,
  { name }: Tool,
  { parts: read, block, substitution, breakpoint, changeset }: Marks,
  role: Role | undefined,
): Format | undefined {
  const found = read?.(text);
  if (read && !found) return undefined;
  const parts = found ?? [wholePart(text, path, role)];
  const cut = block?.mark ?? breakpoint?.mark ?? changeset;
  return {
    tool: name,
    parts,
    pieces: flatMap(parts, (part) => cutAt(text, part, cut)),
    ...(block && { block }),
    ...(breakpoint && { breakpoint: breakpoint.line }),
    blocks: block ? between(text, block.mark, 'begin') : [],
    substituted: substitution ? between(text, substitution, 'on') : [],
    changesets: changeset ? readChangesets(text, changeset) : [],
  };
}

/** What stands between the lines that open something and those that close it; group 1 says which. */
function between(text: string, mark: RegExp, opens: string): Range[] {
  const lines = [...text.matchAll(mark)];
  return flatMap(lines, (line, k) =>
    line[1]!.toLowerCase() === opens
      ? [{ start: line.index + line[0].length, end: lines[k + 1]?.index ?? text.length }]
      : [],
  );
}

function readChangesets(text: string, mark: RegExp): Changeset[] {
  const lines = [...text.matchAll(mark)];
  return lines.map((line, k) => ({
    start: line.index,
    end: lines[k + 1]?.index ?? text.length,
    line: line.index + line[0].trimEnd().length,
    attributes: line[1]!,
  }));
}

function cutAt(text: string, range: Range, cuts: RegExp | undefined): Range[] {
  const pieces: Range[] = [];
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
