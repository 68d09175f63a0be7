/** Whether a function asks who calls it, and so decides for itself what its caller gets. */
import { tokenize } from '../syntax/lexer.ts';
import { contentOf, tokensInStrings, type Tokens } from '../syntax/nested.ts';
import type { NodeOf } from '../syntax/parser.ts';
import { contains, strings } from './nodes.ts';
import type { Node } from '../syntax/parser.ts';

/** The functions of schema auth about the caller: auth.uid(), auth.jwt(), … */
const AUTH_CALL = ['uid', 'jwt', 'role', 'email'];

/** Most bodies say none of these, and need not be read. */
const MAY_ASK = /\bauth\b|session_user|request\.jwt/i;

/** Whether a body asks who calls it: by auth.uid() and its like, session_user, or a setting `request.jwt…`. */
export function asksForCaller({ sql_body }: NodeOf<'CreateFunctionStmt'>, text = ''): boolean {
  if (sql_body)
    return contains(sql_body, (type, node) => {
      if (type !== 'FuncCall') return false;
      const parts = strings(node.funcname as Node[]);
      return parts.at(-2) === 'auth' && AUTH_CALL.includes(parts.at(-1)!);
    });
  if (!MAY_ASK.test(text)) return false;
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
