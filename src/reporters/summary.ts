import { relative } from 'node:path';
import pc from 'picocolors';
import { printable } from '../printable.ts';
import { ending, opening, tableOf } from './ending.ts';
import { totalsByFile, totalsByRule } from './totals.ts';
import type { Reporter } from './types.ts';

/** Only the totals: by rule, and by file. */
export const summary: Reporter = (results, context) => {
  const c = pc.createColors(context.color);
  const parts = [
    opening(c, context),
    section(c.bold('By rule'), tableOf(c, totalsByRule(results))),
    section(
      c.bold('By file'),
      tableOf(
        c,
        totalsByFile(results, (path) => printable(relative(context.cwd, path))),
      ),
    ),
    ending(c, results, context, false),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
};

const section = (title: string, rows: readonly string[]): string[] => (rows.length > 0 ? [title, ...rows] : []);
