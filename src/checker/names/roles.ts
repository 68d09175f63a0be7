/** Roles that a statement names, and that a slip away from one that is there. */
import { lookup } from '../../lookup.ts';
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
  for (const { roletype, rolename: name, location } of statement.mentions.roles) {
    if (roletype !== 'ROLESPEC_CSTRING' || name === undefined) continue;
    if (world.named({ kind: 'role', name }).length > 0) continue;
    roles ??= rolesOf(world);
    const meant = roles.includes(name) ? undefined : (meantBy(name, roles) ?? similar(name, roles));
    if (meant === undefined) continue;
    reportUnknown(checked, {
      ...tokenRange(statement, location),
      error: '42704',
      problem: `Role "${name}" does not exist`,
      meant,
    });
  }
}

/** What people call the roles of Supabase. */
const CALLED = lookup<string>({
  anonymous: 'anon',
  anon_user: 'anon',
  anon_role: 'anon',
  authenticated_user: 'authenticated',
  authenticated_users: 'authenticated',
  auth_user: 'authenticated',
  auth_users: 'authenticated',
  logged_in: 'authenticated',
  service: 'service_role',
  service_account: 'service_role',
  servicerole: 'service_role',
});

const meantBy = (name: string, roles: readonly string[]): string | undefined => {
  const meant = CALLED[name];
  return meant !== undefined && roles.includes(meant) ? meant : undefined;
};

const rolesOf = (world: World): readonly string[] => [
  ...world.ofKind('role').map(({ name }) => name),
  ...(world.has({ kind: 'function', schema: 'auth', name: 'uid', args: [] }) === true ? OF_SUPABASE : []),
];
