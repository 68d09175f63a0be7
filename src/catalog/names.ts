/** PostgreSQL's rules for names: quoting, the 63-byte limit, and the names that it chooses for unnamed objects. */

import { Buffer } from 'node:buffer';

/** NAMEDATALEN - 1, in bytes of the database's encoding (UTF-8). */
const LIMIT = 63;

/** Every keyword that `quote_ident` quotes: all that are not unreserved (PostgreSQL 18's kwlist.h). */
const QUOTED_KEYWORDS = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
  char character check coalesce collate collation column concurrently constraint create cross current_catalog
  current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable
  desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group
  grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array
  json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
  lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not
  notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real
  references returning right row select session_user setof similar smallint some substring symmetric system_user table
  tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic verbose
  when where window with xmlattributes
  xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
);

/** Keywords that name a column or a table without quotes all the same (`col_name_keyword`). */
const NAMES_A_COLUMN = new Set(
  `between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int
  integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
  json_serialize json_table json_value least merge_action national nchar none normalize nullif numeric out overlay
  position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat
  xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
);

/** Whether a word in lower case cannot be the name of a column or a table without quotes. */
export const isReserved = (word: string): boolean => QUOTED_KEYWORDS.has(word) && !NAMES_A_COLUMN.has(word);

/** Quotes an identifier where PostgreSQL's `quote_ident` would. */
export const quoteIdent = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !QUOTED_KEYWORDS.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** The name that PostgreSQL reads in a word: of quotes what is in them, of any other word its lower case. */
export const readIdent = (written: string): string =>
  truncateName(
    written.startsWith('"')
      ? written.slice(1, -1).replaceAll('""', '"')
      : written.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  );

/** One name in a string, with the space around it and what sets it off from the next one. */
const IDENT_IN_STRING = /[ \t\n\r\f\v]*("(?:[^"]|"")*"|[^ \t\n\r\f\v".,][^ \t\n\r\f\v.,]*)[ \t\n\r\f\v]*([.,]|$)/y;

/**
 * The names in a string with dots or commas between them, as PostgreSQL reads them (`SplitIdentifierString`).
 * @returns undefined where PostgreSQL would refuse the string
 */
export function namesInString(text: string, separator: '.' | ','): string[] | undefined {
  const names: string[] = [];
  IDENT_IN_STRING.lastIndex = 0;
  for (;;) {
    const found = IDENT_IN_STRING.exec(text);
    if (!found || (found[2] !== '' && found[2] !== separator)) return undefined;
    names.push(readIdent(found[1]!));
    if (found[2] === '') return names;
  }
}

/** A dotted name in a string, such as `regclass` and `nextval` take it; undefined where it names nothing. */
export function nameInString(text: string): { schema: string | undefined; name: string } | undefined {
  // A number is the object's oid.
  if (/^\d+$/.test(text)) return undefined;
  const parts = namesInString(text, '.');
  return parts && { schema: parts.at(-2), name: parts.at(-1)! };
}

/** The name of a type as the definition of a column tells it, without the brackets of an array. */
export const nameOfType = (text: string): ReturnType<typeof nameInString> => nameInString(text.replaceAll('[]', ''));

/** Whether two types may be one, as columns tell them: what has no schema may be in any. */
export function mayBeSameType(one: string, other: string): boolean {
  const [a, b] = [nameOfType(one), nameOfType(other)];
  if (!a || !b || one.endsWith('[]') !== other.endsWith('[]')) return one === other;
  return a.name === b.name && (a.schema === b.schema || a.schema === undefined || b.schema === undefined);
}

/** A string constant. */
export function quoteLiteral(value: string): string {
  const literal = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\\') ? ` E${literal.replaceAll('\\', '\\\\')}` : literal;
}

/** A possibly qualified name, quoted by rule. */
export function quoteName(name: { schema?: string | undefined; name: string }): string {
  return name.schema === undefined ? quoteIdent(name.name) : `${quoteIdent(name.schema)}.${quoteIdent(name.name)}`;
}

// eslint-disable-next-line no-control-regex
const byteLength = (s: string) => (/^[\x00-\x7f]*$/.test(s) ? s.length : Buffer.byteLength(s));

/** Cuts to a number of bytes without cutting a character (`pg_mbcliplen`). */
function clip(name: string, bytes: number): string {
  if (byteLength(name) <= bytes) return name;
  let out = '';
  let used = 0;
  for (const character of name) {
    used += byteLength(character);
    if (used > bytes) break;
    out += character;
  }
  return out;
}

/** The name that PostgreSQL keeps of an identifier: its first 63 bytes. */
export const truncateName = (name: string): string => clip(name, LIMIT);

/**
 * Joins `name1_name2_label`, shortening the longer of the two names until it fits (`makeObjectName` in indexcmds.c).
 */
export function makeObjectName(name1: string, name2: string | undefined, label: string | undefined): string {
  const joined = (one: string, two: string | undefined) => (two === undefined ? one : `${one}_${two}`);
  const whole = joined(joined(name1, name2), label);
  if (byteLength(whole) <= LIMIT) return whole;
  let overhead = 0;
  if (name2 !== undefined) overhead += 1;
  if (label !== undefined) overhead += byteLength(label) + 1;
  const available = LIMIT - overhead;
  let length1 = byteLength(name1);
  let length2 = name2 === undefined ? 0 : byteLength(name2);
  while (length1 + length2 > available) {
    if (length1 > length2) length1--;
    else length2--;
  }
  return joined(joined(clip(name1, length1), name2 && clip(name2, length2)), label);
}

/**
 * The first free name among `base_label`, `base_label1`, … (`ChooseRelationName`, `ChooseConstraintName`).
 * @param taken tells whether a name is in use
 */
export function chooseName(
  name1: string,
  name2: string | undefined,
  label: string,
  taken: (name: string) => boolean,
): string {
  for (let pass = 0; ; pass++) {
    const name = makeObjectName(name1, name2, pass === 0 ? label : `${label}${pass}`);
    if (!taken(name)) return name;
  }
}

/**
 * Joins the column names of an index with `_`, up to 64 bytes (`ChooseIndexNameAddition`,
 * `ChooseForeignKeyConstraintNameAddition`).
 */
export function joinColumnNames(columns: readonly string[]): string {
  let out = '';
  for (const column of columns) {
    if (out) out += '_';
    out += column;
    if (byteLength(out) >= LIMIT + 1) break;
  }
  return clip(out, LIMIT);
}

/** The column names of an index: expressions are `expr`, repeated names get a number (`ChooseIndexColumnNames`). */
export function indexColumnNames(columns: readonly string[]): string[] {
  const names: string[] = [];
  for (const column of columns) {
    let name = column;
    for (let i = 1; names.includes(name); i++) name = clip(column, LIMIT - String(i).length) + i;
    names.push(name);
  }
  return names;
}
