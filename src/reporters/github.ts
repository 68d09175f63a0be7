import { workflowProperty, workflowText } from './escape.ts';
import { ruleOf, slashPath, type Reporter } from './types.ts';
import { flatMap } from '../lists.ts';

/** Commands of GitHub Actions' workflows, which it shows as annotations beside the lines of a pull request. */
export const github: Reporter = (results, { cwd }) =>
  flatMap(results, (result) =>
    result.messages.map((m) => {
      const properties = {
        file: slashPath(process.env.GITHUB_WORKSPACE ?? cwd, result.filePath),
        line: m.line,
        endLine: m.endLine,
        col: m.column,
        ...(m.endLine === m.line && { endColumn: m.endColumn }),
        title: `sql-lint: ${ruleOf(m)}`,
      };
      const list = Object.entries(properties).map(([key, value]) => `${key}=${workflowProperty(String(value))}`);
      return `::${m.severity === 2 ? 'error' : 'warning'} ${list.join(',')}::${workflowText(m.message)}`;
    }),
  ).join('\n');
