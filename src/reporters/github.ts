import { ruleOf, slashPath, type Reporter } from './types.ts';

const escapeText = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string) => escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Commands of GitHub Actions' workflows, which it shows as annotations beside the lines of a pull request. */
export const github: Reporter = (results, { cwd }) =>
  results
    .flatMap((result) =>
      result.messages.map((m) => {
        const properties = { file: slashPath(process.env.GITHUB_WORKSPACE ?? cwd, result.filePath), line: m.line, endLine: m.endLine, col: m.column, ...(m.endLine === m.line && { endColumn: m.endColumn }), title: `sql-lint: ${ruleOf(m)}` };
        const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
        return `::${m.severity === 2 ? 'error' : 'warning'} ${list.join(',')}::${escapeText(m.message)}`;
      }),
    )
    .join('\n');
