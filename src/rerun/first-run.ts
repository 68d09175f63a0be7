/** The first run of a file on paper, and what was known before each of its effects. */
import type { Effect } from '../catalog/effects.ts';
import { isTemporary, ownerOf, type ObjectRef } from '../catalog/objects.ts';
import { withCalls } from '../history/calls.ts';
import { Caught } from '../history/caught.ts';
import { isRun, type IfResults } from '../history/guards.ts';
import { asFarAsKnown, mayRun, type Step } from '../history/play.ts';
import { asMade } from '../history/naming.ts';
import type { World } from '../history/world.ts';
import type { Guard } from '../syntax/plpgsql.ts';
import type { Statement } from '../syntax/script.ts';
import type { Unit } from '../catalog/units.ts';
import { collisionOf } from './collision.ts';
import { playOccurrence, type Occurrence } from './occurrence.ts';
import { RowChanges } from './later-changes.ts';
import { restartsIn } from './restarts.ts';
import { defaultPrivilegesIn, type DefaultPrivileges } from './watches/made-anew.ts';
import { Namesakes } from './watches/namesakes.ts';
import { RowFlow } from './watches/row-flow.ts';
import { complete, knownBefore } from './semantics/index.ts';

export interface FirstRun {
  steps: readonly Step[];
  /** The objects before the file. */
  base: World;
  /** The objects after it. */
  after: World;
  /** The effects of each step, completed: unnamed objects have the names that PostgreSQL chooses. */
  occurrences: readonly (readonly Occurrence[])[];
  /** The keys of the tables that were filled. */
  filled: Set<string>;
  /** What the statements do to rows. */
  rowChanges: RowChanges;
  /** How values go from statement to statement. */
  rowFlow: RowFlow;
  /** Objects whose names others take. */
  namesakes: Namesakes;
  /** The keys of temporary objects that are made for what follows in the session, which then outlives the file. */
  forSession: ReadonlySet<string>;
  /** Enum values that no type takes any more at the end, by their text. */
  goneLabels: ReadonlyMap<string, ObjectRef>;
  /** By the keys of the tables whose rows the file changes: the last step that does. */
  lastChanges: ReadonlyMap<string, number>;
  /** By the keys of the materialized views that the file fills again: the steps that do. */
  fills: ReadonlyMap<string, readonly number[]>;
  defaultPrivileges: readonly DefaultPrivileges[];
  /** The statements that set a sequence to a number. */
  restarts: ReturnType<typeof restartsIn>;
  /** The schemas that the file renames or drops, by their names. */
  goneSchemas: ReadonlyMap<string, 'renamed' | 'dropped'>;
}

/** The first step behind another one with such an effect. */
export function stepBehind(
  step: number,
  { occurrences }: Pick<FirstRun, 'occurrences'>,
  isSuch: (effect: Effect) => boolean,
): number | undefined {
  for (let k = step + 1; k < occurrences.length; k++)
    if (occurrences[k]!.some(({ effect }) => isSuch(effect))) return k;
  return undefined;
}

/**
 * Called before a statement runs.
 * @param runs whether it does; undefined where that is not known
 * @param world the objects so far
 */
export type Begin = (statement: Statement, runs: boolean | undefined, world: World) => void;

/**
 * Plays the steps once.
 * @param before the objects that earlier files have left; it is not changed
 */
export function runFirst(steps: readonly Step[], before: World, begin?: Begin): FirstRun {
  const base = withAbsent(steps, before);
  const after = base.fork();
  const ifResults: IfResults = new Map();
  const filled = new Set<string>();
  const rowChanges = new RowChanges(steps);
  const lastChanges = new Map<string, number>();
  const fills = new Map<string, number[]>();
  const caught = new Caught(steps, true);
  const occurrences = steps.map((played, step) =>
    playFirst(played, step, after, ifResults, {
      begin,
      isRolledBack: caught.isRolledBack(step, after),
      observe(occurrence) {
        const { effect } = occurrence;
        if (effect.action === 'insert') filled.add(after.key(effect.object));
        rowChanges.record(occurrence, after);
        if (effect.action === 'fill') {
          const key = after.key(effect.object);
          fills.set(key, [...(fills.get(key) ?? []), step]);
        }
        const changed = changedTable(effect);
        if (changed) lastChanges.set(after.key(changed), step);
      },
    }),
  );
  const forSession = madeForSession(occurrences, after);
  after.endSession(base.searchPath);
  const rowFlow = new RowFlow({ steps, occurrences, after });
  const namesakes = new Namesakes({ occurrences, base });
  const goneLabels = goneLabelsOf(after);
  const goneSchemas = goneSchemasOf(occurrences);
  const restarts = restartsIn(steps);
  const found = {
    lastChanges,
    fills,
    goneLabels,
    goneSchemas,
    restarts,
    defaultPrivileges: defaultPrivilegesIn(steps),
  };
  return { steps, base, after, occurrences, filled, rowChanges, rowFlow, namesakes, forSession, ...found };
}

/**
 * Plays one statement for the first time.
 * @param options.begin called before it
 * @param after the objects so far; what the statement does is applied to them
 * @param options.isRolledBack whether its block is known to end with an error that it catches
 * @param options.isPlayed which effects count @default all
 * @param options.collides whether names may collide with those of other schemas @default true
 * @param options.observe called for every effect, once it is applied
 */
export function playFirst(
  played: Step,
  step: number,
  after: World,
  ifResults: IfResults,
  options: {
    begin?: Begin | undefined;
    isRolledBack?: boolean;
    isPlayed?: (effect: Effect) => boolean;
    collides?: boolean;
    observe: (occurrence: Occurrence) => void;
  },
): Occurrence[] {
  const { begin, isRolledBack = false, isPlayed = () => true, collides = true, observe } = options;
  const { statement, units } = played;
  const isKnownToRun = isRun(statement, units, after, undefined, ifResults);
  begin?.(statement, isKnownToRun, after);
  const runs = !isRolledBack && mayRun(played, isKnownToRun, after);
  const done: Occurrence[] = [];
  for (const unit of withCalls(units, after)) {
    for (const raw of unit.effects) {
      if (!isPlayed(raw)) continue;
      if (runs && isKnownToRun && !statement.guards.some(isCaught)) admitNeeded(raw, unit, after);
      const effect = asFarAsKnown(complete(raw, unit, after), statement, isKnownToRun, after);
      const collision = runs && collides ? collisionOf(effect, after) : undefined;
      const occurrence = { step, unit, effect, before: knownBefore(effect, after, unit), collision, isRun: runs };
      done.push(occurrence);
      playOccurrence(occurrence, after);
      observe(occurrence);
    }
  }
  return done;
}

/** Whether a block catches the errors of what stands in it. */
const isCaught = (guard: Guard): boolean => guard.kind === 'handler' && guard.conditions.length > 0;

/**
 * What a statement needs is there, since the file runs. History may take it for gone: a block of an earlier file that
 * drops it may have ended with an error.
 */
function admitNeeded(effect: Effect, { effects }: Unit, world: World): void {
  if ((effect.action !== 'use' && effect.action !== 'rename') || effect.mode !== 'bare') return;
  if (!world.isGone(effect.object)) return;
  const key = world.key(effect.object);
  const makesIt = effects.some((other) => other.action === 'create' && world.key(other.object) === key);
  if (!makesIt) world.admit(effect.object);
}

/**
 * The objects before a file, with those that it shows not to be there: a bare CREATE succeeds only where nothing has
 * the name, and IF NOT EXISTS is for databases that have nothing of it. It matters where conditions ask.
 */
function withAbsent(steps: readonly Step[], base: World): World {
  if (!steps.some(({ statement }) => statement.guards.length > 0)) return base;
  const known = base.fork();
  const spoken = new Set<string>();
  for (const { statement, units } of steps)
    for (const { effects } of units)
      for (const effect of effects) {
        // Behind it, names are looked up elsewhere.
        if (effect.action === 'search-path') return base;
        if ('object' in effect && effect.object.kind === 'schema' && effect.action !== 'create') return base;
        if (effect.action !== 'create' && effect.action !== 'drop' && effect.action !== 'rename') continue;
        const taken = nameTaken(effect, known);
        const isFirst = taken !== undefined && !spoken.has(known.key(taken));
        for (const ref of [effect.object, ...(taken ? [taken] : [])]) spoken.add(known.key(ref));
        const isShown =
          isFirst && effect.mode !== 'or-replace' && statement.guards.every(({ kind }) => kind === 'handler');
        if (isShown && !isTemporary(effect.object) && known.has(taken) === undefined)
          known.apply({ action: 'drop', object: taken, mode: 'if-exists' });
      }
  return known;
}

/** The object of a name that must be free for an effect. */
function nameTaken(effect: Effect, world: World): ObjectRef | undefined {
  if (effect.action === 'create') return asMade(effect.object, world);
  return effect.action === 'rename' ? effect.to : undefined;
}

/** The table whose rows an effect changes, or takes away. */
function changedTable(effect: Effect): ObjectRef | undefined {
  if (effect.action === 'write') return effect.table;
  if (ROWS.has(effect.action) && 'object' in effect) return effect.object;
  const isTaken = effect.action === 'drop' || effect.action === 'rename';
  return isTaken && effect.object.kind === 'table' ? effect.object : undefined;
}

const ROWS = new Set<Effect['action']>(['insert', 'delete', 'change', 'fill']);

function goneSchemasOf(occurrences: FirstRun['occurrences']): FirstRun['goneSchemas'] {
  const gone = new Map<string, 'renamed' | 'dropped'>();
  for (const step of occurrences)
    for (const { effect } of step)
      if ((effect.action === 'rename' || effect.action === 'drop') && effect.object.kind === 'schema')
        gone.set(effect.object.name, effect.action === 'rename' ? 'renamed' : 'dropped');
  return gone;
}

/** The temporary objects that are there at the end, and that no other statement of the file speaks of. */
function madeForSession(occurrences: readonly (readonly Occurrence[])[], after: World): Set<string> {
  if (!after.hasTemporary) return new Set();
  const steps = new Map<string, Set<number>>();
  for (const { effect, step } of occurrences.flat()) {
    if (!('object' in effect) || effect.object.detail?.dropsOnCommit) continue;
    const { object } = effect;
    for (const key of [after.key(object), ...(object.of ? [after.key(ownerOf(object, object.of))] : [])])
      steps.set(key, (steps.get(key) ?? new Set()).add(step));
  }
  return new Set([...steps].filter(([key, at]) => at.size === 1 && after.existsKey(key)).map(([key]) => key));
}

/** Enum values that are lost because the enum was dropped and created again, and that no other enum of the file has. */
function goneLabelsOf(after: World): Map<string, ObjectRef> {
  const labels = after.touched('enum label');
  const kept = new Set(labels.filter((label) => label.exists).map((label) => label.ref.name));
  if (kept.size === 0) return new Map();
  const gone = labels.filter((label) => !label.exists && !kept.has(label.ref.name));
  return new Map(gone.map((label) => [label.ref.name, label.ref]));
}
