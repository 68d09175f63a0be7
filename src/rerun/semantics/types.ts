import type { Effect } from '../../catalog/effects.ts';
import type { Existence, ObjectRef } from '../../catalog/objects.ts';
import type { Unit } from '../../catalog/units.ts';
import type { World } from '../../history/world.ts';
import type { Judgement } from '../finding.ts';
import type { Before, Occurrence } from '../occurrence.ts';
import type { Replay } from '../replay.ts';

/**
 * All that the second run knows of one kind of effect. The table in `index.ts` has one for every action: a new action
 * does not compile until it is there. What an effect does to the objects is `World.apply`.
 */
export interface Semantics<E extends Effect> {
  /** Completes the effect: names that PostgreSQL chooses, and the columns of `*`. */
  complete?(effect: E, unit: Unit, world: World): Effect;
  /** The state of the objects just before the effect is applied. */
  before?(effect: E, world: World, unit: Unit): Partial<Before>;
  /** The finding of the second run; undefined if it succeeds and changes nothing. */
  judge?(occurrence: Occurrence<E>, replay: Replay): Judgement | undefined;
  /** The objects that the effect makes, removes or renames, under every name. */
  mentions(effect: E): readonly ObjectRef[];
  /** The SQL that is true while the effect still has to come about; undefined where the catalog cannot be asked. */
  pending?(effect: E): string | undefined;
}

/** The SQL that is true while the object does not exist. */
export const missing = (existence: Existence | undefined): string | undefined => existence?.missing;
/** The SQL that is true while the object exists. */
export const present = (existence: Existence | undefined): string | undefined => existence?.exists;
