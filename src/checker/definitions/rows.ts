/** INSERT and UPDATE: values without a column, columns that are named twice, and conflicts that nothing can cause. */
import { resultValues } from '../../catalog/columns.ts';
import { nameOfRange, nodeAs, rowsOfValues } from '../../catalog/nodes.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import { quoteIdent } from '../../catalog/names.ts';
import type { SqlState } from '../../catalog/sqlstates.ts';
import { plural } from '../../plural.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { tokenRange, wordRange } from '../places.ts';
import { typeOfValue } from '../values.ts';
import { columnsOf, isKnownTable, isRenamed, uniqueOf, type Columns } from '../names/scope.ts';
import type { Checked } from '../problem.ts';
import { checkText, locationOf } from './columns.ts';

type InsertStmt = NodeOf<'InsertStmt'>;

export function checkInsert(node: InsertStmt, checked: Checked): void {
  checkTargets(node.cols, '42701', checked);
  checkConflict(node, checked);
  checkCounts(node, checked);
  checkValues(node, checked);
  const { onConflictClause: conflict } = node;
  if (conflict?.action === 'ONCONFLICT_UPDATE') checkTargets(conflict.targetList, '42601', checked);
}

export const checkUpdate = (node: NodeOf<'UpdateStmt'>, checked: Checked): void => {
  checkTargets(node.targetList, '42601', checked);
};

/** Rows with more or fewer values than there are columns for. */
function checkCounts(node: InsertStmt, checked: Checked): void {
  const { cols, relation, selectStmt } = node;
  const select = nodeAs(selectStmt, 'SelectStmt');
  const rows = select?.valuesLists ? rowsOfValues(select.valuesLists) : [resultValues(select)];
  const first = rows[0]?.length;
  if (first === undefined) return;
  const columns = cols?.length ?? countOf(columnsOf(nameOfRange(relation), checked.world));
  for (const values of rows) {
    const count: number = values?.length ?? first;
    // Without a list of columns, those at the end get their defaults.
    const fits = columns === undefined || (cols ? count === columns : count <= columns);
    if (fits && count === first) continue;
    reportRow(values ?? [], { columns: fits ? undefined : columns, first }, relation?.location, checked);
    return;
  }
}

/** The values of each row against the columns that get them. */
function checkValues(node: InsertStmt, checked: Checked): void {
  const { cols, relation, selectStmt, override } = node;
  const table: ObjectRef = { kind: 'table', ...nameOfRange(relation) };
  const lists = nodeAs(selectStmt, 'SelectStmt')?.valuesLists;
  if (!lists || !isKnownTable(table, checked.world)) return;
  const all = cols
    ? cols.map((c) => nodeAs(c, 'ResTarget')?.name ?? '')
    : flatMap(checked.world.parts(table), ({ kind, name }) => (kind === 'column' ? name : []));
  for (const list of lists)
    for (const [k, value] of (nodeAs(list, 'List')?.items ?? []).entries()) {
      const column = checked.world.get({ kind: 'column', name: all[k] ?? '', of: table })?.ref;
      if (!column || 'SetToDefault' in value) continue;
      if (cols && checkGiven(column, value, { node, isOverridden: override !== 'OVERRIDING_NOT_SET' }, checked)) return;
      if (typeOfValue(value) === 'unknown') checkText(value, column.detail?.type ?? '', checked);
    }
}

/** A value for a column whose values are always generated. */
function checkGiven(
  { name, detail }: ObjectRef,
  value: Node,
  { node, isOverridden }: { node: InsertStmt; isOverridden: boolean },
  { statement, report }: Checked,
): boolean {
  const isIdentity = detail?.identity === 'always' && !isOverridden;
  if (!isIdentity && !detail?.generated) return false;
  const place = tokenRange(statement, locationOf(value) ?? node.relation?.location);
  const { start } = wordRange(statement, 'values', node.relation?.location);
  report({
    family: 'definition',
    ...place,
    error: '428C9',
    problem: `Column "${name}" is generated always, and gets a value`,
    advice: isIdentity ? 'Write OVERRIDING SYSTEM VALUE before VALUES.' : 'Leave the column out.',
    edits: isIdentity ? [{ start, end: start, text: 'OVERRIDING SYSTEM VALUE ' }] : undefined,
  });
  return true;
}

const countOf = (columns: Columns): number | undefined => columns && [...columns].length;

function reportRow(
  values: readonly Node[],
  { columns, first }: { columns: number | undefined; first: number },
  table: number | undefined,
  { statement, report }: Checked,
): void {
  const extra = values[columns ?? first] ?? values.at(-1);
  report({
    family: 'arity',
    ...tokenRange(statement, locationOf(extra) ?? table),
    error: '42601',
    problem:
      columns === undefined
        ? `A row of ${plural(values.length, 'value')} stands below one of ${first}`
        : `A row of ${plural(values.length, 'value')} is inserted into ${plural(columns, 'column')}`,
    advice: 'Write one value for each column.',
  });
}

/** A column that gets two values. */
function checkTargets(targets: readonly Node[] | undefined, error: SqlState, { statement, report }: Checked): void {
  const seen = new Set<string>();
  for (const target of targets ?? []) {
    const { name = '', indirection, location } = nodeAs(target, 'ResTarget') ?? {};
    // a[1] = x, a[2] = y
    if (indirection) continue;
    if (seen.has(name))
      report({
        family: 'definition',
        ...tokenRange(statement, location),
        error,
        problem: `Column "${name}" gets two values`,
        advice: 'Take one of them out.',
      });
    seen.add(name);
  }
}

/** ON CONFLICT needs a unique key. */
function checkConflict(node: InsertStmt, checked: Checked): void {
  const { onConflictClause: conflict, relation, cols } = node;
  const { statement, world, report } = checked;
  if (!conflict) return;
  const table: ObjectRef = { kind: 'table', ...nameOfRange(relation) };
  const at = tokenRange(statement, conflict.location);
  if (conflict.action === 'ONCONFLICT_UPDATE' && !conflict.infer) {
    // Without a list of columns, all of them are written.
    const written = cols?.map((c) => nodeAs(c, 'ResTarget')?.name ?? '');
    const keys = keysOf(table, checked).filter((key) => key.every((column) => written?.includes(column) ?? true));
    const target = keys.length === 1 ? ` (${keys[0]!.map(quoteIdent).join(', ')})` : undefined;
    const { end } = wordRange(statement, 'conflict', conflict.location);
    report({
      family: 'definition',
      ...at,
      end,
      error: '42601',
      problem: 'ON CONFLICT DO UPDATE does not say which key it is about',
      advice: target
        ? `Write ON CONFLICT${target}.`
        : 'Write the columns of the key in parentheses behind ON CONFLICT.',
      edits: target ? [{ start: end, end, text: target }] : undefined,
    });
    return;
  }
  const elements = (conflict.infer?.indexElems ?? []).map((e) => nodeAs(e, 'IndexElem'));
  if (elements.length === 0 || elements.some((e) => !e?.name || e.opclass || e.collation)) return;
  if (!isKnownTable(table, world)) return;
  const asked = new Set(elements.map((e) => e!.name!));
  const unique = uniqueOf(table, world);
  const fits = ({ detail }: ObjectRef) => {
    const columns = detail?.columns;
    return (
      !columns || columns.includes(undefined) || (columns.length === asked.size && columns.every((c) => asked.has(c!)))
    );
  };
  if (unique.some(fits) || isRenamed(unique, table, world)) return;
  // A column that is not there is another problem.
  if ([...asked].some((name) => !world.has({ kind: 'column', name, of: table }))) return;
  const columns = [...asked].map(quoteIdent).join(', ');
  report({
    family: 'definition',
    ...at,
    error: '42P10',
    problem: `No unique key of table "${table.name}" has just the columns (${columns}) of ON CONFLICT`,
    advice: `Name the columns of a key, or make one: CREATE UNIQUE INDEX … ON ${quoteIdent(table.name)} (${columns}).`,
  });
}

/** The columns of the unique keys of a table that is known. */
const keysOf = (table: ObjectRef, { world }: Checked): string[][] =>
  flatMap(uniqueOf(table, world), ({ detail }): string[][] =>
    detail && !detail.partial && detail.columns && !detail.columns.includes(undefined)
      ? [detail.columns as string[]]
      : [],
  );
