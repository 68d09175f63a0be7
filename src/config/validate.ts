import { nearest } from '../nearest.ts';
import type { Schema } from './schema.ts';
import { flatMap } from '../lists.ts';

/**
 * What is wrong with a value, one sentence a mistake: where it is, what was expected, and the nearest that is valid.
 * @param at the key that holds the value; empty for the whole
 */
export function validate(value: unknown, schema: Schema, at = ''): string[] {
  const { anyOf } = schema;
  if (anyOf) {
    const alternative =
      anyOf.find((s) => s.type !== undefined && hasType(value, s.type)) ??
      anyOf.find((s) => s.enum?.some((e) => typeof e === typeof value));
    return alternative
      ? validate(value, alternative, at)
      : [`${subject(at)} must be ${anyOf.map(expectation).join(', or ')}, not ${show(value)}`];
  }
  if (schema.enum) {
    if (schema.enum.includes(value)) return [];
    const names = schema.enum.filter((e) => typeof e === 'string');
    const meant = typeof value === 'string' ? nearest(value, names) : undefined;
    return [
      `${subject(at)} must be ${expectation(schema)}, not ${show(value)}${meant ? `; did you mean "${meant}"?` : ''}`,
    ];
  }
  if (schema.type && !hasType(value, schema.type))
    return [`${subject(at)} must be ${expectation(schema)}, not ${show(value)}`];
  if (typeof value === 'number' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity)))
    return [`${subject(at)} must be ${expectation(schema)}, not ${show(value)}`];
  if (typeof value === 'string') return validateString(value, schema, at);
  if (Array.isArray(value)) return validateArray(value, schema, at);
  if (typeof value === 'object' && value !== null) return validateObject(value as Record<string, unknown>, schema, at);
  return [];
}

function validateString(value: string, schema: Schema, at: string): string[] {
  if (schema.format !== 'regex') return [];
  try {
    new RegExp(value);
    return [];
  } catch (error) {
    // V8 repeats the expression, and says at the end what is wrong.
    const why = (error as Error).message.split(': ').at(-1)!;
    return [`${subject(at)} must be ${expectation(schema)}, not ${show(value)}: ${why}`];
  }
}

function validateArray(value: readonly unknown[], schema: Schema, at: string): string[] {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (value.length < minItems)
    return [`${subject(at)} must have ${minItems === 1 ? 'an element' : `at least ${minItems} elements`}`];
  const most = isTuple(items) && schema.additionalItems === false ? items.length : maxItems;
  if (value.length > most) {
    const hint = isTuple(items) && most === 1 ? '; the rule has no options' : '';
    return [`${subject(at)} has more than ${most === 1 ? 'one element' : `${most} elements`}${hint}`];
  }
  return flatMap(value, (element, k) => {
    const schemaOf = isTuple(items) ? items[k] : items;
    return schemaOf ? validate(element, schemaOf, `${at}[${k}]`) : [];
  });
}

const isTuple = (items: Schema['items']): items is readonly Schema[] => Array.isArray(items);

function validateObject(value: Record<string, unknown>, schema: Schema, at: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required
    .filter((key) => value[key] === undefined)
    .map((key) => `${subject(at)} needs the key "${key}"`);
  return missing.concat(
    flatMap(Object.entries(value), ([key, inner]) => {
      if (inner === undefined) return [];
      const path = at === '' ? key : `${at}.${key}`;
      if (Object.hasOwn(properties, key)) return validate(inner, properties[key]!, path);
      if (typeof additionalProperties === 'object') return validate(inner, additionalProperties, path);
      if (additionalProperties !== false) return [];
      const meant = nearest(key, Object.keys(properties));
      const hint = meant ? `did you mean "${meant}"?` : `there are ${Object.keys(properties).join(', ')}`;
      return [`unknown key "${path}"; ${hint}`];
    }),
  );
}

const subject = (at: string) => (at === '' ? 'the configuration' : `"${at}"`);

function hasType(value: unknown, type: NonNullable<Schema['type']>): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** What a value must be, in words. */
function expectation(schema: Schema): string {
  if (schema.enum) {
    const shown = schema.enum.filter((e) => typeof e === 'string').map(show);
    return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}` : shown.join('');
  }
  const range =
    schema.minimum !== undefined && schema.maximum !== undefined ? ` from ${schema.minimum} to ${schema.maximum}` : '';
  switch (schema.type) {
    case 'array':
      return schema.items && !isTuple(schema.items) && schema.items.type === 'string' ? 'a list of strings' : 'a list';
    case 'object':
      return 'an object';
    case 'integer':
      return `a whole number${range}`;
    case 'number':
      return `a number${range}`;
    case 'boolean':
      return 'true or false';
    default:
      return schema.format === 'regex' ? 'a regular expression' : 'a string';
  }
}

function show(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'function' ? 'a function' : JSON.stringify(value);
}
