import type { Statement } from '../syntax/script.ts';
import { nodeAs } from './nodes.ts';

/** Why a statement cannot stand in a DO block; undefined where it can. */
export function obstacleInDo(statement: Statement): string | undefined {
  const text = () => statement.text.trim().split(/\s+/).slice(0, 3).join(' ').toUpperCase();
  // What reads the body again does not know of the setting.
  if (statement.escapes && statement.text.includes("\\'"))
    return 'its strings have quotes that are escaped with backslashes';
  switch (statement.type) {
    case 'IndexStmt':
      return statement.as('IndexStmt')?.concurrent ? 'CREATE INDEX CONCURRENTLY cannot stand in a DO block' : undefined;
    case 'DropStmt':
      return statement.as('DropStmt')?.concurrent ? 'DROP INDEX CONCURRENTLY cannot stand in a DO block' : undefined;
    case 'TransactionStmt':
    case 'VacuumStmt':
    case 'CreatedbStmt':
    case 'DropdbStmt':
    case 'CreateTableSpaceStmt':
    case 'DropTableSpaceStmt':
    case 'AlterSystemStmt':
    case 'CreateSubscriptionStmt':
    case 'DropSubscriptionStmt':
      return `${text()} cannot stand in a DO block`;
    case 'CopyStmt':
      return statement.as('CopyStmt')?.filename === undefined
        ? 'COPY FROM stdin cannot stand in a DO block'
        : undefined;
    case 'SelectStmt':
      // INTO would name a variable.
      if (statement.as('SelectStmt')?.intoClause)
        return 'SELECT INTO makes no table in PL/pgSQL; write CREATE TABLE … AS';
      return statement.embedded || /^select\b/i.test(statement.text)
        ? undefined
        : 'a SELECT that begins with WITH or VALUES cannot become PERFORM';
    case 'AlterTableStmt':
      return statement
        .as('AlterTableStmt')
        ?.cmds?.some((c) => nodeAs(nodeAs(c, 'AlterTableCmd')?.def, 'PartitionCmd')?.concurrent)
        ? 'DETACH PARTITION CONCURRENTLY cannot stand in a DO block'
        : undefined;
    default:
      // PL/pgSQL has a variable of this name in every block, and would not know which is meant.
      return ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(statement.type ?? '') &&
        statement.tokens.some((t) => /^found$/i.test(statement.script.text.slice(t.start, t.end)))
        ? 'a column called "found" is ambiguous in PL/pgSQL'
        : undefined;
  }
}
