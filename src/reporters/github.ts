import { ruleOf, slashPath, type Reporter } from './types.ts';
import { flatMap } from '../lists.ts';

const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** A path as GitHub knows it, from the root of the repository. */
export const pathInRepository = (cwd: string, path: string): string =>
  slashPath(process.env.GITHUB_WORKSPACE ?? cwd, path);

/**
 * A command of GitHub Actions' workflows, which shows a text beside the lines of a pull request.
 * @param place where, by GitHub's names; what is undefined is left out
 */
export function annotation(
  level: 'error' | 'warning' | 'notice',
  place: Readonly<Record<string, string | number | undefined>>,
  text: string,
): string {
  const list = flatMap(Object.entries(place), ([key, value]) =>
    value === undefined ? [] : [`${key}=${property(String(value))}`],
  );
  return `::${level} ${list.join(',')}::${escaped(text)}`;
}

/** An annotation a finding. */
export const github: Reporter = (results, { cwd }) =>
  flatMap(results, (result) =>
    result.messages.map((m) =>
      annotation(
        m.severity === 2 ? 'error' : 'warning',
        {
          file: pathInRepository(cwd, result.filePath),
          line: m.line,
          endLine: m.endLine,
          col: m.column,
          endColumn: m.endLine === m.line ? m.endColumn : undefined,
          title: `sql-lint: ${ruleOf(m)}`,
        },
        m.message,
      ),
    ),
  ).join('\n');
