/** Ways of sending a file that several tools share. */
import type { Runner, ToolName } from './types.ts';

/** The whole text in one simple-query message. */
export const oneMessage = (tool: ToolName, transaction: Runner['transaction']): Runner => ({
  tool,
  sending: 'simple',
  cut: 'whole',
  transaction,
});

/** Every statement in a message of its own. */
export const statementByStatement = (
  tool: ToolName,
  transaction: Runner['transaction'],
  cut: Runner['cut'] = 'statements',
): Runner => ({ tool, sending: 'simple', cut, transaction });
