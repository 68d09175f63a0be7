/** What becomes of the values of a column that gets another type. */
import { mayBeSameType } from '../catalog/names.ts';
import { nodeAs, typeText } from '../catalog/nodes.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import type { Unit } from '../catalog/units.ts';
import type { World } from '../history/world.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';

/** Types that hold the same numbers and the same texts, as far as they hold them. */
const NUMBERS = new Set(['int2', 'int4', 'int8', 'numeric']);
const TEXTS = new Set(['text', 'varchar']);

/**
 * Whether a constant that is written into the column after the conversion is what the conversion makes of the same
 * constant that was written before. A truth value `t` becomes the text `true`, a date is spelt anew.
 * @param before the column as it was
 * @param converted the column, or its type, as it is from then on
 */
export function keepsValues(unit: Unit, before: ObjectRef, converted: ObjectRef, world: World): boolean {
  const [from, to] = [before.detail?.type, converted.detail?.type];
  if (from === undefined || to === undefined) return false;
  const using = nodeAs((unit.node as NodeOf<'AlterTableCmd'>).def, 'ColumnDef')?.raw_default;
  const isText = (type: string) => TEXTS.has(type) || world.isEnum(type);
  const types = castsOf(using, converted.name);
  if (!types) return false;
  if (mayBeSameType(from, to)) return types.every((type) => mayBeSameType(type, to));
  const all = [from, ...types, to];
  return all.every((type) => NUMBERS.has(type)) || all.every(isText);
}

/** The types of the casts around the column, without modifiers; undefined where USING computes something else. */
function castsOf(using: Node | undefined, column: string): string[] | undefined {
  const cast = nodeAs(using, 'TypeCast');
  if (!cast) return using === undefined || nodeAs(using, 'ColumnRef') ? [] : undefined;
  const inner = castsOf(cast.arg, column);
  return inner && !cast.typeName?.typmods?.length ? [...inner, typeText(cast.typeName)] : undefined;
}
