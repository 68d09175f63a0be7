import { UserError } from '../errors.ts';
import { UnsoundFixError } from '../linter/linter.ts';
import { compiledParser } from '../syntax/parser.ts';
import { EXIT, type Command } from './command.ts';
import { lint } from './commands/lint.ts';
import { printable } from '../printable.ts';
import { expect } from './tiering.ts';

/**
 * The commands that the first argument can name; everything else is for `lint`. Each is loaded only when it is called.
 */
const commands: Record<string, () => Promise<Command>> = {
  lint: async () => lint,
  verify: async () => (await import('./commands/verify.ts')).verify,
  rules: async () => (await import('./commands/rules.ts')).rules,
  explain: async () => (await import('./commands/explain.ts')).explain,
  init: async () => (await import('./commands/init.ts')).init,
};

async function main(argv: readonly string[]): Promise<number> {
  const name = argv[0] !== undefined && Object.hasOwn(commands, argv[0]) ? argv[0] : 'lint';
  // Linting knows how much it has to do, others may do anything.
  if (name !== 'lint') expect(Infinity);
  return (await commands[name]!())(argv[0] === name ? argv.slice(1) : argv);
}

/** Runs the command that the arguments name, and sets the exit code of the process. */
export async function start(argv: readonly string[]): Promise<void> {
  // Whoever reads (| head) may go before the end. What is left to do is done all the same, and the exit code stays
  // true.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    process.exitCode = await main(argv);
  } catch (error) {
    process.exitCode = EXIT.failure;
    if (error instanceof UserError || error instanceof UnsoundFixError)
      process.stderr.write(`sql-lint: ${printable(error.message)}\n`);
    else
      process.stderr.write(
        'sql-lint: this is a bug of sql-lint, please report it with the file that it happened on:\n' +
          `${error instanceof Error ? error.stack : String(error)}\n`,
      );
  }
}

/** What another thread of a command that lints many files does. */
export const lintShare = async (): Promise<void> => (await import('./threads.ts')).lintShare();

/** Whether the run got as far as to parse: what most runs need has been compiled by then. */
export const hasParsed = (): boolean => compiledParser() !== undefined;
