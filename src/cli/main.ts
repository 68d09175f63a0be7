import { Interrupted, UserError } from '../errors.ts';
import { compiledParser } from '../syntax/parser.ts';
import { EXIT } from './command.ts';
import { commands } from './commands/index.ts';
import { printable } from '../printable.ts';
import { readCommand } from './read-command.ts';
import { tuneV8ForWorkload } from './tune-v8.ts';

async function main(argv: readonly string[]): Promise<number> {
  const { name, rest } = readCommand(argv, Object.keys(commands));
  // What serves an editor or an assistant works on and on.
  if (name === 'lsp' || name === 'mcp') tuneV8ForWorkload(Infinity);
  return (await commands[name]!())(rest);
}

/** Runs the command that the arguments name, and sets the exit code of the process. */
export async function start(argv: readonly string[]): Promise<void> {
  // Ignore EPIPE: if the reader closes the pipe (| head), finish anyway and keep the exit code.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    process.exitCode = await main(argv);
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? EXIT.interrupted : EXIT.failure;
    if (error instanceof UserError) process.stderr.write(`sql-lint: ${printable(error.message)}\n`);
    else
      process.stderr.write(
        'sql-lint: this is a bug of sql-lint, please report it with the file that it happened on:\n' +
          `${error instanceof Error ? error.stack : String(error)}\n`,
      );
  }
}

/** Runs in a worker thread: lints the files that the main thread sends. */
export const lintShare = async (): Promise<void> => (await import('./threads.ts')).lintShare();

/** Whether the run has parsed SQL. V8 has compiled by then what most runs need. */
export const hasParsed = (): boolean => compiledParser() !== undefined;
