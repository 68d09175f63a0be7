/** Blocks that end with an error which they catch: nothing of what stands in them remains. */
import type { CreateEffect, Effect } from '../catalog/effects.ts';
import { existsError, secondRunError } from '../catalog/exists.ts';
import { missingError } from '../catalog/missing.ts';
import { isTemporary, type ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import type { Guard } from '../syntax/plpgsql.ts';
import { flatMap } from '../lists.ts';
import type { Statement } from '../syntax/script.ts';
import { withCalls } from './calls.ts';
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
      if (!catches(guard)) return false;
      let caught = this.known.get(guard);
      if (caught === undefined) this.known.set(guard, (caught = this.fails(step, guard, world.fork())));
      return caught;
    });
  }

  /** Whether some statement of a block fails with what the block catches. */
  private fails(from: number, block: Guard, world: World): boolean {
    let end = from;
    while (this.steps[end]?.statement.guards.includes(block)) end++;
    // What an inner block catches does not come here.
    const isCaughtInside = ({ guards }: Statement) => guards.slice(guards.indexOf(block) + 1).some(catches);
    const failure = failureIn(this.steps.slice(from, end), world, isCaughtInside);
    return failure !== undefined && (this.isFirst || isHandled({ guards: [block] }, failure.state));
  }
}

const catches = (guard: Guard): boolean => guard.kind === 'handler' && guard.conditions.length > 0;

/** A statement that is known to fail, and its SQLSTATE. */
interface Failure {
  unit: Unit;
  object: ObjectRef;
  state: string;
}

/** The first statement that fails where some run one after the other, without those whose errors are caught. */
function failureIn(
  steps: readonly Step[],
  world: World,
  isCaught: (statement: Statement) => boolean,
): Failure | undefined {
  const results: IfResults = new Map();
  for (const { statement, units } of steps) {
    if (isRun(statement, units, world, undefined, results) !== true || isCaught(statement)) continue;
    for (const unit of withCalls(units, world))
      for (const effect of inOrder(unit, world)) {
        const state = failureOf(effect, unit, world);
        if (state !== undefined && 'object' in effect) return { unit, object: effect.object, state };
        world.apply(fillIn(effect, unit, world));
      }
  }
  return undefined;
}

/** The first statement that fails in a transaction which is rolled back in the end. */
export const failureInUndone = (undone: readonly Step[], world: World): Failure | undefined =>
  failureIn(undone, world.fork(), ({ guards }) => guards.some(catches));

/**
 * What a statement needs is looked up before what it makes: the type of a column. CREATE TABLE looks for the tables of
 * its foreign keys last (`DefineRelation`).
 */
function inOrder({ effects, statement }: Unit, world: World): Effect[] {
  const isLate = (effect: Effect) =>
    statement.type === 'CreateStmt' &&
    effect.action === 'use' &&
    effects.some(
      (made) =>
        made.action === 'create' &&
        (made.parts ?? []).some(({ detail }) => {
          const table = detail?.references?.table;
          return table && world.key({ kind: 'table', ...table }) === world.key(effect.object);
        }),
    );
  const isEarly = (effect: Effect) => effect.action === 'use' && !isLate(effect);
  return [...effects.filter(isEarly), ...effects.filter((effect) => !isEarly(effect))];
}

/** A type of a column that is gone: CREATE TABLE looks for it before it finds that the table is there. */
export function missingType({ parts = [] }: CreateEffect, world: World): ObjectRef | undefined {
  const needs = flatMap(parts, ({ kind, detail }) => (kind === 'column' ? [...(detail?.needs ?? [])] : []));
  return needs.find((need) => (need.kind === 'type' || need.kind === 'domain') && world.isGone(need));
}

/** The SQLSTATE with which an effect fails; undefined where it is not known to. */
function failureOf(effect: Effect, unit: Unit, world: World): string | undefined {
  const { action } = effect;
  if (action !== 'use' && action !== 'create' && action !== 'drop' && action !== 'rename') return undefined;
  if (effect.mode !== 'bare' || isTemporary(effect.object)) return undefined;
  const type = action === 'create' ? missingType(effect, world) : undefined;
  if (type) return missingError(type.kind);
  if (world.has(effect.object) !== (action === 'create')) return undefined;
  const makesIt = unit.effects.some(
    (other) => other.action === 'create' && world.key(other.object) === world.key(effect.object),
  );
  if (action === 'use') return makesIt ? undefined : missingError(effect.object.kind);
  return action === 'create' ? existsError(effect.object, unit) : secondRunError(unit);
}
