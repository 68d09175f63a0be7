/** Objects that a statement needs and that are not there, by its effects. */
import type { Effect } from '../../catalog/effects.ts';
import { describe, isRoutine, ownerOf, type Kind, type ObjectRef } from '../../catalog/objects.ts';
import type { SqlState } from '../../catalog/sqlstates.ts';
import { unitsOf, type Unit } from '../../catalog/units.ts';
import { nameTemporary } from '../../history/temporary.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { NodeTag } from '../../syntax/parser.ts';
import { wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { reportUnknown } from './report.ts';
import { sameButCase, similar } from './similar.ts';

/** The SQLSTATE with which a statement fails that needs an object of a kind. Others are not judged. */
const MISSING: Partial<Record<Kind, SqlState>> = {
  table: '42P01',
  view: '42P01',
  'materialized view': '42P01',
  sequence: '42P01',
  column: '42703',
  constraint: '42704',
  policy: '42704',
  trigger: '42704',
  type: '42704',
  index: '42704',
};

/** Statements whose columns are those of their table, with no query around them that may have others. */
const NAMES_COLUMNS: ReadonlySet<NodeTag> = new Set<NodeTag>([
  'AlterTableStmt',
  'IndexStmt',
  'RenameStmt',
  'CreateTrigStmt',
  'CommentStmt',
  'CreateStmt',
]);

export function checkObjects(checked: Checked): void {
  const { statement, world } = checked;
  // What the body of a function needs is looked up when it runs.
  if (statement.type === 'CreateFunctionStmt') return;
  const units = unitsOf(statement);
  // Nearly always nothing is missing.
  let made: Set<string> | undefined;
  const seen = new Set<string>();
  for (const unit of units) {
    for (const effect of unit.effects) {
      const needed = neededBy(nameTemporary(effect, unit, world));
      if (!needed || (needed.kind === 'column' && !NAMES_COLUMNS.has(statement.type!))) continue;
      if (!isMissing(needed, world)) continue;
      const key = world.key(needed);
      if (seen.has(key) || (made ??= madeBy(units, world)).has(key)) continue;
      seen.add(key);
      reportMissing(needed, unit, checked);
    }
  }
}

/** The keys of what a statement makes itself. */
const madeBy = (units: readonly Unit[], world: World): Set<string> =>
  new Set(
    flatMap(units, ({ effects }) =>
      flatMap(effects, (effect) => {
        if (effect.action === 'rename') return [world.key(effect.to)];
        if (effect.action !== 'create' && effect.action !== 'duplicate') return [];
        return [effect.object, ...(effect.parts ?? [])].map((ref) => world.key(ref));
      }),
    ),
  );

function neededBy(effect: Effect): ObjectRef | undefined {
  if (effect.action !== 'use' && effect.action !== 'drop' && effect.action !== 'rename') return undefined;
  return effect.mode === 'bare' && Object.hasOwn(MISSING, effect.object.kind) ? effect.object : undefined;
}

/** Whether an object is known not to be there. A type may be the row of a table, and the other way round. */
function isMissing(ref: ObjectRef, world: World): boolean {
  if (world.has(ref) !== false || ref.name === '') return false;
  if (ref.of) {
    const owner = ownerOf(ref, ref.of);
    // A partition has what its parent has.
    if (world.has(owner) === false || world.parentAt(world.key(owner)) !== undefined) return false;
    return ref.kind !== 'column' || (!SYSTEM_COLUMNS.has(ref.name) && !isMadeByDynamicSql(ref, world));
  }
  const other: Kind = ref.kind === 'type' ? 'table' : 'type';
  return world.has({ ...ref, kind: other }) !== true && !isRoutine(ref.kind);
}

export const SYSTEM_COLUMNS: ReadonlySet<string> = new Set('tableoid xmin cmin xmax cmax ctid'.split(' '));

/**
 * Whether dynamic SQL adds a column of the name to tables that it names at run time: format() stands in its statements
 * for names of underscores.
 */
export const isMadeByDynamicSql = ({ name }: ObjectRef, world: World): boolean =>
  world.named({ kind: 'column', name }).some(({ ref }) => /__/.test(ref.of?.name ?? ''));

function reportMissing(ref: ObjectRef, { entry, effects }: Unit, checked: Checked): void {
  const { statement, world } = checked;
  const drops = effects.some((effect) => effect.action === 'drop' && effect.object === ref);
  const { secondRun } = entry;
  const error = drops && typeof secondRun === 'object' && 'error' in secondRun ? secondRun.error : MISSING[ref.kind]!;
  const siblings = ref.of ? world.parts(ownerOf(ref, ref.of)).filter(({ kind }) => kind === ref.kind) : [];
  const meant = similar(
    ref.name,
    siblings.map(({ name }) => name),
  );
  const gone = world.isGone(ref) && world.named(ref).length > 0;
  const label = describe(ref);
  const fate = gone ? 'is dropped or renamed before' : 'does not exist';
  reportUnknown(checked, {
    ...wordRange(statement, ref.name),
    error,
    problem: `${label.charAt(0).toUpperCase()}${label.slice(1)} ${fate}`,
    meant,
    certain: meant !== undefined && ref.kind === 'column' && sameButCase(meant, ref.name),
  });
}
