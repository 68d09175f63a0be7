/** How the tool sends a statement: alone or with others, in a transaction or not. */
import { tools } from '../../project/tools/index.ts';
import type { Statement } from '../../syntax/script.ts';
import type { RuleContext } from '../api/rule.ts';

/**
 * Whether every way in which the tool may send the file runs a statement outside of any transaction: then CONCURRENTLY
 * may be written into it as it stands.
 */
export function isSentAlone({ sourceCode: { options, script } }: RuleContext, statement: Statement): boolean {
  const { runners } = options;
  const together = script.statements.filter(({ direction }) => direction === statement.direction);
  const opensTransaction = together.some(({ type }) => type === 'TransactionStmt');
  return (
    runners.length > 0 &&
    !opensTransaction &&
    runners.every(
      ({ transaction, sending, cut }) =>
        transaction === 'none' && sending === 'simple' && (cut === 'statements' || together.length === 1),
    )
  );
}

/** What to do so that a statement runs outside of a transaction, for the end of a sentence. */
export function outsideTransaction({ sourceCode: { script, options } }: RuleContext): string {
  const [runner] = options.runners;
  const tool = script.tool ?? (runner && options.runners.length === 1 ? tools[runner.tool] : undefined);
  const own = 'put it into a migration of its own';
  if (!tool?.transactionOff) return `${own}, which the tool runs without one`;
  return `${own} (${tool.title}: ${tool.transactionOff})`;
}
