/** The locks of ALTER TABLE, by its subcommands (`AlterTableGetLockLevel`, `ATRewriteTables` in tablecmds.c). */
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';
import type { Surroundings } from '../effects.ts';
import { nameOfRange, nodeAs, strings, typeText } from '../nodes.ts';
import { SERIAL } from '../columns.ts';
import type { ObjectRef } from '../objects.ts';
import { classOf, conversionBy, cutsBy, isAssigned, typeOf, typeOfNode } from './conversion.ts';
import { provesNotNull } from './proofs.ts';
import {
  columnOf,
  constraintsOf,
  domainOf,
  indexesOf,
  isConstrained,
  isNotNull,
  isPartitioned,
  lockAll,
  relationOf,
  storedIn,
  tableRef,
} from './relations.ts';
import type { Cause, ColumnType as Type, Known, LockMode, Touch } from './types.ts';
import { isVolatile, volatileIn } from './volatile.ts';

type Command = NodeOf<'AlterTableCmd'>;
type Constraint = NodeOf<'Constraint'>;
export type Touches = (cmd: Command, around: Surroundings, known: Known) => Touch[];

/** What a statement alters; ONLY leaves out what is below it. */
export interface Target {
  table: ObjectRef;
  only: boolean;
  /** The other subcommands of the statement. */
  commands: readonly Command[];
  isUtc: boolean | undefined;
}

export function targetOf({ statement, table, isUtc }: Surroundings, known: Known): Target {
  const alter = statement.as('AlterTableStmt');
  return {
    table: relationOf(table, known),
    only: alter?.relation?.inh !== true,
    commands: flatMap(alter?.cmds ?? [], (node) => nodeAs(node, 'AlterTableCmd') ?? []),
    isUtc,
  };
}

/** Whether IF EXISTS passes over a table that is known not to be there. */
const isMissing = ({ missingOk, table }: Surroundings, known: Known): boolean =>
  missingOk && known.has(tableRef(table)) === false;

const onTarget =
  (touches: (cmd: Command, target: Target, known: Known) => Touch[]): Touches =>
  (cmd, around, known) =>
    isMissing(around, known) ? [] : touches(cmd, targetOf(around, known), known);

/** Only the lock, on the table and on what is below it. */
export const lockOnly = (lock: LockMode): Touches =>
  onTarget((_, { table, only }, known) => lockAll(table, lock, known, only));

const work = (relations: readonly ObjectRef[], lock: LockMode, what: Touch['work'], cause: Cause, subject?: string) =>
  relations.map((relation): Touch => ({
    relation,
    lock,
    ...(what && { work: what }),
    cause,
    ...(subject !== undefined && { subject }),
  }));

/** The constraints that the same statement drops: ALTER TABLE drops before it adds. */
const droppedIn = ({ commands }: Target): ReadonlySet<string> =>
  new Set(
    flatMap(commands, ({ subtype, name }) => (subtype === 'AT_DropConstraint' && name !== undefined ? name : [])),
  );

/** The stored relations of the target that have rows with a NULL to be looked for in a column. */
function withoutProof(target: Target, column: string, known: Known): ObjectRef[] {
  const { table, only } = target;
  const dropped = droppedIn(target);
  return storedIn(table, known, only).filter(
    (relation) => !isNotNull(relation, column, known) && !provesNotNull(relation, column, known, dropped),
  );
}

export const setNotNull = onTarget((cmd, target, known) => {
  const { table, only } = target;
  const column = cmd.name ?? '';
  return [
    ...lockAll(table, 'ACCESS EXCLUSIVE', known, only),
    ...work(withoutProof(target, column, known), 'ACCESS EXCLUSIVE', 'scan', 'not null', column),
  ];
});

// ---------------------------------------------------------------- ADD COLUMN

/** What a new column costs besides the lock. */
export const addColumn = onTarget((cmd, target, known) => {
  const { table, only } = target;
  const column = nodeAs(cmd.def, 'ColumnDef');
  const locks = lockAll(table, 'ACCESS EXCLUSIVE', known, only);
  if (!column || (cmd.missing_ok && known.has({ kind: 'column', name: column.colname ?? '', of: table }))) return locks;
  const constraints = flatMap(column.constraints ?? [], (node) => nodeAs(node, 'Constraint') ?? []);
  const stored = storedIn(table, known, only);
  const rewrite = rewriteOfColumn(column, constraints, known);
  if (rewrite) locks.push(...work(stored, 'ACCESS EXCLUSIVE', 'rewrite', rewrite, column.colname));
  return [...locks, ...constraintsOfColumn(column, constraints, target, known)];
});

/** Why every row is written anew for a column; undefined where none is. */
function rewriteOfColumn(
  column: NodeOf<'ColumnDef'>,
  constraints: readonly Constraint[],
  known: Known,
): Cause | undefined {
  if (SERIAL.has(typeText(column.typeName))) return 'sequence';
  const domain = domainOf(typeText(column.typeName), known);
  if (domain && isConstrained(domain, known)) return 'domain';
  const hasDefault = constraints.some(({ contype }) => contype === 'CONSTR_DEFAULT');
  if (!hasDefault && domain?.detail?.defaultCalls?.some((name) => isVolatile(name, known))) return 'volatile default';
  for (const { contype, raw_expr: value, generated_kind: kind } of constraints) {
    if (contype === 'CONSTR_IDENTITY') return 'sequence';
    if (contype === 'CONSTR_GENERATED' && kind === 's') return 'stored';
    if (contype === 'CONSTR_DEFAULT' && volatileIn(value, known) !== undefined) return 'volatile default';
  }
  return undefined;
}

function constraintsOfColumn(
  column: NodeOf<'ColumnDef'>,
  constraints: readonly Constraint[],
  { table, only }: Target,
  known: Known,
): Touch[] {
  const hasDefault = constraints.some(({ contype }) => contype === 'CONSTR_DEFAULT');
  const isVirtual = constraints.some(
    ({ contype, generated_kind: kind }) => contype === 'CONSTR_GENERATED' && kind !== 's',
  );
  const stored = storedIn(table, known, only);
  return flatMap(constraints, (constraint): Touch[] => {
    switch (constraint.contype) {
      case 'CONSTR_CHECK':
        return constraint.is_enforced
          ? work(stored, 'ACCESS EXCLUSIVE', 'scan', 'check', constraint.conname ?? column.colname)
          : [];
      case 'CONSTR_UNIQUE':
      case 'CONSTR_PRIMARY':
        return work(stored, 'ACCESS EXCLUSIVE', 'build', keyCause(constraint), column.colname);
      case 'CONSTR_NOTNULL':
        return isVirtual ? work(stored, 'ACCESS EXCLUSIVE', 'scan', 'not null', column.colname) : [];
      case 'CONSTR_FOREIGN':
        // A new column without a default is NULL in every row, and NULL points to nothing.
        return foreignKey(constraint, stored, 'ACCESS EXCLUSIVE', hasDefault, known);
      default:
        return [];
    }
  });
}

// ---------------------------------------------------------------- ADD CONSTRAINT

const keyCause = ({ contype }: Constraint): Cause =>
  contype === 'CONSTR_PRIMARY' ? 'primary key' : contype === 'CONSTR_EXCLUSION' ? 'exclusion' : 'unique';

/** The lock on the table that a foreign key points to, and the reading of both. */
function foreignKey(
  { pktable, conname }: Constraint,
  tables: readonly ObjectRef[],
  lock: LockMode,
  isValidated: boolean,
  known: Known,
): Touch[] {
  const referenced = relationOf(nameOfRange(pktable), known);
  const locks = lockAll(referenced, 'SHARE ROW EXCLUSIVE', known);
  if (!isValidated) return locks;
  return [...locks, ...work(tables, lock, 'scan', 'foreign key', conname ?? referenced.name)];
}

export const addConstraint = onTarget((cmd, target, known) => {
  const { table, only } = target;
  const constraint = nodeAs(cmd.def, 'Constraint');
  if (!constraint) return [];
  const stored = storedIn(table, known, only);
  const isProven = constraint.skip_validation === true;
  switch (constraint.contype) {
    case 'CONSTR_FOREIGN': {
      const lock = 'SHARE ROW EXCLUSIVE';
      const isValidated = !isProven && constraint.is_enforced === true;
      return [...lockAll(table, lock, known, only), ...foreignKey(constraint, stored, lock, isValidated, known)];
    }
    case 'CONSTR_CHECK': {
      const isRead = !isProven && constraint.is_enforced === true;
      return [
        ...lockAll(table, 'ACCESS EXCLUSIVE', known, only || constraint.is_no_inherit === true),
        ...(isRead ? work(stored, 'ACCESS EXCLUSIVE', 'scan', 'check', constraint.conname) : []),
      ];
    }
    case 'CONSTR_NOTNULL': {
      const [column = ''] = strings(constraint.keys);
      return [
        ...lockAll(table, 'ACCESS EXCLUSIVE', known, only),
        ...(isProven ? [] : work(withoutProof(target, column, known), 'ACCESS EXCLUSIVE', 'scan', 'not null', column)),
      ];
    }
    default:
      return [...lockAll(table, 'ACCESS EXCLUSIVE', known, only), ...newKey(constraint, target, known)];
  }
});

/** A unique constraint or a primary key builds an index, or takes one that is there. */
function newKey(constraint: Constraint, target: Target, known: Known): Touch[] {
  const { table, only } = target;
  const isPrimary = constraint.contype === 'CONSTR_PRIMARY';
  if (constraint.indexname === undefined)
    return work(
      isPartitioned(table) ? withoutKey(table, only, constraint, known) : storedIn(table, known, true),
      'ACCESS EXCLUSIVE',
      'build',
      keyCause(constraint),
      constraint.conname ?? strings(constraint.keys).join(', '),
    );
  if (!isPrimary) return [];
  const index = indexesOf(table, known).find(({ name }) => name === constraint.indexname);
  const columns = flatMap(index?.detail?.columns ?? [], (name) => name ?? []);
  const nullable = columns.find((name) => withoutProof(target, name, known).length > 0);
  return nullable === undefined
    ? []
    : work(storedIn(table, known, true), 'ACCESS EXCLUSIVE', 'scan', 'primary key of nullable columns', nullable);
}

/** The stored partitions that have no such key of their own to be taken; an index without a constraint does not do. */
function withoutKey(table: ObjectRef, only: boolean, constraint: Constraint, known: Known): ObjectRef[] {
  if (only) return [];
  const columns = JSON.stringify(strings(constraint.keys));
  const contype = constraint.contype === 'CONSTR_PRIMARY' ? 'p' : 'u';
  return storedIn(table, known).filter(
    (partition) =>
      !constraintsOf(partition, known).some(
        ({ detail }) => detail?.contype === contype && JSON.stringify(detail.columns) === columns,
      ),
  );
}

export const validateConstraint = onTarget((cmd, { table, only }, known) => {
  const lock = 'SHARE UPDATE EXCLUSIVE';
  const locks = lockAll(table, lock, known, only);
  const constraint = constraintsOf(table, known).find(({ name }) => name === cmd.name);
  const { contype, references } = constraint?.detail ?? {};
  if (constraint && constraint.detail?.unproven === undefined) return locks;
  return [
    ...locks,
    ...work(storedIn(table, known, only), lock, 'scan', 'validate', cmd.name),
    ...(contype === 'f' && references
      ? [{ relation: relationOf(references.table, known), lock: 'ROW SHARE' as const }]
      : []),
  ];
});

export const alterConstraint = onTarget((cmd, { table, only }, known) => {
  const { conname, alterEnforceability, is_enforced: isEnforced } = nodeAs(cmd.def, 'ATAlterConstraint') ?? {};
  const locks = lockAll(table, 'ACCESS EXCLUSIVE', known, only);
  if (!alterEnforceability || !isEnforced) return locks;
  const references = constraintsOf(table, known).find(({ name }) => name === conname)?.detail?.references;
  return [
    ...locks,
    ...work(storedIn(table, known, only), 'ACCESS EXCLUSIVE', 'scan', 'enforce', conname),
    ...(references ? lockAll(relationOf(references.table, known), 'SHARE ROW EXCLUSIVE', known) : []),
  ];
});

/** A foreign key goes with its triggers, which are on both tables; a key with the foreign keys that need it. */
export const dropConstraint = onTarget((cmd, { table, only }, known) => {
  const dropped = known.get({ kind: 'constraint', name: cmd.name ?? '', of: table })?.ref;
  return [...lockAll(table, 'ACCESS EXCLUSIVE', known, only), ...(dropped ? dropsOf(dropped, known) : [])];
});

export const dropColumn = onTarget((cmd, { table, only }, known) => {
  const column = cmd.name ?? '';
  const gone = known.parts(tableRef(table)).filter(({ detail }) => detail?.columns?.includes(column));
  return [
    ...lockAll(table, 'ACCESS EXCLUSIVE', known, only),
    ...flatMap([{ kind: 'column' as const, name: column, of: table }, ...gone], (ref) => dropsOf(ref, known)),
  ];
});

/** The full locks on other relations that dropping something takes: those that a foreign key joins, and dependents. */
export function dropsOf(ref: ObjectRef, known: Known): Touch[] {
  const { references } = ref.detail ?? {};
  return [
    ...(references ? lockAll(relationOf(references.table, known), 'ACCESS EXCLUSIVE', known) : []),
    ...flatMap(known.dependents(ref), (key): Touch[] => {
      const dependent = known.refOfKey(key);
      const owner = dependent?.of && known.get(tableRef(dependent.of))?.ref;
      if (owner) return [{ relation: owner, lock: 'ACCESS EXCLUSIVE' }];
      return dependent?.kind === 'view' || dependent?.kind === 'materialized view'
        ? [{ relation: dependent, lock: 'ACCESS EXCLUSIVE' }]
        : [];
    }),
  ];
}

// ---------------------------------------------------------------- ALTER COLUMN TYPE

/** What keeps a column's type from being changed: PostgreSQL refuses the statement then (0A000). */
const REFUSING = new Set<ObjectRef['kind']>(['view', 'materialized view', 'policy', 'trigger', 'rule', 'column']);

export const alterType = onTarget((cmd, target, known) => {
  const { table, only } = target;
  const name = cmd.name ?? '';
  const { typeName, raw_default: using, collClause } = nodeAs(cmd.def, 'ColumnDef') ?? {};
  const isRefused = known
    .dependents({ kind: 'column', name, of: table })
    .some((key) => REFUSING.has(known.refOfKey(key)?.kind ?? 'table'));
  if (isRefused) return [];
  const detail = columnOf(table, name, known);
  const from = detail?.type === undefined ? undefined : typeOf(detail);
  const to = typeOfNode(typeName);
  if (from && isNotConverted(from, to, using, name, target, known)) return [];
  const locks = [...lockAll(table, 'ACCESS EXCLUSIVE', known, only), ...lockReferring(table, name, known)];
  if (detail?.generated === 'virtual') return locks;
  const stored = storedIn(table, known, only);
  const cost = conversionBy(using, name, from, to, known, target.isUtc);
  const cause = { free: undefined, rewrite: 'type', unknown: 'unknown type', 'time zone': 'time zone' } as const;
  const why = cause[cost];
  const conversion = { from, to, cuts: cutsBy(using) };
  if (why)
    return [
      ...locks,
      ...work(stored, 'ACCESS EXCLUSIVE', 'rewrite', why, name).map((touch) => ({ ...touch, conversion })),
    ];
  const collation = strings(collClause?.collname).at(-1);
  const change: TypeChange = {
    column: name,
    isSameClass: classOf(from!, known) === classOf(to, known),
    isSameCollation: collation === detail?.collation,
    isSameType: from!.name === to.name,
    dropped: droppedIn(target),
  };
  return [...locks, ...flatMap(stored, (relation) => madeAnew(relation, change, known))];
});

/** What changes about a column whose rows stay as they are. */
interface TypeChange {
  column: string;
  isSameClass: boolean;
  isSameCollation: boolean;
  isSameType: boolean;
  /** The constraints that the same statement drops before it changes the type. */
  dropped: ReadonlySet<string>;
}

/** Whether no cast makes the new type of the values, or of the default, so that PostgreSQL refuses it (42804). */
function isNotConverted(
  from: Type,
  to: Type,
  using: Node | undefined,
  name: string,
  { table, commands }: Target,
  known: Known,
): boolean {
  if (isAssigned(from, to, known)) return false;
  if (!using) return true;
  const dropsDefault = commands.some((c) => c.subtype === 'AT_ColumnDefault' && c.name === name && !c.def);
  return columnOf(table, name, known)?.hasDefault === true && !dropsDefault;
}

/** The tables whose foreign keys point to a column. */
const lockReferring = (table: ObjectRef, column: string, known: Known): Touch[] =>
  flatMap(constraintsOf(table, known), (key) =>
    key.detail?.unique && key.detail.columns?.includes(column)
      ? dropsOf({ ...key, detail: {} }, known)
      : key.detail?.references && key.detail.columns?.includes(column)
        ? lockAll(relationOf(key.detail.references.table, known), 'ACCESS EXCLUSIVE', known)
        : [],
  );

/** Whether an index has an expression or a predicate, be it one that reads no column. */
const isComputed = ({ detail }: ObjectRef): boolean => detail?.reads !== undefined || detail?.partial === true;

/** The indexes and checks that a new type makes anew although it leaves the rows as they are. */
function madeAnew(table: ObjectRef, change: TypeChange, known: Known): Touch[] {
  const { column, isSameClass, isSameCollation, isSameType, dropped } = change;
  const uses = ({ detail }: ObjectRef): boolean =>
    detail?.columns?.includes(column) === true || detail?.reads?.includes(column) === true;
  const isSorted = ({ detail }: ObjectRef): boolean =>
    (isSameClass || detail?.ownClasses?.includes(column) === true) &&
    (isSameCollation || detail?.ownCollations?.includes(column) === true);
  // What has an expression or a predicate is made anew whatever becomes of the type (`CheckIndexCompatible`).
  const indexes = indexesOf(table, known).filter((index) => uses(index) && (isComputed(index) || !isSorted(index)));
  const constraints = constraintsOf(table, known).filter((constraint) => {
    if (!uses(constraint) || constraint.detail?.unproven !== undefined || dropped.has(constraint.name)) return false;
    const { contype } = constraint.detail!;
    return contype === 'c' || (!isSorted(constraint) && (contype !== 'f' || !isSameType));
  });
  return [
    ...flatMap(indexes, ({ name }) => work([table], 'ACCESS EXCLUSIVE', 'build', 'type of index', name)),
    ...flatMap(constraints, ({ name, detail }) => {
      const { contype } = detail!;
      if (contype === 'c') return work([table], 'ACCESS EXCLUSIVE', 'scan', 'type of check', name);
      return contype === 'f'
        ? work([table], 'ACCESS EXCLUSIVE', 'scan', 'type of foreign key', name)
        : work([table], 'ACCESS EXCLUSIVE', 'build', 'type of index', name);
    }),
  ];
}

/** ALTER TYPE … ALTER ATTRIBUTE … CASCADE changes the column in the typed tables; without it, they refuse it. */
export const alterAttribute: Touches = (cmd, { table }, known) => {
  if (cmd.behavior !== 'DROP_CASCADE') return [];
  const typed = known
    .ofKind('table')
    .filter(
      ({ detail }) =>
        detail?.ofType && known.key({ kind: 'type', ...detail.ofType }) === known.key({ kind: 'type', ...table }),
    );
  return flatMap(typed, (relation) => [
    { relation, lock: 'ACCESS EXCLUSIVE' },
    ...(cmd.subtype === 'AT_AlterColumnType' ? work([relation], 'ACCESS EXCLUSIVE', 'rewrite', 'type', cmd.name) : []),
  ]);
};

export const setExpression = onTarget((cmd, { table, only }, known) => {
  const name = cmd.name ?? '';
  const detail = columnOf(table, name, known);
  const stored = storedIn(table, known, only);
  const locks = lockAll(table, 'ACCESS EXCLUSIVE', known, only);
  if (detail?.generated !== 'virtual')
    return [...locks, ...work(stored, 'ACCESS EXCLUSIVE', 'rewrite', 'stored', name)];
  // PostgreSQL refuses it where the table has checks.
  if (constraintsOf(table, known).some((c) => c.detail?.contype === 'c')) return [];
  return [
    ...locks,
    ...(isNotNull(table, name, known) ? work(stored, 'ACCESS EXCLUSIVE', 'scan', 'not null', name) : []),
  ];
});

// ---------------------------------------------------------------- settings of the table

export const setLogged = onTarget((cmd, { table }, known) => {
  const isUnlogged = table.detail?.unlogged === true;
  const isSame = isUnlogged === (cmd.subtype === 'AT_SetUnLogged') && known.get(tableRef(table)) !== undefined;
  const relations = isPartitioned(table) ? [] : [table];
  return isSame
    ? lockAll(table, 'ACCESS EXCLUSIVE', known, true)
    : [{ relation: table, lock: 'ACCESS EXCLUSIVE' }, ...work(relations, 'ACCESS EXCLUSIVE', 'rewrite', 'logging')];
});

export const setAccessMethod = onTarget((cmd, { table }) => {
  const wanted = cmd.name ?? 'heap';
  const isSame = (table.detail?.accessMethod ?? 'heap') === wanted;
  return [
    { relation: table, lock: 'ACCESS EXCLUSIVE' },
    ...(isSame || isPartitioned(table) ? [] : work([table], 'ACCESS EXCLUSIVE', 'rewrite', 'access method', wanted)),
  ];
});

export const setTablespace = onTarget((cmd, { table }) => {
  const wanted = cmd.name ?? '';
  const isSame = (table.detail?.tablespace ?? 'pg_default') === wanted;
  return [
    { relation: table, lock: 'ACCESS EXCLUSIVE' },
    ...(isSame || isPartitioned(table) || table.kind === 'view'
      ? []
      : work([table], 'ACCESS EXCLUSIVE', 'rewrite', 'tablespace', wanted)),
  ];
});

/** The storage parameters that a table takes under the weak lock (`reloptions.c`). */
const WEAK_OPTIONS = new RegExp(
  `^(?:${[
    'autovacuum_.*|toast[.].*|vacuum_.*|log_autovacuum.*|n_distinct.*|gin_pending.*',
    'fillfactor|parallel_workers|toast_tuple_target|fastupdate|pages_per_range|deduplicate_items|buffering',
  ].join('|')})$`,
);

export const setOptions = onTarget((cmd, { table, only }, known) => {
  const options = (nodeAs(cmd.def, 'List')?.items ?? []).map((item) => nodeAs(item, 'DefElem')?.defname ?? '');
  const isWeak = table.kind !== 'view' && options.every((name) => WEAK_OPTIONS.test(name));
  return lockAll(table, isWeak ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', known, only || !isPartitioned(table));
});

export const clusterOn = lockOnly('SHARE UPDATE EXCLUSIVE');

/** The foreign keys of a table lock the tables that they point to. */
export const referencedBy = (elements: readonly Node[] | undefined, known: Known): Touch[] =>
  flatMap(elements ?? [], (element): Touch[] => {
    const own = nodeAs(element, 'Constraint');
    const constraints = own
      ? [own]
      : flatMap(nodeAs(element, 'ColumnDef')?.constraints ?? [], (c) => nodeAs(c, 'Constraint') ?? []);
    return flatMap(constraints, ({ pktable }) =>
      pktable ? lockAll(relationOf(nameOfRange(pktable), known), 'SHARE ROW EXCLUSIVE', known) : [],
    );
  });
