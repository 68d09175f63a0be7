/** The lines that a squash begins with: they name the migrations that it stands for. `sql-lint adopt` reads them. */
import { flatMap } from '../../lists.ts';
import { plural } from '../../plural.ts';
import type { RecordedFile } from '../../project/records/types.ts';

/** Only comments stand above it: tools want lines of their own there. */
const HEAD = /^(?:(?:--.*|[ \t]*)\n)*?-- sql-lint squash: .*\n((?:-- {3}.*(?:\n|$))+)/;

/** A line of comment ends where the line ends: what it names may have a line break. */
export const commentLine = (words: string): string => `-- ${words.replaceAll(/[\r\n]/g, ' ')}`;

/** A squash that is squashed again stands for its files too: a database may still have their rows. */
export function headOf(files: readonly RecordedFile[]): string {
  const paths = flatMap(files, ({ path, text }) => [...squashedIn(text), path]);
  return [`sql-lint squash: ${plural(files.length, 'migration')} in one:`, ...paths.map((path) => `  ${path}`)]
    .map(commentLine)
    .join('\n');
}

/** The paths that a squash names; none for other files. */
export function squashedIn(text: string): string[] {
  const names = HEAD.exec(text.replaceAll('\r\n', '\n'))?.[1] ?? '';
  return flatMap(names.split('\n'), (line) => (line === '' ? [] : line.slice('--   '.length)));
}
