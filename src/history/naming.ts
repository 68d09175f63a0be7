import { chooseName, indexColumnNames, joinColumnNames } from '../catalog/names.ts';
import { columnParts, constraintRef, indexName, type Taken } from '../catalog/columns.ts';
import type { CreateEffect, Effect } from '../catalog/effects.ts';
import { nodeAs } from '../catalog/nodes.ts';
import { kindInfo, type Name, type ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import type { World } from './world.ts';
import { flatMap } from '../lists.ts';

/**
 * Fills in what a statement leaves to PostgreSQL: a name that it chooses, the schema, the columns of the index that a
 * key is made from, those that `*` stands for.
 */
export function fillIn(effect: Effect, unit: Unit, world: World): Effect {
  if (effect.action !== 'create') return nameUnnamed(effect, unit, world);
  return fillInIndex(fillInStar(nameParts(inFirstSchema(effect, world), unit, world), unit, world), world);
}

/** An object as CREATE makes it: names are looked up in all schemas of search_path, and made in the first. */
export function asMade(object: ObjectRef, { searchPath }: World): ObjectRef {
  const [schema, ...others] = searchPath;
  const isElsewhere = others.length > 0 && object.schema === undefined && kindInfo(object.kind).inSchema;
  return isElsewhere ? { ...object, schema } : object;
}

/** Gives an object without a schema the first of search_path, where another one has an object of that name. */
function inFirstSchema(effect: CreateEffect, world: World): CreateEffect {
  const { object } = effect;
  const made = asMade(object, world);
  if (made === object || world.key(made) === world.key(object)) return effect;
  const { schema } = made;
  const parts = effect.parts?.map((part) => (part.of ? { ...part, of: { ...part.of, schema } } : { ...part, schema }));
  return { ...effect, object: made, ...(parts && { parts }) };
}

/**
 * Gives the sequences and constraints of a new table other names where those are taken that it would give them: a table
 * that was renamed keeps the names of its own.
 */
function nameParts(effect: CreateEffect, unit: Unit, world: World): CreateEffect {
  const { object, parts } = effect;
  const elements = unit.statement.as('CreateStmt')?.tableElts;
  if (object.kind !== 'table' || !parts || !elements || world.has(object) === true) return effect;
  const taken = takenIn(object.schema, world);
  const isTaken = ({ kind, name, detail }: ObjectRef) =>
    (kind === 'sequence' || detail?.unique || detail?.contype === 'x' ? taken('relation', name) : false) ||
    (kind === 'constraint' && detail?.implicit === true && taken('constraint', name));
  if (!parts.some(isTaken)) return effect;
  const named = columnParts(object, elements, taken);
  return { ...effect, parts: parts.map((part, k) => ({ ...part, name: named[k]?.name ?? part.name })) };
}

/** The names that are taken in a schema. */
const takenIn =
  (schema: string | undefined, world: World): Taken =>
  (kind, name) =>
    kind === 'relation'
      ? world.relationTaken(schema, name)
      : kind === 'statistics'
        ? world.has({ kind, schema, name }) === true
        : world.constraintTaken(schema, name);

/** Says which columns a key has that is made from an index. */
function fillInIndex(effect: CreateEffect, world: World): CreateEffect {
  const { object } = effect;
  if (object.detail?.usingIndex === undefined) return effect;
  const index: ObjectRef = { kind: 'index', schema: object.of?.schema, name: object.detail.usingIndex };
  const columns = world.get(index)?.ref.detail?.columns;
  return columns ? { ...effect, object: { ...object, detail: { ...object.detail, columns } } } : effect;
}

/** Says which columns `*` in a view's query stands for now. */
export function fillInStar<E extends Effect>(effect: E, unit: Unit, world: World): E {
  if (effect.action !== 'create' || effect.object.detail?.star === undefined) return effect;
  return {
    ...effect,
    object: { ...effect.object, detail: { ...effect.object.detail, star: starColumns(unit, world) } },
  };
}

/** The columns that are known of all tables that a view reads, in one text. */
export function starColumns(unit: Unit, world: World): string {
  const tables = flatMap(unit.effects, (effect) =>
    effect.action === 'use' && effect.object.kind === 'table' ? [effect.object] : [],
  );
  return JSON.stringify(
    tables.map((table) => flatMap(world.parts(table), ({ kind, name }) => (kind === 'column' ? [name] : []))),
  );
}

/**
 * Gives what a statement leaves unnamed the name that PostgreSQL chooses: the first that is free. It stays empty where
 * history does not show the table, since then nobody knows which names are taken.
 */
function nameUnnamed(effect: Effect, unit: Unit, world: World): Effect {
  if (effect.action !== 'duplicate' || !effect.object.of) return effect;
  const { object } = effect;
  const table = effect.object.of;
  if (object.kind === 'domain constraint') {
    const domain = world.get({ kind: 'domain', ...table });
    const taken = (name: string) => world.has({ kind: 'domain constraint', name, of: table }) === true;
    return {
      ...effect,
      object: {
        ...object,
        name: domain?.ref.detail?.complete ? chooseName(table.name, undefined, 'check', taken) : '',
      },
    };
  }
  if (!knowsNames(object, table, world)) return { ...effect, object: { ...effect.object, name: '' } };
  const schema = table.schema ?? world.get({ kind: 'table', ...table })?.ref.schema;
  const isTaken = takenIn(schema, world);
  const tried: string[] = [];
  const name = chosen(effect, unit, (kind, wanted) => {
    if (kind === 'relation') tried.push(wanted);
    return isTaken(kind, wanted);
  });
  const isDoubted = tried.some((wanted) => world.relationDoubted(schema, wanted));
  return { ...effect, object: { ...object, name: isDoubted || isNameOfVersion(object, name, world) ? '' : name } };
}

/**
 * Whether it is known which names are taken on a table. Of one made by AS or from others, it is where all its keys and
 * indexes have been named by statements; LIKE and INHERITS may bring checks besides.
 */
function knowsNames({ kind, detail }: ObjectRef, table: Name, world: World): boolean {
  if (world.knowsTable(table)) return true;
  const mayBeCopied = kind === 'statistics' || detail?.contype === 'c';
  return !mayBeCopied && world.get({ kind: 'table', ...table })?.ref.detail?.keysNamed === true;
}

/**
 * Whether the versions of PostgreSQL choose different names: a foreign key to a partitioned table has one more
 * constraint for each partition (`addFkRecurseReferenced` in tablecmds.c), and these got the next free names before
 * PostgreSQL 16.
 */
function isNameOfVersion(object: ObjectRef, name: string, world: World): boolean {
  if (object.kind !== 'constraint' || name === object.name) return false;
  return world
    .parts({ kind: 'table', ...object.of! })
    .some(
      ({ detail }) =>
        detail?.references &&
        world.parts({ kind: 'table', ...detail.references.table }).some(({ kind }) => kind === 'table'),
    );
}

function chosen(effect: Extract<Effect, { action: 'duplicate' }>, unit: Unit, taken: Taken): string {
  const { object } = effect;
  const index = unit.statement.as('IndexStmt');
  if (index) return indexName(object.of!, index.indexParams, { including: index.indexIncludingParams, taken });
  if (object.kind === 'statistics')
    return chooseName(
      object.of!.name,
      joinColumnNames(indexColumnNames(object.detail!.columns!.map((c) => c ?? 'expr'))),
      'stat',
      (n) => taken('statistics', n),
    );
  const cmd = unit.statement
    .as('AlterTableStmt')
    ?.cmds?.map((c) => nodeAs(c, 'AlterTableCmd'))
    .find(
      (c) =>
        c?.def &&
        nodeAs(c.def, 'Constraint') &&
        constraintRef(object.of!, nodeAs(c.def, 'Constraint')!, () => false)?.name === object.name,
    );
  const constraint = nodeAs(cmd?.def, 'Constraint');
  return (constraint && constraintRef(object.of!, constraint, taken)?.name) ?? object.name;
}
