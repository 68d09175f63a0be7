import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UserError } from '../errors.ts';
import { nearest } from '../nearest.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the arguments of a command, or of none. @throws UserError for an option that it does not have, with the nearest
 * that it has
 */
export function readArguments<const T extends Options>(
  command: string | undefined,
  argv: readonly string[],
  options: T,
) {
  const known = Object.keys(options);
  for (const argument of argv) {
    if (argument === '--') break;
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name === undefined || known.includes(name)) continue;
    const meant = nearest(name, known);
    const [of, help] =
      command === undefined ? ['', 'sql-lint --help'] : [` of ${command}`, `sql-lint ${command} --help`];
    throw new UserError(`unknown option --${name}${of}; ${meant ? `did you mean --${meant}?` : `see ${help}`}`);
  }
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UserError(inOurWords((error as Error).message.split('\n')[0]!, command));
  }
}

/** What Node.js says of a mistake, as a sentence of ours. */
function inOurWords(message: string, command: string | undefined): string {
  const help = command === undefined ? 'sql-lint --help' : `sql-lint ${command} --help`;
  const unknown = /^Unknown option '([^']+)'/.exec(message)?.[1];
  if (unknown !== undefined) return `unknown option ${unknown}; see ${help}`;
  const valueless = /^Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message)?.[1];
  if (valueless !== undefined) return `${valueless} needs a value; see ${help}`;
  const flag = /^Option '(?:-\w, )?(--[\w-]+)' does not take an argument/.exec(message)?.[1];
  return flag === undefined ? message : `${flag} takes no value; see ${help}`;
}

/** Whether to print in colours, unless the arguments say. NO_COLOR goes before FORCE_COLOR. */
export function wantsColor(
  stream: { isTTY?: boolean },
  { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv = process.env,
): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return Boolean(stream.isTTY) && TERM !== 'dumb';
}
