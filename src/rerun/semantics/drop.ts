import { secondRunError } from '../../catalog/exists.ts';
import type { Effect } from '../../catalog/effects.ts';
import { mayNeedExtension } from '../../catalog/extension-uses.ts';
import { describe, kindInfo, type ObjectRef } from '../../catalog/objects.ts';
import { GIVES_TO_ROLES, namesOfRoles } from '../../catalog/roles.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { FirstRun } from '../first-run.ts';
import type { Occurrence } from '../occurrence.ts';
import type { Replay } from '../replay.ts';
import { errorOfKind } from './kinds.ts';
import { ambiguous } from './overloads.ts';
import { present, type Semantics } from './types.ts';

type Drop = Extract<Effect, { action: 'drop' }>;

export const drop: Semantics<Drop> = {
  before: ({ object }, world) => ({
    dependents: world.dependents(object),
    isColumnType: isType(object) && world.isTypeOfColumn(object),
  }),
  judge(occurrence, replay) {
    const { world, first } = replay;
    const { effect, unit } = occurrence;
    if (effect.object.kind === 'extension' && world.has(effect.object) === true) {
      const why = neededByLater(occurrence, replay);
      if (why !== undefined) return { kind: 'undecidable', reason: why };
    }
    if (effect.object.kind === 'role' && world.has(effect.object) === true && isGranted(occurrence, first))
      return { kind: 'fails', cause: 'has-dependents', sqlstate: '2BP01' };
    const unclear = ambiguous(effect.object, unit, world);
    if (unclear) return unclear;
    const wrong = errorOfKind(effect.object, world);
    if (wrong) return { kind: 'fails', cause: 'wrong-kind', sqlstate: wrong };
    if (isNeeded(occurrence, world)) {
      // One question for a statement that drops several things would leave out all of them.
      const isAskable =
        unit.effects.length === 1 &&
        kindInfo(effect.object.kind).dependence !== undefined &&
        !isOfIdentity(effect.object, world);
      return { kind: 'fails', cause: isAskable ? 'needed' : 'has-dependents', sqlstate: '2BP01' };
    }
    if (effect.mode !== 'bare' || world.has(effect.object) === true) return undefined;
    const sqlstate = kindInfo(effect.object.kind).fails?.missing ?? secondRunError(unit);
    return { kind: 'fails', cause: 'missing', sqlstate: sqlstate ?? '42704' };
  },
  mentions: ({ object }) => [object],
  pending: ({ object }) => present(kindInfo(object.kind).existence?.(object)),
};

/** How a second run drops an extension that what the file makes with it may need by then. */
function neededByLater({ effect, step }: Occurrence<Drop>, { first, world }: Replay): string | undefined {
  const isMade = (ref: ObjectRef) => world.has(ref) === true || world.overloads(ref).length > 0;
  const needs = first.occurrences
    .slice(step + 1)
    .flat()
    .some(
      ({ effect: { action }, unit }) =>
        (action === 'create' || action === 'duplicate') && mayNeedExtension(unit.statement, isMade),
    );
  if (!needs) return undefined;
  const name = describe(effect.object);
  return effect.cascade
    ? `a second run drops what the migration makes with ${name} too, and the text does not tell what that is`
    : `a second run cannot drop ${name} if what the migration makes needs it, which the text does not tell`;
}

/** Whether a later statement gives a role privileges, objects or policies, without which alone it can be dropped. */
const isGranted = ({ effect: { object }, step }: Occurrence<Drop>, { steps }: FirstRun): boolean =>
  steps.slice(step + 1).some(({ statement }) => {
    const grant = statement.as('GrantStmt');
    if (!GIVES_TO_ROLES.has(statement.type ?? '') || (grant && !grant.is_grant)) return false;
    return namesOfRoles(statement.mentions.roles).includes(object.name);
  });

const isType = ({ kind }: ObjectRef) => kind === 'type' || kind === 'domain';

/** Whether an identity column has the sequence: pg_depend says so of the sequence, not of the column. */
const isOfIdentity = (object: ObjectRef, world: World): boolean =>
  world.dependents(object).some((key) => isIdentity(key, world));

const isIdentity = (key: string, world: World): boolean => world.refOfKey(key)?.kind === 'identity';

/** Whether something depends on the object by now that did not when it was dropped first. */
function isNeeded({ effect, unit, before }: Occurrence<Drop>, world: World): boolean {
  const { object } = effect;
  // The index of a key goes with its constraint only.
  if (object.kind === 'index' && world.get(object)?.ref.detail?.implicit) return true;
  if (world.has(object) !== true) return false;
  // CASCADE drops no identity with its sequence (`findDependentObjects`).
  if (effect.cascade) return isOfIdentity(object, world) && !before.dependents.some((key) => isIdentity(key, world));
  if (isType(object) && !before.isColumnType && world.isTypeOfColumn(object)) return true;
  const droppedTogether = new Set(flatMap(unit.effects, (e) => (e.action === 'drop' ? [world.key(e.object)] : [])));
  return world.dependents(object).some((key) => !before.dependents.includes(key) && !droppedTogether.has(key));
}
