/** Constants in expressions, with or without casts around them. */
import type { Node } from '../syntax/parser.ts';
import { nodeAs } from './nodes.ts';

/** An expression without the casts around it. */
export const uncast = (node: Node | undefined): Node | undefined => {
  const cast = nodeAs(node, 'TypeCast');
  return cast ? uncast(cast.arg) : node;
};

/** The text of a string constant; undefined for any other expression. */
export function stringConstant(node: Node | undefined): string | undefined {
  const constant = nodeAs(uncast(node), 'A_Const');
  // The parser omits a field that is empty.
  return constant?.sval && (constant.sval.sval ?? '');
}

/** Whether an expression is the text of a JSON array. */
export const isJsonArray = (node: Node | undefined): boolean =>
  stringConstant(node)?.trimStart().startsWith('[') === true;

/** Whether an expression is a constant, or DEFAULT. */
export function isConstant(node: Node | undefined): boolean {
  const inner = uncast(node);
  return inner !== undefined && ('A_Const' in inner || 'SetToDefault' in inner);
}

/** Whether an expression is the empty string or zero. */
export function isEmptyConstant(node: Node | undefined): boolean {
  const constant = nodeAs(uncast(node), 'A_Const');
  if (!constant) return false;
  return (constant.sval !== undefined && !constant.sval.sval) || (constant.ival !== undefined && !constant.ival.ival);
}

/** The value of a constant; numbers as they are written. */
export interface Constant {
  kind: 'number' | 'string' | 'boolean' | 'bits' | 'null';
  text: string;
}

/** The value of a constant; undefined for any other expression. */
export function constantOf(node: Node | undefined): Constant | undefined {
  const constant = nodeAs(uncast(node), 'A_Const');
  if (!constant) return undefined;
  // The parser omits a field that is empty.
  const { ival, fval, boolval, sval, bsval } = constant;
  if (ival) return { kind: 'number', text: String(ival.ival ?? 0) };
  if (fval) return { kind: 'number', text: fval.fval ?? '0' };
  if (boolval) return { kind: 'boolean', text: String(boolval.boolval ?? false) };
  if (bsval) return { kind: 'bits', text: bsval.bsval ?? '' };
  return sval ? { kind: 'string', text: sval.sval ?? '' } : { kind: 'null', text: '' };
}

/**
 * Whether two expressions are the same constant; undefined where that depends on the type, as for 5 and '5', or where
 * one of them is no constant. NULL differs from every other constant.
 */
export function sameConstant(a: Node | undefined, b: Node | undefined): boolean | undefined {
  const [x, y] = [constantOf(a), constantOf(b)];
  if (!x || !y) return undefined;
  if (x.kind === y.kind && x.text === y.text) return true;
  if (x.kind === 'null' || y.kind === 'null') return false;
  if (x.kind !== y.kind) return undefined;
  // 1.50 is 1.5.
  return x.kind === 'number' && Number(x.text) === Number(y.text) ? undefined : false;
}
