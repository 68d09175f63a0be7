/** Calls of functions that do not exist, or that take another number of arguments. */
import { nameOf, walk } from '../../catalog/nodes.ts';
import type { Kind, Name, ObjectRef } from '../../catalog/objects.ts';
import { isKnownType } from '../../catalog/types.ts';
import { isReserved, quoteIdent } from '../../catalog/names.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { perScript } from '../../syntax/script.ts';
import { firstMakers } from '../makers.ts';
import { lastPartRange, nameRange, rangeWithBrackets, textOf, wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { locationOf, nameOfType } from '../definitions/columns.ts';
import { takesArgument, typeOfValue } from '../values.ts';
import { READ_EXTENSIONS } from '../names/extensions.ts';
import { isForeign } from '../names/scope.ts';
import { similar } from '../names/similar.ts';
import { MISTAKEN_FUNCTIONS, MISTAKEN_IN_SCHEMAS } from './mistaken.ts';
import { OWN_FUNCTIONS } from './own-functions.ts';

type FuncCall = NodeOf<'FuncCall'>;

/** The numbers of arguments that a function takes; undefined where that is not known. */
type Arity = { counts: ReadonlySet<number>; more: boolean } | undefined;

// PostgreSQL's functions never change; the table is read when a call is first looked up.
let ownFunctions: ReadonlyMap<string, Arity> | undefined;

const functionsOfPostgres = (): ReadonlyMap<string, Arity> =>
  (ownFunctions ??= new Map(
    OWN_FUNCTIONS.trim()
      .split(/\s+/)
      .map((entry) => {
        const [name, arity] = entry.split(':');
        const more = arity?.endsWith('+') ?? false;
        const counts = new Set([...(arity ?? '').replace('+', '')].map((digit) => parseInt(digit, 36)));
        return [name!, arity === undefined ? undefined : { counts, more }];
      }),
  ));

export function checkCalls(checked: Checked): void {
  const { statement } = checked;
  const trigger = statement.as('CreateTrigStmt');
  if (trigger) checkTriggerFunction(trigger, checked);
  if (statement.mentions.calls.every(isSound)) return;
  walk(statement.node, (type, node) => {
    if (type === 'CallStmt') return false;
    if (type === 'FuncCall' && node.funcformat !== 'COERCE_SQL_SYNTAX') checkCall(node, checked);
    return true;
  });
}

/** Whether a call is one of PostgreSQL's own functions, with as many arguments as it takes. */
function isSound(call: FuncCall): boolean {
  const { schema, name } = nameOf(call.funcname);
  if (schema !== undefined && schema !== 'pg_catalog') return false;
  const own = functionsOfPostgres();
  return own.has(name) && takesCount(own.get(name), countOf(call));
}

function checkCall(call: FuncCall, checked: Checked): void {
  const { world } = checked;
  const called = nameOf(call.funcname);
  if (!world.ofKind('extension').every(({ name }) => READ_EXTENSIONS.has(name))) return;
  const made = routinesNamed(called.name, world);
  if (made.length > 0) {
    if (called.schema !== 'pg_catalog') checkMade(call, called, made, checked);
    return;
  }
  const own = functionsOfPostgres();
  const isOwnSchema = called.schema === undefined || called.schema === 'pg_catalog';
  if (isOwnSchema && own.has(called.name)) checkOwn(call, called.name, own.get(called.name), checked);
  else checkUnknown(call, called, checked);
}

/** The function of a trigger, which takes no arguments. */
function checkTriggerFunction(node: NodeOf<'CreateTrigStmt'>, checked: Checked): void {
  const { statement, world } = checked;
  const called = nameOf(node.funcname);
  if (routinesNamed(called.name, world).length > 0 || functionsOfPostgres().has(called.name)) return;
  const { script, tokens, start: from } = statement;
  const execute = tokens.findLast((t) => /^execute$/i.test(script.text.slice(t.start, t.end)));
  const place = wordRange(statement, called.name, (execute?.end ?? from) - from);
  if (madeLater(called.name, checked) !== undefined) {
    reportUnknown(called, { ...place, advice: 'Move the trigger behind the function.' }, checked);
    return;
  }
  const meant = similar(called.name, candidates({ ...called, schema: called.schema ?? 'public' }, world));
  if (meant !== undefined) reportUnknown(called, { ...place, text: quoteIdent(meant) }, checked);
}

const ROUTINES: readonly Kind[] = ['function', 'procedure', 'aggregate'];

/** Every routine of a name that has ever been. */
const routinesNamed = (name: string, world: World): ObjectRef[] =>
  flatMap(ROUTINES, (kind) => world.named({ kind, name }).map(({ ref }) => ref));

/** How many arguments a call has; undefined where the text does not tell. */
function countOf({ args = [], func_variadic: variadic, agg_within_group: within, agg_star: star }: FuncCall) {
  return variadic || within || star || args.some((arg) => 'NamedArgExpr' in arg) ? undefined : args.length;
}

/** Whether a function takes a number of arguments, as far as both are known. */
const takesCount = (arity: Arity, count: number | undefined): boolean =>
  count === undefined || !arity || arity.counts.has(count) || (arity.more && count > Math.max(...arity.counts));

function checkOwn(call: FuncCall, name: string, arity: Arity, checked: Checked): void {
  const count = countOf(call);
  if (count === undefined || !arity || takesCount(arity, count) || (count === 1 && isKnownType(name))) return;
  const numbers = [...arity.counts].sort((a, b) => a - b);
  reportArity(call, name, count, arity.more ? `at least ${numbers[0]}` : numbers.join(' or '), checked);
}

/** A function of the migrations, of which no form takes as many arguments. */
function checkMade(call: FuncCall, called: Name, made: readonly ObjectRef[], checked: Checked): void {
  const count = countOf(call);
  if (count === undefined || functionsOfPostgres().has(called.name)) return;
  const isOpen = ({ kind, detail, schema }: ObjectRef) =>
    kind !== 'function' || !detail?.inputs || detail.inputs.variadic || isForeign(schema);
  if (made.some(isOpen)) return;
  const fitting = made.filter((ref) => fits(limitsOf(ref), count));
  if (fitting.length === 0) {
    const counts = made.map(limitsOf).map(({ least, most }) => (least === most ? String(most) : `${least} to ${most}`));
    reportArity(call, called.name, count, [...new Set(counts)].join(' or '), checked);
  } else checkArguments(call, called.name, fitting, checked);
}

/** With how many arguments a routine is called. */
function limitsOf({ detail }: ObjectRef): { least: number; most: number } {
  const { names, defaults } = detail!.inputs!;
  return { least: names.length - defaults, most: names.length };
}

const fits = ({ least, most }: { least: number; most: number }, count: number): boolean =>
  least <= count && count <= most;

/** Arguments of types that no function of the name takes, as far as both are known. */
function checkArguments(call: FuncCall, name: string, made: readonly ObjectRef[], checked: Checked): void {
  const given = (call.args ?? []).map(typeOfValue);
  const refuses = ({ args = [] }: ObjectRef) =>
    given.findIndex((type, k) => type !== undefined && takesArgument(args[k] ?? '', type) === false);
  const wrong = refuses(made[0]!);
  if (!made.every((ref) => refuses(ref) >= 0)) return;
  const type = nameOfType(given[wrong]!);
  const taken = [...new Set(made.map(({ args }) => args?.[wrong] ?? ''))].map(nameOfType).join(' or ');
  checked.report({
    family: 'arity',
    ...nameRange(checked.statement, locationOf(call.args?.[wrong])),
    error: '42883',
    problem: `Argument ${wrong + 1} of function ${name}() is of type ${type}, and must be ${taken}`,
    advice: 'Write a value of that type, or a cast.',
  });
}

function reportArity(call: FuncCall, name: string, count: number, takes: string, { statement, report }: Checked): void {
  report({
    family: 'arity',
    ...rangeWithBrackets(statement, call.location),
    error: '42883',
    problem: `Function ${name}() is called with ${count} argument${count === 1 ? '' : 's'}, and takes ${takes}`,
    advice: 'Write as many as it takes.',
  });
}

function checkUnknown(call: FuncCall, called: Name, checked: Checked): void {
  const { statement } = checked;
  const { name, schema } = called;
  const later = madeLater(name, checked);
  if (later !== undefined && schema !== 'pg_catalog') {
    const advice = `Move it behind CREATE FUNCTION on line ${later}.`;
    reportUnknown(called, { ...nameRange(statement, call.location), advice }, checked);
    return;
  }
  if (functionsNamedIn(statement.script).has(name.toLowerCase())) return;
  const mistaken = schema === undefined ? MISTAKEN_FUNCTIONS.get(name) : undefined;
  const ofSchema = MISTAKEN_IN_SCHEMAS.get(`${schema}.${name}`);
  if (ofSchema !== undefined && checked.world.named({ kind: 'function', name: ofSchema }).length > 0) {
    reportUnknown(called, { ...lastPartRange(statement, call.location), text: ofSchema }, checked);
    return;
  }
  const count = (call.args ?? []).length;
  if (mistaken && (mistaken.count === undefined || mistaken.count === count)) {
    const place = mistaken.call === undefined ? nameRange : rangeWithBrackets;
    const { start, end } = place(statement, call.location);
    const text = mistaken.call ?? mistaken.name;
    reportUnknown(called, { start, end, text, advice: mistaken.advice, certain: true }, checked);
    return;
  }
  if (count === 1 && isKnownType(name)) return;
  const meant = name.length >= 5 || schema !== undefined ? similar(name, candidates(called, checked.world)) : undefined;
  if (meant === undefined || meant[0] !== name[0]) return;
  const { start, end } = lastPartRange(statement, call.location);
  reportUnknown(called, { start, end, text: KEYWORD_FUNCTIONS.includes(meant) ? meant : quoteIdent(meant) }, checked);
}

const functionsMadeIn = firstMakers((statement) => {
  const node = statement.as('CreateFunctionStmt');
  return node && nameOf(node.funcname).name;
});

/**
 * The words of a file that may be names of functions which another language or dynamic SQL makes, in lower case: what
 * stands behind FUNCTION, with or without a schema.
 */
const functionsNamedIn = perScript(({ text }) => {
  const names = new Set<string>();
  for (const [, words = ''] of text.matchAll(/function\s+(?:if\s+not\s+exists\s+)?((?:"[^"\n]*"|\S)*)/gi))
    for (const word of words.split('.')) {
      const [, quoted, plain = ''] = /^(?:"([^"]+)"|"?(\w*))/.exec(word)!;
      names.add((quoted ?? plain).toLowerCase());
    }
  return names;
});

/** The line on which the file makes a function for the first time, behind the statement that calls it. */
function madeLater(name: string, { statement, world }: Checked): number | undefined {
  const { script } = statement;
  const made = functionsMadeIn(script).get(name);
  if (!made || made.start < statement.start || world.named({ kind: 'function', name }).length > 0) return undefined;
  return script.locate(made.start).line;
}

/** The functions that a name may stand for. */
const candidates = ({ schema }: Name, world: World): string[] => {
  const refs = schema === undefined ? world.ofKind('function') : world.inSchema('function', schema);
  const made = refs.map(({ name }) => name);
  return schema === undefined || schema === 'pg_catalog'
    ? [...[...functionsOfPostgres().keys()].filter((known) => !isReserved(known)), ...KEYWORD_FUNCTIONS, ...made]
    : made;
};

/** What the grammar reads as calls of their own. */
const KEYWORD_FUNCTIONS: readonly string[] = ['coalesce', 'nullif', 'greatest', 'least'];

function reportUnknown(
  { schema, name }: Name,
  write: { start: number; end: number; text?: string | undefined; advice?: string | undefined; certain?: boolean },
  { statement, report }: Checked,
): void {
  const { start, end, text, advice, certain } = write;
  const written =
    text !== undefined && /\($/.test(textOf(statement, { start: end, end: end + 1 })) ? `${text}()` : text;
  report({
    family: 'name',
    start,
    end,
    error: '42883',
    problem: `Function ${schema === undefined ? '' : `${schema}.`}${name}() does not exist`,
    advice: advice ?? `Write ${written}.`,
    edits: text === undefined ? undefined : [{ start, end, text }],
    certain,
  });
}
