/** The option `--format NAME[=FILE]`, which may be repeated. */
import { UserError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';

/** A format, and the file that it goes to; standard output where there is none. */
export interface OutputFormat<Name extends string = string> {
  name: Name;
  file: string | undefined;
}

/**
 * Reads the formats that are asked for. What goes to files does not keep a person from reading: the default still goes
 * to standard output.
 * @param names of the formats that there are; the first one is the default
 * @throws UserError where there is no such format, or where two go to standard output
 */
export function readFormats<Name extends string>(
  texts: readonly string[],
  names: readonly [Name, ...Name[]],
): OutputFormat<Name>[] {
  const formats = texts.map((text): OutputFormat<Name> => {
    const [, written = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(text)!;
    const name = names.find((known) => known === written);
    if (name === undefined) throw new UserError(`unknown format "${written}"${didYouMean(written, names)}`);
    if (file === '') throw new UserError(`--format ${name}= needs the name of a file`);
    return { name, file };
  });
  const printed = formats.filter((f) => f.file === undefined);
  if (printed.length > 1)
    throw new UserError(
      `--format ${printed.map((f) => f.name).join(' and ')} cannot both go to standard output; write one into a ` +
        `file, as in --format ${printed[1]!.name}=FILE`,
    );
  return printed.length === 1 ? formats : [{ name: names[0], file: undefined }, ...formats];
}
