import { Lines } from '../lines.ts';
import { detectFormat, type FileKind } from '../project/format.ts';
import type { Direction } from '../project/types.ts';
import { split, type Skipped } from '../syntax/split.ts';
import type { Filled, Piece, Step, StepFailure } from '../database/types.ts';
import type { Failure } from './types.ts';

/** What a migration tool runs going forward, or why that cannot be known. */
export type Plan =
  { steps: Step[]; unknown?: undefined } | { steps: Step[]; unknown: { reason: string; offset: number } };

/** psql commands that change nothing in the database, so that leaving them out is faithful. */
const HARMLESS =
  /^\\(restrict|unrestrict|echo|qecho|warn|timing|pset|x|a|t|set\s+(ON_ERROR_STOP|VERBOSITY|QUIET|ECHO\w*)|conninfo|d\S*|l\+?|q|\.|p|encoding|errverbose|unset)(?![a-z_])/i;

/** What a migration tool puts in the place of `${name}` and `{{name}}`. */
export type Placeholders = Readonly<Record<string, string>>;

/**
 * Cuts a migration into the statements that its tool runs.
 * @param direction going forward, or back
 */
export function planSteps(
  text: string,
  path: string,
  placeholders: Placeholders = {},
  kind: FileKind = {},
  direction: Direction = 'up',
): Plan {
  const format = detectFormat(text, path, kind);
  const steps: Step[] = [];
  let unknown: { reason: string; offset: number } | undefined;
  if (direction === 'up' && format.parts.every((part) => part.direction === 'down'))
    unknown = { reason: 'it only undoes another migration', offset: 0 };
  for (const piece of format.pieces) {
    if (
      !format.parts.some((part) => part.direction === direction && part.start <= piece.start && piece.end <= part.end)
    )
      continue;
    const { slices, skipped } = split(text, { from: piece.start, to: piece.end });
    for (const slice of slices) {
      const data = skipped.find((range) => range.why === 'copy-data' && range.start === slice.stop);
      const { sql, left, ...filled } =
        slice.placeholders || mayBeFilled(placeholders, slice)
          ? fill(text.slice(slice.start, slice.end), slice.text, placeholders)
          : { sql: slice.text };
      steps.push({
        sql,
        offset: slice.start,
        ...(data && { copy: copyRows(text.slice(data.start, data.end)) }),
        ...filled,
      });
      if (left !== undefined) unknown ??= { reason: left, offset: slice.start };
    }
    for (const { start, end, why } of skipped) {
      const reason = unknownBy(why, text.slice(start, end));
      if (reason !== undefined) unknown ??= { reason, offset: start };
    }
  }
  return unknown ? { steps, unknown } : { steps };
}

/** What is stepped over, and yet changes what runs. */
function unknownBy(why: Skipped['why'], command: string): string | undefined {
  if (why === 'placeholder') return `the migration tool fills in ${command}`;
  if (why === 'meta-command' && !HARMLESS.test(command)) return `only psql knows ${command.split(/\s/, 1)[0]}`;
  return undefined;
}

const PLACEHOLDER = /\$\{\s*([^{}\s]+)\s*\}|\{\{\s*([\w.:-]+)\s*\}\}/g;

/** Values are filled in wherever they are asked for, in comments and in strings too, as migration tools do. */
const mayBeFilled = (placeholders: Placeholders, { text }: { text: string }): boolean =>
  Object.keys(placeholders).length > 0 && /\$\{|\{\{/.test(text);

/**
 * Fills in what there are values for.
 * @param raw the statement as it stands in its file
 * @param masked the same as PostgreSQL's parser gets it, for what nothing is filled into
 * @returns `left` says what is missing, if anything is
 */
function fill(
  raw: string,
  masked: string,
  placeholders: Placeholders,
): { sql: string; left?: string; filled?: Filled } {
  const values: Filled['values'][number][] = [];
  const sql = raw.replace(
    PLACEHOLDER,
    (whole: string, dollar: string | undefined, braces: string | undefined, start: number) => {
      const name = (dollar ?? braces)!;
      if (!Object.hasOwn(placeholders, name)) return whole;
      values.push({ start, end: start + whole.length, length: placeholders[name]!.length });
      return placeholders[name]!;
    },
  );
  const { slices } = split(sql);
  // What may run is judged statement by statement.
  const left = slices.some((slice) => slice.placeholders)
    ? missing(sql)
    : slices.length > 1
      ? 'what is filled in makes several statements of it'
      : undefined;
  return values.length === 0
    ? { sql: masked, ...(left !== undefined && { left }) }
    : { sql, filled: { length: raw.length, values }, ...(left !== undefined && { left }) };
}

function missing(sql: string): string {
  const match = new RegExp(PLACEHOLDER).exec(sql);
  const name = match?.[1] ?? match?.[2];
  return match && name !== undefined
    ? `its migration tool fills in ${match[0]}; give it a value with --placeholder ${name}=VALUE, or under "placeholders" in the configuration`
    : 'it has placeholders that its migration tool fills in';
}

/** The offset in the statement as it stands in its file, of one in what was made of it. */
function unfilled(offset: number, filled: Filled | undefined): number {
  let grown = 0;
  for (const { start, end, length } of filled?.values ?? []) {
    if (offset < start + grown) break;
    if (offset < start + grown + length) return start;
    grown += length - (end - start);
  }
  return offset - grown;
}

/** The rows between `COPY … FROM stdin;` and the line `\.`. */
function copyRows(data: string): string {
  return data.replace(/^[^\n]*\n/, '').replace(/\\\.[ \t]*$/, '');
}

/** Puts a refused step back into its file. */
export function locate(text: string, steps: readonly Step[], failed: StepFailure): Failure {
  const { step: index, position, statement: done, blockLine, ...said } = failed;
  const step = steps[index]!;
  // PostgreSQL counts code points.
  const at = position === undefined ? undefined : [...step.sql].slice(0, position - 1).join('').length;
  const piece = pieceOf(step, at, done);
  const within = unfilled(at === undefined ? inBlock(piece.sql, blockLine) : at - piece.at, piece.filled);
  const place = new Lines(text).locate(piece.offset + within);
  const statement = step.isAdded
    ? step.sql
    : text.slice(piece.offset, piece.offset + (piece.filled?.length ?? piece.sql.length));
  return { ...said, offset: piece.offset, ...place, statement, ...step.toolSays, frame: frameAround(text, place.line) };
}

/**
 * Where a line of a DO block's body begins, in the statement; 0 where there is none, or where the body is written with
 * escapes, so that its lines are others than those of the text.
 */
function inBlock(sql: string, line: number | undefined): number {
  const body = /^\s*do\b([^$']*)(?:\$\w*\$|')/i.exec(sql);
  if (line === undefined || !body || /\be\s*$/i.test(body[1]!)) return 0;
  const lines = new Lines(sql);
  const { line: first } = lines.locate(body[0].length);
  const start = line === 1 ? body[0].length : lines.offsetOf({ line: first + line - 1, column: 1 });
  return start + /^\s*/.exec(sql.slice(start))![0].length;
}

/** The statement of a message that PostgreSQL refused: where it points to, or behind those that were done. */
function pieceOf(step: Step, at: number | undefined, done = 0): Piece {
  const { statements } = step;
  if (!statements) return { at: 0, ...step };
  return (
    (at !== undefined && statements.findLast((piece) => piece.at <= at)) ||
    statements[Math.min(done, statements.length - 1)]!
  );
}

/** Two lines before, two after. */
function frameAround(text: string, line: number): { line: number; text: string }[] {
  const first = Math.max(1, line - 2);
  return text
    .split(/\r?\n/)
    .slice(first - 1, line + 2)
    .map((content, index) => ({ line: first + index, text: content }));
}
