import { plural } from '../plural.ts';
import { rules } from '../rules/index.ts';
import { countOf, totalOf, totalsByRule } from './totals.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';
import type { LintResult } from '../linter/linter.ts';

/** The first line, by which a program finds the comment again that it has written before. */
const MARK = '<!-- sql-lint -->';
/** A comment of GitHub's holds 65,536 characters. */
const MAX_FINDINGS = 100;

/** A comment for a pull request: the totals of each rule, and below them the findings, file by file. */
export const markdown: Reporter = (results, { cwd, projects = [], notes = [], failures = 0 }) => {
  const total = totalOf(results);
  const unread = failures > 0 ? ` ${plural(failures, 'file')} could not be linted.` : '';
  const title =
    countOf(total) > 0
      ? `${plural(total.errors, 'error')}, ${plural(total.warnings, 'warning')} in ${plural(results.length, 'file')}` +
        (total.fixable > 0 ? `; ${total.fixable} can be fixed with \`sql-lint --fix\`` : '')
      : `no problems in ${plural(results.length, 'file')}`;
  const small = [...projects, ...notes].map((line) => `<sub>${escaped(line)}</sub>`);
  return [
    MARK,
    `### ${countOf(total) === 0 && failures === 0 ? '✅' : '❌'} sql-lint: ${title}.${unread}`,
    ...(countOf(total) > 0 ? ['', ...tableOf(results), '', ...findingsOf(results, cwd)] : []),
    ...(small.length > 0 ? ['', small.join('<br>')] : []),
  ].join('\n');
};

const named = (rule: string): string => {
  const url = rules[rule]?.meta.docs.url;
  return url === undefined ? `\`${rule}\`` : `[\`${rule}\`](${url})`;
};

const tableOf = (results: readonly LintResult[]): string[] => [
  '| rule | findings | fixable |',
  '|---|---:|---:|',
  ...totalsByRule(results).map((row) => `| ${named(row.name)} | ${countOf(row)} | ${row.fixable || ''} |`),
];

function findingsOf(results: readonly LintResult[], cwd: string): string[] {
  let left = MAX_FINDINGS;
  const lines: string[] = ['<details open><summary>Findings</summary>', ''];
  for (const { filePath, messages } of results) {
    const shown = messages.slice(0, left);
    if (shown.length === 0) continue;
    left -= shown.length;
    lines.push(`**${escaped(slashPath(cwd, filePath))}**`, '');
    for (const message of shown) {
      const text = escaped(message.message.replace(/\s+/g, ' '));
      const severity = message.severity === 2 ? 'error' : 'warning';
      lines.push(`- ${message.line}:${message.column} ${severity}: ${text} ${named(ruleOf(message))}`);
    }
    lines.push('');
  }
  const rest = countOf(totalOf(results)) - (MAX_FINDINGS - left);
  if (rest > 0) lines.push(`And ${plural(rest, 'finding')} more.`, '');
  return [...lines, '</details>'];
}

/** Text that is no Markdown and no HTML. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>&|#@~]/g, (c) => (c === '<' ? '&lt;' : `\\${c}`));
