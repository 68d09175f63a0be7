import { existsSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { nearest } from '../nearest.ts';

/** What people type who know other tools, and what does the same here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  fix: 'sql-lint --fix',
  format: 'sql-lint --fix',
  check: 'sql-lint --check',
  diff: 'sql-lint --diff',
  run: 'sql-lint',
  test: 'sql-lint verify',
  prove: 'sql-lint --fix --prove',
  version: 'sql-lint --version',
};

/**
 * Which command the arguments name, and what is left for it. Everything that names none is for `lint`.
 * @throws UserError for a word that is neither a command nor a path, with the nearest command
 */
export function readCommand(argv: readonly string[], commands: readonly string[]): { name: string; rest: string[] } {
  const [word, ...rest] = argv;
  if (word === 'lint' && rest.some((option) => option === '--help' || option === '-h'))
    return { name: word, rest: ['--help-all'] };
  if (word !== undefined && commands.includes(word)) return { name: word, rest };
  if (word === 'help') return readHelp(rest, commands);
  // Names of files and folders have a dot, a separator or a pattern in them, or are there.
  if (word !== undefined && /^[a-z][\w-]*$/i.test(word) && !existsSync(word)) {
    const same = Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word] : undefined;
    const meant = same ?? nearest(word, [...commands, 'help']);
    if (meant !== undefined)
      throw new UserError(
        `there is no command "${word}", and no such file or folder; did you mean ${same ?? `sql-lint ${meant}`}?`,
      );
  }
  return { name: 'lint', rest: [...argv] };
}

/** `help` alone, or with the name of a command. */
function readHelp(rest: readonly string[], commands: readonly string[]): { name: string; rest: string[] } {
  const [name] = rest;
  if (name === undefined) return { name: 'lint', rest: ['--help'] };
  if (name === 'lint') return { name, rest: ['--help-all'] };
  if (commands.includes(name)) return { name, rest: ['--help'] };
  const meant = nearest(name, commands);
  const hint = meant === undefined ? `there are ${commands.join(', ')}` : `did you mean sql-lint help ${meant}?`;
  throw new UserError(`there is no command "${name}"; ${hint}`);
}
