import { describe, type ObjectRef } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';

/** Why history does not know all of a table or domain. */
export function whyNotKnown(object: ObjectRef, world: World): string {
  const known = world.get(object)?.ref;
  return known
    ? `the text does not tell all of ${describe(known)}, which is made from others or under a condition`
    : `no earlier migration shows the ${describe(object)}`;
}
