/** What a column stores of a constant: two rows are different for certain only where these texts differ. */
import { nodeAs, strings } from '../catalog/nodes.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';

interface Constant {
  text: string;
  isNumber: boolean;
}

/** The operand of a minus sign. */
function negated(node: Node): Node | undefined {
  const expr = nodeAs(node, 'A_Expr');
  const isMinus = expr?.kind === 'AEXPR_OP' && expr.lexpr === undefined && strings(expr.name).at(-1) === '-';
  return isMinus ? expr.rexpr : undefined;
}

/** A constant under casts and behind a sign. */
function constantOf(node: Node): Constant | undefined {
  const cast = nodeAs(node, 'TypeCast');
  if (cast?.arg) return constantOf(cast.arg);
  const operand = negated(node);
  const inner = operand && constantOf(operand);
  if (operand) return inner?.isNumber ? { text: `-${inner.text}`, isNumber: true } : undefined;
  const constant = nodeAs(node, 'A_Const');
  return constant && literalOf(constant);
}

/** The parser leaves out what is empty, zero or false. */
function literalOf({ sval, boolval, ival, fval }: NodeOf<'A_Const'>): Constant | undefined {
  if (sval) return { text: sval.sval ?? '', isNumber: false };
  if (boolval) return { text: String(boolval.boolval ?? false), isNumber: false };
  if (ival) return { text: String(ival.ival ?? 0), isNumber: true };
  return fval && { text: fval.fval ?? '0', isNumber: true };
}

/**
 * The value that a column stores of a constant, in one spelling.
 * @param column what history knows of the column
 * @returns undefined where another spelling may be the same value, or the value is not known
 */
export function storedValue(node: Node, column: ObjectRef | undefined): string | undefined {
  if (nodeAs(node, 'A_Const')?.isnull) return 'null';
  const constant = constantOf(node);
  const { type, collated, modifiers } = column?.detail ?? {};
  if (!constant || type === undefined) return undefined;
  if (TEXTS.has(type)) return collated ? undefined : `'${constant.text}'`;
  // Numbers with modifiers are rounded.
  return modifiers === undefined ? SPELLINGS[type]?.(constant.text.trim()) : undefined;
}

const TEXTS = new Set(['text', 'varchar', 'name']);

const integer = (text: string) => (/^-?\d{1,15}$/.test(text) ? String(Number(text)) : undefined);
const fraction = (text: string) => (/^-?\d{1,9}(?:\.\d{1,6})?$/.test(text) ? String(Number(text)) : undefined);

/** One spelling of a value, by type. Of other types, another text may be the same value: 1 h and 60 min. */
const SPELLINGS: Partial<Record<string, (text: string) => string | undefined>> = {
  int2: integer,
  int4: integer,
  int8: integer,
  numeric: fraction,
  float8: fraction,
  bool: (text) => BOOLEANS[text.toLowerCase()],
  uuid: (text) => text.toLowerCase().replace(/[{}-]/g, ''),
  date: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined),
};

const BOOLEANS: Partial<Record<string, string>> = {
  ...Object.fromEntries(['t', 'true', 'y', 'yes', 'on', '1'].map((text) => [text, 'true'])),
  ...Object.fromEntries(['f', 'false', 'n', 'no', 'off', '0'].map((text) => [text, 'false'])),
};
