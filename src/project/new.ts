/** How a new migration is called: as its tool would call it, behind those that are there. */

import { dirname, join, relative } from 'node:path';
import type { Project } from './types.ts';

/** The number of the next migration, in the manner of the last one. */
export type Next = (manner: 'time' | 'milliseconds' | 'count', width?: number) => string;

/** The version or time at the beginning of a name, and that of Flyway and refinery. */
const NUMBERS = [/^[UV](\d+(?:[._]\d+)*)(?=__)/, /^(\d+(?:\.\d+)*)(?=\D|$)/];

/**
 * Counts on from the last migration; without one, as the tool does from its first.
 * @param last the name of the last migration
 */
export const nextNumber =
  (last: string | undefined, now: Date): Next =>
  (manner, width = 1) => {
    const version = last === undefined ? undefined : numberOf(last);
    if (version === undefined) return manner === 'count' ? '1'.padStart(width, '0') : timeOf(manner, now);
    const digits = /\d+$/.exec(version)![0];
    const counted = version.slice(0, -digits.length) + (BigInt(digits) + 1n).toString().padStart(digits.length, '0');
    const isTime = digits === version && (digits.length === 14 || digits.length === 13);
    const time = timeOf(digits.length === 13 ? 'milliseconds' : 'time', now);
    // A clock that is behind must not put the new file before the last one.
    return isTime && time > digits ? time : counted;
  };

const numberOf = (name: string): string | undefined =>
  NUMBERS.map((number) => number.exec(name)?.[1]).find((found) => found !== undefined);

function timeOf(manner: 'time' | 'milliseconds', now: Date): string {
  return manner === 'milliseconds' ? String(now.getTime()) : now.toISOString().slice(0, 19).replaceAll(/\D/g, '');
}

/** How a tool begins a migration. */
export interface Beginning {
  /** The path of the file in the folder of migrations. */
  path: (name: string, next: Next, now: Date) => string;
  /** The lines that tell the tool what runs forward, and what back. */
  frame?: { above: string; below?: string };
  /** What has to be run afterwards. */
  then?: string;
}

/** The path of the next migration of a project, behind those that are there. */
export function nextPath({ forward, roles, site }: Project, begins: Beginning, name: string, now: Date): string {
  const last = forward.findLast((path) => roles.get(path) === 'up');
  const isFolders = begins.path('x', () => '1', now).includes('/');
  const lastName = last && relative(site.folder, isFolders ? dirname(last) : last);
  return join(site.folder, begins.path(name, nextNumber(lastName, now), now));
}
