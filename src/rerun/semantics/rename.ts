import type { Effect } from '../../catalog/effects.ts';
import { secondRunError } from '../../catalog/exists.ts';
import { kindInfo, type ObjectRef } from '../../catalog/objects.ts';
import type { FirstRun } from '../first-run.ts';
import type { Occurrence } from '../occurrence.ts';
import type { Replay } from '../replay.ts';
import { ambiguous } from './overloads.ts';
import { present, type Semantics } from './types.ts';
import { lastWhere, pushTo } from '../../lists.ts';
import { perObject } from '../../memo.ts';

type Rename = Extract<Effect, { action: 'rename' }>;

export const rename: Semantics<Rename> = {
  judge({ effect, unit, step }, replay) {
    const { world, first } = replay;
    const unclear = ambiguous(effect.object, unit, world);
    if (unclear) return unclear;
    const source = world.has(effect.object);
    if (isSwapped(effect, step, replay))
      return {
        kind: 'redefines',
        consequence: 'a second run gives the names back, since another object has this name by then',
      };
    if (source === true) {
      if (world.has(effect.to) === true) return { kind: 'fails', cause: 'name-taken', sqlstate: '42P07' };
      return isMadeAnew(effect, step, first)
        ? { kind: 'redefines', consequence: 'a second run renames the object that has been made in its place' }
        : undefined;
    }
    if (effect.mode === 'if-exists') return undefined;
    return { kind: 'fails', cause: 'missing', sqlstate: secondRunError(unit) ?? '42704' };
  },
  mentions: ({ object, to }) => [object, to],
  pending: ({ object }) => present(kindInfo(object.kind).existence?.(object)),
};

/**
 * Whether the renamed object still exists under another name when the second run begins, and another object has taken
 * the name that it had first: a second run renames that one.
 */
function isSwapped(rename: Rename, step: number, { first, start, lastStep }: Replay): boolean {
  const { base, occurrences } = first;
  const chain = firstOf(rename, step, first);
  const origin = base.key(chain.object);
  const takers = renamesIn(first).get(origin) ?? [];
  // Only then is it worth looking at all later statements.
  if (!takers.some((other) => other.step >= chain.step)) return false;
  let current = origin;
  let isTaken = false;
  for (const { effect } of occurrences.slice(chain.step, lastStep + 1).flat()) {
    if (effect.action === 'drop' && base.key(effect.object) === current) return false;
    if (effect.action !== 'rename') continue;
    if (base.key(effect.object) === current) current = base.key(effect.to);
    else if (base.key(effect.to) === origin) isTaken = true;
  }
  return isTaken && start.existsKey(current) === true && start.has(chain.object) === true;
}

/** Whether a later statement makes another object of the name, and both exist at the end. */
function isMadeAnew({ object, to }: Rename, step: number, { base, after, occurrences }: FirstRun): boolean {
  const [old, next] = [base.key(object), base.key(to)];
  // Only then is it worth looking at all later statements.
  if (after.existsKey(old) !== true || after.existsKey(next) === false) return false;
  const makesOld = ({ effect }: Occurrence) => effect.action === 'create' && base.key(effect.object) === old;
  return occurrences.some((all, k) => k > step && all.some(makesOld));
}

/** An object that a statement renames. */
interface Renamed {
  object: ObjectRef;
  step: number;
}

/** The first rename of the same object: it may have got the name that it loses here from an earlier one. */
function firstOf({ object }: Rename, step: number, first: FirstRun): Renamed {
  const renames = renamesIn(first);
  let found: Renamed = { object, step };
  for (;;) {
    const same = renames.get(first.base.key(found.object)) ?? [];
    const earlier = lastWhere(same, (other) => other.step < found.step);
    if (!earlier) return found;
    found = earlier;
  }
}

/** The renames of a run in their order, by the keys that objects get from them. */
const renamesIn = perObject((first: FirstRun): ReadonlyMap<string, readonly Renamed[]> => {
  const renames = new Map<string, Renamed[]>();
  for (const [step, occurrences] of first.occurrences.entries())
    for (const { effect } of occurrences)
      if (effect.action === 'rename') pushTo(renames, first.base.key(effect.to), { object: effect.object, step });
  return renames;
});
