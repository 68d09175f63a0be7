/** Reads what a condition in a DO block asks of the catalog, so that it can be answered from what history knows. */
import { nameOfParts, nodeAs, strings, walk } from '../catalog/nodes.ts';
import type { Kind, Name, ObjectRef } from '../catalog/objects.ts';
import { parseStatement, type Node, type NodeOf } from '../syntax/parser.ts';

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

interface CatalogRow {
  kind: Kind;
  /** The column with the object's name. */
  name: string;
  /** The column with its schema's name, or the oid of its schema. */
  schema?: string;
  /** The column with the owner's name or oid, where the owner is part of the identity. */
  of?: string;
  ofSchema?: string;
  /** Another catalog that gives the owner's name by a join. */
  ofJoin?: string;
}

/** Which column of which catalog says what. The first that appears in a query is what it asks for. */
const CATALOGS: [string, CatalogRow][] = [
  ['pg_enum', { kind: 'enum label', name: 'enumlabel', of: 'enumtypid', ofJoin: 'typname' }],
  ['pg_attribute', { kind: 'column', name: 'attname', of: 'attrelid', ofJoin: 'relname' }],
  ['pg_constraint', { kind: 'constraint', name: 'conname', of: 'conrelid', ofJoin: 'relname' }],
  ['pg_trigger', { kind: 'trigger', name: 'tgname', of: 'tgrelid', ofJoin: 'relname' }],
  ['pg_policy', { kind: 'policy', name: 'polname', of: 'polrelid', ofJoin: 'relname' }],
  ['pg_policies', { kind: 'policy', name: 'policyname', of: 'tablename', ofSchema: 'schemaname' }],
  ['pg_rewrite', { kind: 'rule', name: 'rulename', of: 'ev_class', ofJoin: 'relname' }],
  ['pg_rules', { kind: 'rule', name: 'rulename', of: 'tablename', ofSchema: 'schemaname' }],
  ['pg_publication_tables', { kind: 'publication table', name: 'tablename', schema: 'schemaname', of: 'pubname' }],
  ['pg_publication_rel', { kind: 'publication table', name: 'prrelid', of: 'prpubid', ofJoin: 'pubname' }],
  ['pg_publication_namespace', { kind: 'publication schema', name: 'pnnspid', of: 'pnpubid', ofJoin: 'pubname' }],
  ['pg_inherits', { kind: 'partition', name: 'inhrelid', of: 'inhparent' }],
  ['pg_cast', { kind: 'cast', name: 'castsource', of: 'casttarget' }],
  ['columns', { kind: 'column', name: 'column_name', of: 'table_name', ofSchema: 'table_schema' }],
  ['table_constraints', { kind: 'constraint', name: 'constraint_name', of: 'table_name', ofSchema: 'table_schema' }],
  [
    'constraint_column_usage',
    { kind: 'constraint', name: 'constraint_name', of: 'table_name', ofSchema: 'table_schema' },
  ],
  ['triggers', { kind: 'trigger', name: 'trigger_name', of: 'event_object_table', ofSchema: 'event_object_schema' }],
  ['tables', { kind: 'table', name: 'table_name', schema: 'table_schema' }],
  ['views', { kind: 'view', name: 'table_name', schema: 'table_schema' }],
  ['routines', { kind: 'function', name: 'routine_name', schema: 'routine_schema' }],
  ['schemata', { kind: 'schema', name: 'schema_name' }],
  ['sequences', { kind: 'sequence', name: 'sequence_name', schema: 'sequence_schema' }],
  ['pg_tables', { kind: 'table', name: 'tablename', schema: 'schemaname' }],
  ['pg_views', { kind: 'view', name: 'viewname', schema: 'schemaname' }],
  ['pg_matviews', { kind: 'materialized view', name: 'matviewname', schema: 'schemaname' }],
  ['pg_indexes', { kind: 'index', name: 'indexname', schema: 'schemaname' }],
  ['pg_sequences', { kind: 'sequence', name: 'sequencename', schema: 'schemaname' }],
  ['pg_type', { kind: 'type', name: 'typname', schema: 'typnamespace' }],
  ['pg_class', { kind: 'table', name: 'relname', schema: 'relnamespace' }],
  ['pg_proc', { kind: 'function', name: 'proname', schema: 'pronamespace' }],
  ['pg_extension', { kind: 'extension', name: 'extname' }],
  ['pg_roles', { kind: 'role', name: 'rolname' }],
  ['pg_authid', { kind: 'role', name: 'rolname' }],
  ['pg_user', { kind: 'role', name: 'usename' }],
  ['pg_publication', { kind: 'publication', name: 'pubname' }],
  ['pg_subscription', { kind: 'subscription', name: 'subname' }],
  ['pg_event_trigger', { kind: 'event trigger', name: 'evtname' }],
  ['pg_conversion', { kind: 'conversion', name: 'conname', schema: 'connamespace' }],
  ['pg_collation', { kind: 'collation', name: 'collname', schema: 'collnamespace' }],
  ['pg_opfamily', { kind: 'operator family', name: 'opfname', schema: 'opfnamespace' }],
  ['pg_opclass', { kind: 'operator class', name: 'opcname', schema: 'opcnamespace' }],
  ['pg_ts_config', { kind: 'text search configuration', name: 'cfgname', schema: 'cfgnamespace' }],
  ['pg_ts_dict', { kind: 'text search dictionary', name: 'dictname', schema: 'dictnamespace' }],
  ['pg_foreign_data_wrapper', { kind: 'foreign-data wrapper', name: 'fdwname' }],
  ['pg_foreign_server', { kind: 'server', name: 'srvname' }],
  ['pg_am', { kind: 'access method', name: 'amname' }],
  ['pg_language', { kind: 'language', name: 'lanname' }],
  ['pg_statistic_ext', { kind: 'statistics', name: 'stxname', schema: 'stxnamespace' }],
  ['pg_namespace', { kind: 'schema', name: 'nspname' }],
  ['job', { kind: 'cron job', name: 'jobname' }],
];

const REG: Record<string, Kind> = {
  to_regclass: 'table',
  to_regtype: 'type',
  to_regnamespace: 'schema',
  to_regrole: 'role',
  to_regprocedure: 'function',
  to_regproc: 'function',
  to_regoperator: 'operator',
};

/**
 * Evaluates a PL/pgSQL condition with the answers given; undefined where it depends on anything else.
 * @param text the condition as written between IF and THEN
 */
export function evaluate(text: string, answer: Answer, variables: Variables = () => undefined): boolean | undefined {
  const parsed = parseStatement(`SELECT ${text}`);
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
  const kind = call && REG[strings(call.funcname).at(-1)!];
  const text = call && literal(call.args?.[0]);
  if (!kind || text === undefined) return undefined;
  const ref = refFromText(kind, text);
  return ref && answer({ kind: 'object', ref, owned: true });
}

/** The object that the text of a reg type names: `app."My Table"`, `f(int, text)`. */
function refFromText(kind: Kind, text: string): ObjectRef | undefined {
  if (kind === 'function' || kind === 'operator') {
    const parsed = parseStatement(`DROP ${kind} ${text}`);
    const routine =
      parsed.ok && parsed.type === 'DropStmt'
        ? nodeAs((parsed.node as NodeOf<'DropStmt'>).objects?.[0], 'ObjectWithArgs')
        : undefined;
    if (!routine) return undefined;
    return {
      kind,
      ...nameOfParts(strings(routine.objname)),
      ...(routine.args_unspecified
        ? {}
        : { args: (routine.objargs ?? []).map((a) => strings(nodeAs(a, 'TypeName')?.names).at(-1) ?? '') }),
    };
  }
  const parsed = parseStatement(`DROP TABLE ${text}`);
  if (!parsed.ok || parsed.type !== 'DropStmt') return undefined;
  return { kind, ...nameOfParts(strings(nodeAs((parsed.node as NodeOf<'DropStmt'>).objects?.[0], 'List')?.items)) };
}

function literal(node: Node | undefined): string | undefined {
  const cast = nodeAs(node, 'TypeCast');
  if (cast) return literal(cast.arg);
  return nodeAs(node, 'A_Const')?.sval?.sval;
}

/** A value that a column is compared with: a text, or the object that a reg type looks up. */
type Value = { text: string } | { ref: Name } | 'current-schema';

function valueOf(node: Node | undefined): Value | undefined {
  const cast = nodeAs(node, 'TypeCast');
  const type = cast && strings(cast.typeName?.names).at(-1)!;
  const text = literal(node);
  if (cast && text !== undefined && type?.startsWith('reg')) {
    const ref = refFromText('table', text);
    return ref && { ref };
  }
  if (text !== undefined) return { text };
  if (cast) return valueOf(cast.arg);
  const call = nodeAs(node, 'FuncCall');
  const name = call && strings(call.funcname).at(-1)!;
  if (name === 'current_schema') return 'current-schema';
  if (name === 'quote_ident') return valueOf(call?.args?.[0]);
  const argument = name && REG[name] ? literal(call?.args?.[0]) : undefined;
  if (argument !== undefined) {
    const ref = refFromText('table', argument);
    return ref && { ref };
  }
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
      if (found !== undefined && found !== 'current-schema' && 'text' in found) return { ref: { name: found.text } };
    }
  }
  return undefined;
}

/** Collects what a conjunction says of columns: `a = 'x' AND b = 'y'::regclass`. */
function collect(node: Node | undefined, columns: Map<string, Value>): void {
  const bool = nodeAs(node, 'BoolExpr');
  if (bool?.boolop === 'AND_EXPR') {
    for (const arg of bool.args ?? []) collect(arg, columns);
    return;
  }
  const expr = nodeAs(node, 'A_Expr');
  if (!expr || strings(expr.name).at(-1) !== '=' || (expr.kind !== 'AEXPR_OP' && expr.kind !== 'AEXPR_IN')) return;
  const column = (n: Node | undefined): string | undefined => {
    const cast = nodeAs(n, 'TypeCast');
    return cast ? column(cast.arg) : strings(nodeAs(n, 'ColumnRef')?.fields).at(-1);
  };
  for (const [a, b] of [
    [expr.lexpr, expr.rexpr],
    [expr.rexpr, expr.lexpr],
  ] as const) {
    const name = column(a);
    const value = expr.kind === 'AEXPR_IN' ? valueOf(nodeAs(b, 'List')?.items?.at(-1)) : valueOf(b);
    if (name !== undefined && value !== undefined) columns.set(name, value);
  }
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

/** Whether the rows that a query on the catalog looks for are there. */
function ask(query: Node | NodeOf<'SelectStmt'> | undefined, answer: Answer): boolean | undefined {
  const select = nodeAs(query as Node, 'SelectStmt') ?? (query as NodeOf<'SelectStmt'> | undefined);
  if (!select?.fromClause || select.op !== 'SETOP_NONE') return undefined;
  const columns = new Map<string, Value>();
  const relations: { name: string; schema: string | undefined }[] = [];
  for (const from of select.fromClause ?? []) relationsOf(from, relations, columns);
  collect(select.whereClause, columns);
  const systemSchema = (schema: string | undefined, name: string) =>
    schema === 'information_schema' ||
    schema === 'pg_catalog' ||
    schema === 'cron' ||
    (schema === undefined && name.startsWith('pg_'));
  const row = CATALOGS.find(([name]) => relations.some((r) => r.name === name && systemSchema(r.schema, name)))?.[1];
  if (!row) {
    const table = relations[0];
    return table && answer({ kind: 'rows', table });
  }
  const text = (column: string | undefined): string | undefined => {
    const value = column === undefined ? undefined : columns.get(column);
    if (value === undefined || value === 'current-schema') return undefined;
    return 'text' in value ? value.text : value.ref.name;
  };
  const nameOfColumn = (column: string): Name | undefined => {
    const value = columns.get(column);
    if (value === undefined || value === 'current-schema') return undefined;
    return 'text' in value ? { name: value.text } : value.ref;
  };
  const name =
    nameOfColumn(row.name) ??
    (row.name === 'relname' || row.name === 'typname' ? nameOfColumn('oid') : undefined) ??
    (row.kind === 'constraint' && text('contype') === 'p' ? { name: '' } : undefined);
  if (!name) return answer({ kind: 'variable', of: row.kind });
  const relkind = text('relkind');
  const ref: ObjectRef = {
    kind: row.kind,
    name: name.name,
    schema: name.schema ?? text(row.schema) ?? (row.schema?.endsWith('namespace') ? text('nspname') : undefined),
    ...(relkind !== undefined && { detail: { relkind } }),
  };
  const compared = comparedColumns(select.whereClause);
  const schemaLeftOut = !SCHEMA_COLUMNS.some((column) => compared.has(column));
  let anySchema =
    row.of === undefined &&
    row.schema !== undefined &&
    schemaLeftOut &&
    name.schema === undefined &&
    !compared.has('oid');
  let owned = true;
  if (row.of) {
    const owner = nameOfColumn(row.of) ?? (row.ofJoin ? nameOfColumn(row.ofJoin) : undefined);
    owned = owner !== undefined;
    const byName = columns.get(row.of) ?? (row.ofJoin ? columns.get(row.ofJoin) : undefined);
    anySchema = schemaLeftOut && byName !== undefined && byName !== 'current-schema' && 'text' in byName;
    const domain = row.kind === 'constraint' ? nameOfColumn('contypid') : undefined;
    if (domain) return answer({ kind: 'object', ref: { ...ref, kind: 'domain constraint', of: domain }, owned: true });
    if (owner)
      ref.of = {
        name: owner.name,
        schema:
          owner.schema ??
          text(row.ofSchema) ??
          (row.ofJoin === 'relname' || row.ofJoin === 'typname' ? text('nspname') : undefined),
      };
  }
  if (row.kind === 'constraint' && text('contype') === 'p') ref.detail = { contype: 'p' };
  return answer({ kind: 'object', ref, owned, anySchema });
}

/** What a query compares to say in which schema it looks. */
const SCHEMA_COLUMNS = [
  'nspname',
  'schemaname',
  'table_schema',
  'event_object_schema',
  'routine_schema',
  'sequence_schema',
  'specific_schema',
  'relnamespace',
  'connamespace',
  'typnamespace',
  'pronamespace',
  'collnamespace',
  'stxnamespace',
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
