import { dirname } from 'node:path';
/** Orders in which tools run files. */

/** Compares texts by their UTF-16 units, as most tools do. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compares by the number at the beginning, then by the text. Numbers may be larger than a double holds. */
export function byNumber(a: string, b: string): number {
  const [x, y] = [digits(a), digits(b)];
  return compareDigits(x, y) || byText(a, b);
}

const digits = (name: string): string => /^\d*/.exec(name)![0].replace(/^0+(?=\d)/, '');

/** Compares two runs of digits as numbers. */
function compareDigits(x: string, y: string): number {
  return x.length - y.length || byText(x, y);
}

// Made when they are needed: loading the rules of a language takes a millisecond.
let natural: Intl.Collator | undefined;
let local: Intl.Collator | undefined;

/** Compares as people number: `m9` before `m10`. */
export const byNature = (a: string, b: string): number =>
  (natural ??= new Intl.Collator('en', { numeric: true })).compare(a, b);

/** Compares as JavaScript's localeCompare does, which several tools written in it use. */
export const byLocale = (a: string, b: string): number => (local ??= new Intl.Collator('en')).compare(a, b);

/** The same of the folders that migrations stand in: their names are the migrations' names. */
export const byFolder = (a: string, b: string): number => byLocale(dirname(a), dirname(b));

/** Numbers that look like a day, perhaps with a time: a tool that has both in one folder compares them as texts. */
const IS_DATE = /^(?:19|20)\d{6}(?:\d{2}){0,3}$/;

interface OrderKey {
  repeatable: boolean;
  version: string[];
  rest: string;
}

/**
 * Splits `V1_10__add.sql`, `0010_add.sql`, `1.9.0.sql` or `20250101120000_add.sql` into the numbers that order it and
 * the rest.
 */
function orderKey(name: string): OrderKey {
  const match = /^[Vv]?(\d+(?:[._]\d+)*)(?=__|[_.-]|$)(.*)$/s.exec(name);
  if (!match) return { repeatable: /^R__/.test(name), version: [], rest: name };
  const separator = /^[Vv]/.test(name) ? /[._]/ : '.';
  // Only Flyway takes `_` for a part of the version.
  const dotted = /^[Vv]/.test(name) ? match[1]! : /^\d+(?:\.\d+)*/.exec(match[1]!)![0];
  return {
    repeatable: false,
    version: dotted.split(separator).map((part) => part.replace(/^0+(?=\d)/, '')),
    rest: name.slice(name.indexOf(dotted) + dotted.length),
  };
}

/** The order in which most tools run files: by version, then by name; Flyway's repeatable ones last. */
export function byVersion(a: string, b: string): number {
  const [x, y] = [orderKey(a), orderKey(b)];
  if (x.repeatable !== y.repeatable) return x.repeatable ? 1 : -1;
  if (x.version.length === 0 || y.version.length === 0) return byNature(a, b) || byText(a, b);
  if (IS_DATE.test(x.version[0]!) && IS_DATE.test(y.version[0]!) && x.version[0] !== y.version[0])
    return byText(x.version[0]!, y.version[0]!);
  for (let i = 0; i < Math.max(x.version.length, y.version.length); i++) {
    const difference = compareDigits(x.version[i] ?? '0', y.version[i] ?? '0');
    if (difference !== 0) return difference;
  }
  return byText(x.rest, y.rest);
}
