import type { Statement } from '../syntax/script.ts';
import type { Leave } from './effects.ts';
import { unitsOf, type Unit } from './units.ts';
import type { NodeTag } from '../syntax/parser.ts';

/** Why a statement cannot stand in a DO block, as its entry in the table says; undefined where it can. */
export function obstacleInDo(statement: Statement): string | undefined {
  const ofText = obstacleInText(statement);
  if (ofText !== undefined) return ofText;
  for (const unit of unitsOf(statement)) {
    const transaction = answer(unit.entry.inTransaction, unit);
    if (transaction !== true) return `${transaction} cannot stand in a DO block`;
    const block = answer(unit.entry.inDoBlock ?? true, unit);
    if (block !== true) return block;
  }
  return undefined;
}

/** Whether a statement cannot run in a transaction block. */
export const refusesTransaction = (statement: Statement): boolean =>
  unitsOf(statement).some((unit) => answer(unit.entry.inTransaction, unit) !== true);

const answer = (leave: Leave<NodeTag>, { node, statement }: Unit): true | string =>
  typeof leave === 'function' ? leave(node as never, statement) : leave;

const CHANGES_ROWS = new Set<NodeTag | undefined>(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** What the words of a statement say, whatever kind it is. */
function obstacleInText(statement: Statement): string | undefined {
  // What reads the body again does not know of the setting.
  if (statement.escapes && statement.text.includes("\\'"))
    return 'its strings have quotes that are escaped with backslashes';
  // PL/pgSQL has a variable of this name in every block, and would not know which is meant.
  const { text } = statement.script;
  return CHANGES_ROWS.has(statement.type) && statement.tokens.some((t) => /^found$/i.test(text.slice(t.start, t.end)))
    ? 'a column called "found" is ambiguous in PL/pgSQL'
    : undefined;
}
