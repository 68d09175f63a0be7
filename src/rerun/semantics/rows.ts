import type { Effect } from '../../catalog/effects.ts';
import { nameOfRange } from '../../catalog/nodes.ts';
import type { Name } from '../../catalog/objects.ts';
import type { Judgement } from '../finding.ts';
import type { Occurrence } from '../occurrence.ts';
import { conflictChange, deletedBefore, insertedAnew, insertProblem } from '../inserts.ts';
import type { Replay } from '../replay.ts';
import type { Semantics } from './types.ts';

type Insert = Extract<Effect, { action: 'insert' }>;

export const insert: Semantics<Insert> = {
  before: ({ object }, world) => ({ inserts: world.inserts(object) }),
  judge(occurrence, replay) {
    const { effect, unit } = occurrence;
    if (isTemporary(effect.object)) return undefined;
    const node = unit.statement.as('InsertStmt');
    if (node && nameOfRange(node.relation).name === effect.object.name) return judgeOwnRows(occurrence, replay);
    if (replay.freshTables.has(replay.world.key(effect.object))) return undefined;
    return { kind: 'repeats', what: 'rows', consequence: 'a second run adds the rows again' };
  },
  mentions: () => [],
};

const isTemporary = ({ schema }: Name) => schema === 'pg_temp';

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
  if (isEmpty || removed.includes('all')) return changed;
  const update = conflictChange(node);
  if (update?.maybe) return { kind: 'undecidable', reason: update.why };
  if (update) return { kind: 'changes-rows', reason: update.why, clockOnly: update.clock };
  const later = first.rowChanges.after(step, key);
  const consequence = insertProblem(unit.statement, later, first.after);
  return consequence === undefined ? changed : { kind: 'repeats', what: 'rows', consequence, later };
}

/** Judged as `change`, where it changes the rows again. */
export const write: Semantics<Extract<Effect, { action: 'write' }>> = { mentions: () => [] };

/** A second DELETE finds no rows, so it is repeatable. */
export const remove: Semantics<Extract<Effect, { action: 'delete' }>> = { mentions: () => [] };

export const change: Semantics<Extract<Effect, { action: 'change' }>> = {
  judge({ effect }, { world, freshTables }) {
    if (freshTables.has(world.key(effect.object))) return undefined;
    if (effect.maybe) return { kind: 'undecidable', reason: effect.why };
    return { kind: 'changes-rows', reason: effect.why, clockOnly: effect.clock };
  },
  mentions: () => [],
};
