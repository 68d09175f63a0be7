/** What an expression can be: sets of truth values, and what is known of other values. */

/** The truth values of SQL, as bits of a set. Any other value that is not null counts as true or false. */
export const TRUE = 1;
export const FALSE = 2;
export const NULL = 4;
/** Not null. */
export const PRESENT = TRUE | FALSE;
export const ANY = PRESENT | NULL;

const BITS = [TRUE, FALSE, NULL] as const;

/** All that an expression can be. */
export interface Value {
  /** The set of its truth values. */
  bits: number;
  /** Its only value where it is not null, as text. */
  text?: string | undefined;
  /** Whether that text is a number. */
  isNumber?: boolean | undefined;
  /** Whether it is known to be a boolean, so that its bits say which one. */
  isBoolean?: boolean | undefined;
  /** For the claims of a token: what some keys have. */
  claims?: ReadonlyMap<string, Value> | undefined;
  /** The elements of an array, where all are known. */
  items?: readonly Value[] | undefined;
}

export const unknown: Value = { bits: ANY };
export const present: Value = { bits: PRESENT };
export const nothing: Value = { bits: NULL };

/** A value of the type boolean. */
export const truth = (bits: number): Value => ({ bits, isBoolean: true });
export const constant = (text: string): Value => ({ bits: PRESENT, text });

export const isNull = ({ bits }: Value): boolean => bits === NULL;
export const canBeNull = ({ bits }: Value): boolean => (bits & NULL) !== 0;
const canBePresent = ({ bits }: Value): boolean => (bits & PRESENT) !== 0;

/** Applies an operator to every pair of truth values. */
function combine(a: number, b: number, operator: (x: number, y: number) => number): number {
  let result = 0;
  for (const x of BITS) if (a & x) for (const y of BITS) if (b & y) result |= operator(x, y);
  return result;
}

export const and = (a: number, b: number): number =>
  combine(a, b, (x, y) => (x === FALSE || y === FALSE ? FALSE : x === NULL || y === NULL ? NULL : TRUE));

export const not = (bits: number): number => (bits & NULL) | (bits & TRUE ? FALSE : 0) | (bits & FALSE ? TRUE : 0);

export const or = (a: number, b: number): number => not(and(not(a), not(b)));

/** How PostgreSQL writes booleans (`parse_bool`); it takes every beginning of these words. */
const WORDS: readonly (readonly [word: string, shortest: number, bits: number])[] = [
  ['true', 1, TRUE],
  ['false', 1, FALSE],
  ['yes', 1, TRUE],
  ['no', 1, FALSE],
  ['on', 2, TRUE],
  ['off', 2, FALSE],
  ['1', 1, TRUE],
  ['0', 1, FALSE],
];

/** A value as a condition: the text of a constant says which boolean it is. */
export function asBoolean(value: Value): Value {
  const { text, bits, isBoolean } = value;
  if (isBoolean || text === undefined) return value;
  const written = text.trim().toLowerCase();
  const word = WORDS.find(([whole, shortest]) => written.length >= shortest && whole.startsWith(written));
  return word ? truth((bits & NULL) | (bits & PRESENT ? word[2] : 0)) : value;
}

/** The result of an operator or function that is null where one of its operands is, and a boolean otherwise. */
export const strict = (operands: readonly Value[], result: number = PRESENT): number =>
  operands.some(isNull) ? NULL : result | (operands.some(canBeNull) ? NULL : 0);

/** a = b */
export function equal(a: Value, b: Value): number {
  if (isNull(a) || isNull(b)) return NULL;
  // What is compared with a boolean is one.
  if (a.isBoolean || b.isBoolean)
    return combine(asBoolean(a).bits, asBoolean(b).bits, (x, y) =>
      x === NULL || y === NULL ? NULL : x === y ? TRUE : FALSE,
    );
  return strict([a, b], sameText(a, b));
}

function sameText({ text: a, isNumber: x, claims }: Value, { text: b, isNumber: y }: Value): number {
  // Every request has claims.
  if (claims && b === '') return FALSE;
  if (a === undefined || b === undefined) return PRESENT;
  if (x && y) return Number(a) === Number(b) ? TRUE : FALSE;
  // 1 = '01' and '1.0'::numeric = '1' depend on the type.
  if (x || y) return PRESENT;
  return a === b ? TRUE : FALSE;
}

/** a IS DISTINCT FROM b */
export function distinct(a: Value, b: Value): number {
  let result = 0;
  if (canBeNull(a) && canBeNull(b)) result |= FALSE;
  if ((canBeNull(a) && canBePresent(b)) || (canBePresent(a) && canBeNull(b))) result |= TRUE;
  return result | not(equal(a, b) & PRESENT);
}

/** NULLIF(a, b) */
export function nullIf(a: Value, b: Value): Value {
  const same = equal(a, b);
  let bits = a.bits & NULL;
  if (same & TRUE) bits |= NULL;
  if (same & FALSE || canBeNull(b)) bits |= a.bits & PRESENT;
  return bits === NULL ? nothing : { ...a, bits };
}

/** One of several values. */
export function union(values: readonly Value[]): Value {
  const [first] = values;
  if (!first) return nothing;
  const bits = values.reduce((all, value) => all | value.bits, 0);
  const known = values.filter((value) => !isNull(value));
  const [sample] = known;
  if (!sample) return nothing;
  const isSame = known.every(({ text, isNumber }) => text === sample.text && isNumber === sample.isNumber);
  return {
    bits,
    ...(isSame && { text: sample.text, isNumber: sample.isNumber }),
    ...(known.every(({ isBoolean }) => isBoolean) && { isBoolean: true }),
    ...(known.length === 1 && { claims: sample.claims, items: sample.items }),
  };
}

/** COALESCE(a, b, …) */
export function coalesce(values: readonly Value[]): Value {
  const reached: Value[] = [];
  for (const value of values) {
    if (isNull(value)) continue;
    if (!canBeNull(value)) return union([...reached, value]);
    reached.push({ ...value, bits: value.bits & PRESENT });
  }
  return union([...reached, nothing]);
}
