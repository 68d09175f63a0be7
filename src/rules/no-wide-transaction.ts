import { stopsReaders, stopsWriters } from '../catalog/locks/types.ts';
import type { Locked, Locking } from '../locking/index.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, type Report, type RuleContext } from './api/rule.ts';
import { isDeployed, labelOf, lineOf, placeOf, whoWaits } from './shared/safety.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow transactions that hold locks on several tables, or while they change many rows',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    messages: {
      tables:
        'The transaction holds the lock {{lock}} on "{{first}}" since {{line}}, and takes it on "{{second}}" here: ' +
        '{{waits}} for both until it ends, and two transactions that take them in another order end in a deadlock ' +
        '(40P01). Change one table a migration.',
      work:
        'The transaction holds the lock {{lock}} on "{{first}}" since {{line}}, and works through all rows of ' +
        '"{{second}}" here: {{waits}} for "{{first}}" until that is done. Put the two into migrations of their own.',
      rows:
        'The transaction holds the lock {{lock}} on "{{first}}" since {{line}}, and changes rows here: {{waits}} for ' +
        '"{{first}}" until that is done. Change the rows in a migration of its own, in batches.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { locks, script } = context.sourceCode;
      // One finding of each kind is enough to split a transaction.
      const said = new Set<string>();
      const report = (transaction: number, messageId: string, found: Omit<Report, 'messageId'>) => {
        const id = `${transaction} ${messageId}`;
        if (!said.has(id)) context.report({ messageId, ...found });
        said.add(id);
      };
      for (const [k, locked] of locks.locked.entries()) {
        const holder = firstHolder(locks, locked, k);
        if (!holder) continue;
        const transaction = locks.transaction(locked.statement);
        const found = { loc: placeOf(context, locked), data: dataOf(holder, locked, context) };
        if (locked.touch.work && stopsWriters(locked.lock) && locked.touch.cause !== 'truncate')
          report(transaction, 'work', found);
        else if (stopsReaders(locked.lock) && isNamed(locked)) report(transaction, 'tables', found);
      }
      for (const statement of script.all()) {
        const holder = changesRows(statement) ? lastHolder(locks, statement) : undefined;
        if (holder)
          report(locks.transaction(statement), 'rows', {
            loc: context.sourceCode.headOf(statement),
            data: dataOf(holder, holder, context),
          });
      }
    },
  }),
});

function dataOf(holder: Locked, locked: Locked, context: RuleContext): Record<string, string> {
  return {
    lock: holder.lock,
    first: labelOf(holder.touch.relation),
    second: labelOf(locked.touch.relation),
    line: lineOf(context, holder.statement),
    waits: whoWaits(holder.lock),
  };
}

/** The first full lock on another relation that an earlier statement of the transaction has taken. */
function firstHolder(locks: Locking, { key, statement }: Locked, before: number): Locked | undefined {
  return locks.locked
    .slice(0, before)
    .find(
      (other) =>
        stopsReaders(other.lock) &&
        isNamed(other) &&
        other.key !== key &&
        other.statement !== statement &&
        locks.transaction(other.statement) === locks.transaction(statement),
    );
}

/** Whether the statement names the relation: it is a table that is altered, and no partition or neighbour of one. */
const isNamed = ({ touch, statement }: Locked): boolean => {
  const relation = statement.as('AlterTableStmt')?.relation;
  return touch.relation.kind === 'table' && (relation === undefined || relation.relname === touch.relation.name);
};

/** What changes many rows: an UPDATE or DELETE, or an INSERT of what a query finds. */
function changesRows(statement: Statement): boolean {
  if (statement.direction === 'down') return false;
  const insert = statement.as('InsertStmt');
  const select = (insert?.selectStmt as { SelectStmt?: { fromClause?: unknown } } | undefined)?.SelectStmt;
  return statement.type === 'UpdateStmt' || statement.type === 'DeleteStmt' || select?.fromClause !== undefined;
}

/** The full lock that an earlier statement of its transaction has taken. */
const lastHolder = (locks: Locking, statement: Statement): Locked | undefined =>
  locks.locked.findLast(
    (other) =>
      stopsReaders(other.lock) &&
      other.statement.start < statement.start &&
      locks.transaction(other.statement) === locks.transaction(statement),
  );
