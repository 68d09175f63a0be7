import { lookup } from '../lookup.ts';
import type { ColumnType } from '../catalog/locks/types.ts';
import { columnName, nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { namesIn } from '../catalog/needs.ts';
import type { Name, ObjectRef } from '../catalog/objects.ts';
import type { Locked, Removal } from '../locking/index.ts';
import { flatMap } from '../lists.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, type RuleContext } from './api/rule.ts';
import { describeOld, isDeployed, labelOf, placeOf, whatNeeds } from './shared/safety.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow statements that lose rows or values which the migration itself has not made',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    messages: {
      drop:
        'The {{object}} goes with all that is in it, and nothing brings it back. Keep a copy (CREATE TABLE … AS ' +
        'SELECT) that a later migration drops, or rename it first.',
      cascade:
        'CASCADE drops {{needs}} with the {{object}}, although the statement does not name them. Drop each of ' +
        'them by ' +
        'its name, and leave CASCADE out.',
      schema:
        'CASCADE drops the schema "{{name}}" with every table in it. Drop what is in it by name, and leave ' +
        'CASCADE out.',
      database: 'DROP DATABASE deletes "{{name}}" with all that is in it; it does not belong into a migration.',
      truncate: 'TRUNCATE deletes all rows of "{{name}}". Keep a copy first, or delete the rows that are meant.',
      all:
        '{{verb}} without WHERE {{does}} every row of "{{name}}". Say in WHERE which rows are meant, or keep ' +
        'a copy first.',
      narrow:
        'TYPE {{to}} {{loses}} in values of "{{column}}", which is {{from}}, without an error. Look for such values ' +
        'first, or keep the old column until nobody misses them.',
      cut:
        'USING casts "{{column}}" to {{to}}, which cuts what is longer without an error. Leave the cast out: ' +
        'then it fails.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { locks } = context.sourceCode;
      const copied = copiesIn(context);
      for (const removal of locks.removals) reportRemoval(removal, copied, context);
      for (const statement of context.sourceCode.script.all()) reportRows(statement, copied, context);
      const seen = new Set<object>();
      for (const cost of locks.locked)
        if (cost.touch.conversion && !seen.has(cost.unit)) {
          seen.add(cost.unit);
          reportConversion(cost, context);
        }
    },
  }),
});

/** The tables of which the file keeps a copy, by their names, and the columns as `table.column`. */
function copiesIn({ sourceCode: { script } }: RuleContext): ReadonlySet<string> {
  return new Set(
    flatMap(script.all(), (statement) => {
      const query = statement.as('CreateTableAsStmt')?.query ?? statement.as('InsertStmt')?.selectStmt;
      if (query) return namesIn(query).relations.map(({ name }) => name.name);
      const update = statement.as('UpdateStmt');
      return update ? columnsKeptBy(update) : [];
    }),
  );
}

/** UPDATE t SET b = a: the columns whose values all rows keep in another one. */
function columnsKeptBy({ relation, targetList, whereClause }: NodeOf<'UpdateStmt'>): string[] {
  return flatMap(targetList ?? [], (target) => {
    const { name, val } = nodeAs(target, 'ResTarget') ?? {};
    const source = columnName(val);
    const isCopy = source !== undefined && source !== name && leavesOutNothing(whereClause, source, name);
    return isCopy ? `${relation?.relname}.${source}` : [];
  });
}

/** Whether WHERE only asks for rows that have a value to copy, or no copy yet. */
function leavesOutNothing(where: Node | undefined, source: string, copy: string | undefined): boolean {
  if (!where) return true;
  const { nulltesttype, arg } = nodeAs(where, 'NullTest') ?? {};
  return columnName(arg) === (nulltesttype === 'IS_NULL' ? copy : source);
}

const HOLDS_ROWS = new Set<ObjectRef['kind']>(['table', 'column']);

function reportRemoval(removal: Removal, copied: ReadonlySet<string>, context: RuleContext): void {
  const { action, object, unit, cascade, dependents } = removal;
  if (action !== 'drop') return;
  const loc = context.sourceCode.headOf(unit);
  const isKept = copied.has(object.of?.name ?? object.name) || copied.has(`${object.of?.name}.${object.name}`);
  if (HOLDS_ROWS.has(object.kind) && !isKept)
    context.report({ loc, messageId: 'drop', data: { object: describeOld(object) } });
  else if (object.kind === 'schema' && cascade)
    context.report({ loc, messageId: 'schema', data: { name: object.name } });
  if (cascade && dependents.length > 0 && object.kind !== 'schema')
    context.report({ loc, messageId: 'cascade', data: { object: describeOld(object), needs: whatNeeds(dependents) } });
}

/** What the statement deletes or overwrites, where it says of no row that it is meant. */
function reportRows(statement: Statement, copied: ReadonlySet<string>, context: RuleContext): void {
  const { sourceCode } = context;
  if (statement.direction === 'down' || statement.placeholders) return;
  const loc = sourceCode.headOf(statement);
  const dropped = statement.as('DropdbStmt');
  if (dropped) context.report({ loc, messageId: 'database', data: { name: dropped.dbname ?? '' } });
  const isLost = (name: Name) => !copied.has(name.name) && isOldTable(name, context);
  for (const relation of statement.as('TruncateStmt')?.relations ?? []) {
    const name = nameOfRange(nodeAs(relation, 'RangeVar'));
    if (isLost(name)) context.report({ loc, messageId: 'truncate', data: { name: labelOf(name) } });
  }
  const remove = statement.as('DeleteStmt');
  const update = statement.as('UpdateStmt');
  const node = remove ?? update;
  if (!node?.relation || node.whereClause || (update && (keepsValues(update) || fillsNewColumns(update, context))))
    return;
  const name = nameOfRange(node.relation);
  if (isLost(name))
    context.report({
      loc,
      messageId: 'all',
      data: { verb: remove ? 'DELETE' : 'UPDATE', does: remove ? 'deletes' : 'overwrites', name: labelOf(name) },
    });
}

/** Whether a table was there before the file; what no migration has made is there all the same. */
function isOldTable(name: Name, { sourceCode: { world, script } }: RuleContext): boolean {
  const ref: ObjectRef = { kind: 'table', ...name };
  if (name.schema === 'pg_temp') return false;
  const isMadeHere = script
    .all()
    .some((s) => (s.as('CreateStmt')?.relation ?? s.as('CreateTableAsStmt')?.into?.rel)?.relname === name.name);
  return world.has(ref) === true || !isMadeHere;
}

/** Whether an UPDATE only fills in what is NULL: `SET a = coalesce(a, 0)`. */
const keepsValues = ({ targetList }: NodeOf<'UpdateStmt'>): boolean =>
  (targetList ?? []).every((node) => {
    const { name, val } = nodeAs(node, 'ResTarget') ?? {};
    return name !== undefined && columnName(nodeAs(val, 'CoalesceExpr')?.args?.[0]) === name;
  });

/** Whether an UPDATE gives values only to columns that the file itself has added. */
function fillsNewColumns(
  { targetList, relation }: NodeOf<'UpdateStmt'>,
  { sourceCode: { world } }: RuleContext,
): boolean {
  const of = nameOfRange(relation);
  const names = flatMap(targetList ?? [], (target) => nodeAs(target, 'ResTarget')?.name ?? []);
  return (
    names.length > 0 &&
    names.every((name) => world.get({ kind: 'column', name, of }) === undefined) &&
    world.get({ kind: 'table', ...of }) !== undefined
  );
}

function reportConversion(cost: Locked, context: RuleContext): void {
  const { conversion, subject = '' } = cost.touch;
  if (!conversion) return;
  const { from, to, cuts } = conversion;
  const loc = placeOf(context, cost);
  const data = { column: subject, to: written(to), from: from ? written(from) : '' };
  const loses = from && lossOf(from, to);
  if (loses !== undefined) context.report({ loc, messageId: 'narrow', data: { ...data, loses } });
  else if (cuts && (!from || isLonger(from, to))) context.report({ loc, messageId: 'cut', data });
}

const isLonger = (from: ColumnType, to: ColumnType): boolean =>
  from.modifiers.length === 0 || (from.modifiers[0] ?? 0) > (to.modifiers[0] ?? 0);

const WORDS = lookup<string>({
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bpchar: 'char',
});

const written = ({ name, modifiers }: ColumnType): string =>
  (WORDS[name] ?? name) + (modifiers.length > 0 ? `(${modifiers.join(', ')})` : '');

const WHOLE = new Set(['int2', 'int4', 'int8']);
const BROKEN = new Set(['numeric', 'float4', 'float8', 'money']);

/** What a change of type loses without an error; undefined where it loses nothing, or fails. */
function lossOf(from: ColumnType, to: ColumnType): string | undefined {
  if (BROKEN.has(from.name) && (to.name === 'numeric' || WHOLE.has(to.name))) return lossOfDigits(from, to);
  if ((from.name === 'float8' || from.name === 'numeric') && to.name === 'float4') return 'rounds digits';
  if (from.name === 'json' && to.name === 'jsonb')
    return 'drops the order of keys, and all but the last of equal ones,';
  return lossOfTime(from, to);
}

function lossOfDigits(from: ColumnType, to: ColumnType): string | undefined {
  const scaleOf = ({ name, modifiers }: ColumnType): number =>
    WHOLE.has(name) ? 0 : modifiers.length === 0 ? Infinity : (modifiers[1] ?? 0);
  return scaleOf(to) < scaleOf(from) ? 'rounds digits behind the point' : undefined;
}

function lossOfTime(from: ColumnType, to: ColumnType): string | undefined {
  const isTimestamp = from.name.startsWith('timestamp');
  if (isTimestamp && to.name === 'date') return 'drops the time of day';
  if (isTimestamp && (to.name === 'time' || to.name === 'timetz')) return 'drops the day';
  const isFiner =
    from.name.startsWith('time') && from.name === to.name && (from.modifiers[0] ?? 6) > (to.modifiers[0] ?? 6);
  return isFiner ? 'rounds fractions of a second' : undefined;
}
