/** Definitions of functions and triggers. */
import { lookup } from '../../lookup.ts';
import { nameOf, nameOfRange, nodeAs, optionOf, strings, stringOf, typeText } from '../../catalog/nodes.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { nameRange, tokenRange, wordRange } from '../places.ts';
import { checkSettings } from '../names/parameters.ts';
import { similar } from '../names/similar.ts';
import { checkBody } from './body.ts';
import type { Checked } from '../problem.ts';

/** What may be said of a function more than once. */
const REPEATABLE = new Set(['set']);

export function checkRoutine(node: NodeOf<'CreateFunctionStmt'>, checked: Checked): void {
  const { statement, report } = checked;
  checkBody(node, checked);
  checkParameters(node, checked);
  checkLanguage(node, checked);
  checkSettings(node, checked);
  const label = node.is_procedure ? 'Procedure' : 'Function';
  const name = nameOf(node.funcname).name;
  const place = () => nameRange(statement, wordRange(statement, strings(node.funcname)[0]!).start - statement.start);
  const options = (node.options ?? []).map((option) => nodeAs(option, 'DefElem')!);
  for (const [k, option] of options.entries()) {
    if (REPEATABLE.has(option.defname ?? '') || !options.slice(0, k).some((o) => o.defname === option.defname))
      continue;
    report({
      family: 'definition',
      ...tokenRange(statement, option.location),
      error: '42601',
      problem: `${label} "${name}" says twice what its ${OPTION_NAMES[option.defname ?? ''] ?? option.defname} is`,
      advice: 'Take one of the two out.',
    });
    return;
  }
  const body = nodeAs(optionOf(node.options, 'as'), 'List')?.items;
  if (!body && !node.sql_body) {
    report({
      family: 'definition',
      ...place(),
      error: '42P13',
      problem: `${label} "${name}" has no body`,
      advice: 'Write AS $$ … $$.',
    });
    return;
  }
  if (!node.sql_body && !optionOf(node.options, 'language')) reportLanguage(node, stringOf(body?.[0]), label, checked);
  else if (!node.is_procedure && !node.returnType && !hasOutput(node))
    report({
      family: 'definition',
      ...place(),
      error: '42P13',
      problem: `Function "${name}" does not say what it returns`,
      advice: 'Write RETURNS and a type behind the parameters, or RETURNS void.',
    });
}

const OPTION_NAMES: Readonly<Record<string, string>> = {
  as: 'body',
  volatility: 'volatility',
  security: 'security',
  language: 'language',
};

/** The languages that PostgreSQL has, and those of extensions. */
const LANGUAGES: ReadonlySet<string> = new Set(
  `sql plpgsql c internal plv8 plcoffee plls plpython3u plpythonu plpython2u plperl plperlu pltcl pltclu plr plrust
  plsh pljava pljavau pllua plluau plprql`.split(/\s+/),
);

/** What languages are called besides. */
const CALLED = lookup<string>({
  plsql: 'plpgsql',
  pgsql: 'plpgsql',
  plpg: 'plpgsql',
  pgplsql: 'plpgsql',
  'pl/pgsql': 'plpgsql',
  postgresql: 'plpgsql',
  postgres: 'plpgsql',
  psql: 'plpgsql',
});

/** LANGUAGE plsql */
function checkLanguage({ options }: NodeOf<'CreateFunctionStmt'>, { statement, world, report }: Checked): void {
  const language = stringOf(optionOf(options, 'language')).toLowerCase();
  if (language === '' || LANGUAGES.has(language) || world.named({ kind: 'language', name: language }).length > 0)
    return;
  const meant = CALLED[language] ?? similar(language, ['plpgsql', 'sql']);
  const isExtension = world.ofKind('extension').some(({ name }) => name.startsWith('pl') && name !== 'plpgsql');
  if (meant === undefined && (isExtension || !NOT_SQL.has(language))) return;
  const place = wordRange(statement, language, statement.text.search(/\blanguage\b/i));
  report({
    family: 'name',
    ...place,
    error: '42704',
    problem: `Language "${language}" does not exist`,
    advice: meant === undefined ? 'Write the body in PL/pgSQL or SQL.' : `Write ${meant}.`,
    edits: meant === undefined ? undefined : [{ ...place, text: meant }],
  });
}

/** Languages that PostgreSQL knows by another name, if at all. */
const NOT_SQL: ReadonlySet<string> = new Set('javascript js typescript python python3 perl java lua'.split(' '));

const isOutput = (mode: string | undefined): boolean => mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_TABLE';

/** Names that two parameters have, and parameters without a default behind one that has it. */
function checkParameters(
  { parameters = [], is_procedure: isProcedure }: NodeOf<'CreateFunctionStmt'>,
  { statement, report }: Checked,
): void {
  const all = parameters.map((parameter) => nodeAs(parameter, 'FunctionParameter')!);
  let hasDefault = false;
  for (const [k, { name, mode, defexpr }] of all.entries()) {
    const place = () => wordRange(statement, name ?? '', statement.text.indexOf('('));
    const isTwice = (o: NodeOf<'FunctionParameter'>) =>
      o.name === name && (isOutput(o.mode) === isOutput(mode) || isProcedure);
    if (name && all.slice(0, k).some(isTwice)) {
      report({
        family: 'definition',
        ...place(),
        error: '42P13',
        problem: `Two parameters have the name "${name}"`,
        advice: 'Give one of them another name.',
      });
      return;
    }
    if (isOutput(mode) || mode === 'FUNC_PARAM_VARIADIC') continue;
    if (hasDefault && !defexpr) {
      report({
        family: 'definition',
        ...place(),
        error: '42P13',
        problem: `Parameter "${name ?? k + 1}" has no default, and one before it has`,
        advice: 'Give it a default, or write it before those that have one.',
      });
      return;
    }
    hasDefault ||= defexpr !== undefined;
  }
}

const hasOutput = ({ parameters = [] }: NodeOf<'CreateFunctionStmt'>): boolean =>
  parameters.some((p) =>
    ['FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_TABLE'].includes(nodeAs(p, 'FunctionParameter')?.mode ?? ''),
  );

function reportLanguage(
  { funcname, returnType }: NodeOf<'CreateFunctionStmt'>,
  body: string,
  label: string,
  { statement, report }: Checked,
): void {
  const isBlock = /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:<<\w+>>\s*)?(?:declare|begin)\b/i.test(body);
  const language = isBlock || typeText(returnType) === 'trigger' ? 'plpgsql' : 'sql';
  report({
    family: 'definition',
    ...nameRange(statement, wordRange(statement, strings(funcname)[0]!).start - statement.start),
    error: '42P13',
    problem: `${label} "${nameOf(funcname).name}" has no LANGUAGE`,
    advice: `Write LANGUAGE ${language}.`,
    edits: [{ start: statement.end, end: statement.end, text: ` LANGUAGE ${language}` }],
    certain: isBlock,
  });
}

/** A trigger calls a function that returns trigger. */
export function checkTrigger(node: NodeOf<'CreateTrigStmt'>, checked: Checked): void {
  const { statement, world, report } = checked;
  checkTiming(node, checked);
  const called = nameOf(node.funcname);
  const returns = world.get({ kind: 'function', ...called, args: [] })?.ref.detail?.returns;
  if (returns === undefined || returns === '' || returns === 'trigger') return;
  report({
    family: 'definition',
    ...wordRange(statement, called.name, behindExecute(statement)),
    error: '42P17',
    problem: `Function "${called.name}" returns ${returns}, and a trigger calls it`,
    advice: 'Let the function return trigger.',
  });
}

/** INSTEAD OF is for views, and for each row of them; BEFORE and AFTER for each row are for tables. */
function checkTiming(node: NodeOf<'CreateTrigStmt'>, { statement, world, report }: Checked): void {
  const { name, ...named } = nameOfRange(node.relation);
  const kind = world.get({ kind: 'table', ...named, name })?.ref.kind;
  const isInstead = ((node.timing ?? 0) & TRIGGER_TYPE_INSTEAD) !== 0;
  const isWrong = isInstead ? kind === 'table' : kind === 'view' && node.row === true;
  if (!isWrong) return;
  report({
    family: 'definition',
    ...wordRange(statement, name, statement.text.search(/\son\s/i)),
    error: '42809',
    problem: isInstead
      ? `"${name}" is a table, and a trigger INSTEAD OF is for a view`
      : `"${name}" is a view, whose triggers for each row are INSTEAD OF`,
    advice: isInstead ? 'Write BEFORE.' : 'Write INSTEAD OF.',
  });
}

/** `TRIGGER_TYPE_INSTEAD` of PostgreSQL's pg_trigger.h. */
const TRIGGER_TYPE_INSTEAD = 64;

/** Where the call of a trigger begins, from the statement's start: its name may be that of the function. */
function behindExecute({ script, tokens, start }: Checked['statement']): number {
  const last = tokens.findLast((t) => /^execute$/i.test(script.text.slice(t.start, t.end)));
  return (last?.end ?? start) - start;
}
