/** What PostgreSQL prints, in the words in which people write it. */

const LITERAL = `E?'(?:[^']|'')*'`;
const NAME = String.raw`(?:"(?:[^"]|"")*"|[a-z_][\w$]*)`;
const TYPE = String.raw`${NAME}(?:\.${NAME})?(?: varying)?`;

/** `(kind = ANY (ARRAY['a'::text, 'b'::text]))`, and the same of a column that is cast to text. */
const ANY = new RegExp(
  String.raw`\((?:\((${NAME})\)::text|(${NAME})) = ANY \((\()?ARRAY\[(${LITERAL}::${TYPE}(?:, ${LITERAL}::${TYPE})*)\](?:\)::text\[\])?\)\)`,
  'g',
);
const ITEM = new RegExp(`(${LITERAL})::(${TYPE})`, 'g');

/** Writes lists of values as IN does: what PostgreSQL prints of them is not what it would print again. */
export function readable(sql: string): string {
  return sql.replace(
    ANY,
    (whole, cast: string | undefined, plain: string | undefined, paren: string | undefined, list: string) => {
      const items = [...list.matchAll(ITEM)];
      const types = new Set(items.map(([, , type]) => type));
      if (types.size !== 1 || (cast === undefined) !== (paren === undefined)) return whole;
      return `(${(cast ?? plain)!} IN (${items.map(([, literal]) => literal!).join(', ')}))`;
    },
  );
}
