/** What a fix changes, as HTML. */
import { structuredPatch } from 'diff';
import { flatMap } from '../../lists.ts';
import { plural } from '../../plural.ts';
import { markup, type Html } from './markup.ts';
import { SqlText } from './sql.ts';

/** Lines that are the same, around those that are not. */
const AROUND = 3;

/**
 * The lines in which two texts of SQL differ, with some around them.
 * @param options `first` is the number of the first line, 1 unless it is given; `most`, how many lines are shown, all
 *   unless it is given
 */
export function diffOf(before: string, after: string, { first = 1, most = Infinity } = {}): Html {
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: AROUND });
  const [old, fresh] = [new SqlText(before), new SqlText(after)];
  const rows = flatMap(hunks, ({ oldStart, newStart, lines }, k) => {
    let [from, to] = [oldStart, newStart];
    const shown = lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => {
        if (line.startsWith('-')) return row('del', from + first - 1, old.line(from++));
        if (line.startsWith('+')) return row('ins', undefined, fresh.line(to++));
        to++;
        return row('span', from + first - 1, old.line(from++));
      });
    return k === 0 ? shown : [GAP, ...shown];
  });
  const left = rows.length - most;
  return linesOf(rows.slice(0, most), left > 0 ? `… and ${plural(left, 'more line')}` : undefined);
}

const GAP = markup`<span class="gap">\u2026\n</span>`;

/** Text from the output of `verify`, whose lines begin with + and - as those of a diff do. */
export const coloredDiff = (text: string): Html =>
  linesOf(
    text.split('\n').map((line) => {
      if (line.startsWith('+')) return markup`<ins> ${line}\n</ins>`;
      return line.startsWith('-') ? markup`<del> ${line}\n</del>` : markup`<span class="row"> ${line}\n</span>`;
    }),
  );

/** A block of lines. @param rest what is said below them */
export const linesOf = (rows: readonly Html[], rest?: string): Html =>
  markup`<pre tabindex="0"><code>${rows}${rest !== undefined && markup`<span class="gap">${rest}\n</span>`}</code></pre>\n`;

function row(tag: 'del' | 'ins' | 'span', number: number | undefined, line: Html): Html {
  if (tag === 'span') return markup`<span class="row"><i>${number}</i> <b> </b>${line}\n</span>`;
  const sign = markup`<i>${number}</i> <b>${tag === 'del' ? '-' : '+'}</b>${line}\n`;
  return tag === 'del' ? markup`<del>${sign}</del>` : markup`<ins>${sign}</ins>`;
}
