import type { LintMessage, LintResult } from '../linter/linter.ts';
import { plural } from '../plural.ts';
import { rules } from '../rules/index.ts';
import { diffOf, linesOf } from './html/diff.ts';
import { markup, type Html } from './html/markup.ts';
import { pageText } from './html/page.ts';
import { SqlText } from './html/sql.ts';
import { countOf, totalOf, totalsByRule, type Total } from './totals.ts';
import { ruleOf, slashPath, type Reporter, type ReporterContext, type TakenLock } from './types.ts';

/** Lines of SQL that are shown of one finding, and lines of what its fix changes. */
const MOST_LINES = 8;
const MOST_CHANGED = 60;

/** A page for a browser or a printer: one file, which loads nothing. */
export const html: Reporter = (results, context) => {
  const total = totalOf(results);
  const { projects = [], notes = [], failures = 0, isDryRun = false } = context;
  return pageText({
    title: titleOf(total, results.length),
    figures: [
      { count: total.errors, noun: 'error', tone: 'error' },
      { count: total.warnings, noun: 'warning', tone: 'warning' },
      { count: total.fixable, noun: 'fixable finding', tone: 'ok' },
      { count: results.length, noun: 'file', tone: 'plain' },
    ],
    lines: [
      ...projects,
      ...notes,
      ...(failures > 0 ? [`${plural(failures, 'file')} could not be linted.`] : []),
      ...(isDryRun ? ['Fixes were tried, and not written.'] : []),
    ],
    sections: [byRule(results, context.cwd), byFile(results, context), quietOf(results, context)],
  });
};

const titleOf = (total: Total, files: number): string =>
  countOf(total) === 0
    ? `No problems in ${plural(files, 'file')}`
    : `${plural(total.errors, 'error')} and ${plural(total.warnings, 'warning')} in ${plural(files, 'file')}`;

/** Where a finding is on the page. @param file the number of its file */
const idOf = (file: number, message: number): string => `f${file + 1}-${message + 1}`;

const severityOf = ({ severity }: LintMessage): 'error' | 'warning' => (severity === 2 ? 'error' : 'warning');

/** A table of the rules, with the places at which each has found something. */
function byRule(results: readonly LintResult[], cwd: string): Html | undefined {
  const places = new Map<string, Html[]>();
  results.forEach(({ filePath, messages }, file) =>
    messages.forEach((message, k) => {
      const rule = ruleOf(message);
      const all = places.get(rule) ?? [];
      all.push(markup`<li><a href="#${idOf(file, k)}">${slashPath(cwd, filePath)}:${message.line}</a></li>`);
      places.set(rule, all);
    }),
  );
  const rows = totalsByRule(results).map(({ name, errors, warnings, fixable }) => {
    const said = rules[name]?.meta.docs.description;
    return markup`<tr><td><details><summary><b>${name}</b>${said !== undefined && markup`<br><span class="soft">${said}</span>`}</summary><ul class="plain">${places.get(name)}</ul></details></td><td class="number">${errors || ''}</td><td class="number">${warnings || ''}</td><td class="number">${fixable || ''}</td></tr>\n`;
  });
  if (rows.length === 0) return undefined;
  return markup`<section aria-labelledby="rules"><h2 id="rules">By rule</h2>
<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col">rule</th><th scope="col" class="number">errors</th><th scope="col" class="number">warnings</th><th scope="col" class="number">fixable</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>\n`;
}

function byFile(results: readonly LintResult[], context: ReporterContext): Html | undefined {
  if (!results.some((result) => hasMore(result, context))) return undefined;
  const files = results.map((result, k) => hasMore(result, context) && fileOf(result, k, context));
  return markup`<section aria-labelledby="files"><h2 id="files">By file</h2>\n${files}</section>\n`;
}

/** Whether there is more to say of a file than its name. */
const hasMore = ({ filePath, messages, output }: LintResult, { fixed, locks }: ReporterContext): boolean =>
  messages.length > 0 || output !== undefined || fixed?.has(filePath) === true || locks?.has(filePath) === true;

function fileOf(result: LintResult, number: number, context: ReporterContext): Html {
  const { filePath, messages, source = '', errorCount, warningCount } = result;
  const sql = new SqlText(source);
  const counts = [
    errorCount > 0 && markup`<span class="tag error">${plural(errorCount, 'error')}</span>`,
    warningCount > 0 && markup`<span class="tag warning">${plural(warningCount, 'warning')}</span>`,
  ];
  const findings = messages.map((message, k) => findingOf(message, idOf(number, k), sql));
  const taken = context.locks?.get(filePath);
  return markup`<details class="file"${messages.length > 0 && markup` open`}><summary><span class="path">${slashPath(context.cwd, filePath)}</span> ${counts}</summary>
<div class="inside">${findings}${changesOf(result, context)}${taken && locksOf(taken)}</div></details>\n`;
}

function findingOf(message: LintMessage, id: string, sql: SqlText): Html {
  const { line, column, fix, suggestions = [] } = message;
  const rule = ruleOf(message);
  const url = rules[rule]?.meta.docs.url;
  const severity = severityOf(message);
  return markup`<article id="${id}" class="of-${severity}"><p class="head"><span class="place">${line}:${column}</span><span class="tag ${severity}">${severity}</span>${url === undefined ? markup`<b>${rule}</b>` : markup`<a href="${url}"><b>${rule}</b></a>`}</p>
<p class="message">${message.message}</p>
${frameOf(message, sql)}${fix && markup`<details><summary>What the fix writes</summary>${changeOf(sql, fix)}</details>`}${suggestions.map(
    ({ desc, fix: change }) =>
      markup`<details><summary>Suggestion: ${desc}</summary>${changeOf(sql, change)}</details>`,
  )}</article>\n`;
}

/** The lines that a finding speaks of. Its place is marked in the first one. */
function frameOf({ line, column, endLine, endColumn }: LintMessage, sql: SqlText): Html | undefined {
  const first = sql.lines[line - 1];
  if (first === undefined) return undefined;
  const to = endLine === line ? Math.max(endColumn, column + 1) : first.length + 1;
  const last = Math.min(endLine, sql.lines.length, line + MOST_LINES - 1);
  const rows = Array.from(
    { length: last - line + 1 },
    (_, k) =>
      markup`<span class="row"><i>${line + k}</i> ${sql.line(line + k, k === 0 ? [column, to] : undefined)}\n</span>`,
  );
  const left = endLine - last;
  return linesOf(rows, left > 0 ? `… and ${plural(left, 'more line')}` : undefined);
}

/** The lines that a fix changes, as they are and as it writes them. */
function changeOf(sql: SqlText, { range: [start, end], text }: NonNullable<LintMessage['fix']>): Html {
  const { text: source } = sql;
  const { line, column } = sql.places.locate(start);
  const from = start - column + 1;
  const newline = source.indexOf('\n', end);
  const to = newline < 0 ? source.length : newline;
  const before = source.slice(from, to);
  const after = source.slice(from, start) + text + source.slice(end, to);
  return diffOf(before, after, { first: line, most: MOST_CHANGED });
}

/** What `--fix` makes, or would make, of a file. */
function changesOf({ filePath, source, output }: LintResult, { fixed }: ReporterContext): Html | undefined {
  const after = output ?? fixed?.get(filePath);
  if (after === undefined || source === undefined) return undefined;
  const said = output === undefined ? 'Before and after: what --fix would write' : 'Before and after: what --fix wrote';
  return markup`<details class="changes"><summary>${said}</summary>${diffOf(source, after)}</details>\n`;
}

/** The locks that a file takes on what was there before it. */
function locksOf(locks: readonly TakenLock[]): Html {
  const rows = locks.map(
    ({ line, relation, lock, waiting, work }) =>
      markup`<tr><td class="number">${line}</td><td><code>${relation}</code></td><td>${lock}</td><td>${waiting}</td><td>${work ?? ''}</td></tr>\n`,
  );
  return markup`<details><summary>${plural(locks.length, 'lock')} on what was there before</summary>
<div class="wide" tabindex="0"><table>
<thead><tr><th scope="col" class="number">line</th><th scope="col">relation</th><th scope="col">lock</th><th scope="col">who waits</th><th scope="col">meanwhile</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>\n`;
}

/** The files of which there is nothing to say. */
function quietOf(results: readonly LintResult[], context: ReporterContext): Html | undefined {
  const quiet = results.filter((result) => !hasMore(result, context));
  if (quiet.length === 0) return undefined;
  return markup`<section aria-labelledby="quiet"><h2 id="quiet">Without a finding</h2>
<details><summary>${plural(quiet.length, 'file')}</summary><ul class="plain">${quiet.map(
    ({ filePath }) => markup`<li>${slashPath(context.cwd, filePath)}</li>`,
  )}</ul></details></section>\n`;
}
