/** Calls of functions whose body only executes SQL: they do what that SQL does. */
import type { Effect } from '../catalog/effects.ts';
import { sqlOfCall } from '../catalog/executed.ts';
import type { Kind } from '../catalog/objects.ts';
import { Unit, unitsOf } from '../catalog/units.ts';
import { use } from '../catalog/uses.ts';
import { Script } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';
import type { World } from './world.ts';

type Call = Extract<Effect, { action: 'call' }>;

/** The units of a statement, with what the functions that it calls execute in the place of the calls. */
export function withCalls(units: readonly Unit[], world: World): readonly Unit[] {
  const isCall = (effect: Effect): effect is Call => effect.action === 'call' && effect.args !== undefined;
  if (!units.some(({ effects }) => effects.some(isCall))) return units;
  return units.map((unit) => {
    let { entry } = unit;
    const effects = flatMap(unit.effects, (effect): readonly Effect[] => {
      if (!isCall(effect)) return [effect];
      const executed = executedUnits(effect, world);
      if (!executed) return [effect];
      // It fails as the statement does that it executes.
      const secondRun = executed.at(-1)?.entry.secondRun;
      if (secondRun) entry = { ...entry, secondRun };
      return [use(effect.object), ...flatMap(executed, (own) => own.effects)];
    });
    return entry === unit.entry ? unit : new Unit(unit.statement, entry, effects);
  });
}

/** What a call executes; undefined where that cannot be read. */
function executedUnits({ object, args }: Call, world: World): readonly Unit[] | undefined {
  const [routine, ...others] = world.overloads(object);
  const { executes } = routine?.detail ?? {};
  const texts = executes && others.length === 0 ? sqlOfCall(executes, args!) : undefined;
  if (!texts) return undefined;
  const units = texts.map((text) => {
    const [statement, ...more] = new Script(text).statements;
    return statement && more.length === 0 && !statement.problem ? unitsOf(statement) : [];
  });
  const isRead = units.every((own) => own.length > 0 && own.every(({ effects }) => effects.every(isPlain)));
  return isRead ? units.flat() : undefined;
}

/** What a guard can ask for without looking at the statement itself. */
const ASKABLE = new Set<Kind>(['trigger', 'policy']);

const isPlain = (effect: Effect): boolean =>
  effect.action === 'use' ||
  effect.action === 'set' ||
  ((effect.action === 'create' || effect.action === 'drop') && ASKABLE.has(effect.object.kind));
