/** The roles that statements name. */
import { flatMap } from '../lists.ts';
import type { NodeOf, NodeTag } from '../syntax/parser.ts';

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

/** The names of roles, each once. CURRENT_USER and PUBLIC are no names: they are always there. */
export const namesOfRoles = (roles: readonly NodeOf<'RoleSpec'>[]): string[] => [
  ...new Set(flatMap(roles, ({ roletype, rolename }) => (roletype === 'ROLESPEC_CSTRING' && rolename ? rolename : []))),
];
