/** How ways back are printed, and what comes of those that are there. */
import { flatMap } from '../lists.ts';
import { plural } from '../plural.ts';
import { printable } from '../printable.ts';
import { annotation, pathInRepository } from '../reporters/github.ts';
import type { Judged } from '../schema/down/check.ts';
import { wordsOf, type KeptAside, type WayBack } from '../schema/down/index.ts';

export const DOWN_FORMATS = ['text', 'json', 'github'] as const;
export type DownFormat = (typeof DOWN_FORMATS)[number];

/** In one word, what came of it. */
export function verdictOf({ refused, sql, unproven, losses }: WayBack): string {
  if (refused !== undefined) return 'not run';
  if (sql === '') return 'nothing to undo';
  if (unproven !== undefined) return 'not proven';
  return losses.length > 0 ? 'incomplete' : 'proven';
}

/** @param isShown whether the statements themselves are printed */
export function renderWaysBack(
  found: readonly WayBack[],
  format: DownFormat,
  notes: readonly string[],
  isShown: boolean,
): string {
  if (format !== 'json') return isShown ? flatMap(found, ({ sql, text }) => (sql === '' ? [] : text)).join('\n') : '';
  const all = found.map((wayBack) => {
    const { path, sql, losses, refused, unproven, isFilled } = wayBack;
    return {
      path,
      verdict: verdictOf(wayBack),
      ...((refused ?? unproven) !== undefined && { because: refused ?? unproven }),
      losses: losses.map(({ table, columns, by }) => ({ table, ...(columns && { columns }), by })),
      ranWithRows: isFilled,
      sql,
    };
  });
  return `${JSON.stringify({ waysBack: all, notes }, null, 2)}\n`;
}

/** What is said beside the statements. */
export function summaryOf(found: readonly WayBack[], notes: readonly string[]): string {
  const lines = flatMap(found, (wayBack) => {
    const { path, refused, unproven, losses, isFilled } = wayBack;
    const verdict = verdictOf(wayBack);
    const rows = isFilled ? ', also where tables hold rows' : '';
    const said: Record<string, string> = {
      'not run': `not run on the embedded PostgreSQL: ${refused!}`,
      'nothing to undo': 'nothing to undo: it leaves what was there before',
      'not proven': `not proven: ${unproven!}`,
      incomplete: `incomplete: it leads back${rows}, but not all comes back:`,
      proven: `proven on the embedded PostgreSQL: it leads back${rows}, and runs twice`,
    };
    return [`${path}: ${said[verdict]!}`, ...losses.map((loss) => `  ${wordsOf(loss)}`)];
  });
  return `${printable([...lines, ...notes].join('\n'))}\n`;
}

/** @param isShown whether the statements themselves are printed */
export function renderKept(found: readonly KeptAside[], format: DownFormat, isShown: boolean): string {
  if (format !== 'json') return isShown ? flatMap(found, ({ sql }) => (sql === '' ? [] : sql)).join('\n') : '';
  const all = found.map(({ path, refused, sql, kept, unkept, wayBack }) => ({
    path,
    ...(refused !== undefined && { because: refused }),
    kept: kept.map(({ losses, table }) => ({ what: losses.map(wordsOf), in: table })),
    notKept: unkept.map(({ loss, why }) => ({ what: wordsOf(loss), because: why })),
    sql,
    ...(wayBack && { wayBack: { verdict: verdictOf(wayBack), because: wayBack.unproven, sql: wayBack.sql } }),
  }));
  return `${JSON.stringify({ keptAside: all }, null, 2)}\n`;
}

/** What is said beside the statements. @param out the file that was written, if one was */
export function keptSummaryOf(found: readonly KeptAside[], out: string | undefined): string {
  const lines = flatMap(found, ({ path, refused, kept, unkept, wayBack }) => {
    const rows = wayBack?.isFilled ? ', also where tables hold rows' : '';
    const verdict =
      refused !== undefined
        ? `nothing is kept: ${refused}`
        : wayBack === undefined
          ? unkept.length > 0
            ? 'nothing can be kept:'
            : 'nothing to keep: it loses nothing'
          : wayBack.unproven !== undefined
            ? `not proven: ${wayBack.unproven}`
            : `kept aside: once it has run right before, the way back restores from there${rows}:`;
    return [
      `${path}: ${verdict}`,
      ...flatMap(refused === undefined ? kept : [], ({ losses, table }) =>
        losses.map((loss) => `  ${wordsOf(loss)}: in ${table}`),
      ),
      ...unkept.map(({ loss, why }) => `  not kept: ${wordsOf(loss)}: ${why}`),
      ...flatMap(wayBack?.losses ?? [], (loss) =>
        unkept.some((one) => one.loss.table === loss.table) ? [] : `  does not come back: ${wordsOf(loss)}`,
      ),
    ];
  });
  return `${printable([...lines, ...(out === undefined ? [] : [`${out} was written`])].join('\n'))}\n`;
}

/** Of one way back, and of several. */
const WORDS: Readonly<Record<Judged['verdict'], readonly [one: string, several: string]>> = {
  back: ['leads back', 'lead back'],
  incomplete: ['does not lead back', 'do not lead back'],
  fails: ['fails', 'fail'],
  unknown: ['not judged', 'not judged'],
};

/** More differences of one file are counted only. */
const MOST = 8;

const messageOf = ({ up, because }: Judged): string => {
  const shown = because.slice(0, MOST);
  const rest = because.length - shown.length;
  const more = rest > 0 ? `; and ${rest} more` : '';
  return `The way back of ${up} does not lead to what was before it: ${shown.join('; ')}${more}.`;
};

const isFinding = ({ verdict }: Judged): boolean => verdict === 'incomplete' || verdict === 'fails';

export function renderJudged(judged: readonly Judged[], format: DownFormat): string {
  if (format === 'json') return `${JSON.stringify({ waysBack: judged }, null, 2)}\n`;
  const lines =
    format === 'github'
      ? judged.filter(isFinding).map((one) =>
          annotation(
            'error',
            {
              file: pathInRepository(process.cwd(), one.path),
              line: one.line,
              title: 'sql-lint: no-incomplete-down',
            },
            messageOf(one),
          ),
        )
      : flatMap(judged, textOf);
  const count = (verdict: Judged['verdict']) => judged.filter((one) => one.verdict === verdict).length;
  const parts = (['back', 'incomplete', 'fails', 'unknown'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${WORDS[verdict][count(verdict) === 1 ? 0 : 1]}`);
  return `${printable([...lines, `${plural(judged.length, 'way')} back: ${parts.join(', ')}`].join('\n'))}\n`;
}

function textOf(one: Judged): string[] {
  const { path, line, verdict, because, rows } = one;
  const place = `${path}:${line}`;
  if (isFinding(one)) return [`${place}  no-incomplete-down  ${messageOf(one)}`];
  if (verdict === 'unknown') return [`${place}  ${WORDS.unknown[0]}: ${because.join('; ')}`];
  return rows.length === 0 ? [] : [`${place}  ${WORDS.back[0]}, but where tables hold rows: ${rows.join('; ')}`];
}
