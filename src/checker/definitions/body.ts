/** Syntax errors in the bodies of functions, which PostgreSQL compiles when it makes them. */
import { quoteLiteral } from '../../catalog/names.ts';
import { nodeAs, optionOf, stringOf } from '../../catalog/nodes.ts';
import type { SqlState } from '../../catalog/sqlstates.ts';
import { tokenize, type Token } from '../../syntax/lexer.ts';
import { contentOf } from '../../syntax/nested.ts';
import { plpgsqlError } from '../../syntax/parse.ts';
import type { NodeOf } from '../../syntax/parse.ts';
import type { Statement } from '../../syntax/script.ts';
import { split } from '../../syntax/split.ts';
import type { Checked, Problem } from '../problem.ts';

interface Range {
  start: number;
  end: number;
}

/** The body of a function, where it can be read in its place. */
export function checkBody(node: NodeOf<'CreateFunctionStmt'>, checked: Checked): void {
  const { statement } = checked;
  const body = bodyOf(node, statement);
  // Templates are filled in before PostgreSQL reads them, and bodies may be let through unread.
  const { text } = statement.script;
  if (!body || /\{\{|\{%|\$\{/.test(text.slice(body.start, body.end)) || /check_function_bodies/i.test(text)) return;
  const language = stringOf(optionOf(node.options, 'language')).toLowerCase();
  if (language === 'sql') checkSql(body, checked);
  else if (language === 'plpgsql') checkPlpgsql(body, checked);
}

/** The range inside the quotes; undefined where the quotes shift offsets. */
function bodyOf({ options }: NodeOf<'CreateFunctionStmt'>, { script, tokens }: Statement): Range | undefined {
  const content = stringOf(nodeAs(optionOf(options, 'as'), 'List')?.items?.[0]);
  const token = tokens.find((t) => contentOf(script.text, t) === content && content !== '');
  if (!token) return undefined;
  const start = script.text.indexOf(content, token.start);
  return start < 0 ? undefined : { start, end: start + content.length };
}

function checkSql(body: Range, { statement, report }: Checked): void {
  const { script } = statement;
  for (const slice of split(script.text, { from: body.start, to: body.end }).slices) {
    const parsed = script.parse(slice.text);
    if (parsed.ok || slice.placeholders) continue;
    const at = Math.min(slice.start + parsed.offset, slice.end);
    const token = tokenize(script.text, at, body.end)[0];
    report(problemAt({ start: at, end: token?.start === at ? token.end : at + 1 }, parsed.message, '42601'));
    return;
  }
}

/** What the compiler says where nothing but the body itself decides. */
const SURE: readonly [RegExp, SqlState][] = [
  [/^syntax error at |^missing "|is not a known variable$|^duplicate declaration/, '42601'],
  [/^unrecognized exception condition/, '42704'],
];

function checkPlpgsql(body: Range, { statement, report }: Checked): void {
  const { text } = statement.script;
  const compile = (end: number) => plpgsqlError(text.slice(statement.start, end) + text.slice(body.end, statement.end));
  const message = compile(body.end);
  const error = message === undefined ? undefined : SURE.find(([pattern]) => pattern.test(message))?.[1];
  if (message === undefined || error === undefined) return;
  const tokens = tokenize(text, body.start, body.end);
  if (tokens.length > 0) report(problemAt(placeOf(message, tokens, text, compile), message, error));
}

/**
 * The compiler does not say where. The shortest beginning of the body with the same error ends at it, or at the end of
 * the SQL statement that has it.
 */
function placeOf(
  message: string,
  tokens: readonly Token[],
  text: string,
  compile: (end: number) => string | undefined,
): Range {
  let [low, high] = [0, tokens.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compile(tokens[middle]!.end) === message) high = middle;
    else low = middle + 1;
  }
  const raw = (k: number) => text.slice(tokens[k]!.start, tokens[k]!.end);
  const quoted = /"(.*)"/.exec(message)?.[1];
  if (quoted !== undefined && !message.startsWith('missing'))
    for (let k = low; k >= 0 && (k === low || raw(k) !== ';'); k--)
      if (raw(k).toLowerCase() === quoted.toLowerCase() || raw(k) === `"${quoted}"`) return tokens[k]!;
  return tokens[low]!;
}

function problemAt({ start, end }: Range, message: string, error: SqlState): Problem {
  const condition = /^unrecognized exception condition "(.*)"/.exec(message)?.[1];
  return {
    family: 'definition',
    start,
    end,
    error,
    problem: `The body of the function does not compile: ${message.replace(/\s*\n[\s\S]*$/, ' …"')}`,
    advice: condition === undefined ? adviceFor(message) : `Write ${quoteLiteral(condition)}, if it is the message.`,
    edits: condition === undefined ? undefined : [{ start, end, text: quoteLiteral(condition) }],
  };
}

function adviceFor(message: string): string {
  const missing = /^missing "(.*?)"/.exec(message)?.[1];
  if (missing !== undefined) return `Write ${missing} before it.`;
  if (message.endsWith('is not a known variable')) return 'Declare it between DECLARE and BEGIN.';
  if (message.endsWith('at end of input')) return 'Look for a semicolon or an END that is missing.';
  return 'Correct the body: PostgreSQL reads it when it makes the function.';
}
