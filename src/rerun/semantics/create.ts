import { isAssigned } from '../../catalog/locks/conversion.ts';
import { nodeAs } from '../../catalog/nodes.ts';
import { existsError } from '../../catalog/exists.ts';
import { givesType, type Effect } from '../../catalog/effects.ts';
import { describe, kindInfo, type Detail, type ObjectRef } from '../../catalog/objects.ts';
import type { Unit } from '../../catalog/units.ts';
import { isThere } from '../../history/guards.ts';
import { fillIn, starColumns } from '../../history/naming.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import type { Judgement } from '../finding.ts';
import type { FirstRun } from '../first-run.ts';
import type { Replay } from '../replay.ts';
import { sharesName } from './kinds.ts';
import { effectInWords } from './words.ts';
import { missing, type Semantics } from './types.ts';

type Create = Extract<Effect, { action: 'create' }>;
type Duplicate = Extract<Effect, { action: 'duplicate' }>;

export const create: Semantics<Create> = {
  complete: fillIn,
  before: ({ object }, world, unit) => {
    const named = [...namedKeys(unit, world), ...calledKeys(unit, world)];
    const column: ObjectRef = { ...object, kind: 'column' };
    if (object.kind === 'column type') return { named, column: (world.get(object) ?? world.get(column))?.ref };
    return object.kind === 'column'
      ? { named, column: world.get(column)?.ref, dependents: world.dependents(column) }
      : { named };
  },
  judge({ effect, unit, before }, replay) {
    const { world } = replay;
    const isBlocked =
      CONVERTING.has(unit.entry.id) && readers(effect.object, world).some((key) => !before.dependents.includes(key));
    // A view, a policy or a generated column that is made later reads the column by then.
    if (isBlocked) return { kind: 'fails', cause: 'has-dependents', sqlstate: '0A000' };
    // A later statement has given it a type that only USING makes this one of.
    if (isNotConverted(effect.object, unit, world)) return { kind: 'fails', cause: 'replaced', sqlstate: '42804' };
    const dropped = onDroppedColumn(effect.object, world);
    if (dropped) return dropped;
    if (world.has(effect.object) !== true && sharesName(effect.object, world))
      return { kind: 'fails', cause: 'replaced', sqlstate: '42710' };
    if (isSecondPrimaryKey(effect.object, world)) return { kind: 'fails', cause: 'replaced', sqlstate: '42P16' };
    const changed = readsHidden(effect, unit, before.named, world) ?? changesDefinition(effect, unit, replay);
    if (changed || effect.mode !== 'bare') return changed;
    const { object } = effect;
    // The type of the column is another one by now, or has another name, so a question for the type would not find it.
    // Without its column there is nothing to convert.
    if (object.kind === 'column type' && world.isGone({ ...object, kind: 'column' })) return undefined;
    if (object.kind === 'column type' && isThere(object, world) === false)
      return { kind: 'redefines', consequence: 'a second run evaluates USING on values that it has already converted' };
    if (world.has(object) === false) return undefined;
    const sqlstate = existsError(object, unit);
    return sqlstate === undefined
      ? { kind: 'repeats', what: 'object', consequence: `a second run ${effectInWords(unit)}` }
      : { kind: 'fails', cause: 'exists', sqlstate };
  },
  // A conversion that repeats gives the column another type than an earlier one did.
  mentions: (effect) =>
    givesType(effect) ? [effect.object, { ...effect.object, kind: 'column type' }] : [effect.object],
  pending: ({ object }) => missing(kindInfo(object.kind).existence?.(object)),
};

/** A foreign key whose column is gone by then, with the key itself. */
function onDroppedColumn(key: ObjectRef, world: World): Judgement | undefined {
  const { kind, of, detail } = key;
  if (kind !== 'constraint' || detail?.contype !== 'f' || !of || world.has(key) === true) return undefined;
  const column = (detail.columns ?? []).find((name) => world.isGone({ kind: 'column', name: name ?? '', of }));
  if (column === undefined) return undefined;
  const reason = `a second run fails with 42703, since a later statement drops column "${column}" of the key`;
  return { kind: 'undecidable', reason, why: 'leave the key out, or ask whether the column is there' };
}

/** Whether the table of a primary key has another one by then. */
const isSecondPrimaryKey = (key: ObjectRef, world: World): boolean =>
  key.kind === 'constraint' &&
  key.detail?.contype === 'p' &&
  key.of !== undefined &&
  world.has(key) === false &&
  world.parts({ kind: 'table', ...key.of }).some(({ detail }) => detail?.contype === 'p');

/** Whether a conversion without USING finds a column whose values no assignment makes the new type of. */
function isNotConverted(column: ObjectRef, { entry, node }: Unit, world: World): boolean {
  const using = nodeAs((node as NodeOf<'AlterTableCmd'>).def, 'ColumnDef')?.raw_default;
  if (entry.id !== 'alter-column-type' || using) return false;
  const there = world.get({ ...column, kind: 'column type' }) ?? world.get({ ...column, kind: 'column' });
  const [from, to] = [there?.ref.detail?.type, column.detail?.type];
  if (from === undefined || to === undefined) return false;
  return !isAssigned({ name: from, modifiers: [] }, { name: to, modifiers: [] }, world);
}

/** The entries that convert a column. */
const CONVERTING = new Set(['alter-column-type', 'alter-column-type-using']);

/** The keys of what keeps a column from being converted. */
const readers = (object: ObjectRef, world: World): string[] =>
  world.dependents({ ...object, kind: 'column' }).filter((key) => {
    const kind = world.refOfKey(key)?.kind;
    return kind !== undefined && READERS.has(kind);
  });

const READERS = new Set<ObjectRef['kind']>(['view', 'materialized view', 'policy', 'rule', 'trigger', 'column']);

/** A statement that leaves the name to PostgreSQL, which chooses another one the second time. */
export const duplicate: Semantics<Duplicate> = {
  complete: fillIn,
  judge({ effect, unit }, { world, freshTables }) {
    const dropped = onDroppedColumn(effect.object, world);
    if (dropped) return dropped;
    if (freshTables.get(world.key({ kind: 'table', ...effect.object.of! })) === 'made') return undefined;
    return { kind: 'repeats', what: 'object', consequence: `a second run ${effectInWords(unit)}` };
  },
  mentions: ({ object }) => (object.name === '' ? [] : [object]),
  pending: ({ object }) => missing(kindInfo(object.kind).existence?.(object)),
};

function changesDefinition(effect: Create, unit: Unit, { world, first }: Replay): Judgement | undefined {
  if (readsOtherColumns(effect, unit, world))
    return { kind: 'redefines', consequence: 'a second run gives it the columns that its tables have by then' };
  if (replacesOther(effect, world, first.after)) {
    const sqlstate = kindInfo(effect.object.kind).space === 'relation' ? '42P16' : '42P13';
    return { kind: 'fails', cause: 'replaced', sqlstate };
  }
  if (losesNames(effect, world) || copiesKeysAnew(effect, world, first))
    return { kind: 'redefines', consequence: 'a second run gives its keys other names than the first did' };
  return undefined;
}

/**
 * Whether an object is made where a later statement has put something else that OR REPLACE or IF NOT EXISTS cannot
 * change back: a function with another result, a view with other columns, a view in the place of the table.
 */
function replacesOther(effect: Create, world: World, after: World): boolean {
  const { kind, detail } = effect.object;
  const there = world.get(effect.object)?.ref;
  if (!there || there !== after.get(effect.object)?.ref) return false;
  if (there.kind !== kind) {
    const { space } = kindInfo(kind);
    return space === 'routine' || (space === 'relation' && there.kind !== 'index' && kind !== 'index');
  }
  if (there.detail === undefined) return false;
  if (kind === 'view') return there.detail.definition !== detail?.definition;
  return (kind === 'function' || kind === 'procedure') && !isReplaceable(there.detail, detail);
}

/** Whether OR REPLACE can put a routine in the place of another: it changes no result, no names and no defaults. */
function isReplaceable(there: Detail, { returns, inputs }: Detail = {}): boolean {
  if (there.returns !== returns) return false;
  if (!there.inputs || !inputs) return true;
  const keepsNames = there.inputs.names.every((name, k) => name === '' || name === inputs.names[k]);
  return keepsNames && there.inputs.defaults <= inputs.defaults;
}

/** The keys of what a statement names without a schema, where search_path has several. */
const namedKeys = ({ effects }: Unit, world: World): string[] =>
  world.searchPath.length === 1
    ? []
    : flatMap(effects, (e) => (e.action === 'use' && e.object.schema === undefined ? [world.key(e.object)] : []));

/** The keys of all routines that the calls in a definition may mean, by their names. */
const calledKeys = ({ effects }: Unit, world: World): string[] =>
  flatMap(effects, (e) =>
    e.action === 'use' && e.object.kind === 'function' && !e.object.args
      ? world.overloads(e.object).map((ref) => world.key(ref))
      : [],
  );

/** A definition that is replaced, and by then finds another object of a name in a schema that is searched first. */
function readsHidden(effect: Create, unit: Unit, named: readonly string[], world: World): Judgement | undefined {
  const [technique] = unit.entry.techniques ?? [];
  const isReplaced =
    effect.mode === 'or-replace' || (technique?.technique === 'keyword' && technique.keywords === 'OR REPLACE');
  if (!isReplaced) return undefined;
  const called = calledKeys(unit, world).find((key) => !named.includes(key));
  if (called !== undefined)
    return { kind: 'redefines', consequence: `a second run may find ${describe(world.refOfKey(called)!)} instead` };
  const now = namedKeys(unit, world);
  const other = now.find((key, k) => key !== named[k] && world.existsKey(key) === true);
  if (other === undefined) return undefined;
  const what = describe(world.refOfKey(other)!);
  return { kind: 'redefines', consequence: `a second run finds another ${what} in a schema that is searched first` };
}

/** Whether `*` in a view's query stands for other columns by now than those that the view has. */
function readsOtherColumns({ object }: Create, unit: Unit, world: World): boolean {
  if (object.detail?.star === undefined) return false;
  const had = world.get(object)?.ref.detail?.star;
  return had !== undefined && had !== starColumns(unit, world);
}

/** Whether a table or column is made anew while the names that PostgreSQL chose for its keys are taken by now. */
function losesNames(effect: Create, world: World): boolean {
  const { kind } = effect.object;
  if ((kind !== 'table' && kind !== 'column') || world.has(effect.object) === true) return false;
  const isTaken = (part: ObjectRef): boolean => {
    if (part.kind === 'sequence') return world.relationTaken(part.schema, part.name);
    if (part.kind !== 'constraint' || !part.detail?.implicit) return false;
    return part.detail.unique
      ? world.relationTaken(part.of?.schema, part.name)
      : kind === 'column' && world.has(part) === true;
  };
  return (effect.parts ?? []).some(isTaken);
}

/**
 * Whether a table is made anew with keys that PostgreSQL names after it, as LIKE … INCLUDING INDEXES copies them, while
 * the table of the first run, which a later statement has renamed, still has those names.
 */
function copiesKeysAnew({ object }: Create, world: World, { occurrences, base }: FirstRun): boolean {
  if (object.kind !== 'table' || object.detail?.keysNamed !== false || world.has(object) === true) return false;
  const key = base.key(object);
  return occurrences
    .flat()
    .some(
      ({ effect }) => effect.action === 'rename' && base.key(effect.object) === key && world.has(effect.to) === true,
    );
}
