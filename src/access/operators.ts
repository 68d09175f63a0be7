/** Operators of PostgreSQL by their names, on all that their operands can be. */
import {
  canBeNull,
  equal,
  isNull,
  not,
  NULL,
  PRESENT,
  strict,
  truth,
  TRUE,
  FALSE,
  unknown,
  nothing,
  type Value,
} from './value.ts';

/** Operators that look a key up in JSON. */
export const JSON_OPERATORS: ReadonlySet<string> = new Set(['->', '->>', '#>', '#>>']);

/** Operators of PostgreSQL's own types that return a boolean, and null where an operand is null. */
const BOOLEAN = new Set([
  '<',
  '>',
  '<=',
  '>=',
  '@>',
  '<@',
  '?',
  '?|',
  '?&',
  '&&',
  '~',
  '~*',
  '!~',
  '!~*',
  '^@',
  '<<',
  '>>',
]);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);

/**
 * A binary operator.
 * @param isSame whether both operands are one expression
 */
export function compared(operator: string, left: Value, right: Value, isSame: boolean): Value {
  switch (operator) {
    case '=':
      return truth(isSame ? strict([left], TRUE) : equal(left, right));
    case '<>':
    case '!=':
      return truth(isSame ? strict([left], FALSE) : not(equal(left, right)));
    case '||':
      // An array keeps what it has where the other operand is null.
      return {
        bits: isNull(left) && isNull(right) ? NULL : PRESENT | (canBeNull(left) || canBeNull(right) ? NULL : 0),
      };
  }
  if (BOOLEAN.has(operator)) return truth(strict([left, right], isSame ? ofSame(operator) : PRESENT));
  return ARITHMETIC.has(operator) ? { bits: strict([left, right]) } : unknown;
}

/** An order of something and itself. */
function ofSame(operator: string): number {
  if (operator === '<=' || operator === '>=') return TRUE;
  return operator === '<' || operator === '>' ? FALSE : PRESENT;
}

/** What a key of JSON has. */
export function jsonValue(operator: string, json: Value, key: Value): Value {
  if (isNull(json) || isNull(key)) return nothing;
  const path = operator.startsWith('#')
    ? (key.items?.map((item) => item.text) ?? /^\{(.*)\}$/.exec(key.text ?? '')?.[1]?.split(','))
    : [key.text];
  return lookUp(json, path ?? [undefined], operator.endsWith('>>'));
}

/** What a path of keys has in JSON, as text or as JSON. */
export function lookUp({ claims, bits }: Value, path: readonly (string | undefined)[], asText: boolean): Value {
  const [key, ...rest] = path.map((part) => part?.trim().replace(/^"(.*)"$/, '$1'));
  const claim = key === undefined ? undefined : claims?.get(key);
  if (!claim) return unknown;
  if (isNull(claim)) return nothing;
  // As JSON, a text has quotes around it.
  if (rest.length > 0) return unknown;
  return { ...(asText && claim), bits: claim.bits | (bits & NULL) };
}
