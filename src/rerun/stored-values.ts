/** What a column stores of a constant: two rows are different for certain only where these texts differ. */
import { lookup } from '../lookup.ts';
import { constantOf, uncast, type Constant } from '../catalog/constants.ts';
import { nodeAs, strings } from '../catalog/nodes.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import type { Node } from '../syntax/parser.ts';

/** A constant under casts and behind a sign. */
function signedConstant(node: Node | undefined): Constant | undefined {
  const minus = nodeAs(uncast(node), 'A_Expr');
  if (!minus) return constantOf(node);
  const isMinus = minus.kind === 'AEXPR_OP' && minus.lexpr === undefined && strings(minus.name).at(-1) === '-';
  const operand = isMinus ? signedConstant(minus.rexpr) : undefined;
  return operand?.kind === 'number' ? { kind: 'number', text: `-${operand.text}` } : undefined;
}

/**
 * The value that a column stores of a constant, in one spelling.
 * @param column what history knows of the column
 * @returns undefined where another spelling may be the same value, or the value is not known
 */
export function storedValue(node: Node | undefined, column: ObjectRef | undefined): string | undefined {
  const constant = signedConstant(node);
  if (constant?.kind === 'null') return 'null';
  const { type, collated, modifiers } = column?.detail ?? {};
  if (!constant || constant.kind === 'bits' || type === undefined) return undefined;
  if (TEXTS.has(type)) return collated ? undefined : `'${constant.text}'`;
  // Numbers with modifiers are rounded.
  return modifiers === undefined ? SPELLINGS[type]?.(constant.text.trim()) : undefined;
}

const TEXTS = new Set(['text', 'varchar', 'name']);

const integer = (text: string) => (/^-?\d{1,15}$/.test(text) ? String(Number(text)) : undefined);
const fraction = (text: string) => (/^-?\d{1,9}(?:\.\d{1,6})?$/.test(text) ? String(Number(text)) : undefined);

/** One spelling of a value, by type. Of other types, another text may be the same value: 1 h and 60 min. */
const SPELLINGS = lookup<(text: string) => string | undefined>({
  int2: integer,
  int4: integer,
  int8: integer,
  numeric: fraction,
  float8: fraction,
  bool: (text) => BOOLEANS[text.toLowerCase()],
  uuid: (text) => text.toLowerCase().replace(/[{}-]/g, ''),
  date: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined),
});

const BOOLEANS = lookup<string>({
  ...Object.fromEntries(['t', 'true', 'y', 'yes', 'on', '1'].map((text) => [text, 'true'])),
  ...Object.fromEntries(['f', 'false', 'n', 'no', 'off', '0'].map((text) => [text, 'false'])),
});
