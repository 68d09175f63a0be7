/** Readers for CREATE FUNCTION. */
import { bodyText } from '../../catalog/body.ts';
import { argumentTypes, nameOf, nodeAs, optionOf, stringOf, strings } from '../../catalog/nodes.ts';
import type { Name, ObjectRef } from '../../catalog/objects.ts';
import { inSchema } from './exposed.ts';
import { tokenize } from '../../syntax/lexer.ts';
import { contentOf, tokensInStrings, type Tokens } from '../../syntax/nested.ts';
import type { Statement } from '../../syntax/script.ts';
import { flatMap } from '../../lists.ts';

export interface Routine {
  name: Name;
  args: readonly string[];
  procedure: boolean;
  /** In lower case; `sql` for a body that is not quoted. */
  language: string;
  definer: boolean;
  /** Whether it sets search_path for itself. */
  searchPath: boolean;
  /** `trigger` and `event_trigger` cannot be called by name. */
  trigger: boolean;
  /** The text of the body; undefined for one that is not quoted. */
  body: string | undefined;
}

export function routineOf(statement: Statement): Routine | undefined {
  const node = statement.as('CreateFunctionStmt');
  if (!node) return undefined;
  const options = flatMap(node.options ?? [], (o) => nodeAs(o, 'DefElem') ?? []);
  const definer = nodeAs(optionOf(node.options, 'security'), 'Boolean')?.boolval === true;
  return {
    name: nameOf(node.funcname),
    args: argumentTypes(node.parameters),
    procedure: node.is_procedure === true,
    language: stringOf(optionOf(node.options, 'language')).toLowerCase() || 'sql',
    definer,
    searchPath: options.some((o) => o.defname === 'set' && nodeAs(o.arg, 'VariableSetStmt')?.name === 'search_path'),
    trigger: ['trigger', 'event_trigger'].includes(strings(node.returnType?.names).at(-1) ?? ''),
    body: bodyText(node) || undefined,
  };
}

export const routineRef = ({ name, args, procedure }: Routine, schema: string): ObjectRef => ({
  kind: procedure ? 'procedure' : 'function',
  ...inSchema(name, schema),
  args,
});

/** The functions of schema auth about the caller: auth.uid(), auth.jwt(), … */
const AUTH_CALL = ['uid', 'jwt', 'role', 'email'];

/** Whether a statement asks who calls it: by auth.uid() and its like, session_user, or a setting `request.jwt…`. */
export function asksForCaller({ text }: Statement): boolean {
  for (const inner of [{ text, tokens: tokenize(text) }, ...tokensInStrings(text)]) if (asks(inner)) return true;
  return false;
}

function asks({ text, tokens }: Tokens): boolean {
  const raw = (k: number) => (tokens[k] ? text.slice(tokens[k].start, tokens[k].end).toLowerCase() : '');
  return tokens.some(
    (token, k) =>
      (token.kind === 'word' &&
        (raw(k) === 'session_user' ||
          (raw(k) === 'auth' && raw(k + 1) === '.' && AUTH_CALL.includes(raw(k + 2)) && raw(k + 3) === '('))) ||
      contentOf(text, token)?.toLowerCase().startsWith('request.jwt'),
  );
}
