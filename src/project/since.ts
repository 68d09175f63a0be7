/** Which files of a project count as applied already: those before a file or a version that somebody names. */
import { basename, dirname, sep } from 'node:path';
import { positionIn } from './find.ts';
import { byVersion } from './order.ts';
import type { Project } from './types.ts';

/** Numbers, perhaps with parts, or a day. */
const IS_VERSION = /^[Vv]?\d+(?:[._-]\d+)*$/;

/** Whether a text can be a version, and not only the name of a file. */
export const isVersion = (text: string): boolean => IS_VERSION.test(text);

/** Whether a file or a version tells anything of the files of a project. */
export const knowsSince = (project: Project, since: string): boolean => startOf(project, since) !== undefined;

/**
 * Whether a file of a project runs before the file or the version from which on files are reported.
 * @param path a file of the project, or one that does not exist yet
 */
export function isBefore(project: Project, path: string, since: string): boolean {
  const start = startOf(project, since);
  return start !== undefined && positionIn(project, path) < start;
}

/** How many files run before the one that is named, or before the first whose version is not below. */
function startOf({ forward, roles }: Project, since: string): number | undefined {
  const name = since.replace(/^\.[\\/]/, '').replaceAll('/', sep);
  const named = forward.findIndex((path) => `${sep}${path}`.endsWith(sep + name) || basename(dirname(path)) === name);
  if (named >= 0) return named;
  if (!isVersion(since)) return undefined;
  // A day is the beginning of a time: 2025-06-01 is 20250601.
  const version = withoutV(/^\d{4}-\d\d-\d\d$/.test(since) ? since.replaceAll('-', '') : since);
  const ups = forward.filter((path) => roles.get(path) === 'up');
  const first = ups.findIndex((path) => {
    const own = versioned(path);
    if (own === undefined) return false;
    // Behind a V, an underscore parts numbers.
    return byVersion(own, /^[Vv]/.test(own) ? `V${version}` : version) >= 0;
  });
  return first < 0 ? ups.length : first;
}

const withoutV = (name: string): string => name.replace(/^[Vv](?=\d)/, '');

/** The part of a path that begins with a version: the file's name, or that of the folder which stands for it. */
const versioned = (path: string): string | undefined =>
  path
    .split(sep)
    .toReversed()
    .slice(0, 2)
    .find((part) => /^[Vv]?\d/.test(part));
