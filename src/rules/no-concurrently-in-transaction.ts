import { obstacleInDo, refusesTransaction } from '../catalog/do-block.ts';
import { tools } from '../project/tools/index.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, type RuleContext } from './api/rule.ts';
import { isDeployed } from './shared/safety.ts';
import { outsideTransaction } from './shared/sent.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow statements in a transaction that PostgreSQL refuses there',
      presets: { safety: 'warn', strict: 'warn' },
    },
    messages: {
      explicit:
        '{{statement}} fails in the transaction that {{begin}} begins (25001). Put it behind COMMIT, or into a ' +
        'migration of its own.',
      block: '{{statement}} fails in a DO block, in a transaction or not (25001). Write it as a statement of its own.',
      tool:
        '{{tool}} runs the file in a transaction, in which {{statement}} fails (25001). It must run without one: ' +
        '{{alone}}.',
      together:
        '{{tool}} sends the file as one message, in which {{statement}} fails beside another statement (25001). ' +
        'Leave ' +
        'it alone in its file.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { script } = context.sourceCode;
      let begin: Statement | undefined;
      let isEnded = false;
      for (const statement of script.all()) {
        if (statement.direction === 'down') continue;
        const { kind } = statement.as('TransactionStmt') ?? {};
        if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') begin = statement;
        if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK') {
          // Without a BEGIN before it, it ends the transaction of the tool.
          isEnded ||= begin === undefined;
          begin = undefined;
        }
        if (!refusesTransaction(statement) || (isEnded && !begin && !statement.parent)) continue;
        const found = why(statement, begin, context);
        if (!found) continue;
        context.report({
          loc: context.sourceCode.headOf(statement),
          messageId: found.messageId,
          data: { ...found.data, statement: refused(statement), alone: outsideTransaction(context) },
        });
      }
    },
  }),
});

/** How PostgreSQL calls what it refuses. */
const refused = (statement: Statement): string =>
  obstacleInDo(statement)?.replace(/ cannot stand in a DO block$/, '') ?? 'the statement';

function why(
  statement: Statement,
  begin: Statement | undefined,
  { sourceCode: { options, script } }: RuleContext,
): { messageId: string; data: Record<string, string> } | undefined {
  if (statement.parent?.type === 'DoStmt') return { messageId: 'block', data: {} };
  if (begin) return { messageId: 'explicit', data: { begin: `line ${script.locate(begin.start).line}` } };
  const together = script.statements.filter(({ direction }) => direction === statement.direction);
  for (const runner of options.runners) {
    const data = { tool: tools[runner.tool].title };
    const isIsolated = runner.isolates?.some((head) => new RegExp(`^\\s*(?:${head})`, 'i').test(statement.text));
    const isLeftOut = runner.refusesMixture && together.every(refusesTransaction);
    if (isIsolated || isLeftOut) continue;
    if (runner.transaction !== 'none') return { messageId: 'tool', data };
    const isMessage = runner.cut === 'whole' && together.length > 1;
    const isPipeline = runner.sending === 'pipeline' && together[0] !== statement;
    if (isMessage || isPipeline) return { messageId: 'together', data };
  }
  return undefined;
}
