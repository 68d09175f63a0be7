/** The locks of statements about rows. They matter where the transaction holds a stronger lock already. */
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';
import { namesIn } from '../needs.ts';
import { columnName, nameOfRange, nodeAs, strings } from '../nodes.ts';
import type { ObjectRef } from '../objects.ts';
import { constraintsOf, heirsOf, indexesOf, lacksIdentity, relationOf, storedIn, tableRef } from './relations.ts';
import type { Known, LockMode, Touch } from './types.ts';

/** The columns that a condition gives one value each, so that an index on one of them finds the rows. */
function fixedColumns(condition: Node | undefined): string[] {
  const bool = nodeAs(condition, 'BoolExpr');
  if (bool?.boolop === 'AND_EXPR') return flatMap(bool.args ?? [], fixedColumns);
  const operator = nodeAs(condition, 'A_Expr');
  const isNarrow = operator && ['=', '<', '<=', '>', '>='].includes(strings(operator.name)[0] ?? '');
  const isRange = operator?.kind === 'AEXPR_BETWEEN';
  if (!isNarrow && !isRange) return [];
  return flatMap([operator.lexpr, operator.rexpr], (side) => columnName(side) ?? []);
}

/** Whether an index of a table leads to the rows of a condition. */
function findsByIndex(table: ObjectRef, condition: Node | undefined, known: Known): boolean {
  const fixed = fixedColumns(condition);
  return [...indexesOf(table, known), ...constraintsOf(table, known).filter(({ detail }) => detail?.unique)].some(
    ({ detail }) => !detail?.partial && detail?.columns?.[0] !== undefined && fixed.includes(detail.columns[0]),
  );
}

function read(table: ObjectRef, lock: LockMode, condition: Node | undefined, known: Known): Touch[] {
  return [table, ...heirsOf(table, known)].map((relation) => {
    const isRead = !findsByIndex(relation, condition, known) && storedIn(relation, known, true).length > 0;
    return { relation, lock, ...(isRead && { work: 'scan' as const, cause: 'rows' as const }) };
  });
}

/** The tables that a query reads. */
export const readBy = (query: unknown, known: Known): Touch[] => {
  const select = nodeAs(query as Node | undefined, 'SelectStmt');
  return flatMap(namesIn(query).relations, ({ name }) => {
    const ref = known.get(tableRef(name))?.ref;
    return ref ? read(ref, select?.lockingClause ? 'ROW SHARE' : 'ACCESS SHARE', select?.whereClause, known) : [];
  });
};

type Changing = Pick<NodeOf<'UpdateStmt'>, 'relation' | 'whereClause'>;

/** UPDATE and DELETE: the rows that they change, and the tables that they read for it. */
export function change(node: Changing, known: Known): Touch[] {
  const table = relationOf(nameOfRange(node.relation), known);
  if (lacksIdentity(table, known)) return [];
  const key = known.key(tableRef(table));
  const others = flatMap(namesIn(node).relations, ({ name }): Touch[] => {
    const ref = known.get(tableRef(name))?.ref;
    return ref && known.key(tableRef(ref)) !== key ? [{ relation: ref, lock: 'ACCESS SHARE' }] : [];
  });
  return [...read(table, 'ROW EXCLUSIVE', node.whereClause, known), ...others];
}

export const insert = (node: NodeOf<'InsertStmt'>, known: Known): Touch[] => [
  { relation: relationOf(nameOfRange(node.relation), known), lock: 'ROW EXCLUSIVE' },
  ...readBy(node.selectStmt, known),
];

/** TRUNCATE gives each table an empty file; CASCADE does so for all whose foreign keys point to it. */
export function truncate(node: NodeOf<'TruncateStmt'>, known: Known): Touch[] {
  const tables = new Map<string, ObjectRef>();
  const add = (table: ObjectRef): void => {
    const key = known.key(tableRef(table));
    if (tables.has(key)) return;
    tables.set(key, table);
    for (const heir of heirsOf(table, known)) add(heir);
    if (node.behavior !== 'DROP_CASCADE') return;
    for (const dependent of known.dependents(tableRef(table))) {
      const ref = known.refOfKey(dependent);
      if (ref?.kind === 'constraint' && ref.of) add(relationOf(ref.of, known));
    }
  };
  for (const relation of node.relations ?? []) add(relationOf(nameOfRange(nodeAs(relation, 'RangeVar')), known));
  return [...tables.values()].map((relation): Touch => ({
    relation,
    lock: 'ACCESS EXCLUSIVE',
    ...(relation.detail?.partitions ? {} : { work: 'rewrite' as const, cause: 'truncate' as const }),
  }));
}

/** The modes of LOCK TABLE, by their numbers in lockdefs.h. */
const MODES: readonly (LockMode | undefined)[] = [
  undefined,
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];

export const lockTable = (node: NodeOf<'LockStmt'>, known: Known): Touch[] =>
  flatMap(node.relations ?? [], (r): Touch[] => {
    const relation = nodeAs(r, 'RangeVar');
    const table = relationOf(nameOfRange(relation), known);
    const lock = MODES[node.mode ?? 0] ?? 'ACCESS EXCLUSIVE';
    return [table, ...(relation?.inh ? heirsOf(table, known) : [])].map((locked) => ({ relation: locked, lock }));
  });
