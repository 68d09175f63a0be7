/** Roles that a statement names, and that a slip away from one that is there. */
import { walk } from '../../catalog/nodes.ts';
import type { World } from '../../history/world.ts';
import { tokenRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { reportUnknown } from './report.ts';
import { similar } from './similar.ts';

/** The roles of every Supabase project. Its environment makes them in a loop, which history cannot read. */
const OF_SUPABASE: readonly string[] = `postgres anon authenticated service_role supabase_admin supabase_auth_admin
  supabase_storage_admin supabase_realtime_admin supabase_functions_admin supabase_read_only_user
  supabase_replication_admin dashboard_user pgbouncer authenticator`.split(/\s+/);

export function checkRoles(checked: Checked): void {
  const { statement, world } = checked;
  let roles: readonly string[] | undefined;
  walk(statement.node, (_, node) => {
    const { rolename: name } = node;
    if (node.roletype !== 'ROLESPEC_CSTRING' || typeof name !== 'string') return true;
    roles ??= rolesOf(world);
    if (roles.includes(name) || world.named({ kind: 'role', name }).length > 0) return false;
    const meant = similar(name, roles);
    if (meant === undefined) return false;
    reportUnknown(checked, {
      ...tokenRange(statement, node.location as number | undefined),
      error: '42704',
      problem: `Role "${name}" does not exist`,
      meant,
    });
    return false;
  });
}

const rolesOf = (world: World): readonly string[] => [
  ...world.ofKind('role').map(({ name }) => name),
  ...(world.has({ kind: 'function', schema: 'auth', name: 'uid', args: [] }) === true ? OF_SUPABASE : []),
];
