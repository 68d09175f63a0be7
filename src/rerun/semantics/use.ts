import type { Effect } from '../../catalog/effects.ts';
import { missingError } from '../../catalog/missing.ts';
import { kindOfObject } from '../../catalog/object-nodes.ts';
import { isRoutine, kindInfo, type ObjectRef } from '../../catalog/objects.ts';
import type { Unit } from '../../catalog/units.ts';
import { isAskedFor } from '../../history/guards.ts';
import type { World } from '../../history/world.ts';
import { errorOfKind } from './kinds.ts';
import { ambiguous, NAMES_ONE, namesOne } from './overloads.ts';
import { missing, present, type Semantics } from './types.ts';

export const use: Semantics<Extract<Effect, { action: 'use' }>> = {
  // A routine without its argument types is the one of its name that is there in the first run.
  before: ({ object }, world, unit) => (namesOne(object, unit) ? { named: [world.keyOf(object)] } : {}),
  judge({ effect: { object, mode }, unit, before }, { world }) {
    const unclear = ambiguous(object, unit, world);
    if (unclear) return unclear;
    const said = asSaid(object, unit);
    const wrong = said && errorOfKind(said, world);
    if (wrong) return { kind: 'fails', cause: 'wrong-kind', sqlstate: wrong, said };
    const isGone = world.isGone(object) || isGoneOne(object, unit, before.named, world);
    if (mode !== 'bare' || !isGone) return undefined;
    // A table whose foreign key points to itself needs nothing that it does not make. ALTER makes nothing anew.
    const isAlter = unit.entry.node.startsWith('Alter');
    const makesIt = (e: Effect) => !isAlter && e.action === 'create' && world.key(e.object) === world.key(object);
    if (unit.effects.some((e) => makesIt(e) || isRefusedFirst(e, object, unit, world))) return undefined;
    return { kind: 'fails', cause: 'missing', sqlstate: missingError(object.kind) };
  },
  mentions: () => [],
  pending: ({ object }) => present(kindInfo(object.kind).existence?.(object)),
};

/** Whether a routine that was the only one of its name is gone, and no other has the name. */
const isGoneOne = (object: ObjectRef, unit: Unit, named: readonly string[], world: World): boolean =>
  namesOne(object, unit) &&
  named.some((key) => world.existsKey(key) === false) &&
  world.overloads(object).length === 0 &&
  !isAskedFor(object, unit.statement);

/** The object of the kind that a statement says; undefined where it says none: ALTER TABLE takes other relations. */
function asSaid(object: ObjectRef, { statement, entry }: Unit): ObjectRef | undefined {
  if (isRoutine(object.kind)) return NAMES_ONE.has(statement.type ?? '') ? object : undefined;
  if (object.kind === 'type' || kindInfo(object.kind).asKind === undefined) return undefined;
  if (statement.type === 'CommentStmt') return object;
  const { objtype, relation } = statement.as('AlterTableStmt') ?? {};
  const kind = objtype && relation?.relname === object.name ? kindOfObject(objtype) : object.kind;
  return entry.node.startsWith('Alter') && kind && kind !== 'table' && kind !== 'type'
    ? { ...object, kind }
    : undefined;
}

/**
 * Whether CREATE TABLE ends before it looks for an object, because the table exists: with IF NOT EXISTS it ends at once
 * (`transformCreateStmt`), without it fails before it looks for what its foreign keys name (`DefineRelation`).
 */
function isRefusedFirst(effect: Effect, needed: ObjectRef, { statement }: Unit, world: World): boolean {
  if (effect.action !== 'create' || world.has(effect.object) !== true) return false;
  // `CreatePublication` looks for its name before it looks for what it publishes.
  if (effect.object.kind === 'publication') return true;
  if (statement.type !== 'CreateStmt') return false;
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
