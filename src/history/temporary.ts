/**
 * Temporary objects live as long as their session. Where one has the name that a statement gives without a schema,
 * PostgreSQL takes that one, before all of search_path; what is made without TEMP does not go there.
 */
import type { CreateEffect, Effect } from '../catalog/effects.ts';
import { isNamedInSchema, isTemporary, kindInfo, TEMPORARY, type Detail, type ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import type { World } from './world.ts';

/** Gives the schema of temporary objects to what a statement names without one, where they have those names. */
export function nameTemporary(effect: Effect, unit: Unit, world: World): Effect {
  const makesTemporary = effect.action === 'create' && world.searchPath[0] === TEMPORARY;
  if (!world.hasTemporary && !makesTemporary) return effect;
  switch (effect.action) {
    case 'create':
      return nameCreated(effect, unit, world);
    case 'duplicate':
      return { ...effect, object: withDetail(nameRef(effect.object, world), world) };
    case 'rename': {
      const object = nameRef(effect.object, world);
      return object === effect.object ? effect : { ...effect, object, to: renamedIn(object, effect.to) };
    }
    case 'write':
      return { ...effect, table: nameRef(effect.table, world) };
    default:
      return 'object' in effect ? { ...effect, object: nameRef(effect.object, world) } : effect;
  }
}

/** The new name of a temporary object, or of a part of one. */
const renamedIn = ({ of }: ObjectRef, to: ObjectRef): ObjectRef => ({
  ...to,
  ...((!of || isNamedInSchema(to.kind)) && { schema: TEMPORARY }),
  ...(of && { of }),
});

/** What a statement names, with the schema of temporary objects where it is one of them or belongs to one. */
function nameRef(ref: ObjectRef, world: World): ObjectRef {
  const { kind, schema, of } = ref;
  const { owner, inSchema, namedByRelation } = kindInfo(kind);
  const isOfTemporary = of?.schema === undefined && owner && of && world.findsTemporary(owner.kind, of.name);
  const isNamed =
    schema === undefined && (of && inSchema ? isOfTemporary : inSchema && world.findsTemporary(kind, ref.name));
  const isRelation = schema === undefined && namedByRelation && world.findsTemporary('table', ref.name);
  if (!isOfTemporary && !isNamed && !isRelation) return ref;
  return {
    ...ref,
    ...(isOfTemporary && { of: { ...of, schema: TEMPORARY } }),
    ...((isNamed || isRelation) && { schema: TEMPORARY }),
  };
}

/**
 * What is made goes into the first schema of search_path. A view that reads something temporary is temporary itself
 * (`DefineView`), and so is what is made for a temporary table.
 */
function nameCreated(effect: CreateEffect, unit: Unit, world: World): CreateEffect {
  const { object, parts } = effect;
  const made = { ...effect, object: withDetail(object, world), ...(parts && { parts: named(parts, world) }) };
  if (object.of && isTemporary(nameRef(object, world))) return { ...made, object: nameRef(made.object, world) };
  if (object.schema !== undefined || !kindInfo(object.kind).inSchema) return made;
  const [first] = world.searchPath;
  const isHidden = first === TEMPORARY || world.findsTemporary(object.kind, object.name);
  const schema = readsTemporary(object, unit, world) ? TEMPORARY : isHidden ? first : undefined;
  if (schema === undefined) return made;
  return {
    ...made,
    object: { ...made.object, schema },
    ...(made.parts && {
      parts: made.parts.map((part) => (part.of ? { ...part, of: { ...part.of, schema } } : { ...part, schema })),
    }),
  };
}

const readsTemporary = ({ kind }: ObjectRef, { effects }: Unit, world: World): boolean =>
  kind === 'view' &&
  effects.some((e) => e.action === 'use' && e.object.kind === 'table' && isTemporary(nameRef(e.object, world)));

const named = (parts: readonly ObjectRef[], world: World): ObjectRef[] => parts.map((part) => withDetail(part, world));

/** The same for what its definition names. */
function withDetail(ref: ObjectRef, world: World): ObjectRef {
  const { detail } = ref;
  if (!detail) return ref;
  const { needs, defaultNeeds, references, partitionOf } = detail;
  const nameAll = (refs: readonly ObjectRef[]) => refs.map((need) => nameRef(need, world));
  const nameTable = ({ schema, name }: { schema?: string | undefined; name: string }) => {
    const { schema: found } = nameRef({ kind: 'table', schema, name }, world);
    return { schema: found, name };
  };
  return {
    ...ref,
    detail: {
      ...detail,
      ...(needs && { needs: nameAll(needs) }),
      ...(defaultNeeds && { defaultNeeds: nameAll(defaultNeeds) }),
      ...(references && { references: { ...references, table: nameTable(references.table) } }),
      ...(partitionOf && { partitionOf: nameTable(partitionOf) }),
    } satisfies Detail,
  };
}
