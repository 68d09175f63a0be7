/** Constants in expressions, under whatever casts. */
import type { Node } from '../syntax/parser.ts';
import { nodeAs, walk } from './nodes.ts';

const uncast = (node: Node | undefined): Node | undefined => {
  const cast = nodeAs(node, 'TypeCast');
  return cast ? uncast(cast.arg) : node;
};

/** The text of a string constant; undefined for any other expression. */
export function stringConstant(node: Node | undefined): string | undefined {
  const constant = nodeAs(uncast(node), 'A_Const');
  // The parser leaves out what is empty.
  return constant?.sval && (constant.sval.sval ?? '');
}

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

/** The constants in an expression, in their order, each with its value: what two expressions are compared by. */
function constantsIn(node: Node | undefined): string[] {
  const values: string[] = [];
  walk([node], (type, constant) => {
    if (type === 'A_Const') values.push(JSON.stringify({ ...constant, location: undefined }));
  });
  return values;
}

/** Whether two expressions have the same constants. */
export const sameConstants = (a: Node | undefined, b: Node | undefined): boolean =>
  constantsIn(a).join() === constantsIn(b).join();
