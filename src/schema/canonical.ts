/**
 * Whether two texts say the same in the words of two versions of PostgreSQL: what they print of one view, expression or
 * index differs in layout, in qualified names and in the spelling of some functions.
 */
import { flatMap } from '../lists.ts';
import { tokenize } from '../syntax/lexer.ts';
import { parseStatement } from '../syntax/parse.ts';

/** How a text becomes a statement, by the name of the property that it is. */
const WHOLE: Readonly<Record<string, readonly ((text: string) => string)[]>> = {
  definition: [(text) => text, (text) => `ALTER TABLE t ADD CONSTRAINT c ${text}`, (text) => `SELECT ${text}`],
  default: [(text) => `SELECT ${text}`],
  using: [(text) => `SELECT ${text}`],
  check: [(text) => `SELECT ${text}`],
  where: [(text) => `SELECT ${text}`],
  generated: [(text) => `ALTER TABLE t ADD c int GENERATED ${text}`],
};

/** @param property the name of the property that both texts are @pre the parser is loaded */
export function sameText(property: string, a: string, b: string): boolean {
  // Line ends are the editor's that the migration was written with.
  if (property === 'body') return a.replaceAll('\r\n', '\n').trim() === b.replaceAll('\r\n', '\n').trim();
  if (!Object.hasOwn(WHOLE, property)) return false;
  return WHOLE[property]!.some((statementOf) => {
    const one = canonical(statementOf(a));
    return one !== undefined && one === canonical(statementOf(b));
  });
}

/** The tree of a statement as text, without what differs from version to version; undefined where it does not parse. */
function canonical(sql: string): string | undefined {
  const parsed = parseStatement(sql);
  return parsed.ok ? JSON.stringify(plain({ [parsed.type]: parsed.node }, undefined)) : undefined;
}

/** Where an object of the tree stands: the only relation of the query around it, if there is one. */
type Only = string | undefined;

const LEFT_OUT = new Set([
  'location',
  'stmt_location',
  'stmt_len',
  'funcformat',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);

/** A tree is rebuilt from below; what is changed on the way is what `PLAIN` names. */
function plain(value: unknown, only: Only): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, only));
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Record<string, unknown>;
  for (const tag of Object.keys(node)) {
    const change = Object.hasOwn(PLAIN, tag) ? PLAIN[tag]!(node[tag] as Record<string, unknown>, only) : undefined;
    if (change !== undefined) return change;
  }
  return fieldsOf(node, only);
}

function fieldsOf(node: Record<string, unknown>, only: Only): Record<string, unknown> {
  const entries = Object.entries(node).filter(([name]) => !LEFT_OUT.has(name));
  return Object.fromEntries(entries.map(([name, field]) => [name, plain(field, only)]));
}

type Fields = Record<string, unknown>;

const PLAIN: Readonly<Record<string, (node: Fields, only: Only) => unknown>> = {
  SelectStmt: (node, only) => ({
    // Before PostgreSQL 16, columns of a view on one relation are qualified; in what stands within, they always are.
    SelectStmt: fieldsOf(node, only === undefined ? (onlyRelation(node) ?? NONE) : NONE),
  }),
  ColumnRef: (node, only) => {
    const fields = node.fields as { String?: { sval: string } }[];
    return only !== undefined && fields.length === 2 && fields[0]?.String?.sval === only
      ? { ColumnRef: { fields: fields.slice(1) } }
      : undefined;
  },
  FuncCall: (node, only) => {
    const names = (node.funcname as { String: { sval: string } }[]).map(({ String: { sval } }) => sval);
    const name = names[0] === 'pg_catalog' && names.length === 2 ? names[1]! : names.join('.');
    if (NOW_IS.has(name) && node.args === undefined) return NOW;
    const fields = fieldsOf(node, only);
    return {
      FuncCall: {
        ...fields,
        funcname: SPELLED[name] ?? name,
        args: (fields.args as unknown[] | undefined)?.map(uncast),
      },
    };
  },
  SQLValueFunction: ({ op }) => (op === 'SVFOP_CURRENT_TIMESTAMP' ? NOW : undefined),
  TypeCast: (node, only) => ({ cast: plain(node.arg, only), to: typeName(node.typeName as Fields) }),
};

/** CURRENT_TIMESTAMP is a word for it. */
const NOW = { FuncCall: { funcname: 'now' } };
const NOW_IS = new Set(['now', 'transaction_timestamp']);

/** Where the columns of no relation may stand without its name. */
const NONE = '';

/** Since PostgreSQL 14, EXTRACT and its like are printed as they are written. */
const SPELLED: Readonly<Record<string, string>> = { extract: 'date_part' };

function onlyRelation(select: Fields): string | undefined {
  const [from, ...others] = (select.fromClause ?? []) as Record<string, Fields>[];
  if (!from || others.length > 0) return undefined;
  const [relation] = Object.values(from) as { alias?: { aliasname: string }; relname?: string }[];
  return relation?.alias?.aliasname ?? relation?.relname;
}

/** A type as text; without its schema where that is pg_catalog. */
function typeName(node: Fields): string {
  const names = ((node.names ?? []) as { String?: { sval: string } }[]).map((name) => name.String?.sval);
  const own = names[0] === 'pg_catalog' ? names.slice(1) : names;
  const { typmods, arrayBounds } = node;
  return `${own.join('.')}${typmods ? JSON.stringify(plain(typmods, undefined)) : ''}${arrayBounds ? '[]' : ''}`;
}

/**
 * A constant text is one whether it is cast to text or not. So is a column: where its type was another one for a time,
 * PostgreSQL goes on writing the cast to the type that the function takes.
 */
const uncast = (arg: unknown): unknown => {
  const { cast, to } = (arg ?? {}) as { cast?: { A_Const?: { sval?: unknown }; ColumnRef?: unknown }; to?: string };
  const isConstant = to === 'text' && cast?.A_Const?.sval !== undefined;
  return isConstant || ((to === 'text' || to === 'varchar') && cast?.ColumnRef !== undefined) ? cast : arg;
};

/** Whether two texts of code are the same but for comments and white space, also those of functions within. */
export const sameCode = (a: string, b: string): boolean => wordsOf(a).join('\0') === wordsOf(b).join('\0');

const wordsOf = (text: string): string[] =>
  flatMap(tokenize(text), ({ kind, start, end }) => {
    const word = text.slice(start, end);
    if (kind === 'comment') return [];
    const body = kind === 'dollar' ? /^(\$\w*\$)(.*)\1$/s.exec(word) : null;
    return body ? ['$', ...wordsOf(body[2]!), '$'] : word;
  });
