import { parseStatement } from '../syntax/parse.ts';
import type { Step } from './types.ts';

/** Statements that reach beyond the database they run in. */
const BEYOND: Record<string, string> = {
  AlterSystemStmt: 'ALTER SYSTEM would change the whole server',
  CreatedbStmt: 'CREATE DATABASE would leave a database on the server',
  DropdbStmt: 'DROP DATABASE would drop a database of the server',
  AlterDatabaseStmt: 'ALTER DATABASE names a database of the server',
  AlterDatabaseSetStmt: 'ALTER DATABASE names a database of the server',
  AlterDatabaseRefreshCollStmt: 'ALTER DATABASE names a database of the server',
  CreateTableSpaceStmt: 'CREATE TABLESPACE would use a directory of the server',
  DropTableSpaceStmt: 'DROP TABLESPACE would change the whole server',
  AlterTableSpaceOptionsStmt: 'ALTER TABLESPACE would change the whole server',
  CreateSubscriptionStmt: 'CREATE SUBSCRIPTION would connect to another server',
};

/** The same where it stands in the body of a function or a DO block, whose text is not parsed here. */
const BEYOND_IN_BODY = /\b(alter\s+system|(create|drop)\s+(database|tablespace)|copy\b[^;]*\b(to|from)\s+program)\b/i;
const ROLE_IN_BODY = /\b(?:alter|drop)\s+(?:role|user|group)\s+(?:if\s+exists\s+)?"?(\w+)/gi;

/**
 * Why these steps must not run on a server that others use: they would change more than the database they run in.
 * Roles that were not there before may be changed, for they are removed afterwards.
 */
export function reachesOutside(
  steps: readonly Step[],
  rolesBefore: ReadonlySet<string>,
): { reason: string; offset: number } | undefined {
  for (const { sql, offset } of steps) {
    const reason = why(sql, rolesBefore);
    if (reason) return { reason, offset };
  }
  return undefined;
}

function why(sql: string, rolesBefore: ReadonlySet<string>): string | undefined {
  const parsed = parseStatement(sql);
  // PostgreSQL refuses what does not parse.
  if (!parsed.ok) return undefined;
  if (BEYOND[parsed.type]) return BEYOND[parsed.type];
  const node = JSON.stringify(parsed.node);
  const role = (names: string[]) => {
    const known = names.find((name) => rolesBefore.has(name));
    return known === undefined ? undefined : `it would change the role ${known}, which the server had before`;
  };
  switch (parsed.type) {
    case 'AlterRoleStmt':
    case 'AlterRoleSetStmt':
    case 'DropRoleStmt':
      return role(roleNames(node));
    // Membership is the member's: a role of ours may become a member of one that was there before.
    case 'GrantRoleStmt':
      return role(roleNames(JSON.stringify((parsed.node as { grantee_roles?: unknown }).grantee_roles ?? [])));
    case 'RenameStmt': {
      const { renameType, subname } = parsed.node as { renameType?: string; subname?: string };
      if (renameType === 'OBJECT_DATABASE') return BEYOND.AlterDatabaseStmt;
      return renameType === 'OBJECT_ROLE' ? role([subname ?? '']) : undefined;
    }
    case 'GrantStmt':
      return node.includes('"OBJECT_DATABASE"') ? 'it changes rights on a database of the server' : undefined;
    case 'CopyStmt': {
      const { is_program: program, filename } = parsed.node as { is_program?: boolean; filename?: string };
      if (program) return 'COPY … PROGRAM would start a program on the server';
      return filename === undefined ? undefined : 'COPY would touch a file of the server';
    }
    case 'DoStmt':
    case 'CreateFunctionStmt':
      return BEYOND_IN_BODY.test(sql)
        ? 'its body reaches beyond the database'
        : role([...sql.matchAll(ROLE_IN_BODY)].map((match) => match[1]!.toLowerCase()));
    default:
      return undefined;
  }
}

/** The roles that a node names; `CURRENT_USER` and its like are the one that runs the migration. */
function roleNames(node: string): string[] {
  return [...node.matchAll(/"rolename":"((?:[^"\\]|\\.)*)"/g)].map((match) => JSON.parse(`"${match[1]}"`) as string);
}
