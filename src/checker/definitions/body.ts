/** Syntax errors in the bodies of functions and DO blocks, which PostgreSQL compiles when it makes or runs them. */
import { quoteLiteral } from '../../catalog/names.ts';
import { constantOf } from '../../catalog/constants.ts';
import { nodeAs, optionOf, stringOf } from '../../catalog/nodes.ts';
import type { SqlState } from '../../catalog/sqlstates.ts';
import { tokenize, type Token } from '../../syntax/lexer.ts';
import { contentOf } from '../../syntax/nested.ts';
import { plpgsqlError } from '../../syntax/parse.ts';
import type { NodeOf } from '../../syntax/parse.ts';
import { perScript, perStatement, Statement } from '../../syntax/script.ts';
import { split } from '../../syntax/split.ts';
import { edited } from '../../fixers/edits.ts';
import { inCaseOf } from '../../fixers/style.ts';
import { explain } from '../../fixers/inventions/index.ts';
import { conditionMeant, mend } from './mending.ts';
import type { Checked, Problem } from '../problem.ts';

interface Range {
  start: number;
  end: number;
}

/** The body of a function, where it can be read in its place. */
export function checkBody(node: NodeOf<'CreateFunctionStmt'>, checked: Checked): void {
  const { statement } = checked;
  const language = languageOf(node);
  if (language === 'sql') checkSql(checked);
  else if (language === 'plpgsql') {
    const body = bodyOf(node, statement);
    if (body && isRead(body, statement)) checkPlpgsql(body, checked);
  }
}

const languageOf = ({ options }: NodeOf<'CreateFunctionStmt'>): string =>
  stringOf(optionOf(options, 'language')).toLowerCase();

/** Whether a file may tell PostgreSQL to let bodies through unread. */
const mayLeaveUnread = perScript(({ text }) => /check_function_bodies/i.test(text));

/** Whether PostgreSQL reads a body as it stands there. */
const isRead = ({ start, end }: Range, { script }: Statement): boolean =>
  !isTemplate(script.text.slice(start, end)) && !mayLeaveUnread(script);

/** A DO block; where a statement in it does not parse, or is of an invented form, that is reported there. */
export function checkBlock(node: NodeOf<'DoStmt'>, checked: Checked): void {
  const { statement, world } = checked;
  const { body, children } = statement;
  const language = stringOf(optionOf(node.args, 'language')).toLowerCase();
  if (!body || (language !== '' && language !== 'plpgsql') || children?.some(({ problem }) => problem)) return;
  if (isTemplate(statement.script.text.slice(body.start, body.end)) || explain(statement, world).known.length > 0)
    return;
  checkPlpgsql(body, checked);
}

/** Templates are filled in before PostgreSQL reads them. */
const isTemplate = (text: string): boolean => /\{\{|\{%|\$\{/.test(text);

/** The range inside the quotes; undefined where the quotes shift offsets. */
function bodyOf({ options }: NodeOf<'CreateFunctionStmt'>, { script, tokens }: Statement): Range | undefined {
  const content = stringOf(nodeAs(optionOf(options, 'as'), 'List')?.items?.[0]);
  const token = tokens.find((t) => contentOf(script.text, t) === content && content !== '');
  if (!token) return undefined;
  const start = script.text.indexOf(content, token.start);
  return start < 0 ? undefined : { start, end: start + content.length };
}

function checkSql({ statement, report }: Checked): void {
  const failed = statementsOfBody(statement).find(({ problem, placeholders }) => problem && !placeholders);
  if (!failed) return;
  const problem = problemAt(failed.problem!, failed.problem!.message, '42601');
  report({ ...problem, ...otherLanguage(statement) });
}

/** RETURN a + b; or BEGIN … END in the body of a function in SQL. */
function otherLanguage(statement: Statement): Partial<Problem> | undefined {
  const [first, ...more] = statementsOfBody(statement);
  const written = first && /^return\s+/i.exec(first.text)?.[0];
  if (written && more.length === 0) {
    const edits = [{ start: first.start, end: first.start + written.length, text: inCaseOf(statement, 'SELECT ') }];
    return { start: first.start, end: first.start + written.trimEnd().length, advice: 'Write SELECT.', edits };
  }
  const language = /\blanguage\s+(sql|'sql')(?!\w)/i.exec(statement.text);
  if (!language || !/^(begin|declare)\b/i.test(first?.text ?? '')) return undefined;
  const end = statement.start + language.index + language[0].length;
  const place = { start: end - language[1]!.length, end };
  const edits = [{ ...place, text: 'plpgsql' }];
  const { script, start, end: stop } = statement;
  if (plpgsqlError(edited(script.text, edits, start, stop)) !== undefined) return undefined;
  return { ...place, advice: 'Write LANGUAGE plpgsql.', edits };
}

/** The statements in the body of a function in SQL; empty where they cannot be read in their place. */
export const statementsOfBody: (statement: Statement) => readonly Statement[] = perStatement((statement) => {
  const node = statement.as('CreateFunctionStmt');
  const body = node && languageOf(node) === 'sql' ? bodyOf(node, statement) : undefined;
  return body && isRead(body, statement) ? statementsIn(body, statement) : [];
});

/** Whether a function looks names up in other schemas than those of the session; `SET search_path = ''` is none. */
export const searchesElsewhere = ({ options = [] }: NodeOf<'CreateFunctionStmt'>): boolean =>
  options.some((option) => {
    const { name, args } = nodeAs(nodeAs(option, 'DefElem')?.arg, 'VariableSetStmt') ?? {};
    return name === 'search_path' && !args?.every((arg) => constantOf(arg)?.text === '');
  });

const statementsIn = ({ start, end }: Range, { script, direction }: Statement): Statement[] =>
  split(script.text, { from: start, to: end }).slices.map((slice) => new Statement(script, slice, direction));

/** What the compiler says where nothing but the body itself decides. */
const SURE: readonly [RegExp, SqlState][] = [
  [/^syntax error at |^missing "|is not a known variable$|^duplicate declaration/, '42601'],
  [/^too (few|many) parameters specified for RAISE$|^INTO specified more than once|has no arguments$/, '42601'],
  [/^(EXIT|CONTINUE) cannot be used outside a loop|^there is no label|^end label .* differs/, '42601'],
  [/^unrecognized GET DIAGNOSTICS item|^loop variable of (FOREACH|loop over)|^missing expression at/, '42601'],
  [/^cannot use RETURN (NEXT|QUERY) in a non-SETOF|^RETURN cannot have a parameter in function returning/, '42804'],
  [/^variable ".*" must have a default value/, '22004'],
  [/^trigger functions cannot have declared arguments/, '42P13'],
  [/^unrecognized exception condition/, '42704'],
];

function checkPlpgsql(body: Range, { statement, report }: Checked): void {
  const { text } = statement.script;
  const compile = (end: number) => plpgsqlError(text.slice(statement.start, end) + text.slice(body.end, statement.end));
  const message = compile(body.end);
  const error = message === undefined ? undefined : SURE.find(([pattern]) => pattern.test(message))?.[1];
  if (message === undefined || error === undefined) return;
  const tokens = tokenize(text, body.start, body.end);
  if (tokens.length === 0) return;
  const place = placeOf(message, tokens, text, compile);
  const isHandler = /\b(when|or)\s+$/i.test(text.slice(body.start, place.start));
  const problem = problemAt(place, message, error, { inBlock: statement.type === 'DoStmt', isHandler });
  const isWritten = error === '42601' || message.startsWith('RETURN cannot have a parameter in function returning set');
  const mended = isWritten ? mend(place, tokens, body, statement) : undefined;
  report({ ...problem, ...mended });
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

function problemAt(
  { start, end }: Range,
  message: string,
  error: SqlState,
  { inBlock = false, isHandler = false } = {},
): Problem {
  const condition = /^unrecognized exception condition "(.*)"/.exec(message)?.[1];
  const where = inBlock ? 'DO block' : 'body of the function';
  return {
    family: 'definition',
    start,
    end,
    error,
    problem: `The ${where} does not compile: ${message.replace(/\s*\n[\s\S]*$/, ' …"')}`,
    ...(condition === undefined
      ? { advice: adviceFor(message) }
      : isHandler
        ? conditionMeant(condition, { start, end })
        : {
            advice: `Write ${quoteLiteral(condition)}, if it is the message.`,
            edits: [{ start, end, text: quoteLiteral(condition) }],
          }),
  };
}

function adviceFor(message: string): string {
  const missing = /^missing "(.*?)"/.exec(message)?.[1];
  if (missing !== undefined) return `Write ${missing} before it.`;
  return ADVICE.find(([pattern]) => pattern.test(message))?.[1] ?? 'Correct the body: PostgreSQL compiles it.';
}

const ADVICE: readonly [RegExp, string][] = [
  [/is not a known variable$/, 'Declare it between DECLARE and BEGIN.'],
  [/at end of input$/, 'Look for a semicolon or an END that is missing.'],
  [/^too (few|many) parameters specified for RAISE/, 'Write a value for each % of the message; %% stands for a %.'],
  [/^cannot use RETURN (NEXT|QUERY)/, 'Let the function return SETOF a type, or TABLE (…).'],
  [/function returning void$/, 'Write RETURN without a value, or let the function return a type.'],
  [/function returning set$/, 'Write RETURN NEXT or RETURN QUERY.'],
  [/must have a default value/, 'Give it a value with :=.'],
  [/^trigger functions/, 'Leave the arguments out: a trigger function finds them in TG_ARGV.'],
];
