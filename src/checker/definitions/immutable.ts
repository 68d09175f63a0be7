/** Indexes and generated columns, whose values must not depend on the time or on settings of the session. */
import { nameOfRange, nameOf, nodeAs, strings, typeText, walk } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import { isKnownType } from '../../catalog/types.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { nameRange, tokenRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { columnType } from '../names/scope.ts';
import { checkMethod } from './access-methods.ts';

/** PostgreSQL's functions that are STABLE or VOLATILE whatever their arguments are. */
const CHANGING: ReadonlySet<string> = new Set(
  `now clock_timestamp statement_timestamp transaction_timestamp timeofday random gen_random_uuid current_setting
  to_char to_date concat concat_ws format array_to_string nextval currval txid_current pg_backend_pid
  jsonb_build_object json_build_object jsonb_build_array json_build_array to_json to_jsonb row_to_json`.split(/\s+/),
);

/** The types whose values look different in other time zones, or with another DateStyle. */
const OF_SESSION: ReadonlySet<string> = new Set(['timestamptz', 'timestamp', 'date']);

/** What an expression must not depend on, and why: the first that there is. */
interface Changing {
  location: number | undefined;
  what: string;
}

/** An expression about the rows of a table, with the columns that its statement makes. */
interface OnTable extends Checked {
  columns?: readonly NodeOf<'ColumnDef'>[];
}

export function checkIndex(node: NodeOf<'IndexStmt'>, checked: Checked): void {
  const table = nameOfRange(node.relation);
  checkMethod(node, checked);
  for (const param of node.indexParams ?? []) {
    const expression = nodeAs(param, 'IndexElem')?.expr;
    if (expression) reportChanging(expression, table, 'an index', 'An index on it would be wrong tomorrow.', checked);
  }
  if (node.whereClause)
    reportChanging(
      node.whereClause,
      table,
      'the condition of an index',
      'Leave the condition out, and index the column: queries compare it with the time.',
      checked,
    );
}

function reportChanging(expression: Node, table: Name, where: string, advice: string, checked: OnTable): void {
  const found = changingIn(expression, table, checked);
  if (!found) return;
  checked.report({
    family: 'definition',
    ...(found.what.endsWith('()') ? nameRange : tokenRange)(checked.statement, found.location),
    error: '42P17',
    problem: `${found.what} is not IMMUTABLE, which ${where} asks for`,
    advice,
  });
}

/** @param columns those that the statement makes */
export function checkGenerated(
  expression: Node | undefined,
  table: Name,
  columns: readonly NodeOf<'ColumnDef'>[],
  checked: Checked,
): void {
  const advice = 'Set the value in a trigger, or leave it to the queries.';
  if (expression) reportChanging(expression, table, 'a generated column', advice, { ...checked, columns });
}

function changingIn(expression: Node, table: Name, checked: OnTable): Changing | undefined {
  let found: Changing | undefined;
  walk([expression], (key, node) => {
    if (found || key === 'SubLink') return false;
    if (key === 'SQLValueFunction') found = { location: node.location as number, what: keywordOf(node, checked) };
    else if (key === 'FuncCall') found = changingCall(node, table, checked);
    else if (key === 'TypeCast') found = changingCast(node, table, checked);
    return !found;
  });
  return found;
}

function keywordOf({ location }: Record<string, unknown>, { statement }: Checked): string {
  const { start, end } = tokenRange(statement, location as number);
  return statement.script.text.slice(start, end);
}

function changingCall(call: NodeOf<'FuncCall'>, table: Name, checked: OnTable): Changing | undefined {
  const { schema, name } = nameOf(call.funcname);
  if (schema !== undefined && schema !== 'pg_catalog') return undefined;
  const args = call.args ?? [];
  const what = `${name}()`;
  const type = args.length > 0 ? typeOf(args.at(-1), table, checked) : undefined;
  const changes =
    CHANGING.has(name) ||
    // Without a configuration it asks default_text_search_config.
    (name === 'to_tsvector' && args.length === 1 && type !== undefined && type !== 'tsvector') ||
    (type === 'timestamptz' && ((name === 'date_trunc' && args.length === 2) || name === 'date' || name === 'extract'));
  // A function of the migrations may have the name.
  const isOverloaded = checked.world.named({ kind: 'function', name }).length > 0;
  return changes && !isOverloaded ? { location: call.location, what } : undefined;
}

function changingCast(
  { arg, typeName, location }: NodeOf<'TypeCast'>,
  table: Name,
  checked: OnTable,
): Changing | undefined {
  const from = typeOf(arg, table, checked);
  const to = typeText(typeName);
  if (from === undefined || !OF_SESSION.has(from)) return undefined;
  const isText = to === 'text' || to === 'varchar';
  const isTime = from === 'timestamptz' && ['date', 'time', 'timestamp'].includes(to);
  return isText || isTime ? { location, what: `The cast from ${from} to ${to}` } : undefined;
}

/** The type of a column of the table that is indexed. */
function typeOf(node: Node | undefined, table: Name, { world, columns }: OnTable): string | undefined {
  const [name, ...more] = strings(nodeAs(node, 'ColumnRef')?.fields);
  const type = name === undefined || more.length > 0 ? undefined : columnType(name, table, world, columns);
  return type !== undefined && isKnownType(type) ? type : undefined;
}
