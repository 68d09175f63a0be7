/** Applies the statements of a file to a world, without a database. */
import type { Effect } from '../catalog/effects.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import { unitsOf, type Unit } from '../catalog/units.ts';
import type { Statement } from '../syntax/script.ts';
import { flatMap } from '../lists.ts';
import { withCalls } from './calls.ts';
import { Caught } from './caught.ts';
import { isRun, isUnasked, type IfResults } from './guards.ts';
import { asMade, fillIn } from './naming.ts';
import { nameTemporary } from './temporary.ts';
import type { RowSource, World } from './world.ts';

/** One statement with what it does. The statements in a DO block are steps of their own, behind the block. */
export interface Step {
  statement: Statement;
  units: readonly Unit[];
  /** Of a ROLLBACK: the steps that it takes back. */
  undone?: readonly Step[];
}

/** The steps of a file, in the order in which PostgreSQL executes them. */
export function stepsOf(statements: readonly Statement[]): Step[] {
  const steps: Step[] = [];
  let begin: number | undefined;
  const savepoints = new Map<string, number>();
  for (const statement of statements) {
    const { kind: transaction, savepoint_name: savepoint = '' } = statement.as('TransactionStmt') ?? {};
    let undone: Step[] = [];
    if (transaction === 'TRANS_STMT_SAVEPOINT') savepoints.set(savepoint, steps.length);
    else if (transaction === 'TRANS_STMT_ROLLBACK_TO') undone = steps.splice(savepoints.get(savepoint) ?? steps.length);
    if (transaction === 'TRANS_STMT_BEGIN' || transaction === 'TRANS_STMT_START') begin = steps.length;
    // What a transaction did that is rolled back has not come about.
    else if (transaction === 'TRANS_STMT_ROLLBACK' && begin !== undefined) undone = steps.splice(begin);
    if (transaction === 'TRANS_STMT_ROLLBACK' || transaction === 'TRANS_STMT_COMMIT') begin = undefined;
    steps.push({ statement, units: unitsOf(statement), ...(undone.length > 0 && { undone }) });
    if (statement.type === 'DoStmt')
      for (const child of statement.children ?? []) steps.push({ statement: child, units: unitsOf(child) });
  }
  return steps;
}

/** Called for every effect that was applied. */
type Observer = (effect: Effect, statement: Statement) => void;

/** Applies what the forward statements of a file leave to a world: the file becomes history. */
export function play(statements: readonly Statement[], world: World, observe?: Observer): void {
  const { searchPath } = world;
  const ifResults: IfResults = new Map();
  const steps = stepsOf(statements.filter((s) => s.direction === 'up'));
  const caught = new Caught(steps, true);
  for (const [k, step] of steps.entries())
    if (!caught.isRolledBack(k, world))
      playStep(step, isRun(step.statement, step.units, world, undefined, ifResults), world, observe);
  // A migration tool runs every file in a session of its own.
  world.endSession(searchPath);
}

/**
 * Whether a statement may run for the first time. Where its conditions do not tell, a bare CREATE of what is there does
 * not: otherwise the file would fail.
 * @param isKnown what its conditions tell
 */
export function mayRun({ units }: Step, isKnown: boolean | undefined, world: World): boolean {
  if (isKnown !== undefined) return isKnown;
  return !units.some(({ effects }) =>
    effects.some((e) => e.action === 'create' && e.mode === 'bare' && world.has(asMade(e.object, world)) === true),
  );
}

/**
 * A table under conditions that do not tell whether it is made, and do not ask for it: which names are taken on it is
 * not known then.
 */
export function asFarAsKnown(effect: Effect, statement: Statement, isKnown: boolean | undefined, world: World): Effect {
  if (isKnown !== undefined || effect.action !== 'create' || effect.object.kind !== 'table') return effect;
  const { object } = effect;
  if (!object.detail || !isUnasked(object, statement, world)) return effect;
  const detail = { ...object.detail, isConditional: true };
  delete detail.complete;
  delete detail.keysNamed;
  return { ...effect, object: { ...object, detail } };
}

/** Applies what one statement leaves, if it runs. */
function playStep(step: Step, isKnown: boolean | undefined, world: World, observe?: Observer): void {
  if (!mayRun(step, isKnown, world)) return;
  const { statement } = step;
  for (const unit of withCalls(step.units, world)) {
    for (const effect of unit.effects) {
      const named = asFarAsKnown(nameTemporary(effect, unit, world), statement, isKnown, world);
      world.apply(fillIn(named, unit, world));
      recordDependencies(unit, named, world);
      if (named.action === 'insert') world.recordInsert(named.object, insertOf(statement));
      observe?.(named, statement);
    }
  }
}

/** The INSERT that a statement is. */
export function insertOf(statement: Statement): RowSource {
  const insert = statement.as('InsertStmt');
  return insert && { insert };
}

/** Kinds that depend on the objects that their definition reads. A table does not: CREATE TABLE AS copies the rows. */
const DEPENDENT = new Set<ObjectRef['kind']>([
  'view',
  'materialized view',
  'trigger',
  'policy',
  'rule',
  'constraint',
  'event trigger',
]);

/** Records in the world what cannot be dropped while the object that a statement makes exists: the tables of a view. */
export function recordDependencies(unit: Unit, effect: Effect, world: World): void {
  if (effect.action !== 'create' && effect.action !== 'duplicate') return;
  const { object } = effect;
  for (const made of [object, ...(effect.parts ?? [])]) {
    const own = made === object ? [...used(object, unit), ...columnsOfStar(object, unit, world)] : [];
    dependOn(made, [...known(made.detail?.needs, world), ...own], world);
    recordDefault(made, effect, world);
    const { references } = made.detail ?? {};
    if (!references) continue;
    const target: ObjectRef = { kind: 'table', ...references.table };
    const key = referencedKey(made, world);
    dependOn(made, key ? [target, key] : [target], world);
    // The table too: it exists from then on, whatever becomes of its constraint.
    dependOn(object, [target], world);
  }
}

/** Only objects that the migrations have made count: history does not know what else depends on the others. */
const known = (needs: readonly ObjectRef[] | undefined, world: World): ObjectRef[] =>
  (needs ?? []).filter((need) => world.get(need));

/** What a statement uses for an object that depends on what its definition reads. */
const used = ({ kind }: ObjectRef, { effects }: Unit): ObjectRef[] =>
  DEPENDENT.has(kind)
    ? flatMap(effects, (effect) => (effect.action === 'use' && NEEDED.has(effect.object.kind) ? effect.object : []))
    : [];

/** The columns for which `*` in the query of a view stands. */
const columnsOfStar = ({ detail }: ObjectRef, { effects }: Unit, world: World): ObjectRef[] =>
  detail?.star === undefined
    ? []
    : flatMap(effects, (effect) =>
        effect.action === 'use' && effect.object.kind === 'table'
          ? world.parts(effect.object).filter(({ kind }) => kind === 'column')
          : [],
      );

const NEEDED = new Set<ObjectRef['kind']>(['table', 'function', 'column']);

/** Records that an object needs others, each once. */
function dependOn(dependent: ObjectRef, needs: readonly ObjectRef[], world: World): void {
  if (needs.length === 0) return;
  const own = world.key(dependent);
  const needed = new Map(needs.map((need) => [world.key(need), need]));
  for (const [key, need] of needed) if (key !== own) world.depend(dependent, need);
}

/** A default is an object of its own in PostgreSQL: CASCADE drops it, and the column stays. */
function recordDefault(made: ObjectRef, effect: Effect, world: World): void {
  const needs = made.detail?.defaultNeeds;
  if (!needs) return;
  // IF NOT EXISTS leaves the column that is there.
  const isReplaced = effect.action === 'create' && effect.mode === 'or-replace';
  if (!isReplaced && world.get(made)?.ref !== made) return;
  const own: ObjectRef =
    made.kind === 'domain'
      ? { kind: 'domain default', name: '', of: made }
      : { kind: 'default', name: made.name, of: made.of!, detail: { columns: [made.name] } };
  if (world.get(own)) world.remove(own);
  const existing = known(needs, world);
  if (existing.length === 0) return;
  world.add(own);
  dependOn(own, existing, world);
}

/** The primary or unique key that a foreign key points to. */
function referencedKey({ detail }: ObjectRef, world: World): ObjectRef | undefined {
  const references = detail?.references;
  if (!references) return undefined;
  const isTarget = ({ kind, detail: key }: ObjectRef): boolean => {
    if (kind !== 'constraint') return false;
    if (references.columns.length === 0) return key?.contype === 'p';
    return key?.unique === true && references.columns.every((column) => key.columns?.includes(column));
  };
  return world.parts({ kind: 'table', ...references.table }).find(isTarget);
}
