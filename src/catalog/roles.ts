/** The roles that statements name. */
import type { NodeTag } from '../syntax/parser.ts';
import { walk } from './nodes.ts';

/** Statements that make objects, privileges or policies of the roles which they name. */
export const GIVES_TO_ROLES: ReadonlySet<string> = new Set<NodeTag>([
  'AlterDefaultPrivilegesStmt',
  'AlterOwnerStmt',
  'AlterPolicyStmt',
  'AlterTableStmt',
  'CreatePolicyStmt',
  'CreateSchemaStmt',
  'GrantStmt',
]);

/** The names of the roles in a tree, each once. CURRENT_USER and PUBLIC are no names: they are always there. */
export function rolesIn(tree: unknown): string[] {
  const names = new Set<string>();
  walk([tree], (_, node) => {
    if (node.roletype === 'ROLESPEC_CSTRING' && typeof node.rolename === 'string') names.add(node.rolename);
  });
  return [...names];
}
