/** Common syntax mistakes. */
import { lookup } from '../../lookup.ts';
import type { Edit } from '../edits.ts';
import { nodeAs } from '../../catalog/nodes.ts';
import { inCaseOf } from '../style.ts';
import { perScript } from '../../syntax/script.ts';
import { rangeOf, type Reader } from '../../syntax/tokens.ts';
import { behind, everywhere, replace } from './everywhere.ts';
import { nameIn } from './conditions.ts';
import type { Invention } from './types.ts';

/** timestamp with timezone */
const timezone: Invention = {
  id: 'timezone',
  find(reader) {
    const edits: Edit[] = [];
    let at: number | undefined;
    reader.tokens.forEach((token, k) => {
      if (
        !/^(timezone|tz|time_zone)$/.test(reader.word(k)) ||
        !/^(with|without)$/.test(reader.word(k - 1)) ||
        !isTime(reader.word(k - 2), reader.raw(k - 2), reader.word(k - 5))
      )
        return;
      at ??= k;
      edits.push({
        start: token.start,
        end: token.end,
        text: reader.raw(k) === reader.word(k) ? 'time zone' : 'TIME ZONE',
      });
    });
    return at === undefined
      ? undefined
      : {
          ...rangeOf(reader, { from: at - 1, to: at + 1 }),
          problem: `"${reader.raw(at)}" is two words`,
          advice: `Write ${reader.raw(at - 1)} time zone.`,
          correction: { edits },
        };
  },
};

/** `timestamp`, or `timestamp(3)` by its closing parenthesis. */
const isTime = (word: string, raw: string, beforeParenthesis: string) =>
  /^time(stamp)?$/.test(raw === ')' ? beforeParenthesis : word);

/** What cannot be an item of a list. */
const ENDS_LIST = /^(from|where|on|returning|order|group|having|limit)$/;

/** CREATE TABLE t (a int, b text,) */
const trailingComma: Invention = {
  id: 'trailing-comma',
  find(reader) {
    const edits: Edit[] = [];
    let at: number | undefined;
    reader.tokens.forEach((token, k) => {
      if (
        reader.raw(k) !== ',' ||
        !(
          reader.raw(k + 1) === ')' ||
          ENDS_LIST.test(reader.word(k + 1)) ||
          (k === reader.tokens.length - 1 && reader.depth(k) === 0)
        )
      )
        return;
      at ??= k;
      edits.push({ start: token.start, end: token.end, text: '' });
    });
    return at === undefined
      ? undefined
      : {
          ...rangeOf(reader, { from: at, to: at + 1 }),
          problem: 'Nothing follows the comma',
          advice: 'Leave the comma out.',
          correction: { edits },
        };
  },
};

/** CREATE POLICY … FOR INSERT USING (…), FOR SELECT WITH CHECK (…) */
const policyExpression: Invention = {
  id: 'policy-expression',
  passes: {
    where: (statement) => {
      const { cmd_name, qual, with_check } = statement.as('CreatePolicyStmt') ?? {};
      return cmd_name === 'insert'
        ? qual !== undefined
        : (cmd_name === 'select' || cmd_name === 'delete') && with_check !== undefined;
    },
    error: '42601',
  },
  find(reader) {
    const policy = reader.statement.as('CreatePolicyStmt');
    if (!policy) return undefined;
    const using = reader.first('using');
    const check = reader.first('with check');
    if (policy.cmd_name === 'insert' && using) {
      const token = reader.tokens[using.from]!;
      const text = inCaseOf(reader.statement, 'WITH CHECK');
      return {
        ...rangeOf(reader, using),
        problem:
          `Policy "${policy.policy_name ?? ''}" on "${policy.table?.relname ?? ''}" is for INSERT, which has no ` +
          'existing row that USING could look at',
        advice: 'Write WITH CHECK.',
        correction: check
          ? { why: 'it has both expressions, and they may differ' }
          : { edits: [{ start: token.start, end: token.end, text }] },
      };
    }
    if (
      (policy.cmd_name === 'select' || policy.cmd_name === 'delete') &&
      check &&
      nodeAs(policy.with_check, 'SubLink') === undefined
    ) {
      const [from, to] = [reader.tokens[check.from]!, reader.tokens[check.to - 1]!];
      return {
        ...rangeOf(reader, check),
        problem:
          `Policy "${policy.policy_name ?? ''}" on "${policy.table?.relname ?? ''}" is for ` +
          `${policy.cmd_name.toUpperCase()}, which writes no row that WITH CHECK could look at`,
        advice: 'Write USING.',
        correction: using
          ? { why: 'it has both expressions, and they may differ' }
          : { edits: [{ start: from.start, end: to.end, text: inCaseOf(reader.statement, 'USING') }] },
      };
    }
    return undefined;
  },
};

/** CREATE POLICY … FOR INSERT, UPDATE */
const policyCommands: Invention = {
  id: 'policy-commands',
  find(reader) {
    const span = reader.after(0, 'create policy') ? reader.first('for select|insert|update|delete') : undefined;
    if (!span || reader.raw(span.to) !== ',') return undefined;
    return {
      ...rangeOf(reader, span),
      problem: 'A policy is for one command, or for ALL',
      advice: 'Write a policy for each command.',
      correction: { why: 'each command needs a policy and a name of its own' },
    };
  },
};

/** Whether a file may have the operator, and does not make one of that name. */
const mayCompare = perScript(({ text }) => text.includes('==') && !/operator/i.test(text));

/** Operators of other languages. */
const OPERATORS = lookup<string>({
  '==': '=',
  '===': '=',
  '!==': '<>',
  '>==': '>=',
  '<==': '<=',
});

/** a == b */
const doubleEquals: Invention = {
  ...everywhere({
    id: 'double-equals',
    edit(reader, k) {
      const meant = OPERATORS[reader.raw(k)];
      return meant === undefined ? undefined : replace(reader, k, k + 1, meant);
    },
    problem: (written) => `Operator ${written} does not exist`,
    advice: (text) => `Write ${text}.`,
  }),
  isAlsoRefused: true,
  passes: { where: ({ script }) => mayCompare(script), error: '42883' },
};

const isRoutine = (reader: Reader): boolean =>
  reader.after(0, 'create [or] [replace] function|procedure') !== undefined;

/** CREATE FUNCTION f() RETURN int */
const returns = everywhere({
  id: 'return-of-function',
  edit: (reader, k) =>
    isRoutine(reader) && reader.word(k) === 'return' && reader.raw(k - 1) === ')' && reader.depth(k) === 0
      ? { start: reader.tokens[k]!.end, end: reader.tokens[k]!.end, text: inCaseOf(reader.statement, 'S') }
      : undefined,
  problem: 'The type of a function stands behind RETURNS',
  advice: 'Write RETURNS.',
});

/** CREATE FUNCTION f() RETURNS int LANGUAGE sql $$ … $$ */
const functionWithoutAs = everywhere({
  id: 'function-without-as',
  edit: (reader, k) =>
    isRoutine(reader) && reader.tokens[k]!.kind === 'dollar' && reader.word(k - 1) !== 'as' && reader.depth(k) === 0
      ? behind(reader, k - 1, inCaseOf(reader.statement, ' AS'))
      : undefined,
  problem: 'AS is missing before the body of the function',
  advice: 'Write AS.',
});

/** CREATE FUNCTION f RETURNS int */
const functionWithoutParentheses = everywhere({
  id: 'function-without-parentheses',
  edit(reader, k) {
    const name = reader.after(0, 'create [or] [replace] function');
    const end = name === undefined ? undefined : reader.afterName(name);
    return end === k && reader.word(k) === 'returns' ? behind(reader, k - 1, '()') : undefined;
  },
  problem: 'A function has parentheses, with or without parameters',
  advice: (text) => `Write ${text}.`,
});

/** CURRENT_TIMESTAMP() */
const keywordCall = everywhere({
  id: 'keyword-call',
  edit(reader, k) {
    if (!KEYWORD_VALUES.has(reader.word(k)) || reader.raw(k + 1) !== '(' || reader.raw(k + 2) !== ')') return undefined;
    return { start: reader.tokens[k]!.end, end: reader.tokens[k + 2]!.end, text: '' };
  },
  problem: (written) => `${written.replace(/[\s(].*$/s, '')} has no parentheses`,
  advice: 'Leave them out.',
});

const KEYWORD_VALUES: ReadonlySet<string> = new Set(
  `current_timestamp current_date current_time localtime localtimestamp current_user session_user current_role
  current_catalog`.split(/\s+/),
);

/** GRANT SELECT ON ALL TABLE IN SCHEMA public */
const allObjects = everywhere({
  id: 'all-objects',
  edit(reader, k) {
    const isAll = reader.word(k - 1) === 'all' && reader.after(k, `${OBJECTS} in schema`) !== undefined;
    const isDefault = reader.after(0, 'alter default privileges') !== undefined && reader.word(k - 1) === 'on';
    const isOne = isAll || (isDefault && reader.after(k, `${OBJECTS} to|from`) !== undefined);
    return isOne ? behind(reader, k, inCaseOf(reader.statement, 'S')) : undefined;
  },
  problem: 'ALL is followed by a plural',
  advice: 'Write it in the plural.',
});

const OBJECTS = 'table|sequence|function|procedure|routine|type|schema';

/** GRANT … WITH ADMIN OPTION on an object */
const adminOption = everywhere({
  id: 'admin-option',
  edit: (reader, k) =>
    reader.word(0) === 'grant' && reader.first('on') && reader.after(k, 'with admin option') !== undefined
      ? replace(reader, k + 1, k + 2, inCaseOf(reader.statement, 'GRANT'))
      : undefined,
  problem: 'WITH ADMIN OPTION is for roles',
  advice: 'Write WITH GRANT OPTION.',
});

/** TRUNCATE TABLE IF EXISTS t */
const truncateIfExists: Invention = {
  id: 'truncate-if-exists',
  find(reader, { world }) {
    const at = reader.after(0, 'truncate [table]');
    const name = at === undefined ? undefined : reader.after(at, 'if exists');
    const end = name === undefined ? undefined : reader.afterName(name);
    if (at === undefined || name === undefined || end === undefined) return undefined;
    const table = nameIn(reader.slice({ from: name, to: end }));
    const span = { from: at, to: name };
    return {
      ...rangeOf(reader, span),
      problem: 'TRUNCATE has no IF EXISTS',
      advice: 'Leave it out, or ask the catalog in a DO block.',
      correction: {
        edits: [reader.remove(span)],
        isSuggestion: !table || world.has({ kind: 'table', ...table }) !== true,
      },
    };
  },
};

/** interval 1 day */
const bareInterval = everywhere({
  id: 'bare-interval',
  edit(reader, k) {
    const isBare = reader.word(k) === 'interval' && reader.tokens[k + 1]?.kind === 'number';
    if (!isBare || reader.tokens[k + 2]?.kind !== 'word') return undefined;
    return replace(reader, k + 1, k + 3, `'${reader.raw(k + 1)} ${reader.word(k + 2)}'`);
  },
  problem: 'An interval stands in quotes',
  advice: (text) => `Write interval ${text}.`,
});

/** DEFAULT now() AT TIME ZONE utc */
const timeZone = everywhere({
  id: 'time-zone',
  edit(reader, k) {
    const zone = reader.after(k, 'at time zone');
    if (zone === undefined || !reader.tokens[zone]) return undefined;
    const isQuoted = reader.tokens[zone].kind !== 'word';
    let from = k - 1;
    while (from > 0 && reader.word(from) !== 'default' && reader.raw(from) !== ',') from--;
    const isDefault = reader.word(from) === 'default' && reader.depth(from) === reader.depth(k);
    if (isQuoted && !isDefault) return undefined;
    const written = isQuoted ? reader.raw(zone) : `'${reader.raw(zone)}'`;
    if (!isDefault) return replace(reader, zone, zone + 1, written);
    const { start } = reader.tokens[from + 1]!;
    return [{ start, end: start, text: '(' }, replace(reader, zone, zone + 1, `${written})`)];
  },
  problem: 'A default with AT TIME ZONE stands in parentheses, and the zone in quotes',
  advice: "Write (… AT TIME ZONE 'utc').",
});

/** COMMENT ON t IS 'x' */
const commentOnNothing: Invention = {
  id: 'comment-without-kind',
  find(reader, { world }) {
    const name = reader.after(0, 'comment on');
    const end = name === undefined ? undefined : reader.afterName(name);
    if (name === undefined || end === undefined || reader.word(end) !== 'is') return undefined;
    const named = nameIn(reader.slice({ from: name, to: end }));
    if (!named) return undefined;
    const { schema: owner } = named;
    const isTable = world.has({ kind: 'table', ...named }) === true;
    const isColumn =
      owner !== undefined && world.has({ kind: 'column', name: named.name, of: { name: owner } }) === true;
    const { start } = reader.tokens[name]!;
    const kind = isTable || !isColumn ? 'TABLE' : 'COLUMN';
    return {
      ...rangeOf(reader, { from: name, to: end }),
      problem: 'COMMENT ON says of what kind the object is',
      advice: `Write COMMENT ON ${kind}.`,
      correction: {
        edits: [{ start, end: start, text: inCaseOf(reader.statement, `${kind} `) }],
        isSuggestion: !isTable && !isColumn,
      },
    };
  },
};

export const slipInventions: Invention[] = [
  functionWithoutParentheses,
  keywordCall,
  allObjects,
  adminOption,
  truncateIfExists,
  bareInterval,
  timeZone,
  commentOnNothing,
  timezone,
  trailingComma,
  policyExpression,
  policyCommands,
  doubleEquals,
  returns,
  functionWithoutAs,
];
