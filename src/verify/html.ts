/** Verdicts as a page: those that failed first, each with the statement or the difference that shows it. */
import { coloredDiff, linesOf } from '../reporters/html/diff.ts';
import { markup, type Html } from '../reporters/html/markup.ts';
import { pageText } from '../reporters/html/page.ts';
import { SqlText } from '../reporters/html/sql.ts';
import { plural } from '../plural.ts';
import { hasFailed, headline } from './headline.ts';
import { describeFailure, lineOf, provenHow, summary } from './report.ts';
import type { Failure, FileVerdict } from './types.ts';

/** A page for a browser or a printer: one file, which loads nothing. */
export function verdictsPage(verdicts: readonly FileVerdict[]): string {
  const failed = verdicts.filter(hasFailed);
  const proven = verdicts.filter(({ verdict }) => verdict === 'ok');
  const open = verdicts.filter(({ verdict }) => verdict === 'not-verifiable');
  return pageText({
    title: summary([...verdicts]),
    figures: [
      { count: proven.length, noun: 'file', said: 'can run twice', tone: 'ok' },
      { count: failed.length, noun: 'file', said: 'failed', tone: 'error' },
      { count: open.length, noun: 'file', said: 'not verifiable', tone: 'warning' },
    ],
    lines: provenHow(verdicts),
    sections: [
      sectionOf('failed', 'Failed', failed.map(failedFile)),
      sectionOf('open', 'Not verifiable', open.length > 0 ? [tableOf(open)] : []),
      sectionOf('proven', 'Run twice', proven.length > 0 ? [tableOf(proven)] : []),
    ],
  });
}

const sectionOf = (id: string, title: string, parts: readonly Html[]): Html | undefined =>
  parts.length === 0
    ? undefined
    : markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${parts}</section>\n`;

function failedFile(verdict: FileVerdict): Html {
  const failure = 'failure' in verdict ? verdict.failure : undefined;
  const shown = failure ? failureOf(failure) : 'diff' in verdict ? coloredDiff(verdict.diff) : undefined;
  return markup`<details class="file" open><summary><span class="path">${verdict.path}</span><span class="tag error">${failure?.code ?? 'differs'}</span><span class="soft">${seconds(verdict)}</span></summary>
<div class="inside"><article><p class="message"><b>${headline(verdict)}</b></p>
${shown}<p class="soft">Sent as by ${verdict.sent}.${behind(verdict)}</p></article></div></details>\n`;
}

const behind = ({ behind: file }: FileVerdict): string =>
  file === undefined ? '' : ` ${file} before it does not run in full: what this file lacks may be missing for that.`;

/** What PostgreSQL says, and the lines around the place, with the column marked. */
function failureOf(failure: Failure): Html {
  const { line, column, frame } = failure;
  const sql = new SqlText(frame.map(({ text }) => text).join('\n'));
  const rows = frame.map(({ line: number }, k) => {
    const text = sql.line(k + 1, number === line ? [column, column + wordAt(sql.lines[k]!, column)] : undefined);
    return markup`<span class="row"><i>${number}</i> ${text}\n</span>`;
  });
  return markup`${describeFailure(failure).map((said) => markup`<p class="message">${said}</p>\n`)}${rows.length > 0 && linesOf(rows)}<details><summary>The statement</summary>${statementOf(failure.statement)}</details>\n`;
}

/** How long the word is that PostgreSQL points to. */
const wordAt = (line: string, column: number): number => /^\w*/.exec(line.slice(column - 1))![0].length || 1;

function statementOf(statement: string): Html {
  const sql = new SqlText(statement);
  return linesOf(sql.lines.map((_, k) => markup`<span class="row"> ${sql.line(k + 1)}\n</span>`));
}

function tableOf(verdicts: readonly FileVerdict[]): Html {
  const rows = verdicts.map((verdict) => {
    const line = lineOf(verdict);
    const path = line === undefined ? verdict.path : `${verdict.path}:${line}`;
    return markup`<tr><td><code>${path}</code></td><td>${headline(verdict)}</td><td class="number">${seconds(verdict)}</td></tr>\n`;
  });
  return markup`<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">${plural(verdicts.length, 'file')}</th><th scope="col">verdict</th><th scope="col" class="number">took</th></tr></thead>
<tbody>${rows}</tbody></table></div>\n`;
}

const seconds = (verdict: FileVerdict): string => `${verdict.seconds.toFixed(1)} s`;
