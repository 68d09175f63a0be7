/** Links that open the playground with an example. */
import { posix } from 'node:path';

/**
 * A link to the playground with migrations in it.
 * @param from the page that has the link
 * @param files the texts of the migrations, in the order in which they run
 */
export const tryLink = (from: string, files: readonly string[]): string =>
  `[Try this in the playground](${posix.relative(posix.dirname(from), 'playground.html')}#${encodeURIComponent(files.join('\n'))}){.try target="_self"}`;
