/** Blocks that end with an error which they catch: nothing of what stands in them remains. */
import type { Effect } from '../catalog/effects.ts';
import { missingError } from '../catalog/missing.ts';
import { isTemporary } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import type { Guard } from '../syntax/plpgsql.ts';
import { isHandled, isRun, type IfResults } from './guards.ts';
import { fillIn } from './naming.ts';
import type { Step } from './play.ts';
import type { World } from './world.ts';

/** Tells of the steps of one run, in their order, whether their block is known to be rolled back. */
export class Caught {
  private readonly steps: readonly Step[];
  private readonly isFirst: boolean;
  private readonly known = new Map<Guard, boolean>();

  /** @param isFirst whether it is the first run, which comes to its end: whatever fails in a block has been caught */
  constructor(steps: readonly Step[], isFirst: boolean) {
    this.steps = steps;
    this.isFirst = isFirst;
  }

  /** @param world the objects when the step begins */
  isRolledBack(step: number, world: World): boolean {
    return this.steps[step]!.statement.guards.some((guard) => {
      if (guard.kind !== 'handler' || guard.conditions.length === 0) return false;
      let caught = this.known.get(guard);
      if (caught === undefined) this.known.set(guard, (caught = this.fails(step, guard, world.fork())));
      return caught;
    });
  }

  /** Whether some statement of a block fails with what the block catches. */
  private fails(from: number, block: Guard, world: World): boolean {
    const results: IfResults = new Map();
    for (let step = from; this.steps[step]?.statement.guards.includes(block); step++) {
      const { statement, units } = this.steps[step]!;
      if (isRun(statement, units, world, undefined, results) !== true) continue;
      // What an inner block catches does not come here.
      const inner = statement.guards.slice(statement.guards.indexOf(block) + 1);
      if (inner.some((guard) => guard.kind === 'handler' && guard.conditions.length > 0)) continue;
      for (const unit of units)
        for (const effect of unit.effects) {
          const state = failureOf(effect, unit, world);
          if (state !== undefined) return this.isFirst || isHandled({ guards: [block] }, state);
          world.apply(fillIn(effect, unit, world));
        }
    }
    return false;
  }
}

/** The SQLSTATE with which an effect fails; undefined where it is not known to. */
function failureOf(effect: Effect, unit: Unit, world: World): string | undefined {
  const { action } = effect;
  if (action !== 'use' && action !== 'create' && action !== 'drop' && action !== 'rename') return undefined;
  if (effect.mode !== 'bare' || isTemporary(effect.object)) return undefined;
  if (world.has(effect.object) !== (action === 'create')) return undefined;
  const makesIt = unit.effects.some(
    (other) => other.action === 'create' && world.key(other.object) === world.key(effect.object),
  );
  if (action === 'use') return makesIt ? undefined : missingError(effect.object.kind);
  const { secondRun } = unit.entry;
  return typeof secondRun === 'object' && 'error' in secondRun ? secondRun.error : undefined;
}
