import type { Effect } from '../../catalog/effects.ts';
import { quoteIdent, quoteName } from '../../catalog/names.ts';
import { nameOfRange, nodeAs } from '../../catalog/nodes.ts';
import type { Name, ObjectRef } from '../../catalog/objects.ts';
import { assignmentsOf, excludesDone } from '../../catalog/update-conditions.ts';
import { columnsWithObjectAdded } from '../../catalog/updates.ts';
import { isHandled } from '../../history/guards.ts';
import { lacksIdentity } from '../../catalog/locks/relations.ts';
import { knownTrigger } from '../../catalog/writes.ts';
import type { Settings, World } from '../../history/world.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import type { Statement } from '../../syntax/script.ts';
import type { Judgement } from '../finding.ts';
import type { Occurrence } from '../occurrence.ts';
import {
  asksForOthers,
  conflictChange,
  coveringKey,
  deletedBefore,
  hasConstantKey,
  hasVaryingVariables,
  insertedAnew,
  insertProblem,
  insertRows,
  isSetLater,
  movedFrom,
} from '../inserts.ts';
import { leavesOutExisting } from '../left-out.ts';
import { isAfterRow, type LaterChanges } from '../later-changes.ts';
import { changeByOuterColumns } from '../outer-columns.ts';
import { resetOfOwnRows, type Reset } from '../own-rows.ts';
import { isNumberedFrom, RESTART_BEHIND } from '../restarts.ts';
import type { Replay } from '../replay.ts';
import { readsBeforeFill } from '../watches/made-anew.ts';
import type { Semantics } from './types.ts';

type Insert = Extract<Effect, { action: 'insert' }>;

export const insert: Semantics<Insert> = {
  before: ({ object }, world) => ({ inserts: world.inserts(object) }),
  judge(occurrence, replay) {
    const { effect, unit } = occurrence;
    const node = unit.statement.as('InsertStmt');
    if (node && nameOfRange(node.relation).name === effect.object.name) return judgeOwnRows(occurrence, replay);
    if (replay.freshTables.has(replay.world.key(effect.object))) return undefined;
    return { kind: 'repeats', what: 'rows', consequence: 'a second run adds the rows again' };
  },
  mentions: () => [],
};

/** An INSERT of its own, not one in WITH or a COPY: its rows and its key can be read. */
function judgeOwnRows({ effect, unit, step }: Occurrence<Insert>, replay: Replay): Judgement | undefined {
  const { world, first, freshTables } = replay;
  const node = unit.statement.as('InsertStmt')!;
  const key = world.key(effect.object);
  const removed = replay.deletes(key).map((where) => deletedBefore(node, where, world));
  const isEmpty = freshTables.has(key);
  // Rows of a table that is gone at the end differ from nothing.
  const isAnew = first.after.has(effect.object) === true && (isEmpty || removed.some((rows) => rows !== 'none'));
  const keepsCounting = !isEmpty || freshTables.get(key) === 'emptied';
  const anew = isAnew ? insertedAnew(node, keepsCounting, world) : undefined;
  const changed: Judgement | undefined = anew && { kind: 'changes-rows', reason: anew.why, clockOnly: anew.clock };
  const copied = replay.rowFlow.judgeCopy(unit.statement, step) ?? readsBeforeFill(unit.statement, step, first);
  if (copied) return copied;
  const added = () => addedBesides(node, unit.statement, step, replay);
  if (isEmpty || removed.includes('all')) return changed ?? added();
  if (isMovedOnce(node, replay)) return changed;
  const byRows = judgeBesideRows(node, effect.object, world);
  if (byRows) return byRows;
  const later = first.rowChanges.after(
    step,
    key,
    (at) => replay.canStopBetween(step, at),
    (update, set) => asksForOthers(update, node, set, first.after),
  );
  const consequence = insertProblem(unit.statement, later, first.after);
  const isRestarted = !node.onConflictClause && isNumberedFrom(first.restarts, step, node, world);
  if (consequence === undefined) return isRestarted ? setBack() : (changed ?? added());
  if (isCaughtAlone(unit.statement, later, first.after)) return changed;
  const isUnanswerable = insertRows(node) === undefined && coveringKey(node, first.after) === undefined;
  return { kind: 'repeats', what: 'rows', consequence, later, isUnanswerable, isRestarted };
}

/** How a second run of an INSERT adds rows that are not there, for those that came into another table. */
const addedBesides = (node: NodeOf<'InsertStmt'>, statement: Statement, step: number, replay: Replay) => {
  const added = judgeGrowth(statement, step, replay);
  return added && !hasConstantKey(node, replay.first.after) ? added : undefined;
};

const judgeGrowth = (statement: Statement, step: number, { freshTables, rowFlow }: Replay) =>
  rowFlow.judgeGrowth(statement, step, (table) => freshTables.has(table));

/** Of an INSERT whose SELECT asks for rows of the table, and perhaps for others than it writes. */
const MAY_BE_OTHERS = {
  reason: 'its question for rows that are there already may not find those that it inserts',
  why: 'ask for the values that it inserts',
};

/** How ON CONFLICT DO UPDATE changes rows that are there, or whether the INSERT leaves them out. */
function judgeBesideRows(node: NodeOf<'InsertStmt'>, table: ObjectRef, world: World): Judgement | undefined {
  const update = conflictChange(node);
  if (update?.maybe) return { kind: 'undecidable', reason: update.why };
  const reset = update && !update.clock ? undefined : resetOfOwnRows(node, world);
  if (reset) return changesOwnRows(reset);
  if (update) return { kind: 'changes-rows', reason: update.why, clockOnly: update.clock };
  if (node.onConflictClause)
    return node.onConflictClause.action === 'ONCONFLICT_UPDATE' ? changedByTriggers(table, world) : undefined;
  return leavesOutExisting(node, world) === undefined ? { kind: 'undecidable', ...MAY_BE_OTHERS } : undefined;
}

/** Of an INSERT that adds a row with one value, and sets another one where the row is there. */
const changesOwnRows = ({ column, isSure }: Reset): Judgement => {
  const other = `${isSure ? '' : 'what may be '}another value than the row is inserted with`;
  const reason = `ON CONFLICT sets "${column}" to ${other}`;
  return isSure
    ? { kind: 'changes-rows', reason, clockOnly: false }
    : { kind: 'undecidable', reason, why: `set it to EXCLUDED.${quoteIdent(column)}` };
};

/** Of a statement that leaves its rows out where they are there. */
const setBack = (): Judgement => ({
  kind: 'undecidable',
  reason: 'a second run sets the sequence of its column back behind the numbers of the rows, which it then leaves out',
  why: RESTART_BEHIND,
});

/**
 * Whether an INSERT fails on a unique key in the second run, and stands alone in a block that catches this: nothing is
 * rolled back with it.
 */
function isCaughtAlone(statement: Statement, later: LaterChanges, world: World): boolean {
  const catching = statement.guards.findLast((guard) => isHandled({ guards: [guard] }, '23505'));
  if (!catching || later.isDeleted || statement.guards.some(({ kind }) => kind === 'loop')) return false;
  if (statement.parent?.children?.some((other) => other !== statement && other.guards.includes(catching))) return false;
  const key = coveringKey(statement.as('InsertStmt')!, world, hasVaryingVariables(statement), later.passing);
  return key !== undefined && !key.detail!.deferrable && !isSetLater(later, key.detail!.columns as string[]);
}

/** Whether an INSERT takes its rows away from a table that has none of them in the second run. */
function isMovedOnce(node: NodeOf<'InsertStmt'>, { world, first, freshTables }: Replay): boolean {
  const moved = movedFrom(node);
  const from = moved && world.key({ kind: 'table', ...moved });
  return from !== undefined && !first.filled.has(from) && !freshTables.has(from);
}

/** What a statement does otherwise in a second run, by the rows of other tables. */
const judgeByOthers = (statement: Statement, step: number, replay: Replay) =>
  replay.rowFlow.judgeCopy(statement, step) ??
  judgeGrowth(statement, step, replay) ??
  readsBeforeFill(statement, step, replay.first);

/** An UPDATE sets the same values again, but the triggers of its table run again too. */
export const write: Semantics<Extract<Effect, { action: 'write' }>> = {
  judge({ effect: { table, rows }, unit, step }, replay) {
    const { world, first, freshTables, rowFlow } = replay;
    const { statement } = unit;
    const refused = refusedByPublication(table, world, first.base);
    if (refused) return refused;
    if (freshTables.has(world.key(table))) return undefined;
    const byOthers = () => judgeByOthers(statement, step, replay);
    if (!rows && statement.type !== 'MergeStmt') return undefined;
    if (!rows) return byOthers();
    const isOwn = statement.as('UpdateStmt') === rows;
    const changed = isOwn ? (rowFlow.judge(statement, step) ?? byOthers()) : undefined;
    if (changed) return changed;
    const again = isOwn && !unit.effects.some(({ action }) => action === 'change');
    const byOuter = again ? changeByOuterColumns(rows, world) : undefined;
    if (byOuter) return { kind: 'undecidable', reason: byOuter.why };
    if (excludesDone(rows.whereClause, assignmentsOf(rows.targetList))) return undefined;
    return addsElement(table, rows, world) ?? writtenByRule(table, 'UPDATE', world) ?? changedByTriggers(table, world);
  },
  mentions: () => [],
};

/** An UPDATE that adds a JSON object to a column of JSON arrays, by its default. */
function addsElement(table: ObjectRef, { targetList }: NodeOf<'UpdateStmt'>, world: World): Judgement | undefined {
  const isArray = (name: string) => world.get({ kind: 'column', name, of: table })?.ref.detail?.isJsonArray === true;
  const column = columnsWithObjectAdded(targetList).find(isArray);
  return column === undefined
    ? undefined
    : {
        kind: 'changes-rows',
        reason: `${column} holds arrays, and gets the object as one more element`,
        clockOnly: false,
      };
}

/** An UPDATE or DELETE of rows that a later statement publishes, although nothing identifies them. */
function refusedByPublication(table: ObjectRef, world: World, base: World): Judgement | undefined {
  if (!lacksIdentity(table, world) || lacksIdentity(table, base)) return undefined;
  return {
    kind: 'undecidable',
    reason:
      'a second run fails with 55000, since a later statement publishes the table, and nothing identifies its rows',
    why: 'give the table a primary key or REPLICA IDENTITY FULL before it is published',
  };
}

/** A rule of the table that writes rows whenever the command is run. */
function writtenByRule(table: ObjectRef, command: 'UPDATE' | 'DELETE', world: World): Judgement | undefined {
  const rule = world.parts(table).find(({ kind, detail }) => kind === 'rule' && detail?.rule === `CMD_${command}`);
  return rule && { kind: 'undecidable', reason: `rule "${rule.name}" writes rows at every ${command}` };
}

/** How the triggers for DELETE or TRUNCATE change rows again although no rows are left. */
function removedWithTriggers(table: ObjectRef, statement: Statement, world: World): Judgement | undefined {
  const command = statement.type === 'TruncateStmt' ? 'TRUNCATE' : 'DELETE';
  for (const { kind, name, detail } of world.parts(table)) {
    const trigger = kind === 'trigger' ? detail?.trigger : undefined;
    if (!trigger || !(command === 'DELETE' ? trigger.onDelete : trigger.onTruncate) || isAfterRow(trigger)) continue;
    const settings = world.settings({ kind: 'function', ...trigger.calls, args: [] });
    if (settings.acts !== true || (trigger.isForRow && settings['keeps rows'] !== true)) continue;
    return trigger.isForRow
      ? { kind: 'undecidable', reason: `trigger "${name}" writes rows at every DELETE, and may keep the row` }
      : { kind: 'changes-rows', reason: `trigger "${name}" writes rows at every ${command}`, clockOnly: false };
  }
  return undefined;
}

/** How the triggers for UPDATE change rows again although the statement sets the same values. */
function changedByTriggers(table: ObjectRef, world: World): Judgement | undefined {
  const triggers = world.parts(table).filter(({ kind, detail }) => kind === 'trigger' && detail?.trigger?.onUpdate);
  const settings = triggers.map(({ name, detail }) => ({ name, ...settingsOfTrigger(detail!.trigger!.calls, world) }));
  const writer = settings.find(({ acts, counts }) => acts === true || counts === true);
  if (writer) {
    const what = writer.acts === true ? 'writes rows' : 'counts';
    return { kind: 'changes-rows', reason: `trigger "${writer.name}" ${what} at every UPDATE`, clockOnly: false };
  }
  const unknown = settings.find(({ isUnknown }) => isUnknown);
  if (unknown)
    return {
      kind: 'undecidable',
      reason: `trigger "${unknown.name}" fires at every UPDATE, and no earlier migration shows what its function does`,
      why: 'only you know which rows have been changed already; exclude them in WHERE',
    };
  const clock = settings.find((of) => of['tells the time'] === true);
  return (
    clock && { kind: 'changes-rows', reason: `trigger "${clock.name}" sets the time of every UPDATE`, clockOnly: true }
  );
}

/** What the function of a trigger does. */
function settingsOfTrigger(name: Name, world: World): Settings & { isUnknown?: boolean } {
  const routine: ObjectRef = { kind: 'function', ...name, args: [] };
  if (world.get(routine)) return world.settings(routine);
  const known = knownTrigger(name);
  return known === undefined ? { isUnknown: true } : known === 'nothing' ? {} : { [known]: true };
}

/** A second DELETE finds no rows, so it is repeatable. */
export const remove: Semantics<Extract<Effect, { action: 'delete' }>> = {
  judge({ effect: { object, all }, unit, step }, replay) {
    const { world, first, freshTables, rowFlow } = replay;
    const refused = refusedTruncate(object, unit.statement, world, first.base);
    if (refused !== undefined)
      return { kind: 'undecidable', reason: refused, why: 'empty both tables, or ask whether the rows are to go' };
    const unidentified =
      unit.statement.type === 'TruncateStmt' ? undefined : refusedByPublication(object, world, first.base);
    if (unidentified) return unidentified;
    const byRule = writtenByRule(object, 'DELETE', world);
    if (byRule) return byRule;
    if (freshTables.has(world.key(object))) return undefined;
    const byTrigger = removedWithTriggers(object, unit.statement, world);
    if (byTrigger) return byTrigger;
    const kept = all && unit.statement.type === 'DeleteStmt' ? keptBy(object, step, replay) : undefined;
    if (kept)
      return {
        kind: 'undecidable',
        reason: `a second run fails with 23503, since a later statement adds rows to ${kept} that point to its rows`,
        why: 'delete those rows first, or ask whether the rows are to go',
      };
    const { statement } = unit;
    return rowFlow.judge(statement, step) ?? judgeByOthers(statement, step, replay);
  },
  mentions: () => [],
};

/** A table with a foreign key to the rows that are deleted, whose own rows only a later statement adds. */
function keptBy(table: ObjectRef, step: number, replay: Replay): string | undefined {
  const { world, first, freshTables } = replay;
  const target = world.key(table);
  for (const dependent of world.dependents(table)) {
    const key = world.refOfKey(dependent);
    if (key?.kind !== 'constraint' || !key.detail?.keepsTarget || !key.of) continue;
    const from = world.key({ kind: 'table', ...key.of });
    const isFilled = first.occurrences
      .slice(step + 1)
      .some((all) => all.some(({ effect }) => effect.action === 'insert' && world.key(effect.object) === from));
    if (from !== target && isFilled && !freshTables.has(from) && replay.deletes(from).length === 0)
      return quoteName(key.of);
  }
  return undefined;
}

/** Why PostgreSQL refuses a TRUNCATE by then: a foreign key of a table that is not emptied with it points there. */
function refusedTruncate(table: ObjectRef, statement: Statement, world: World, base: World): string | undefined {
  const node = statement.as('TruncateStmt');
  if (!node || node.behavior === 'DROP_CASCADE') return undefined;
  const emptied = new Set(
    (node.relations ?? []).map((r) => world.key({ kind: 'table', ...nameOfRange(nodeAs(r, 'RangeVar')) })),
  );
  const key = world
    .dependents(table)
    .map((dependent) => world.refOfKey(dependent))
    .find((ref) => ref?.kind === 'constraint' && ref.of && !emptied.has(world.key({ kind: 'table', ...ref.of })));
  return key && base.has(key) !== true
    ? `a second run fails with 0A000, since foreign key "${key.name}" of ${quoteName(key.of!)} points to it by then`
    : undefined;
}

export const change: Semantics<Extract<Effect, { action: 'change' }>> = {
  judge({ effect }, { world, freshTables }) {
    if (freshTables.has(world.key(effect.object))) return undefined;
    if (effect.maybe) return { kind: 'undecidable', reason: effect.why };
    return { kind: 'changes-rows', reason: effect.why, clockOnly: effect.clock };
  },
  mentions: () => [],
};
