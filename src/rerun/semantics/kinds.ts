/** Names that go to an object of another kind: a function becomes a procedure, a view a table. */
import { kindInfo, type Kind, type ObjectRef } from '../../catalog/objects.ts';
import type { SqlState } from '../../catalog/sqlstates.ts';
import type { World } from '../../history/world.ts';

/** Relations whose rows have a type of their own, which has the name too. */
const HAS_ROW_TYPE = new Set<Kind>(['table', 'foreign table', 'view', 'materialized view']);

/**
 * The error of a statement that speaks of an object as of one kind while another kind has its name: also with IF
 * EXISTS. Undefined where it is of the kind, or not there.
 */
export function errorOfKind(object: ObjectRef, world: World): SqlState | undefined {
  const { kind } = object;
  const { space } = kindInfo(kind);
  const there = world.get(object)?.ref.kind;
  if (there !== undefined && there !== kind) {
    // DROP TYPE takes domains too, DROP ROUTINE everything that can be called.
    const isWrong = space === 'relation' || (space === 'routine' && kind !== 'routine') || kind === 'domain';
    return isWrong ? '42809' : undefined;
  }
  if (there !== undefined || object.of) return undefined;
  const named = { schema: object.schema, name: object.name };
  if (space === 'relation')
    return world.get({ kind: 'type', ...named })?.ref.detail?.typtype === 'c' ? '42809' : undefined;
  if (sharesName(object, world) === undefined) return undefined;
  return kind === 'domain' ? '42809' : '2BP01';
}

/**
 * The type that has the name of a relation, or the relation whose rows have a type of the name: where one is there, the
 * other cannot be made.
 */
export function sharesName({ kind, schema, name, of }: ObjectRef, world: World): ObjectRef | undefined {
  const { space } = kindInfo(kind);
  if (of !== undefined) return undefined;
  if (HAS_ROW_TYPE.has(kind)) return world.get({ kind: 'type', schema, name })?.ref;
  const relation = space === 'type' ? world.get({ kind: 'table', schema, name })?.ref : undefined;
  return relation && HAS_ROW_TYPE.has(relation.kind) ? relation : undefined;
}
