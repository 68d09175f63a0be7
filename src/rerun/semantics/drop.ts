import type { Effect } from '../../catalog/effects.ts';
import { kindInfo, type ObjectRef } from '../../catalog/objects.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { Occurrence } from '../occurrence.ts';
import { ambiguous } from './overloads.ts';
import { present, type Semantics } from './types.ts';
import { secondRunError } from './words.ts';

type Drop = Extract<Effect, { action: 'drop' }>;

export const drop: Semantics<Drop> = {
  before: ({ object }, world) => ({
    dependents: world.dependents(object),
    isColumnType: isType(object) && world.isTypeOfColumn(object),
  }),
  judge(occurrence, { world }) {
    const { effect, unit } = occurrence;
    const unclear = ambiguous(effect.object, unit, world);
    if (unclear) return unclear;
    if (isOtherKind(effect, world)) return { kind: 'fails', cause: 'wrong-kind', sqlstate: '42809' };
    if (isNeeded(occurrence, world)) {
      // One question for a statement that drops several things would leave out all of them.
      const isAskable =
        unit.effects.length === 1 &&
        kindInfo(effect.object.kind).dependence !== undefined &&
        !isOfIdentity(effect.object, world);
      return { kind: 'fails', cause: isAskable ? 'needed' : 'has-dependents', sqlstate: '2BP01' };
    }
    if (effect.mode !== 'bare' || world.has(effect.object) === true) return undefined;
    const sqlstate = effect.object.kind === 'cron job' ? 'XX000' : secondRunError(unit);
    return { kind: 'fails', cause: 'missing', sqlstate: sqlstate ?? '42704' };
  },
  mentions: ({ object }) => [object],
  pending: ({ object }) => present(kindInfo(object.kind).existence?.(object)),
};

const isType = ({ kind }: ObjectRef) => kind === 'type' || kind === 'domain';

/** Whether a relation of another kind has the name by now: DROP fails then even with IF EXISTS. */
function isOtherKind({ object }: Drop, world: World): boolean {
  const there = world.get(object)?.ref.kind;
  if (there === undefined || there === object.kind) return false;
  return kindInfo(there).space === 'relation' && kindInfo(object.kind).space === 'relation';
}

/** Whether an identity column has the sequence: pg_depend says so of the sequence, not of the column. */
const isOfIdentity = (object: ObjectRef, world: World): boolean =>
  world.dependents(object).some((key) => world.refOfKey(key)?.kind === 'identity');

/** Whether something depends on the object by now that did not when it was dropped first. */
function isNeeded({ effect, unit, before }: Occurrence<Drop>, world: World): boolean {
  const { object } = effect;
  // The index of a key goes with its constraint only.
  if (object.kind === 'index' && world.get(object)?.ref.detail?.implicit) return true;
  if (effect.cascade || world.has(object) !== true) return false;
  if (isType(object) && !before.isColumnType && world.isTypeOfColumn(object)) return true;
  const droppedTogether = new Set(flatMap(unit.effects, (e) => (e.action === 'drop' ? [world.key(e.object)] : [])));
  return world.dependents(object).some((key) => !before.dependents.includes(key) && !droppedTogether.has(key));
}
