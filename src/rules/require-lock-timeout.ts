import { refusesTransaction } from '../catalog/do-block.ts';
import { constantOf } from '../catalog/constants.ts';
import { stopsWriters } from '../catalog/locks/types.ts';
import { nodeAs } from '../catalog/nodes.ts';
import { inCaseOf } from '../fixers/style.ts';
import type { Locked } from '../locking/index.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { aLock, isDeployed, labelOf, placeOf, whoWaits } from './shared/safety.ts';

const DEFAULT = '5s';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Require a lock_timeout before a statement that takes a lock for which others wait',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    fixable: 'code',
    hasSuggestions: true,
    messages: {
      missing:
        '{{statement}} waits for {{lock}} on "{{table}}" as long as another transaction uses it, and {{waits}} ' +
        'behind ' +
        "it meanwhile. Write {{set}} lock_timeout = '{{timeout}}' above it, so that it gives up and can be tried " +
        'again{{gentle}}.',
      zero:
        'lock_timeout is 0 here, which is none: {{statement}} waits for {{lock}} on "{{table}}" as long as another ' +
        "transaction uses it, and {{waits}} behind it. Write a time, such as '{{timeout}}'.",
      late:
        'lock_timeout is set in {{later}} only: {{statement}} waits for {{lock}} on "{{table}}" without one, and ' +
        '{{waits}} behind it. Set it above.',
      concurrently:
        'A lock_timeout may end {{statement}} half-way, which leaves an invalid index, or a partition that is ' +
        'neither ' +
        'attached nor detached, behind. Write SET lock_timeout = 0 before it.',
      write: "Write {{set}} lock_timeout = '{{timeout}}' above it.",
    },
    schema: [
      {
        type: 'object',
        properties: { timeout: { type: 'string', description: 'The time that the fix writes.' } },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ timeout: DEFAULT }],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { script, locks, options } = context.sourceCode;
      const timeouts = settingsOf(script.statements);
      const { timeout = DEFAULT } = (context.options[0] ?? {}) as { timeout?: string };
      for (const statement of script.all())
        if (isHarmedByTimeout(statement) && isSet(timeouts, statement))
          context.report({
            loc: context.sourceCode.headOf(statement),
            messageId: 'concurrently',
            data: { statement: nameOf(statement) },
          });
      const locked = locks.locked.find(
        (one) => stopsWriters(one.lock) && !isSet(timeouts, one.statement) && !refusesTransaction(one.statement),
      );
      if (!locked) return;
      const isLocal = options.runners.length > 0 && options.runners.every(({ transaction }) => transaction !== 'none');
      const set = isLocal ? 'SET LOCAL' : 'SET';
      const later = timeouts.find((one) => one.isTime && one.statement.start > locked.statement.start);
      const isZero = timeouts.some((one) => !one.isTime && one.statement.start < locked.statement.start);
      const data = {
        statement: nameOf(locked.statement),
        lock: aLock(locked.lock),
        table: labelOf(locked.touch.relation),
        waits: whoWaits(locked.lock),
        set,
        timeout,
        later: later ? `line ${script.locate(later.statement.start).line}` : '',
        gentle: gentleForm(locked),
      };
      const edit = timeouts.length === 0 ? setAbove(locked.statement, set, timeout) : undefined;
      const isFix = isLocal && options.runners.every(({ sending }) => sending === 'simple');
      context.report({
        loc: placeOf(context, locked),
        messageId: isZero ? 'zero' : later ? 'late' : 'missing',
        data,
        ...(edit && isFix && { fix: fixWith([edit]) }),
        ...(edit && !isFix && { suggest: [{ messageId: 'write', data, fix: fixWith([edit]) }] }),
      });
    },
  }),
});

interface Timeout {
  statement: Statement;
  /** Whether it ends the waiting at some time; 0 does not. */
  isTime: boolean;
}

/** The statements that set lock_timeout, in the file's order. */
function settingsOf(statements: readonly Statement[]): Timeout[] {
  const found: Timeout[] = [];
  for (const statement of statements) {
    const set = statement.as('VariableSetStmt');
    if (set?.name?.toLowerCase() === 'lock_timeout')
      found.push({ statement, isTime: set.kind === 'VAR_SET_VALUE' && isTime(constantOf(set.args?.[0])?.text) });
    if (statement.type !== 'SelectStmt') continue;
    const call = /\bset_config\s*\(\s*'lock_timeout'\s*,\s*'([^']*)'/i.exec(statement.text);
    if (call) found.push({ statement, isTime: isTime(call[1]) });
  }
  return found;
}

const isTime = (value: string | undefined): boolean => value !== undefined && !/^\s*0+(?:\s*[a-z]+)?\s*$/i.test(value);

/** Whether the last setting before a statement ends its waiting. */
function isSet(timeouts: readonly Timeout[], statement: Statement): boolean {
  const { start } = statement.parent ?? statement;
  return timeouts.filter((one) => one.statement.start < start).at(-1)?.isTime === true;
}

/** CREATE INDEX CONCURRENTLY and its like: what they have begun stays where they give up. */
const isHarmedByTimeout = (statement: Statement): boolean =>
  refusesTransaction(statement) && /\bconcurrently\b/i.test(statement.text);

/** How a message calls a statement: by its first words. */
const nameOf = (statement: Statement): string =>
  statement.head
    .slice(0, 2)
    .map(({ start, end }) => statement.script.text.slice(start, end).toUpperCase())
    .join(' ');

/** What takes a weaker lock, where PostgreSQL has such a form. */
function gentleForm({ statement, unit }: Locked): string {
  const drop = statement.as('DropStmt');
  if (drop?.removeType === 'OBJECT_INDEX' && !drop.concurrent) return '; or write DROP INDEX CONCURRENTLY';
  const { subtype, def } = unit.node as { subtype?: string; def?: Parameters<typeof nodeAs>[0] };
  const isDetached = subtype === 'AT_DetachPartition' && nodeAs(def, 'PartitionCmd')?.concurrent !== true;
  return isDetached ? '; or write DETACH PARTITION … CONCURRENTLY' : '';
}

/** The setting on a line of its own above a statement. */
function setAbove(inner: Statement, set: string, timeout: string) {
  const statement = inner.parent ?? inner;
  const text = `${inCaseOf(statement, `${set} lock_timeout =`)} '${timeout}';${statement.script.eol}`;
  return { start: statement.start, end: statement.start, text };
}
