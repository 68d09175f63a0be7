import { nameOfRange } from '../catalog/nodes.ts';
import { isPartitioned } from '../catalog/locks/relations.ts';
import type { Edit } from '../fixers/edits.ts';
import { findInStatement, inCaseOf } from '../fixers/style.ts';
import type { Cost } from '../locking/index.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, fixWith, type RuleContext } from './api/rule.ts';
import { aLock, costsFor, placeOf, whoWaits } from './shared/safety.ts';
import { isSentAlone, outsideTransaction } from './shared/sent.ts';

const ALONE = 'It cannot run in a transaction: {{alone}}.';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow building an index, or filling a materialized view, under a lock for which others wait',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    fixable: 'code',
    hasSuggestions: true,
    messages: {
      index:
        `CREATE INDEX reads all of {{tables}} under {{aLock}}: {{waits}} until the index is built. Write ` +
        `CREATE INDEX CONCURRENTLY. ${ALONE}`,
      partitioned:
        'CREATE INDEX on the partitioned table "{{parent}}" reads all of {{tables}} under the lock {{lock}}, in one ' +
        'transaction: {{waits}} until all of it is built. Create it ON ONLY "{{parent}}", then an index on each ' +
        'partition with CONCURRENTLY, and attach these with ALTER INDEX … ATTACH PARTITION.',
      reindex:
        `REINDEX builds every index anew under {{aLock}} on {{tables}}, and no query can use an index ` +
        `meanwhile: reads and writes wait. Write REINDEX (CONCURRENTLY). ${ALONE}`,
      refresh:
        'REFRESH MATERIALIZED VIEW fills {{tables}} under {{aLock}}: whoever reads it waits as long as its ' +
        'query takes. Write REFRESH MATERIALIZED VIEW CONCURRENTLY{{key}}.',
      partition:
        'ATTACH PARTITION builds the index "{{subject}}" on {{tables}}, which has none like it, under {{aLock}}: ' +
        '{{waits}} meanwhile. Create the index on {{tables}} with CONCURRENTLY in an earlier migration.',
      concurrently: 'Write CONCURRENTLY; {{alone}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { cost, cause, tables } of costsFor('no-blocking-index', context)) {
        const { statement, touch } = cost;
        const parent = partitionedBy(context, statement);
        const alone = outsideTransaction(context);
        const messageId =
          cause === 'index'
            ? parent === undefined
              ? 'index'
              : 'partitioned'
            : cause === 'index of partition'
              ? 'partition'
              : (cause as 'reindex' | 'refresh');
        const data = {
          tables,
          lock: cost.lock,
          aLock: aLock(cost.lock),
          waits: whoWaits(cost.lock),
          alone,
          parent: parent ?? '',
          subject: touch.subject ?? '',
          key: uniqueIndex(context, cost) ? '' : ', which needs a unique index on its columns first',
        };
        const edits = messageId === 'index' ? withConcurrently(statement) : undefined;
        const fix = edits && fixWith(edits);
        const isFix = fix !== undefined && isSentAlone(context, statement) && !statement.as('IndexStmt')?.if_not_exists;
        context.report({
          loc: placeOf(context, cost),
          messageId,
          data,
          ...(isFix && { fix }),
          ...(fix && !isFix && { suggest: [{ messageId: 'concurrently', data: { alone }, fix }] }),
        });
      }
    },
  }),
});

/** The partitioned table that an index is created on, as it is written. */
function partitionedBy({ sourceCode: { world } }: RuleContext, statement: Statement): string | undefined {
  const relation = statement.as('IndexStmt')?.relation;
  const table = relation && world.get({ kind: 'table', ...nameOfRange(relation) })?.ref;
  return table && isPartitioned(table) ? table.name : undefined;
}

/** Whether a materialized view has the unique index that CONCURRENTLY asks for. */
function uniqueIndex({ sourceCode: { world } }: RuleContext, { touch: { relation } }: Cost): boolean {
  return world
    .parts({ kind: 'table', schema: relation.schema, name: relation.name })
    .some(({ kind, detail }) => kind === 'index' && detail?.unique === true && !detail.partial && !detail.reads);
}

/** The edit that makes a build CONCURRENTLY, where the statement stands for itself. */
function withConcurrently(statement: Statement): Edit[] | undefined {
  if (statement.embedded || statement.placeholders || !statement.as('IndexStmt')) return undefined;
  const index = findInStatement(statement, 'INDEX')?.at(-1);
  return index && [{ start: index.end, end: index.end, text: ` ${inCaseOf(statement, 'CONCURRENTLY')}` }];
}
