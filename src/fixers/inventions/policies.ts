/** Slips in row level security, policies, triggers and rights. */
import { lookup } from '../../lookup.ts';
import { quoteIdent } from '../../catalog/names.ts';
import { flatMap } from '../../lists.ts';
import { inCaseOf } from '../style.ts';
import { rangeOf, type Reader, type Span } from '../../syntax/tokens.ts';
import { behind, everywhere, replace } from './everywhere.ts';
import type { Invention } from './types.ts';

/** ENABLE RLS, ENABLE ROW SECURITY, ENABLE ROW-LEVEL SECURITY */
const rowLevelSecurity = everywhere({
  id: 'enable-rls',
  edit(reader, k) {
    if (reader.word(0) !== 'alter' || !/^(enable|disable|force)$/.test(reader.word(k))) return undefined;
    const to =
      reader.after(k + 1, 'rls') ??
      reader.after(k + 1, 'row security') ??
      (reader.word(k + 1) === 'row' && reader.raw(k + 2) === '-' ? reader.after(k + 3, 'level security') : undefined);
    return to === undefined
      ? undefined
      : replace(reader, k, to, inCaseOf(reader.statement, `${reader.raw(k)} ROW LEVEL SECURITY`));
  },
  problem: (written) => `${written} is not PostgreSQL's`,
  advice: (text) => `Write ${text}.`,
});

/** ALTER TABLE t ROW LEVEL SECURITY ENABLE */
const securityFirst: Invention = {
  id: 'row-level-security-first',
  find(reader) {
    const start = reader.after(0, 'alter table [if] [exists] [only]');
    const from = start === undefined ? undefined : reader.afterName(start);
    const verb = from === undefined ? undefined : reader.after(from, 'row level security');
    if (from === undefined || verb === undefined || verb !== reader.tokens.length - 1) return undefined;
    if (!/^(enabled?|disabled?|on|off)$/.test(reader.word(verb))) return undefined;
    const action = /^(enable|on)/.test(reader.word(verb)) ? 'ENABLE' : 'DISABLE';
    const { start: at } = reader.tokens[from]!;
    return {
      ...rangeOf(reader, { from, to: verb + 1 }),
      problem: `${action} stands before ROW LEVEL SECURITY`,
      advice: 'Write it there.',
      correction: {
        edits: [
          { start: at, end: at, text: inCaseOf(reader.statement, `${action} `) },
          reader.remove({ from: verb, to: verb + 1 }),
        ],
      },
    };
  },
};

/** CREATE TRIGGER … WHEN new.a > 1 EXECUTE FUNCTION f() */
const triggerCondition = everywhere({
  id: 'trigger-condition',
  edit(reader, k) {
    if (reader.word(k) !== 'when' || !isTrigger(reader) || reader.depth(k) > 0 || reader.raw(k + 1) === '(')
      return undefined;
    const end = reader.all('execute|call').find(({ from }) => from > k + 1)?.from;
    const { start } = reader.tokens[k + 1] ?? {};
    if (end === undefined || start === undefined) return undefined;
    return [{ start, end: start, text: '(' }, behind(reader, end - 1, ')')];
  },
  problem: 'The condition of a trigger stands in parentheses',
  advice: 'Put it into parentheses.',
});

/** CREATE EXTENSION a, b */
const severalExtensions: Invention = {
  id: 'several-extensions',
  find(reader) {
    const name = reader.after(0, 'create extension [if] [not] [exists]');
    if (name === undefined || reader.raw(name + 1) !== ',') return undefined;
    const others = flatMap(reader.tokens, (_, k) => (k > name && reader.raw(k) === ',' ? [k + 1] : []));
    const isList = others.every((k, n) => reader.afterName(k) === (others[n + 1] ?? reader.tokens.length + 1) - 1);
    if (!isList) return undefined;
    const head = reader.slice({ from: 0, to: name });
    const { eol } = reader.statement.script;
    const edits = others.map((k) => ({
      start: reader.tokens[k - 1]!.start,
      end: reader.tokens[k]!.start,
      text: `;${eol}${head} `,
    }));
    return {
      ...rangeOf(reader, { from: name + 1, to: name + 2 }),
      problem: 'CREATE EXTENSION makes one extension',
      advice: 'Write a statement for each.',
      correction: { edits },
    };
  },
};

/** ENABLE ROW LEVEL SECURITY ON t */
const securityOn: Invention = {
  id: 'row-level-security-on',
  find(reader) {
    const on =
      reader.after(0, 'enable|disable|force row level security on|for [table]') ??
      reader.after(0, 'enable|disable|force rls on|for [table]');
    if (on === undefined || reader.afterName(on) !== reader.tokens.length) return undefined;
    const table = reader.slice({ from: on, to: reader.tokens.length });
    const text = `ALTER TABLE ${table} ${reader.raw(0)} ROW LEVEL SECURITY`;
    return {
      ...rangeOf(reader, { from: 0, to: on }),
      problem: 'Row level security is switched by ALTER TABLE',
      advice: `Write ${text}.`,
      correction: { edits: [replace(reader, 0, reader.tokens.length, inCaseOf(reader.statement, text))] },
    };
  },
};

/** ALTER TABLE t ENABLE REALTIME */
const realtime: Invention = {
  id: 'enable-realtime',
  find(reader) {
    const start = reader.after(0, 'alter table [if] [exists] [only]');
    const verb = start === undefined ? undefined : reader.afterName(start);
    if (start === undefined || verb === undefined) return undefined;
    const to = reader.after(verb, 'enable|disable [supabase] realtime');
    if (to === undefined || to < reader.tokens.length) return undefined;
    const change = reader.word(verb) === 'enable' ? 'ADD' : 'DROP';
    const table = reader.slice({ from: start, to: verb });
    const text = `ALTER PUBLICATION supabase_realtime ${change} TABLE ${table}`;
    return {
      ...rangeOf(reader, { from: verb, to }),
      problem: 'Realtime sends the changes of the tables of a publication',
      advice: `Write ${text}.`,
      correction: { edits: [replace(reader, 0, to, inCaseOf(reader.statement, text))] },
    };
  },
};

/** ALTER TABLE t ADD POLICY p …, ADD POLICY p ON t … */
const addPolicy: Invention = {
  id: 'add-policy',
  find(reader) {
    const start = reader.after(0, 'alter table [if] [exists] [only]');
    const add = reader.word(0) === 'add' ? 0 : start === undefined ? undefined : reader.afterName(start);
    if (add === undefined || !/^(add|create)$/.test(reader.word(add)) || reader.word(add + 1) !== 'policy')
      return undefined;
    const name = add + 2;
    if (!reader.tokens[name]) return undefined;
    const edits = [replace(reader, 0, add + 1, inCaseOf(reader.statement, 'CREATE'))];
    if (reader.word(name + 1) !== 'on') {
      if (start === undefined) return undefined;
      edits.push(
        behind(reader, name, `${inCaseOf(reader.statement, ' ON ')}${reader.slice({ from: start, to: add })}`),
      );
    }
    return {
      ...rangeOf(reader, { from: 0, to: name }),
      problem: 'A policy is not added to a table',
      advice: 'Write CREATE POLICY … ON.',
      correction: { edits },
    };
  },
};

/** The clauses of CREATE POLICY, in PostgreSQL's order. */
const CLAUSES = ['as', 'for', 'to', 'using', 'with'] as const;

/** The clauses of a policy as they are written; undefined for a statement that is none. */
function clausesOf(reader: Reader): Span[] | undefined {
  const name = reader.after(0, 'create policy [if] [not] [exists]') ?? reader.after(0, 'alter policy');
  const on = name !== undefined && reader.word(name + 1) === 'on' ? reader.afterName(name + 2) : undefined;
  if (on === undefined) return undefined;
  const starts: number[] = [];
  for (let k = on; k < reader.tokens.length; k++) {
    const isClause = CLAUSES.some((c) => c === reader.word(k)) && (reader.word(k) !== 'with' || isCheck(reader, k));
    if (reader.depth(k) === 0 && (k === on || isClause)) starts.push(k);
  }
  return starts.map((from, n) => ({ from, to: starts[n + 1] ?? reader.tokens.length }));
}

const isCheck = (reader: Reader, k: number): boolean => reader.word(k + 1) === 'check';

/** CREATE POLICY … TO r FOR SELECT, WITH CHECK before USING */
const clauseOrder: Invention = {
  id: 'policy-clauses',
  find(reader) {
    const clauses = clausesOf(reader);
    if (!clauses || clauses.length < 2) return undefined;
    const rank = ({ from }: Span) => CLAUSES.indexOf(reader.word(from) as 'as');
    if (clauses.some((c) => rank(c) < 0)) return undefined;
    const sorted = clauses.toSorted((a, b) => rank(a) - rank(b));
    if (sorted.every((c, n) => c === clauses[n])) return undefined;
    return {
      ...rangeOf(reader, { from: clauses[0]!.from, to: clauses.at(-1)!.to }),
      problem: 'The clauses of the policy stand in another order',
      advice: `Write them in the order ${sorted.map((c) => reader.raw(c.from).toUpperCase()).join(', ')}.`,
      // Each place gets the text of the clause that belongs there, so that lines stay lines.
      correction: { edits: clauses.map((c, n) => replace(reader, c.from, c.to, inParentheses(reader, sorted[n]!))) },
    };
  },
};

/** The condition of a clause, where it stands without parentheses. */
function bareCondition(reader: Reader, { from, to }: Span): Span | undefined {
  const first = reader.word(from) === 'using' ? from + 1 : isCheck(reader, from) ? from + 2 : undefined;
  if (first === undefined || first >= to) return undefined;
  return reader.raw(first) === '(' && reader.closing(first) === to - 1 ? undefined : { from: first, to };
}

function inParentheses(reader: Reader, clause: Span): string {
  const bare = bareCondition(reader, clause);
  return bare ? `${reader.slice({ from: clause.from, to: bare.from })} (${reader.slice(bare)})` : reader.slice(clause);
}

/** USING a = b, WITH CHECK a = b, CHECK (a = b) */
const conditionInParentheses: Invention = {
  id: 'policy-parentheses',
  find(reader) {
    const edits = flatMap(clausesOf(reader) ?? [], (clause) => {
      const bare = bareCondition(reader, clause);
      if (!bare) return [];
      const { start } = reader.tokens[bare.from]!;
      return [{ start, end: start, text: '(' }, behind(reader, bare.to - 1, ')')];
    });
    const [first] = edits;
    return (
      first && {
        start: first.start,
        end: edits[1]!.end,
        problem: 'The condition of a policy stands in parentheses',
        advice: 'Put it into parentheses.',
        correction: { edits },
      }
    );
  },
};

const checkWithoutWith = everywhere({
  id: 'policy-check-without-with',
  edit: (reader, k) =>
    reader.after(0, 'create|alter policy') !== undefined &&
    reader.word(k) === 'check' &&
    reader.word(k - 1) !== 'with' &&
    reader.depth(k) === 0 &&
    reader.raw(k + 1) === '('
      ? replace(reader, k, k + 1, inCaseOf(reader.statement, 'WITH CHECK'))
      : undefined,
  problem: 'A policy has no CHECK',
  advice: 'Write WITH CHECK.',
});

/** CREATE POLICY 'x', DROP POLICY 'x', CREATE EXTENSION 'x', ADD POLICY 'x' */
const nameInQuotes = everywhere({
  id: 'name-in-single-quotes',
  edit(reader, k) {
    if (reader.tokens[k]?.kind !== 'string' || !/^'[^']+'$/.test(reader.raw(k))) return undefined;
    const start = reader.after(
      0,
      'create|drop|alter [or] [replace] [unique] table|index|view|policy|trigger|schema|extension|role|sequence ' +
        '[concurrently] [if] [not] [exists]',
    );
    return k === start || reader.after(k - 2, 'add policy') === k
      ? replace(reader, k, k + 1, quoteIdent(reader.raw(k).slice(1, -1)))
      : undefined;
  },
  problem: 'A name in single quotes is a string',
  advice: (text) => `Write ${text}.`,
});

/** CREATE EXTENSION uuid-ossp */
const extensionWithHyphen = everywhere({
  id: 'extension-with-hyphen',
  edit(reader, k) {
    const start = reader.after(0, 'create|drop|alter extension [if] [not] [exists]');
    if (k !== start || reader.raw(k + 1) !== '-') return undefined;
    let to = k + 1;
    while (reader.raw(to) === '-' && reader.tokens[to + 1]?.start === reader.tokens[to]!.end) to += 2;
    return to > k + 1 ? replace(reader, k, to, `"${reader.slice({ from: k, to })}"`) : undefined;
  },
  problem: (written) => `The name ${written} holds a hyphen`,
  advice: (text) => `Write ${text}.`,
});

const isTrigger = (reader: Reader): boolean =>
  reader.after(0, 'create [or] [replace] [constraint] trigger') !== undefined;

/** EXECUTE f(), CALL f(), EXECUTE FUNCTION f */
const triggerFunction = everywhere({
  id: 'trigger-function',
  edit(reader, k) {
    if (!isTrigger(reader) || !/^(execute|call)$/.test(reader.word(k)) || reader.depth(k) > 0) return undefined;
    const name = reader.after(k + 1, '[function|procedure]')!;
    const end = reader.afterName(name);
    if (end === undefined) return undefined;
    const hasKeyword = name > k + 1 && reader.word(k) === 'execute';
    const hasArguments = reader.raw(end) === '(';
    if ((hasKeyword && hasArguments) || (!hasArguments && end < reader.tokens.length)) return undefined;
    return [
      ...(hasKeyword ? [] : [replace(reader, k, name, inCaseOf(reader.statement, 'EXECUTE FUNCTION'))]),
      ...(hasArguments ? [] : [behind(reader, end - 1, '()')]),
    ];
  },
  problem: 'A trigger runs its function by EXECUTE FUNCTION f()',
  advice: 'Write it so.',
});

/** BEFORE INSERT, UPDATE */
const triggerEvents = everywhere({
  id: 'trigger-events',
  edit(reader, k) {
    if (!isTrigger(reader) || !(reader.raw(k) === ',' || reader.word(k) === 'and')) return undefined;
    const from = reader.first('before|after|instead')?.from;
    const on = reader.all('on').find((span) => from !== undefined && span.from > from)?.from;
    if (from === undefined || on === undefined || k < from || k > on) return undefined;
    if (!/^(insert|update|delete|truncate)$/.test(reader.word(k + 1))) return undefined;
    const text = inCaseOf(reader.statement, 'OR');
    return replace(reader, k, k + 1, reader.raw(k) === ',' ? ` ${text}` : text);
  },
  problem: 'The events of a trigger are joined by OR',
  advice: 'Write OR.',
});

/** GRANT … FOR role, REVOKE … TO role */
const grantee = everywhere({
  id: 'grantee',
  edit(reader, k) {
    const verb = reader.word(0);
    const wrong = verb === 'grant' ? /^(for|from)$/ : verb === 'revoke' ? /^(to|for)$/ : undefined;
    if (!wrong?.test(reader.word(k)) || reader.depth(k) > 0 || k < 2 || reader.word(1) === reader.word(k))
      return undefined;
    if (reader.all('to|from').some((span) => span.from !== k) || reader.word(k - 1) === 'option') return undefined;
    return replace(reader, k, k + 1, inCaseOf(reader.statement, verb === 'grant' ? 'TO' : 'FROM'));
  },
  problem: (written) => `${written.toUpperCase()} stands before the role`,
  advice: (text) => `Write ${text}.`,
});

/** CREATE TRIGGER x ON t BEFORE UPDATE, and CREATE POLICY p FOR SELECT ON t */
const tableInOrder: Invention = {
  id: 'table-in-order',
  find(reader) {
    const name =
      reader.after(0, 'create [or] [replace] trigger') ?? reader.after(0, 'create policy [if] [not] [exists]');
    const on = name === undefined ? undefined : reader.all('on').find(({ from }) => from > name);
    const end = on && reader.afterName(on.to);
    if (name === undefined || !on || end === undefined) return undefined;
    const table = { from: on.from, to: end };
    const isPolicy = reader.word(1) === 'policy';
    const events = isPolicy ? undefined : eventsAt(reader, end);
    if (isPolicy ? !/^(as|for|to)$/.test(reader.word(name + 1)) : events === undefined) return undefined;
    const target = isPolicy ? name : events! - 1;
    return {
      ...rangeOf(reader, table),
      problem: isPolicy ? 'ON stands behind the command of the policy' : 'ON stands before the events of the trigger',
      advice: isPolicy ? 'Write it before the command.' : 'Write it behind them.',
      correction: { edits: [reader.remove(table), behind(reader, target, ` ${reader.slice(table)}`)] },
    };
  },
};

/** The index behind `BEFORE INSERT OR UPDATE`, if that begins at a token. */
function eventsAt(reader: Reader, k: number): number | undefined {
  let at = reader.after(k, 'before|after') ?? reader.after(k, 'instead of');
  const event = 'insert|update|delete|truncate';
  at = at === undefined ? undefined : reader.after(at, event);
  for (let next = at; next !== undefined; next = reader.after(next, `or ${event}`)) at = next;
  return at;
}

/** ALTER PUBLICATION p ADD t */
const publicationTable = everywhere({
  id: 'publication-without-table',
  edit: (reader, k) =>
    reader.after(0, 'alter publication') !== undefined &&
    /^(add|drop|set)$/.test(reader.word(k)) &&
    k > 2 &&
    !/^(table|tables|all)$/.test(reader.word(k + 1)) &&
    reader.afterName(k + 1) !== undefined
      ? behind(reader, k, inCaseOf(reader.statement, ' TABLE'))
      : undefined,
  problem: 'A publication is given tables by TABLE',
  advice: 'Write TABLE.',
});

/** CREATE POLICY p FOR t SELECT */
const policyFor = everywhere({
  id: 'policy-for-table',
  edit(reader, k) {
    if (k !== 3 || reader.after(0, 'create policy') === undefined || reader.word(3) !== 'for') return undefined;
    const end = reader.afterName(4);
    const isCommand = (at: number) => /^(all|select|insert|update|delete)$/.test(reader.word(at));
    if (end === undefined || isCommand(4)) return undefined;
    const on = replace(reader, 3, 4, inCaseOf(reader.statement, 'ON'));
    return isCommand(end) ? [on, behind(reader, end - 1, inCaseOf(reader.statement, ' FOR'))] : on;
  },
  problem: 'The table of a policy stands behind ON',
  advice: 'Write ON before the table, and FOR before the command.',
});

/** CREATE POLICY Users can read posts ON posts */
const nameOfWords = everywhere({
  id: 'policy-name-of-words',
  edit(reader, k) {
    if (k !== reader.after(0, 'create|alter policy [if] [not] [exists]')) return undefined;
    const on = reader.tokens.findIndex((_, n) => n > k && reader.word(n) === 'on');
    const isName = on > k + 1 && reader.tokens.slice(k, on).every(({ kind }) => kind === 'word');
    const isClause = (n: number) =>
      reader.after(n, 'for all|select|insert|update|delete') ?? reader.after(n, 'as permissive|restrictive');
    const hasClause = reader.tokens.some((_, n) => n > k && n < on && isClause(n) !== undefined);
    return isName && !hasClause ? replace(reader, k, on, `"${reader.slice({ from: k, to: on })}"`) : undefined;
  },
  problem: 'A name of several words stands in double quotes',
  advice: (text) => `Write ${text}.`,
});

/** What people call the commands of a policy. */
const COMMANDS = lookup<string>({
  read: 'SELECT',
  view: 'SELECT',
  create: 'INSERT',
  add: 'INSERT',
  edit: 'UPDATE',
  modify: 'UPDATE',
  remove: 'DELETE',
  any: 'ALL',
});

/** CREATE POLICY … FOR READ */
const commandOfPolicy = everywhere({
  id: 'command-of-policy',
  edit(reader, k) {
    const command = COMMANDS[reader.word(k)];
    const isPlace = reader.after(0, 'create policy') !== undefined && reader.word(k - 1) === 'for';
    return isPlace && command !== undefined && reader.depth(k) === 0
      ? replace(reader, k, k + 1, inCaseOf(reader.statement, command))
      : undefined;
  },
  problem: (written) => `A policy is for a command of SQL, and ${written.toUpperCase()} is none`,
  advice: (text) => `Write ${text.toUpperCase()}.`,
});

/** ALTER POLICY … FOR SELECT */
const alterPolicyFor = everywhere({
  id: 'alter-policy-for',
  edit(reader, k) {
    const to = reader.after(k, 'for all|select|insert|update|delete');
    return reader.after(0, 'alter policy') !== undefined && to !== undefined && reader.depth(k) === 0
      ? reader.remove({ from: k, to })
      : undefined;
  },
  problem: 'The command of a policy cannot be changed',
  advice: 'Leave it out, or drop the policy and make it anew.',
  isSuggestion: true,
});

export const policyInventions: Invention[] = [
  nameOfWords,
  commandOfPolicy,
  alterPolicyFor,
  policyFor,
  tableInOrder,
  publicationTable,
  rowLevelSecurity,
  securityOn,
  securityFirst,
  addPolicy,
  realtime,
  clauseOrder,
  conditionInParentheses,
  checkWithoutWith,
  nameInQuotes,
  extensionWithHyphen,
  triggerFunction,
  triggerEvents,
  triggerCondition,
  severalExtensions,
  grantee,
];
