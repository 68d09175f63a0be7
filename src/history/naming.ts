import { chooseName, indexColumnNames, joinColumnNames } from '../catalog/names.ts';
import { constraintRef, indexName, type Taken } from '../catalog/columns.ts';
import type { Effect } from '../catalog/effects.ts';
import { nodeAs } from '../catalog/nodes.ts';
import type { Unit } from '../catalog/units.ts';
import type { World } from './world.ts';
import { flatMap } from '../lists.ts';

/**
 * Fills in what a statement leaves to PostgreSQL: a name that it chooses, the columns of the index that a key is made
 * from, those that `*` stands for.
 */
export function fillIn(effect: Effect, unit: Unit, world: World): Effect {
  if (effect.action === 'create' && effect.object.detail?.usingIndex !== undefined) {
    const { object } = effect;
    const columns = world.get({ kind: 'index', schema: object.of?.schema, name: object.detail!.usingIndex! })?.ref
      .detail?.columns;
    return columns ? { ...effect, object: { ...object, detail: { ...object.detail, columns } } } : effect;
  }
  return effect.action === 'create' ? fillInStar(effect, unit, world) : nameUnnamed(effect, unit, world);
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
  if (!world.knowsTable(table)) return { ...effect, object: { ...effect.object, name: '' } };
  const schema = table.schema ?? world.get({ kind: 'table', ...table })?.ref.schema;
  const taken: Taken = (kind, name) =>
    kind === 'relation'
      ? world.relationTaken(schema, name)
      : kind === 'statistics'
        ? world.has({ kind, schema, name }) === true
        : world.has({ kind, name, of: table }) === true;
  return { ...effect, object: { ...effect.object, name: chosen(effect, unit, taken) } };
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
