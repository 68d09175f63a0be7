/** Compares a column with a value of an INSERT, as the column stores it. */
import { constantOf, uncast } from '../catalog/constants.ts';
import { quoteIdent } from '../catalog/names.ts';
import { nodeAs, typeText } from '../catalog/nodes.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import { volatileCall } from '../catalog/volatility.ts';
import type { Node } from '../syntax/parser.ts';

/** Types without equality, with equal values of different texts, or that store another value than is written. */
const INCOMPARABLE =
  /^(citext|json|xml|point|line|lseg|box|path|polygon|circle|float4|refcursor|txid_snapshot|pg_.*)(\[\])*$/;

/** Types of numbers, and the kinds of numbers that they compare with as they stand. */
const TAKES_INTEGERS = /^(?:int2|int4|int8|numeric|float8)$/;
const TAKES_FRACTIONS = /^(?:numeric|float8)$/;

/**
 * SQL that is true of the row that the INSERT has written.
 * @param text the value as it stands in the statement
 * @returns undefined where the two cannot be compared, or the value is another one at every run
 */
export function comparison(column: ObjectRef, value: Node, text: string): string | undefined {
  const { type, definition, modifiers, collated } = column.detail ?? {};
  if (type === undefined || collated || INCOMPARABLE.test(type)) return undefined;
  if ('SetToDefault' in value || volatileCall([value])) return undefined;
  const name = quoteIdent(column.name);
  if (constantOf(value)?.kind === 'null') return `${name} IS NULL`;
  const isLimited = definition !== type;
  // Modifiers that are no plain numbers: `interval hour to minute`.
  if (isLimited && modifiers === undefined && !/^(?:var|bp)?char/.test(type)) return undefined;
  // A limited varchar takes spaces away that are too many.
  const isPlain = isComparable(value, text, type) && (!isLimited || (type === 'varchar' && !/\s'$/.test(text)));
  const written = isPlain ? text : `CAST(${text} AS ${withModifiers(type, modifiers)})`;
  // A function, a subquery and a variable may be null.
  const isGiven = constantOf(value) !== undefined || nodeAs(uncast(value), 'A_ArrayExpr') !== undefined;
  return isGiven ? `${name} = ${written}` : `${name} IS NOT DISTINCT FROM ${written}`;
}

/** Whether PostgreSQL compares a column of the type with the value without a cast, by its stored value. */
function isComparable(value: Node, text: string, type: string): boolean {
  const cast = nodeAs(value, 'TypeCast');
  if (cast) return typeText(cast.typeName) === type && !cast.typeName?.typmods;
  const constant = nodeAs(value, 'A_Const');
  if (constant?.sval) return true;
  if (constant?.boolval) return type === 'bool';
  if (!/^[-+]?\s*[\d.]+$/.test(text)) return false;
  return (text.includes('.') ? TAKES_FRACTIONS : TAKES_INTEGERS).test(type);
}

/** `timestamp(3)[]`: the modifiers stand before the brackets of an array. */
function withModifiers(type: string, modifiers = ''): string {
  const brackets = type.indexOf('[');
  return brackets < 0 ? type + modifiers : type.slice(0, brackets) + modifiers + type.slice(brackets);
}
