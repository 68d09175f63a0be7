/** Reads the values that a query on the catalogs compares columns with, and the names in them. */
import { stringConstant, uncast } from '../catalog/constants.ts';
import { nameInString, quoteIdent } from '../catalog/names.ts';
import { columnName, nodeAs, strings, typeText } from '../catalog/nodes.ts';
import { objectOf } from '../catalog/object-nodes.ts';
import { lookupKinds, type Kind, type ObjectRef } from '../catalog/objects.ts';
import { parseFragment, type Node, type NodeOf } from '../syntax/parse.ts';

/** What `DROP …` would drop: the one reader of names that PostgreSQL reads out of a text. */
function dropped(objectType: string, text: string): Node | undefined {
  const parsed = parseFragment(`DROP ${objectType} ${text}`);
  const node = parsed.ok && parsed.type === 'DropStmt' ? (parsed.node as NodeOf<'DropStmt'>) : undefined;
  return node?.objects?.length === 1 ? node.objects[0] : undefined;
}

/** The object that the text of a reg type names: `app."My Table"`, `f(int, text[])`. */
export function refFromText(kind: Kind, text: string): ObjectRef | undefined {
  if (kind === 'function') return objectOf('OBJECT_FUNCTION', dropped('FUNCTION', text));
  if (kind === 'operator') return objectOf('OBJECT_OPERATOR', dropped('OPERATOR', text));
  // What has arguments or brackets behind its name is no relation.
  const name = /[([]/.test(text) ? objectOf('OBJECT_TABLE', dropped('TABLE', text)) : nameInString(text);
  return name && { ...name, kind };
}

/** The type that a text names, as the table of statements writes it: `int4` for `integer`. */
export function typeFromText(text: string): string | undefined {
  return typeText(nodeAs(dropped('TYPE', text), 'TypeName')) || undefined;
}

/** What a column is compared with: a text, or what is `written` for a reg type to look up. */
export type Value = { text: string } | { written: string } | 'current-schema';

/** What an expression says that a column is compared with. */
export function valueOf(node: Node | undefined): Value | undefined {
  const text = stringConstant(node);
  if (text !== undefined) return isRegType(nodeAs(node, 'TypeCast')) ? { written: text } : { text };
  const cast = nodeAs(node, 'TypeCast');
  if (cast) return valueOf(cast.arg);
  if (nodeAs(node, 'SQLValueFunction')?.op === 'SVFOP_CURRENT_SCHEMA') return 'current-schema';
  const call = nodeAs(node, 'FuncCall');
  if (call) return valueOfCall(call);
  const link = nodeAs(node, 'SubLink');
  return link?.subLinkType === 'EXPR_SUBLINK' ? valueOfSubquery(link) : undefined;
}

const isRegType = (cast: NodeOf<'TypeCast'> | undefined): boolean =>
  strings(cast?.typeName?.names).at(-1)?.startsWith('reg') === true;

function valueOfCall({ funcname, args }: NodeOf<'FuncCall'>): Value | undefined {
  const name = strings(funcname).at(-1)!;
  if (name === 'current_schema') return 'current-schema';
  if (name === 'quote_ident') return valueOf(args?.[0]);
  const argument = lookupKinds.has(name) ? stringConstant(args?.[0]) : undefined;
  return argument === undefined ? undefined : { written: argument };
}

/** conrelid = (SELECT oid FROM pg_class WHERE relname = 't') */
function valueOfSubquery({ subselect }: NodeOf<'SubLink'>): Value | undefined {
  const columns = new Map<string, Value>();
  collect(nodeAs(subselect, 'SelectStmt')?.whereClause, columns);
  for (const column of ['relname', 'typname', 'nspname', 'pubname']) {
    const found = columns.get(column);
    if (found !== undefined && found !== 'current-schema' && 'text' in found)
      return { written: quoteIdent(found.text) };
  }
  return undefined;
}

/** Collects what a conjunction says of columns: `a = 'x' AND b = 'y'::regclass`. */
export function collect(node: Node | undefined, columns: Map<string, Value>): void {
  const bool = nodeAs(node, 'BoolExpr');
  if (bool?.boolop === 'AND_EXPR') {
    for (const arg of bool.args ?? []) collect(arg, columns);
    return;
  }
  const expr = nodeAs(node, 'A_Expr');
  if (!expr || strings(expr.name).at(-1) !== '=') return;
  const add = (column: Node | undefined, compared: Node | undefined) => {
    const name = columnName(uncast(column));
    const value = name === undefined ? undefined : valueOf(compared);
    if (name !== undefined && value !== undefined) columns.set(name, value);
  };
  if (expr.kind === 'AEXPR_OP') {
    add(expr.lexpr, expr.rexpr);
    add(expr.rexpr, expr.lexpr);
  } else if (expr.kind === 'AEXPR_IN') add(expr.lexpr, nodeAs(expr.rexpr, 'List')?.items?.at(-1));
  // 'changes' = ANY (subpublications)
  else if (expr.kind === 'AEXPR_OP_ANY') add(expr.rexpr, expr.lexpr);
}
