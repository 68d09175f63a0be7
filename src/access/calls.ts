/** Functions whose results are known, as far as who asks decides them. */
import { lookup } from '../lookup.ts';
import { strings } from '../catalog/nodes.ts';
import type { Node, NodeOf } from '../syntax/parser.ts';
import type { Caller } from './callers.ts';
import { lookUp } from './operators.ts';
import { constant, NULL, PRESENT, present, strict, unknown, type Value } from './value.ts';

/** The functions of schema auth about the caller, by the claim that they return. */
const OF_AUTH = lookup<string>({ uid: 'sub', role: 'role', email: 'email' });

/** Functions of PostgreSQL that are null only where an argument is. */
const STRICT = new Set([
  'lower',
  'upper',
  'initcap',
  'btrim',
  'ltrim',
  'rtrim',
  'length',
  'char_length',
  'md5',
  'replace',
  'left',
  'right',
  'substr',
  'substring',
  'split_part',
  'starts_with',
  'strpos',
  'abs',
  'date_trunc',
  'to_char',
]);

/** The same, but they can be null in other cases too. */
const MAYBE_NULL = new Set([
  'array_length',
  'array_position',
  'jsonb_extract_path',
  'jsonb_typeof',
  'json_typeof',
  'string_to_array',
  'nullif',
]);

const NEVER_NULL = new Set([
  'now',
  'clock_timestamp',
  'statement_timestamp',
  'transaction_timestamp',
  'gen_random_uuid',
  'random',
  'concat',
  'jsonb_build_object',
  'json_build_object',
  'jsonb_build_array',
  'json_build_array',
]);

const EXTRACT = /^jsonb?_extract_path(_text)?$/;

interface Called {
  name: string;
  schema: string | undefined;
}

function called(funcname: readonly Node[] | undefined): Called {
  const parts = strings(funcname);
  return { name: parts.at(-1) ?? '', schema: parts.at(-2) };
}

const isBuiltIn = ({ schema }: Called): boolean => schema === undefined || schema === 'pg_catalog';

/** auth.uid(), auth.jwt(), auth.role() and auth.email(): what a request's token says. */
export const isAuthFunction = (schema: string | undefined, name: string): boolean =>
  schema === 'auth' && (name === 'jwt' || OF_AUTH[name] !== undefined);

/** Whether a call returns the same wherever it stands in a condition. */
export function isStableCall(node: Record<string, unknown>): boolean {
  const call = called(node.funcname as Node[]);
  return (
    isAuthFunction(call.schema, call.name) ||
    (isBuiltIn(call) && (STRICT.has(call.name) || call.name === 'current_setting' || EXTRACT.test(call.name)))
  );
}

/** What a call returns. */
export function callValue({ funcname }: NodeOf<'FuncCall'>, args: readonly Value[], caller: Caller): Value {
  const call = called(funcname);
  const { schema, name } = call;
  if (schema === 'auth') {
    const claim = OF_AUTH[name];
    if (name === 'jwt') return { bits: PRESENT, claims: caller.claims };
    return claim === undefined ? unknown : (caller.claims.get(claim) ?? unknown);
  }
  if (!isBuiltIn(call)) return unknown;
  if (name === 'current_setting') return settingValue(args[0]?.text, caller);
  if (EXTRACT.test(name)) {
    const [json, ...path] = args;
    if (!json || strict(args) === NULL) return { bits: NULL };
    return lookUp(
      json,
      path.map(({ text }) => text),
      name.endsWith('text'),
    );
  }
  if (STRICT.has(name)) return { bits: strict(args) };
  if (MAYBE_NULL.has(name)) return { bits: strict(args, PRESENT | NULL) };
  return NEVER_NULL.has(name) ? present : unknown;
}

/** current_setting(): PostgREST puts the token of a request there. */
function settingValue(name: string | undefined, { role, claims }: Caller): Value {
  if (name === 'request.jwt.claims') return { bits: PRESENT, claims };
  if (name === 'role') return constant(role);
  const claim = /^request\.jwt\.claim\.(.+)$/.exec(name ?? '')?.[1];
  // Only old versions set one for each claim. What the token does not have is null, or empty once it was set.
  return claim !== undefined && claims.get(claim)?.bits === NULL ? { bits: PRESENT | NULL, text: '' } : unknown;
}
