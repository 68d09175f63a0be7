/** Reads what a condition in a DO block asks of the catalog, so that it can be answered from what history knows. */
import { stringConstant } from '../catalog/constants.ts';
import { quoteIdent } from '../catalog/names.ts';
import { nodeAs, strings, typeText, walk } from '../catalog/nodes.ts';
import { objectOf } from '../catalog/object-nodes.ts';
import {
  catalogViews,
  lookupKinds,
  type CatalogView,
  type Kind,
  type Name,
  type ObjectRef,
} from '../catalog/objects.ts';
import { flatMap } from '../lists.ts';
import { parseFragment, type Node, type NodeOf } from '../syntax/parse.ts';

/**
 * What a condition asks for. `owned` is false where the owner, which is part of the identity, is left out or is not in the
 * text; `anySchema` is set where the schema is left out, so that any object of that name is an answer. A `variable`
 * question looks for an object whose name is not in the text.
 */
export type Question =
  | { kind: 'object'; ref: ObjectRef; owned: boolean; anySchema?: boolean }
  | { kind: 'rows'; table: Name }
  | { kind: 'variable'; of: Kind };

/** Answers a question: true, false, or undefined where nobody can tell. */
export type Answer = (question: Question) => boolean | undefined;

/** What a variable of the body holds, or FOUND says: what a query has put into it, or the value of an expression. */
export type Variable = { query: NodeOf<'SelectStmt'> } | { expression: string };

/** Looks up a variable; undefined where its value is not in the text. */
export type Variables = (name: string) => Variable | undefined;

interface Scope {
  answer: Answer;
  variables: Variables;
  /** The query whose target is evaluated, of which count(*) speaks. */
  query?: NodeOf<'SelectStmt'>;
}

/**
 * Evaluates a PL/pgSQL condition with the answers given; undefined where it depends on anything else.
 * @param text the condition as written between IF and THEN
 */
export function evaluate(text: string, answer: Answer, variables: Variables = () => undefined): boolean | undefined {
  const parsed = parseFragment(`SELECT ${text}`);
  if (!parsed.ok || parsed.type !== 'SelectStmt') return undefined;
  return truth(nodeAs((parsed.node as NodeOf<'SelectStmt'>).targetList?.[0], 'ResTarget')?.val, { answer, variables });
}

/** The truth of the first thing that a query selects: SELECT EXISTS (…). */
function truthOfTarget(query: NodeOf<'SelectStmt'>, scope: Scope): boolean | undefined {
  const target = nodeAs(query.targetList?.[0], 'ResTarget')?.val;
  const value = truth(target, { ...scope, query });
  // Without a row it is NULL.
  return query.fromClause && !isAggregate(target) && ask(query, scope.answer) !== true ? undefined : value;
}

const isAggregate = (node: Node | undefined): boolean => {
  const expr = nodeAs(node, 'A_Expr');
  return expr ? isAggregate(expr.lexpr) : isCount(node);
};

const isCount = (node: Node | undefined): boolean => strings(nodeAs(node, 'FuncCall')?.funcname).at(-1) === 'count';

/** The variable that a plain name stands for. */
function variableOf(node: Node | undefined, { variables }: Scope): Variable | undefined {
  const fields = strings(nodeAs(node, 'ColumnRef')?.fields);
  return fields.length === 1 ? variables(fields[0]!.toLowerCase()) : undefined;
}

function truth(node: Node | undefined, scope: Scope): boolean | undefined {
  const { answer } = scope;
  const bool = nodeAs(node, 'BoolExpr');
  if (bool) {
    const values = (bool.args ?? []).map((arg) => truth(arg, scope));
    if (bool.boolop === 'NOT_EXPR') return values[0] === undefined ? undefined : !values[0];
    const decisive = bool.boolop === 'OR_EXPR';
    if (values.includes(decisive)) return decisive;
    return values.includes(undefined) ? undefined : !decisive;
  }
  const variable = variableOf(node, scope);
  if (variable && 'query' in variable)
    return strings(nodeAs(node, 'ColumnRef')?.fields)[0]!.toLowerCase() === 'found'
      ? ask(variable.query, answer)
      : truthOfTarget(variable.query, scope);
  if (variable) return evaluate(variable.expression, answer);
  const test = nodeAs(node, 'NullTest');
  if (test) {
    const exists = existence(test.arg, scope);
    return exists === undefined ? undefined : test.nulltesttype === 'IS_NOT_NULL' ? exists : !exists;
  }
  const link = nodeAs(node, 'SubLink');
  if (link?.subLinkType === 'EXISTS_SUBLINK') return ask(link.subselect, answer);
  const inner = link?.subLinkType === 'EXPR_SUBLINK' ? nodeAs(link.subselect, 'SelectStmt') : undefined;
  if (inner) return truthOfTarget(inner, scope);
  const constant = nodeAs(node, 'A_Const');
  if (constant?.boolval) return constant.boolval.boolval ?? false;
  const stated = nodeAs(node, 'BooleanTest');
  if (stated) {
    const value = truth(stated.arg, scope);
    if (value === undefined || stated.booltesttype === 'IS_UNKNOWN' || stated.booltesttype === 'IS_NOT_UNKNOWN')
      return undefined;
    return (stated.booltesttype === 'IS_TRUE' || stated.booltesttype === 'IS_NOT_FALSE') === value;
  }
  const expr = nodeAs(node, 'A_Expr');
  const number = nodeAs(expr?.rexpr, 'A_Const');
  if (expr?.kind === 'AEXPR_OP' && number?.boolval && strings(expr.name).at(-1) === '=') {
    const value = truth(expr.lexpr, scope);
    return value === undefined ? undefined : value === (number.boolval.boolval ?? false);
  }
  if (expr?.kind !== 'AEXPR_OP' || !number?.ival) return undefined;
  const some = isSome(expr.lexpr, scope);
  if (some === undefined) return undefined;
  // The parser writes != as <>.
  const comparison = `${strings(expr.name).at(-1)} ${number.ival.ival ?? 0}`;
  if (comparison === '= 0' || comparison === '< 1') return !some;
  return comparison === '> 0' || comparison === '<> 0' || comparison === '>= 1' ? some : undefined;
}

/** Whether a count is more than nothing: `(SELECT count(*) FROM …)`, or a variable that holds one. */
function isSome(node: Node | undefined, scope: Scope): boolean | undefined {
  const counted = (query: NodeOf<'SelectStmt'> | undefined) =>
    query && isCount(nodeAs(query.targetList?.[0], 'ResTarget')?.val) ? ask(query, scope.answer) : undefined;
  if (isCount(node)) return scope.query && ask(scope.query, scope.answer);
  const link = nodeAs(node, 'SubLink');
  if (link) return link.subLinkType === 'EXPR_SUBLINK' ? counted(nodeAs(link.subselect, 'SelectStmt')) : undefined;
  const variable = variableOf(node, scope);
  return variable && 'query' in variable ? counted(variable.query) : undefined;
}

/** For `x IS [NOT] NULL`: whether what x looks up exists. */
function existence(node: Node | undefined, scope: Scope): boolean | undefined {
  const { answer } = scope;
  const variable = variableOf(node, scope);
  if (variable && 'query' in variable) return ask(variable.query, answer);
  const link = nodeAs(node, 'SubLink');
  if (link?.subLinkType === 'EXPR_SUBLINK') {
    const query = nodeAs(link.subselect, 'SelectStmt');
    return query?.fromClause ? ask(query, answer) : existence(nodeAs(query?.targetList?.[0], 'ResTarget')?.val, scope);
  }
  const call = nodeAs(node, 'FuncCall');
  const kind = call && lookupKinds.get(strings(call.funcname).at(-1)!);
  const text = call && stringConstant(call.args?.[0]);
  if (!kind || text === undefined) return undefined;
  const ref = refFromText(kind, text);
  return ref && answer({ kind: 'object', ref, owned: true });
}

/** What `DROP …` would drop: the one reader of names that PostgreSQL reads out of a text. */
function dropped(objectType: string, text: string): Node | undefined {
  const parsed = parseFragment(`DROP ${objectType} ${text}`);
  const node = parsed.ok && parsed.type === 'DropStmt' ? (parsed.node as NodeOf<'DropStmt'>) : undefined;
  return node?.objects?.length === 1 ? node.objects[0] : undefined;
}

/** The object that the text of a reg type names: `app."My Table"`, `f(int, text[])`. */
function refFromText(kind: Kind, text: string): ObjectRef | undefined {
  if (kind === 'function') return objectOf('OBJECT_FUNCTION', dropped('FUNCTION', text));
  if (kind === 'operator') return objectOf('OBJECT_OPERATOR', dropped('OPERATOR', text));
  const ref = objectOf('OBJECT_TABLE', dropped('TABLE', text));
  return ref && { ...ref, kind };
}

/** The type that a text names, as the table of statements writes it: `int4` for `integer`. */
function typeFromText(text: string): string | undefined {
  return typeText(nodeAs(dropped('TYPE', text), 'TypeName')) || undefined;
}

/** What a column is compared with: a text, or what is `written` for a reg type to look up. */
type Value = { text: string } | { written: string } | 'current-schema';

function valueOf(node: Node | undefined): Value | undefined {
  const cast = nodeAs(node, 'TypeCast');
  const type = cast && strings(cast.typeName?.names).at(-1)!;
  const text = stringConstant(node);
  if (cast && text !== undefined && type?.startsWith('reg')) return { written: text };
  if (text !== undefined) return { text };
  if (cast) return valueOf(cast.arg);
  const call = nodeAs(node, 'FuncCall');
  const name = call && strings(call.funcname).at(-1)!;
  if (name === 'current_schema') return 'current-schema';
  if (call && name === 'quote_ident') return valueOf(call.args?.[0]);
  const argument = call && name && lookupKinds.has(name) ? stringConstant(call.args?.[0]) : undefined;
  if (argument !== undefined) return { written: argument };
  const sqlValue = nodeAs(node, 'SQLValueFunction');
  if (sqlValue?.op === 'SVFOP_CURRENT_SCHEMA') return 'current-schema';
  // conrelid = (SELECT oid FROM pg_class WHERE relname = 't')
  const link = nodeAs(node, 'SubLink');
  if (link?.subLinkType === 'EXPR_SUBLINK') {
    const columns = new Map<string, Value>();
    const select = nodeAs(link.subselect, 'SelectStmt');
    collect(select?.whereClause, columns);
    for (const column of ['relname', 'typname', 'nspname', 'pubname']) {
      const found = columns.get(column);
      if (found !== undefined && found !== 'current-schema' && 'text' in found)
        return { written: quoteIdent(found.text) };
    }
  }
  return undefined;
}

/** The column that an expression names, under casts. */
function columnOf(node: Node | undefined): string | undefined {
  const cast = nodeAs(node, 'TypeCast');
  return cast ? columnOf(cast.arg) : strings(nodeAs(node, 'ColumnRef')?.fields).at(-1);
}

/** Collects what a conjunction says of columns: `a = 'x' AND b = 'y'::regclass`. */
function collect(node: Node | undefined, columns: Map<string, Value>): void {
  const bool = nodeAs(node, 'BoolExpr');
  if (bool?.boolop === 'AND_EXPR') {
    for (const arg of bool.args ?? []) collect(arg, columns);
    return;
  }
  const expr = nodeAs(node, 'A_Expr');
  if (!expr || strings(expr.name).at(-1) !== '=') return;
  const add = (column: Node | undefined, compared: Node | undefined) => {
    const name = columnOf(column);
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

function relationsOf(
  node: Node | undefined,
  out: { name: string; schema: string | undefined }[],
  columns: Map<string, Value>,
): void {
  const range = nodeAs(node, 'RangeVar');
  if (range) out.push({ name: range.relname ?? '', schema: range.schemaname });
  const join = nodeAs(node, 'JoinExpr');
  if (join) {
    relationsOf(join.larg, out, columns);
    relationsOf(join.rarg, out, columns);
    collect(join.quals, columns);
  }
}

/** What a query reads, and which values it compares columns with. */
class Asked {
  readonly columns = new Map<string, Value>();
  readonly relations: { name: string; schema: string | undefined }[] = [];

  constructor(select: NodeOf<'SelectStmt'>) {
    for (const from of select.fromClause ?? []) relationsOf(from, this.relations, this.columns);
    collect(select.whereClause, this.columns);
  }

  /** Whether the query reads a catalog, or a view of one. */
  reads(relation: string): boolean {
    return this.relations.some(
      ({ name, schema }) =>
        name === relation &&
        (schema === undefined ? name.startsWith('pg_') : ['information_schema', 'pg_catalog', 'cron'].includes(schema)),
    );
  }

  /** The name that a column is compared with, whether as a text or through a reg type. */
  name(column: string | undefined): Name | undefined {
    const value = column === undefined ? undefined : this.columns.get(column);
    if (value === undefined || value === 'current-schema') return undefined;
    return 'text' in value ? { name: value.text } : refFromText('table', value.written);
  }

  text(column: string | undefined): string | undefined {
    return this.name(column)?.name;
  }

  /** Whether a column is compared with a text, which names the object in whatever schema it is. */
  isText(column: string | undefined): boolean {
    const value = column === undefined ? undefined : this.columns.get(column);
    return value !== undefined && value !== 'current-schema' && 'text' in value;
  }

  /** Whether it looks for a primary key, of which a table has one, whatever its name. */
  get primaryKey(): boolean {
    return this.text('contype') === 'p';
  }
}

/** Whether the rows that a query on the catalog looks for are there. */
function ask(query: Node | NodeOf<'SelectStmt'> | undefined, answer: Answer): boolean | undefined {
  const select = nodeAs(query as Node, 'SelectStmt') ?? (query as NodeOf<'SelectStmt'> | undefined);
  if (!select?.fromClause || select.op !== 'SETOP_NONE') return undefined;
  const asked = new Asked(select);
  const read = catalogViews.filter(({ view }) => asked.reads(view.relation));
  // Of two kinds in one catalog, the one whose name the query compares: pg_subscription has its publications too.
  const found = read.find(({ view }) => view.relation === read[0]!.view.relation && asked.name(view.name)) ?? read[0];
  if (found) return answer(questionOf(found.kind, found.view, asked, select.whereClause));
  const table = asked.relations[0];
  return table && answer({ kind: 'rows', table });
}

/** What a query on a catalog asks for. */
function questionOf(kind: Kind, view: CatalogView, asked: Asked, where: Node | undefined): Question {
  const identity = identityIn(kind, view, asked);
  if (!identity) return { kind: 'variable', of: kind };
  const relkind = asked.text('relkind');
  const ref: ObjectRef = {
    ...identity,
    kind,
    schema: identity.schema ?? asked.text(view.schema) ?? schemaOfOid(view.schema, asked),
    ...(relkind !== undefined && { detail: { relkind } }),
  };
  if (kind === 'constraint' && asked.primaryKey) ref.detail = { contype: 'p' };
  const compared = comparedColumns(where);
  const schemaLeftOut = !SCHEMA_COLUMNS.some((column) => compared.has(column));
  if (!view.of) {
    const anySchema =
      view.schema !== undefined && schemaLeftOut && identity.schema === undefined && !compared.has('oid');
    return { kind: 'object', ref, owned: true, anySchema };
  }
  const domain = kind === 'constraint' ? asked.name('contypid') : undefined;
  if (domain) return { kind: 'object', ref: { ...ref, kind: 'domain constraint', of: domain }, owned: true };
  const ownerColumn = asked.columns.has(view.of) ? view.of : view.ofJoin;
  const owner = asked.name(ownerColumn);
  if (owner) ref.of = { name: owner.name, schema: owner.schema ?? schemaOfOwner(view, asked) };
  return { kind: 'object', ref, owned: owner !== undefined, anySchema: schemaLeftOut && asked.isText(ownerColumn) };
}

/** The name or the types that a query looks for; undefined where the text does not say them. */
function identityIn(kind: Kind, view: CatalogView, asked: Asked): (Name & { args?: string[] }) | undefined {
  if (view.args) {
    const args = flatMap(view.args, (column) => {
      const type = asked.columns.get(column);
      return (type && type !== 'current-schema' && 'written' in type && typeFromText(type.written)) || [];
    });
    return args.length === view.args.length ? { name: '', args } : undefined;
  }
  const byOid = view.name === 'relname' || view.name === 'typname' ? asked.name('oid') : undefined;
  return asked.name(view.name) ?? byOid ?? (kind === 'constraint' && asked.primaryKey ? { name: '' } : undefined);
}

/** The schema that a join with pg_namespace names, where a catalog has only its oid. */
const schemaOfOid = (column: string | undefined, asked: Asked): string | undefined =>
  column?.endsWith('namespace') ? asked.text('nspname') : undefined;

function schemaOfOwner({ ofSchema, ofJoin }: CatalogView, asked: Asked): string | undefined {
  const byJoin = ofJoin === 'relname' || ofJoin === 'typname' ? asked.text('nspname') : undefined;
  return asked.text(ofSchema) ?? byJoin;
}

/** The columns that say in which schema a query looks. */
const SCHEMA_COLUMNS: readonly string[] = [
  ...new Set([
    'nspname',
    'specific_schema',
    ...flatMap(catalogViews, ({ view }) => [view.schema, view.ofSchema].filter((column) => column !== undefined)),
  ]),
];

/** The columns of which a condition says anything but that they equal another column, as joins do. */
function comparedColumns(where: Node | undefined): Set<string> {
  const out = new Set<string>();
  walk([where], (type, node) => {
    if (type === 'A_Expr' && nodeAs(node.lexpr as Node, 'ColumnRef') && nodeAs(node.rexpr as Node, 'ColumnRef'))
      return false;
    if (type === 'SubLink') {
      walk(
        [node.testexpr],
        (inner, ref) => void (inner === 'ColumnRef' && out.add(strings(ref.fields as Node[]).at(-1)!)),
      );
      return false;
    }
    if (type === 'ColumnRef') out.add(strings(node.fields as Node[]).at(-1) ?? '');
    return undefined;
  });
  return out;
}
