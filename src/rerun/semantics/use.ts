import type { Effect } from '../../catalog/effects.ts';
import { missingError } from '../../catalog/missing.ts';
import { kindInfo, type ObjectRef } from '../../catalog/objects.ts';
import type { Unit } from '../../catalog/units.ts';
import type { World } from '../../history/world.ts';
import { ambiguous } from './overloads.ts';
import { missing, present, type Semantics } from './types.ts';

export const use: Semantics<Extract<Effect, { action: 'use' }>> = {
  judge({ effect: { object, mode }, unit }, { world }) {
    const unclear = ambiguous(object, unit, world);
    if (unclear) return unclear;
    if (mode !== 'bare' || !world.isGone(object)) return undefined;
    // A table whose foreign key points to itself needs nothing that it does not make. ALTER makes nothing anew.
    const isAlter = unit.entry.node.startsWith('Alter');
    const makesIt = (e: Effect) => !isAlter && e.action === 'create' && world.key(e.object) === world.key(object);
    if (unit.effects.some((e) => makesIt(e) || isRefusedFirst(e, object, unit, world))) return undefined;
    return { kind: 'fails', cause: 'missing', sqlstate: missingError(object.kind) };
  },
  mentions: () => [],
  pending: ({ object }) => present(kindInfo(object.kind).existence?.(object)),
};

/**
 * Whether CREATE TABLE ends before it looks for an object, because the table exists: with IF NOT EXISTS it ends at once
 * (`transformCreateStmt`), without it fails before it looks for what its foreign keys name (`DefineRelation`).
 */
function isRefusedFirst(effect: Effect, needed: ObjectRef, { statement }: Unit, world: World): boolean {
  if (effect.action !== 'create' || statement.type !== 'CreateStmt' || world.has(effect.object) !== true) return false;
  if (effect.mode === 'if-not-exists') return true;
  const isReferenced = ({ detail }: ObjectRef) =>
    detail?.references !== undefined && world.key({ kind: 'table', ...detail.references.table }) === world.key(needed);
  return (effect.parts ?? []).some(isReferenced);
}

/** A statement that fails where the object exists: a default of an identity column (`ATExecColumnDefault`). */
export const avoid: Semantics<Extract<Effect, { action: 'avoid' }>> = {
  judge: ({ effect }, { world }) =>
    world.has(effect.object) === true ? { kind: 'fails', cause: 'exists', sqlstate: '42601' } : undefined,
  mentions: () => [],
  pending: ({ object }) => missing(kindInfo(object.kind).existence?.(object)),
};
