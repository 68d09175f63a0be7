/** The table of effects: how the second run judges each kind. */
import type { Effect } from '../../catalog/effects.ts';
import { secondRunError } from '../../catalog/exists.ts';
import { isTemporary, type ObjectRef } from '../../catalog/objects.ts';
import type { Unit } from '../../catalog/units.ts';
import { nameTemporary } from '../../history/temporary.ts';
import type { World } from '../../history/world.ts';
import type { Judgement } from '../finding.ts';
import { NOTHING_BEFORE, type Before, type Occurrence } from '../occurrence.ts';
import type { Replay } from '../replay.ts';
import { create, duplicate } from './create.ts';
import { drop } from './drop.ts';
import { call, fill, learn, raise, reach, searchPath, session, set, unknown } from './other.ts';
import { rename } from './rename.ts';
import { change, insert, remove, write } from './rows.ts';
import type { Semantics } from './types.ts';
import { avoid, use } from './use.ts';

type Table = { [A in Effect['action']]: Semantics<Extract<Effect, { action: A }>> };

const semantics: Table = {
  create,
  duplicate,
  drop,
  rename,
  use,
  avoid,
  insert,
  write,
  delete: remove,
  change,
  reach,
  set,
  'search-path': searchPath,
  session,
  call,
  learn,
  fill,
  raise,
  unknown,
};

/** The row of the table for an effect. TypeScript does not see that the row fits the effect that it is looked up by. */
const semanticsOf = (effect: Effect) => semantics[effect.action] as Semantics<Effect>;

/** The effect, completed with the names that PostgreSQL chooses, and the schema of what is temporary. */
export function complete(effect: Effect, unit: Unit, world: World): Effect {
  const named = nameTemporary(effect, unit, world);
  return semanticsOf(named).complete?.(named, unit, world) ?? named;
}

/** The state of the objects just before the effect is applied. */
export function knownBefore(effect: Effect, world: World, unit: Unit): Before {
  const known = semanticsOf(effect).before?.(effect, world, unit);
  return known ? { ...NOTHING_BEFORE, ...known } : NOTHING_BEFORE;
}

/** What a second run does with an effect; undefined where it succeeds and changes nothing. */
export function judge(occurrence: Occurrence, replay: Replay): Judgement | undefined {
  if (isMadeAnew(occurrence.effect)) return madeInSession(occurrence, replay);
  return occurrence.collision === undefined
    ? semanticsOf(occurrence.effect).judge?.(occurrence, replay)
    : { kind: 'collides', difference: occurrence.collision };
}

/**
 * Whether an effect is on something that every run makes anew: a run has a session of its own, and nothing temporary
 * is left of the one before. What a statement needs may not have been made all the same.
 */
function isMadeAnew(effect: Effect): boolean {
  if (effect.action === 'write') return isTemporary(effect.table);
  if (!('object' in effect) || !isTemporary(effect.object)) return false;
  const { action, object } = effect;
  return (
    action !== 'use' && action !== 'call' && ((action !== 'drop' && action !== 'rename') || object.of !== undefined)
  );
}

/** The failure of what is made for the rest of its session, if the file runs again there. */
function madeInSession({ effect, unit }: Occurrence, { first, world }: Replay): Judgement | undefined {
  const sqlstate = secondRunError(unit);
  if (effect.action !== 'create' || effect.mode !== 'bare' || sqlstate === undefined) return undefined;
  return first.forSession.has(world.key(effect.object)) ? { kind: 'fails', cause: 'exists', sqlstate } : undefined;
}

/** The objects that an effect makes, removes or renames, under every name. */
export const mentions = (effect: Effect): readonly ObjectRef[] => semanticsOf(effect).mentions(effect);

/** The SQL that is true while an effect still has to come about; undefined where the catalog cannot be asked. */
export const pending = (effect: Effect): string | undefined => semanticsOf(effect).pending?.(effect);
