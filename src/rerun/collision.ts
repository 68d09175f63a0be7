import type { Effect } from '../catalog/effects.ts';
import { isRoutine, type ObjectRef } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';

/**
 * How an object that an earlier migration left differs from the one that a statement makes: IF NOT EXISTS would hide
 * that.
 * @returns undefined where no object of that name is known, or where it has all that the statement asks for
 */
export function collisionOf(effect: Effect, world: World): string | undefined {
  if (effect.action !== 'create' || effect.mode === 'or-replace') return undefined;
  const { object } = effect;
  const there = world.get(object)?.ref;
  if (!there) return undefined;
  if (object.kind === 'table') return columnDifference(effect.parts ?? [], object, world);
  if (object.kind === 'type' && object.detail?.typtype === 'e') {
    const missing = (effect.parts ?? []).find((part) => world.has(part) === false);
    return missing && `there it has no value "${missing.name}"`;
  }
  if (!isRoutine(object.kind)) return undefined;
  return there.detail?.definition === object.detail?.definition ? undefined : 'there it has another body or result';
}

function columnDifference(parts: readonly ObjectRef[], table: ObjectRef, world: World): string | undefined {
  if (!world.knowsTable(table)) return undefined;
  const other = parts.find(
    (part) => part.kind === 'column' && world.get(part)?.ref.detail?.definition !== part.detail?.definition,
  );
  if (!other) return undefined;
  const type = world.get(other)?.ref.detail?.type;
  return type
    ? `there it has the column "${other.name}" with the type ${type}`
    : `there it has no column "${other.name}"`;
}
