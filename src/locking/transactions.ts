/** Which statements of a file are in one transaction, as its tool sends it. */
import { batchesOf, isOneTransaction, type Sent } from '../project/sending.ts';
import type { Format } from '../project/format.ts';
import type { Batch, Runner } from '../project/types.ts';
import type { Statement } from '../syntax/script.ts';
import type { Transactions } from './index.ts';

/** How wide the transactions of a tool are: of several ways in which it may send a file, the widest is the worst. */
const widthOf = ({ transaction, sending, cut }: Runner): number =>
  transaction !== 'none' || sending === 'pipeline' ? 2 : cut === 'whole' ? 1 : 0;

/**
 * The transactions of a file. Where nothing tells how it is sent, it may be sent in one.
 * @param statements of the file, without those in DO blocks
 */
export function transactionsOf(
  statements: readonly Statement[],
  sent: Sent,
  format: Format,
  runners: readonly Runner[],
): Transactions {
  const [widest] = [...runners].sort((a, b) => widthOf(b) - widthOf(a));
  const batches = widest && !isOneTransaction(sent.text, format, widest) ? batchesOf(sent, widest) : undefined;
  const numbers = new Map<Statement, number>();
  let number = 0;
  let isOpen = false;
  /** A COMMIT without a BEGIN ends the transaction of the tool: what follows it is sent in none. */
  let isEnded = false;
  let place: number | undefined;
  for (const statement of statements) {
    const next = batches && placeIn(batches, statement.start);
    if ((next !== place || isEnded) && !isOpen) number++;
    place = next;
    numbers.set(statement, number);
    const { kind } = statement.as('TransactionStmt') ?? {};
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') isOpen = true;
    if (kind === 'TRANS_STMT_COMMIT' || kind === 'TRANS_STMT_ROLLBACK') {
      isEnded ||= !isOpen;
      isOpen = false;
      number++;
    }
  }
  return (statement) => numbers.get(statement) ?? numbers.get(statement.parent ?? statement) ?? 0;
}

/** Which stretch of a file is a transaction of its own where it begins none itself. */
function placeIn(batches: readonly Batch[], at: number): number {
  let place = 0;
  for (const { transaction, sending, messages } of batches) {
    const isOne = transaction || sending === 'pipeline';
    for (const { start, end } of messages) {
      if (!isOne) place++;
      if (start <= at && at < end) return place;
    }
    if (isOne) place++;
  }
  return -1;
}
