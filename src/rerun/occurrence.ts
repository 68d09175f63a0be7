import type { Effect } from '../catalog/effects.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import { insertOf, recordDependencies } from '../history/play.ts';
import type { Inserts, World } from '../history/world.ts';

/** The state just before an effect is applied in the first run. */
export interface Before {
  /** The earlier INSERTs into the table that the statement fills. */
  inserts: Inserts;
  /** The column that the statement converts, or that is there already where it adds one. */
  column: ObjectRef | undefined;
  /** The keys of objects that seemed to depend on an object, although the first run could drop it. */
  dependents: readonly string[];
  /** Whether a type that was dropped all the same seemed to be the type of a column. */
  isColumnType: boolean;
  /** For what is made from unqualified names: the keys of the objects that these named. */
  named: readonly string[];
  /** For a statement about all objects of a schema: the keys of those that the file had made so far. */
  reached: readonly string[];
}

export const NOTHING_BEFORE: Before = {
  inserts: [],
  column: undefined,
  dependents: [],
  isColumnType: false,
  named: [],
  reached: [],
};

/** One effect of one statement in the first run. */
export interface Occurrence<E extends Effect = Effect> {
  /** The index of its step. */
  step: number;
  unit: Unit;
  effect: E;
  before: Before;
  /** How an object that an earlier migration left differs from the one that the effect makes. */
  collision: string | undefined;
  /** False where an IF around the statement is known to keep it from running. */
  isRun: boolean;
}

/** Carries out one effect of the first run. */
export function playOccurrence({ unit, effect, isRun: runs }: Occurrence, world: World): void {
  if (runs) {
    world.apply(effect);
    recordDependencies(unit, effect, world);
  }
  if (effect.action === 'insert') world.recordInsert(effect.object, insertOf(unit.statement));
}
