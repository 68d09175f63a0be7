import { relative, sep } from 'node:path';
import picomatch from 'picomatch';

/** Whether a path, absolute, is meant. */
export type Matcher = (path: string) => boolean;

/** Files, folders and globs, relative to a folder. A folder means all that is in it; `!` takes away again. */
export function matcher(folder: string, patterns: readonly string[]): Matcher {
  if (patterns.length === 0) return () => false;
  const tests = patterns.map((pattern) => {
    const negated = pattern.startsWith('!');
    const glob = pattern
      .slice(negated ? 1 : 0)
      .replace(/^\.\//, '')
      .replace(/\/+$/, '');
    return { negated, matches: picomatch([glob, `${glob}/**`], { dot: true }) };
  });
  return (path) => {
    const local = relative(folder, path).split(sep).join('/');
    return tests.reduce((matched, { negated, matches }) => (matches(local) ? !negated : matched), false);
  };
}
