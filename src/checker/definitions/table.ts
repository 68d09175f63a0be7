/** Definitions of tables: keys, columns and references that contradict one another or the tables that there are. */
import { SERIAL } from '../../catalog/columns.ts';
import { quoteIdent } from '../../catalog/names.ts';
import { nameOfRange, nodeAs, strings, typeText } from '../../catalog/nodes.ts';
import type { Effect } from '../../catalog/effects.ts';
import type { Name, ObjectRef } from '../../catalog/objects.ts';
import { unitsOf } from '../../catalog/units.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { flatMap } from '../../lists.ts';
import type { World } from '../../history/world.ts';
import type { Statement } from '../../syntax/script.ts';
import { rangeWithBrackets, tokenRange, wordRange } from '../places.ts';
import { checkKeyTypes } from './access-methods.ts';
import { checkGenerated } from './immutable.ts';
import { checkConversion } from './conversion.ts';
import { reportUnknown } from '../names/report.ts';
import { similar } from '../names/similar.ts';
import { columnType, isKnownTable, isRenamed, uniqueOf } from '../names/scope.ts';
import type { Checked } from '../problem.ts';
import { comparable } from '../values.ts';
import { checkColumn, checkDefault, nameOfType } from './columns.ts';

type Constraint = NodeOf<'Constraint'>;

/** A constraint of a table, with the column behind which it stands. */
interface ConstraintOf {
  constraint: Constraint;
  column?: NodeOf<'ColumnDef'>;
}

export function checkTable(node: NodeOf<'CreateStmt'>, checked: Checked): void {
  const elements = node.tableElts ?? [];
  const columns = flatMap(elements, (element) => nodeAs(element, 'ColumnDef') ?? []);
  for (const column of columns) checkColumn(column, checked);
  checkTwice(columns, nameOfRange(node.relation), checked);
  const constraints = flatMap(elements, (element): ConstraintOf[] => {
    const column = nodeAs(element, 'ColumnDef');
    const constraint = nodeAs(element, 'Constraint');
    if (constraint) return [{ constraint }];
    return (column?.constraints ?? []).map((c) => ({ constraint: nodeAs(c, 'Constraint')!, column: column! }));
  });
  checkPrimaryKeys(constraints, nameOfRange(node.relation), checked);
  checkPartitionKey(node, constraints, checked);
  for (const { constraint, column } of constraints) {
    checkReference(constraint, column, columns, checked);
    checkKeyTypes(constraint, column, columns, nameOfRange(node.relation), checked);
    if (constraint.contype === 'CONSTR_GENERATED')
      checkGenerated(constraint.raw_expr, nameOfRange(node.relation), columns, checked);
  }
}

/** A column that is there twice: the second would be refused. */
function checkTwice(columns: readonly NodeOf<'ColumnDef'>[], table: Name, { statement, report }: Checked): void {
  const seen = new Set<string>();
  for (const { colname = '', location } of columns) {
    if (seen.has(colname))
      report({
        family: 'definition',
        ...tokenRange(statement, location),
        error: '42701',
        problem: `Table "${table.name}" has column "${colname}" twice`,
        advice: 'Take one of them out, or give it another name.',
      });
    seen.add(colname);
  }
}

function checkPrimaryKeys(constraints: readonly ConstraintOf[], table: Name, { statement, report }: Checked): void {
  const keys = constraints.filter(({ constraint }) => constraint.contype === 'CONSTR_PRIMARY');
  const second = keys[1];
  if (!second) return;
  const columns = [...new Set(flatMap(keys, ({ constraint, column }) => column?.colname ?? strings(constraint.keys)))];
  const names = columns.map(quoteIdent).join(', ');
  report({
    family: 'definition',
    ...tokenRange(statement, second.constraint.location),
    error: '42P16',
    problem: `Table "${table.name}" has more than one primary key`,
    advice:
      columns.length > 1
        ? `If all these columns make the key, write PRIMARY KEY (${names}) once, behind the columns.`
        : 'Write PRIMARY KEY once.',
  });
}

/** A key of a partitioned table must have all columns by which its rows are spread. */
function checkPartitionKey(
  { partspec, tableElts = [], inhRelations, ofTypename }: NodeOf<'CreateStmt'>,
  constraints: readonly ConstraintOf[],
  checked: Checked,
): void {
  const { statement, report } = checked;
  const parts = (partspec?.partParams ?? []).map((p) => nodeAs(p, 'PartitionElem')?.name);
  if (parts.length === 0 || parts.includes(undefined)) return;
  const names = new Set(flatMap(tableElts, (element) => nodeAs(element, 'ColumnDef')?.colname ?? []));
  const isWhole = !inhRelations && !ofTypename && !tableElts.some((element) => 'TableLikeClause' in element);
  const absent = isWhole ? parts.find((part) => !names.has(part!)) : undefined;
  if (absent !== undefined) {
    const place = wordRange(statement, absent, statement.text.search(/\bpartition\s+by\b/i));
    const otherwise = 'Write the name of a column of the table.';
    const problem = `Column "${absent}" of the partition key does not exist`;
    reportUnknown(checked, { ...place, error: '42703', problem, meant: similar(absent, names, 3), otherwise });
    return;
  }
  for (const { constraint, column } of constraints) {
    if (constraint.contype !== 'CONSTR_PRIMARY' && constraint.contype !== 'CONSTR_UNIQUE') continue;
    const keys = column ? [column.colname ?? ''] : strings(constraint.keys);
    const missing = parts.filter((part) => !keys.includes(part!));
    if (missing.length > 0)
      report({
        family: 'definition',
        ...tokenRange(statement, constraint.location),
        error: '0A000',
        problem: `A key of a partitioned table must have its partition key, and ${quoted(missing)} is not in it`,
        advice: `Write (${[...keys, ...missing].map((c) => quoteIdent(c!)).join(', ')}) behind the columns.`,
      });
  }
}

/** A foreign key needs a unique key of the other table, of as many columns, which can be compared. */
function checkReference(
  constraint: Constraint,
  column: NodeOf<'ColumnDef'> | undefined,
  columns: readonly NodeOf<'ColumnDef'>[],
  checked: Checked,
  table?: ObjectRef,
): void {
  if (constraint.contype !== 'CONSTR_FOREIGN') return;
  const { statement, world, report } = checked;
  const own = column ? [column.colname ?? ''] : strings(constraint.fk_attrs);
  const target: ObjectRef = { kind: 'table', ...nameOfRange(constraint.pktable) };
  const named = strings(constraint.pk_attrs);
  const place = () => tokenRange(statement, constraint.pktable?.location ?? constraint.location);
  if (named.length > 0 && named.length !== own.length) {
    report({
      family: 'definition',
      ...place(),
      error: '42830',
      problem: `A foreign key of ${own.length} columns refers to ${named.length}`,
      advice: 'Name as many columns on both sides.',
    });
    return;
  }
  if (!isKnownTable(target, world)) return;
  const all = uniqueOf(target, world);
  const keys = all.filter(isKey);
  const primary = keys.find(({ detail }) => detail?.contype === 'p');
  const referenced = named.length > 0 ? named : primary?.detail?.columns;
  const isUnique = named.length === 0 ? primary : keys.some(({ detail }) => hasJust(detail!.columns!, named));
  const addsKey =
    isSameTable(statement, target, world) && unitsOf(statement).some(({ effects }) => effects.some(makesKey));
  if (
    !isUnique &&
    !addsKey &&
    !isRenamed(all, target, world) &&
    named.every((name) => world.has({ kind: 'column', name, of: target }))
  )
    reportNoKey(named, target, place(), report);
  if (!referenced || referenced.length !== own.length) return;
  checkTypes({ own, columns, table }, referenced, target, place, checked);
}

/** The columns of a foreign key: those that the statement makes, and those of a table that is there. */
interface Referring {
  own: readonly string[];
  columns: readonly NodeOf<'ColumnDef'>[];
  table: ObjectRef | undefined;
}

/** Whether an object is a key to which a foreign key can refer (`transformFkeyCheckAttrs`). */
const isKey = ({ detail }: ObjectRef): boolean =>
  detail?.unique === true &&
  detail.partial !== true &&
  detail.deferrable !== true &&
  detail.columns?.includes(undefined) === false;

const hasJust = (columns: readonly (string | undefined)[], names: readonly string[]): boolean =>
  columns.length === names.length && names.every((name) => columns.includes(name));

/** Whether a statement makes or alters a table. */
function isSameTable(statement: Statement, { schema, name }: Name, world: World): boolean {
  const { relation } = statement.as('CreateStmt') ?? statement.as('AlterTableStmt') ?? {};
  const own = nameOfRange(relation);
  return world.key({ kind: 'table', ...own }) === world.key({ kind: 'table', schema, name });
}

/** Whether an effect makes a key, by itself or with a table. */
const makesKey = (effect: Effect): boolean =>
  effect.action === 'create' && [effect.object, ...(effect.parts ?? [])].some(isKey);

function reportNoKey(
  named: readonly string[],
  table: ObjectRef,
  place: { start: number; end: number },
  report: Checked['report'],
): void {
  if (named.length === 0) {
    report({
      family: 'definition',
      ...place,
      error: '42704',
      problem: `Table "${table.name}" has no primary key, to which a foreign key without columns refers`,
      advice: 'Name the columns of a unique key, or add a primary key first.',
    });
    return;
  }
  const columns = named.map(quoteIdent).join(', ');
  const made = `ALTER TABLE ${quoteIdent(table.name)} ADD UNIQUE (${columns})`;
  report({
    family: 'definition',
    ...place,
    error: '42830',
    problem: `No unique key of table "${table.name}" has just the columns (${columns}), to which a foreign key refers`,
    advice: `Refer to the columns of a key, or make one first: ${made}.`,
  });
}

const quoted = (names: readonly (string | undefined)[]) => names.map((name) => `"${name}"`).join(', ');

function checkTypes(
  { own, columns, table }: Referring,
  referenced: readonly (string | undefined)[],
  target: ObjectRef,
  place: () => { start: number; end: number },
  { statement, world, report }: Checked,
): void {
  for (const [k, name] of own.entries()) {
    const definition = columns.find(({ colname }) => colname === name);
    const type = definition || table ? columnType(name, table ?? target, world, columns) : undefined;
    const other = referenced[k];
    const otherType = columnType(other ?? '', target, world);
    if (type === undefined || otherType === undefined || comparable(type, otherType) !== false) continue;
    const isSerial = definition !== undefined && SERIAL.has(typeText(definition.typeName));
    const range = definition && rangeWithBrackets(statement, definition.typeName?.location);
    report({
      family: 'definition',
      ...place(),
      error: '42804',
      problem:
        `Column "${name}" is of type ${nameOfType(type)}, and refers to "${other}" of "${target.name}", ` +
        `which is of type ${nameOfType(otherType)}`,
      advice: definition ? `Write ${nameOfType(otherType)}.` : 'Change the type of one of them first.',
      edits: !range || isSerial ? undefined : [{ ...range, text: nameOfType(otherType) }],
    });
    return;
  }
}

/** ADD COLUMN, SET DEFAULT, ADD PRIMARY KEY and ADD FOREIGN KEY. */
export function checkAlterTable(node: NodeOf<'AlterTableStmt'>, checked: Checked): void {
  const table: ObjectRef = { kind: 'table', ...nameOfRange(node.relation) };
  const subcommands = (node.cmds ?? []).map((item) => nodeAs(item, 'AlterTableCmd')!);
  for (const subcommand of subcommands) checkSubcommand(subcommand, table, checked);
  // PostgreSQL drops first, whatever stands first.
  if (!subcommands.some(({ subtype }) => subtype === 'AT_DropConstraint' || subtype === 'AT_DropColumn'))
    for (const { def } of subcommands) checkSecondKey(nodeAs(def, 'Constraint'), table, checked);
}

function checkSubcommand({ subtype, def, name }: NodeOf<'AlterTableCmd'>, table: ObjectRef, checked: Checked): void {
  const { world } = checked;
  if (subtype === 'AT_AddColumn') {
    const column = nodeAs(def, 'ColumnDef');
    if (!column) return;
    checkColumn(column, checked);
    for (const c of column.constraints ?? []) {
      const constraint = nodeAs(c, 'Constraint')!;
      checkReference(constraint, column, [column], checked);
      if (constraint.contype === 'CONSTR_GENERATED') checkGenerated(constraint.raw_expr, table, [column], checked);
    }
  } else if (subtype === 'AT_AddConstraint') {
    const constraint = nodeAs(def, 'Constraint');
    if (constraint) checkKeyTypes(constraint, undefined, [], table, checked);
    if (constraint) checkReference(constraint, undefined, [], checked, table);
  } else if (subtype === 'AT_AlterColumnType') checkConversion(name ?? '', nodeAs(def, 'ColumnDef'), table, checked);
  else if (subtype === 'AT_ColumnDefault') {
    const { type, definition } = world.get({ kind: 'column', name: name ?? '', of: table })?.ref.detail ?? {};
    if (type !== undefined && type === definition) checkDefault(def, type, checked);
  }
}

function checkSecondKey(
  constraint: Constraint | undefined,
  table: ObjectRef,
  { statement, runs, world, report }: Checked,
): void {
  if (!runs || constraint?.contype !== 'CONSTR_PRIMARY') return;
  const key = world.parts(table).find((part) => part.kind === 'constraint' && part.detail?.contype === 'p');
  // A key of the same name is there already: that is a matter of the second run.
  if (!key || key.name === constraint.conname) return;
  report({
    family: 'definition',
    ...wordRange(statement, 'primary', constraint.location),
    error: '42P16',
    problem: `Table "${table.name}" has a primary key already, "${key.name}"`,
    advice: 'Drop that one first, or add a UNIQUE constraint.',
  });
}
