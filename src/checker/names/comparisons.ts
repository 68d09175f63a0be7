/** Comparisons of two types that no operator compares. */
import { nameOf, nodeAs, stringOf } from '../../catalog/nodes.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import { flatMap } from '../../lists.ts';
import type { World } from '../../history/world.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { nameOfType, locationOf } from '../definitions/columns.ts';
import { bracketsBehind, nameRange, rangeWithBrackets, tokenRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { comparable, isText, typeOfValue } from '../values.ts';
import { sourcesOf, within, type Scope } from './scope.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);

/** `auth.uid() = user_id`, where user_id is a text. */
export function checkComparison(node: NodeOf<'A_Expr'>, scope: Scope, checked: Checked): void {
  const { kind, name = [], lexpr, rexpr, location } = node;
  const operator = stringOf(name[0]);
  if (kind !== 'AEXPR_OP' || name.length !== 1 || !COMPARISONS.has(operator)) return;
  const { statement, world, report } = checked;
  const [left, right] = [typeIn(lexpr, scope, world), typeIn(rexpr, scope, world)];
  if (left === undefined || right === undefined || comparable(left, right) !== false) return;
  // Both may be made by a migration.
  const isMade = ({ args = [] }: ObjectRef) => args.includes(left) || args.includes(right);
  if (world.ofKind('operator').some(isMade) || world.ofKind('cast').some(isMade)) return;
  const other = isText(left) ? rexpr : isText(right) ? lexpr : undefined;
  const end = other && endOf(other, checked);
  report({
    family: 'definition',
    ...tokenRange(statement, location),
    error: '42883',
    problem: `No operator ${operator} compares ${nameOfType(left)} with ${nameOfType(right)}`,
    advice: other ? 'Write ::text behind the one that is no text.' : 'Write a cast.',
    edits: end === undefined ? undefined : [{ start: end, end, text: '::text' }],
  });
}

/** The type of an expression, as far as its columns are known. */
function typeIn(node: Node | undefined, scope: Scope, world: World): string | undefined {
  const column = nodeAs(node, 'ColumnRef');
  if (column) return typeOfColumn((column.fields ?? []).map(stringOf), scope, world);
  const call = nodeAs(node, 'FuncCall');
  if (call && !call.args) {
    const called = nameOf(call.funcname);
    const returns = world.get({ kind: 'function', ...called, args: [] })?.ref.detail?.returns;
    if (returns) return returns;
  }
  const expression = nodeAs(node, 'A_Expr');
  if (expression?.kind === 'AEXPR_OP' && /^(->>|#>>)$/.test(stringOf(expression.name?.[0]))) return 'text';
  const query = nodeAs(node, 'SubLink');
  if (query?.subLinkType === 'EXPR_SUBLINK') return typeOfQuery(nodeAs(query.subselect, 'SelectStmt'), scope, world);
  const type = typeOfValue(node);
  return type === 'unknown' ? undefined : type;
}

/** The type of the only value of a query. */
function typeOfQuery(select: NodeOf<'SelectStmt'> | undefined, scope: Scope, world: World): string | undefined {
  if (!select || select.larg || select.withClause || select.targetList?.length !== 1) return undefined;
  const sources = flatMap(select.fromClause ?? [], (item) => sourcesOf(item, scope, world));
  return typeIn(nodeAs(select.targetList[0], 'ResTarget')?.val, within(scope, sources), world);
}

function typeOfColumn(fields: readonly string[], scope: Scope, world: World): string | undefined {
  const name = fields.at(-1) ?? '';
  const alias = fields.at(-2);
  if (fields.length > 2 || name === '') return undefined;
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    // A parameter goes before a column outside, and a column before a parameter.
    if (at.extra?.has(name)) return undefined;
    const named = at.sources.filter((source) => alias === undefined || source.alias === alias);
    if (named.some(({ columns, table }) => !columns || !table)) return undefined;
    const having = named.filter(({ columns }) => columns!.has(name));
    if (having.length > 1) return undefined;
    const [source] = having;
    if (source) {
      const { ref } = world.get({ kind: 'column', name, of: source.table! }) ?? {};
      return ref?.detail?.type;
    }
  }
  return undefined;
}

/** Where a column, a call or a query in parentheses ends. */
function endOf(node: Node, { statement }: Checked): number | undefined {
  const location = locationOf(node);
  if (location === undefined) return undefined;
  if ('ColumnRef' in node) return nameRange(statement, location).end;
  if ('FuncCall' in node) return rangeWithBrackets(statement, location).end;
  return 'SubLink' in node ? bracketsBehind(statement, statement.start + location)?.end : undefined;
}
