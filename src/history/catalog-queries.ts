/** Reads what a query asks of the catalogs, so that it can be answered from what history knows. */
import { stringConstant } from '../catalog/constants.ts';
import { columnName, nodeAs, strings, walk } from '../catalog/nodes.ts';
import {
  catalogViews,
  type CatalogView,
  type Detail,
  type Kind,
  type Name,
  type ObjectRef,
} from '../catalog/objects.ts';
import { flatMap } from '../lists.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import { collect, refFromText, typeFromText, type Value } from './catalog-values.ts';
import { propertiesIn, type Property } from './column-properties.ts';

/**
 * The question of a condition. `having` are the properties that a column must have. `ownerKnown` is false if the query
 * does not restrict the owner (`pg_policies` without `tablename`). `anySchema` is set if it does not restrict the
 * schema: an object of that name in any schema answers it. A `variable` question is about an object whose name is not
 * in the text.
 */
export type Question =
  | { kind: 'object'; ref: ObjectRef; ownerKnown: boolean; anySchema?: boolean; having?: readonly Property[] }
  | { kind: 'rows'; table: Name }
  | { kind: 'variable'; of: Kind };

/** Answers a question: true, false, or undefined if it is not known. */
export type Answer = (question: Question) => boolean | undefined;

function relationsOf(node: Node | undefined, out: { name: string; schema: string | undefined }[], joins: Node[]): void {
  const range = nodeAs(node, 'RangeVar');
  if (range) out.push({ name: range.relname ?? '', schema: range.schemaname });
  const join = nodeAs(node, 'JoinExpr');
  if (join) {
    relationsOf(join.larg, out, joins);
    relationsOf(join.rarg, out, joins);
    if (join.quals) joins.push(join.quals);
  }
}

/** The schemas of tables that list objects. */
const CATALOG_SCHEMAS: ReadonlySet<string> = new Set(['information_schema', 'pg_catalog', 'cron', 'vault']);

/** The catalogs that a query reads, and the values that it compares columns with. */
class Asked {
  readonly columns = new Map<string, Value>();
  readonly relations: { name: string; schema: string | undefined }[] = [];
  /** The conditions of JOIN … ON. */
  readonly joins: Node[] = [];

  constructor(select: NodeOf<'SelectStmt'>) {
    for (const from of select.fromClause ?? []) relationsOf(from, this.relations, this.joins);
    for (const condition of [...this.joins, select.whereClause]) collect(condition, this.columns);
  }

  /** Whether the query reads a catalog, or a view of one. */
  reads(relation: string): boolean {
    return this.relations.some(
      ({ name, schema }) =>
        name === relation && (schema === undefined ? name.startsWith('pg_') : CATALOG_SCHEMAS.has(schema)),
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
    return this.text('contype') === 'p' || this.text('constraint_type') === 'PRIMARY KEY';
  }
}

/** Whether the rows that a query on the catalog looks for are there. */
export function ask(query: Node | NodeOf<'SelectStmt'> | undefined, answer: Answer): boolean | undefined {
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
  const detail = kindsIn(where);
  const ref: ObjectRef = {
    ...identity,
    kind,
    schema: identity.schema ?? asked.text(view.schema) ?? schemaOfOid(view.schema, asked),
    ...(detail && { detail }),
  };
  if (kind === 'constraint' && asked.primaryKey) ref.detail = { contype: 'p' };
  const compared = comparedColumns(where);
  const schemaLeftOut = !SCHEMA_COLUMNS.some((column) => compared.has(column));
  if (!view.of) {
    const anySchema =
      view.schema !== undefined && schemaLeftOut && identity.schema === undefined && !compared.has('oid');
    return { kind: 'object', ref, ownerKnown: true, anySchema };
  }
  const domain = kind === 'constraint' ? asked.name('contypid') : undefined;
  if (domain) return { kind: 'object', ref: { ...ref, kind: 'domain constraint', of: domain }, ownerKnown: true };
  const ownerColumn = asked.columns.has(view.of) ? view.of : view.ofJoin;
  const owner = asked.name(ownerColumn);
  const having = kind === 'column' ? propertiesIn([where, ...asked.joins]) : [];
  if (owner) ref.of = { name: owner.name, schema: owner.schema ?? schemaOfOwner(view, asked) };
  return {
    kind: 'object',
    ref,
    ownerKnown: owner !== undefined,
    anySchema: schemaLeftOut && asked.isText(ownerColumn),
    ...(having.length > 0 && { having }),
  };
}

/** The kinds of relations or routines that a condition asks for. */
function kindsIn(where: Node | undefined): Detail | undefined {
  const [relkind, prokind] = [lettersIn(where, 'relkind'), lettersIn(where, 'prokind')];
  if (relkind !== undefined) return { relkind };
  return prokind === undefined ? undefined : { prokind };
}

/** The letters that a column of one letter is compared with: `relkind IN ('r', 'p')`. */
function lettersIn(where: Node | undefined, column: string): string | undefined {
  const bool = nodeAs(where, 'BoolExpr');
  if (bool?.boolop === 'AND_EXPR')
    return bool.args?.map((arg) => lettersIn(arg, column)).find((letters) => letters !== undefined);
  const expr = nodeAs(where, 'A_Expr');
  if (!expr || strings(expr.name).at(-1) !== '=' || columnName(expr.lexpr) !== column) return undefined;
  const array = nodeAs(expr.rexpr, 'A_ArrayExpr');
  const items = nodeAs(expr.rexpr, 'List')?.items ?? array?.elements ?? [expr.rexpr];
  const letters = items.map((item) => stringConstant(item));
  return letters.every((letter) => letter?.length === 1) ? letters.join('') : undefined;
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
