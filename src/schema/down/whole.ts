/**
 * Compares two states of one database in all that is read of it to prove a migration (`database/state.ts`): also what
 * no object of the schema has as a property. Three things are not compared: the place of a column among the others,
 * the names of NOT NULL constraints, which only PostgreSQL 18 has, and whether a table has declared itself what it
 * inherits: PostgreSQL sets that when a table no longer inherits, and no statement takes it back.
 */
import type { State } from '../../database/types.ts';
import { flatMap } from '../../lists.ts';
import { sameCode, sameText } from '../canonical.ts';
import { columnsByTable } from './rows.ts';
import type { LiveObjects } from '../objects.ts';

/** How often a line is there. */
type Counted = Map<string, number>;

const NAME = '(?:"(?:[^"]|"")*"|[^\\s"])+';
const IS_LOCAL = /^((?:COLUMN|CONSTRAINT) .*) LOCAL [tf]/s;
const NOT_NULL = new RegExp(`^CONSTRAINT ${NAME} (ON ${NAME} {1,2}NOT NULL )`);

/** As initdb makes it; it is read only once somebody has changed it. */
const PUBLIC = 'SCHEMA public OWNER pg_database_owner ACL =U/pg_database_owner pg_database_owner=UC/pg_database_owner';

/** The columns of a table stand in one text, in their order. A role may be valid for ever in two ways. */
const linesOf = (state: State): string[] =>
  flatMap(state.lines(), (text) => (text === PUBLIC ? [] : text.split(/\n(?=COLUMN )/))).map((line) =>
    line
      .replace(NOT_NULL, 'CONSTRAINT $1')
      .replace(IS_LOCAL, '$1')
      .replace(/^(ROLE .*, until )infinity$/s, '$1'),
  );

function counted(lines: readonly string[]): Counted {
  const counts: Counted = new Map();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Lines that the one has more often than the other. */
const beyond = (one: Counted, other: Counted): string[] =>
  flatMap(one, ([line, count]) => Array<string>(Math.max(0, count - (other.get(line) ?? 0))).fill(line));

/** Where the text of an expression or a definition stands in a line: it may be spelled otherwise and say the same. */
const SPELLED: readonly RegExp[] = [
  /^DEFAULT OF .*?: (?<default>.*)$/s,
  /^CONSTRAINT .*? (?<definition>(?:CHECK|FOREIGN KEY|PRIMARY KEY|UNIQUE|EXCLUDE) .*) VALID /s,
  /^INDEX (?<definition>CREATE .*) OPTIONS /s,
  /^RULE .*? ENABLED . +(?<definition>.*)$/s,
  /^TRIGGER (?<definition>.*) ENABLED .$/s,
  /^POLICY .*? USING (?<using>.*) CHECK (?<check>.*)$/s,
  /^ROUTINE .*?(?<body>CREATE OR REPLACE .*\n LANGUAGE (?:sql|plpgsql)\b.*)$/s,
];

/** Whether two lines say the same of one object. */
function isAlike(a: string, b: string): boolean {
  for (const pattern of SPELLED) {
    const [one, other] = [pattern.exec(a), pattern.exec(b)];
    if (!one?.groups || !other?.groups) continue;
    const texts = Object.entries(one.groups);
    const rest = (line: string, groups: Readonly<Record<string, string>>) =>
      texts.reduce((left, [name]) => left.replace(groups[name]!, () => '…'), line);
    return (
      rest(a, one.groups) === rest(b, other.groups) &&
      texts.every(([name, text]) => {
        const second = other.groups![name]!;
        return text === second || (name === 'body' ? sameCode(text, second) : sameText(name, text, second));
      })
    );
  }
  return false;
}

/** Of `COLUMN public.notes.title text …`, `COLUMN public.notes.title`. */
const ABOUT = new RegExp(
  `^(?:POLICY|RULE|CONSTRAINT) ${NAME} ON ${NAME}|^DEFAULT PRIVILEGES OF ${NAME} IN \\S* ON \\S+(?=:)|^(?:DEFAULT OF|COMMENT ON|LABELS OF|TOAST OF|SETTING OF|ROWS OF) .*?(?=: | OPTIONS |$)|^[A-Z]+(?: TABLE)? ${NAME}`,
  's',
);
const about = (line: string): string => ABOUT.exec(line)?.[0] ?? line.slice(0, 60);

/** The word before what is otherwise: of `… STORAGE x COMPRESSION …` and `… STORAGE m …`, `storage`. */
function propertyOf(a: string, b: string): string {
  let k = 0;
  while (k < a.length && a[k] === b[k]) k++;
  if (a.startsWith('DEFAULT PRIVILEGES ')) return 'acl';
  const words = a.slice(0, k).match(/\b[A-Z]{2,}(?: [A-Z]{2,})*(?= )/g);
  return words?.at(-1)?.toLowerCase() ?? 'definition';
}

const inWords = (line: string): string => about(line).replace(/^[A-Z ]+(?= )/, (words) => words.toLowerCase());

/**
 * What is otherwise, in words; empty where nothing is.
 * @param isOpen whether a line may be otherwise
 */
export function stateDiffers(before: State, now: State, isOpen: (line: string) => boolean = () => false): string[] {
  if (before.digest === now.digest) return [];
  const [was, is] = [counted(linesOf(before)), counted(linesOf(now))];
  const gone = beyond(was, is).filter((line) => !isOpen(line));
  const added = beyond(is, was).filter((line) => !isOpen(line));
  const found: string[] = [];
  for (const line of gone) {
    const same = added.findIndex((other) => isAlike(line, other));
    if (same >= 0) {
      added.splice(same, 1);
      continue;
    }
    const other = added.findIndex((one) => about(one) === about(line));
    if (other < 0) found.push(`the ${inWords(line)} is not there again`);
    else {
      found.push(`the ${inWords(line)} has another ${propertyOf(line, added[other]!)} than before`);
      added.splice(other, 1);
    }
  }
  return [...found, ...added.map((line) => `the ${inWords(line)} is still there`)];
}

/**
 * Tables that are no objects of the schema, such as those of an extension, with other rows. What materialized views
 * show depends on when they were refreshed.
 */
export function otherRows(before: State, now: State, objects: LiveObjects): string[] {
  const known = new Set(columnsByTable(objects).keys());
  for (const { kind, name, properties } of objects.values())
    if (kind === 'materialized view' || properties.partition != null) known.add(name);
  return flatMap(before.tables, ([table, { count, digest }]) => {
    const other = now.tables.get(table);
    if (known.has(table) || !other || (other.count === count && other.digest === digest)) return [];
    return `${table} has other rows than before`;
  });
}
