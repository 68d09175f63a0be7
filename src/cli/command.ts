/** A command of the command line: it takes arguments and returns an exit code. */
export type Command = (argv: readonly string[]) => Promise<number>;

/** 0: no problems; 1: findings; 2: a mistake in the call, or a crash; 130: ended by Ctrl-C, as shells have it. */
export const EXIT = { clean: 0, findings: 1, failure: 2, interrupted: 130 } as const;

/** Prints a line. */
export function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.clean;
}
