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
    throw new UserError((error as Error).message.split('\n')[0]);
  }
}

/** Whether to print in colours, unless the arguments say. */
export const wantsColor = (stream: { isTTY?: boolean }): boolean =>
  !process.env.NO_COLOR && (Boolean(stream.isTTY) || Boolean(process.env.FORCE_COLOR));
