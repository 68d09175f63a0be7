/** INSERT and UPDATE: values without a column, columns that are named twice, and conflicts that nothing can cause. */
import { nameOfRange, nodeAs } from '../../catalog/nodes.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import { quoteIdent } from '../../catalog/names.ts';
import type { SqlState } from '../../catalog/sqlstates.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { tokenRange, wordRange } from '../places.ts';
import { isKnownTable } from '../names/scope.ts';
import type { Checked } from '../problem.ts';

type InsertStmt = NodeOf<'InsertStmt'>;

export function checkInsert(node: InsertStmt, checked: Checked): void {
  checkTargets(node.cols, '42701', checked);
  checkConflict(node, checked);
  const { onConflictClause: conflict } = node;
  if (conflict?.action === 'ONCONFLICT_UPDATE') checkTargets(conflict.targetList, '42601', checked);
}

export const checkUpdate = (node: NodeOf<'UpdateStmt'>, checked: Checked): void => {
  checkTargets(node.targetList, '42601', checked);
};

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
        says: `Column "${name}" gets two values`,
        instead: 'Take one of them out.',
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
    const written = (cols ?? []).map((c) => nodeAs(c, 'ResTarget')?.name ?? '');
    const keys = keysOf(table, checked).filter((key) => key.every((column) => written.includes(column)));
    const target = keys.length === 1 ? ` (${keys[0]!.map(quoteIdent).join(', ')})` : undefined;
    const { end } = wordRange(statement, 'conflict', conflict.location);
    report({
      family: 'definition',
      ...at,
      end,
      error: '42601',
      says: 'ON CONFLICT DO UPDATE does not say which key it is about',
      instead: target
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
  const unique = world.parts(table).filter(({ detail }) => detail?.unique);
  const fits = ({ detail }: ObjectRef) => {
    const columns = detail?.columns;
    return (
      !columns || columns.includes(undefined) || (columns.length === asked.size && columns.every((c) => asked.has(c!)))
    );
  };
  if (unique.some(fits)) return;
  // A column that is not there is another problem.
  if ([...asked].some((name) => !world.has({ kind: 'column', name, of: table }))) return;
  const columns = [...asked].map(quoteIdent).join(', ');
  report({
    family: 'definition',
    ...at,
    error: '42P10',
    says: `No unique key of table "${table.name}" has just the columns (${columns}) of ON CONFLICT`,
    instead: `Name the columns of a key, or make one: CREATE UNIQUE INDEX … ON ${quoteIdent(table.name)} (${columns}).`,
  });
}

/** The columns of the unique keys of a table that is known. */
const keysOf = (table: ObjectRef, { world }: Checked): string[][] =>
  flatMap(world.parts(table), ({ detail }): string[][] =>
    detail?.unique && !detail.partial && detail.columns && !detail.columns.includes(undefined)
      ? [detail.columns as string[]]
      : [],
  );
