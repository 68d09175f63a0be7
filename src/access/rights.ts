/** The privileges that roles have after GRANT and REVOKE. */
import type { Privilege } from '../catalog/effects.ts';
import type { Settings, World } from '../history/world.ts';
import { API_ROLES, type ApiRole } from './callers.ts';

export type { Privilege };

/** The privileges on a relation, in the order in which people name them. */
export const COMMANDS = ['select', 'insert', 'update', 'delete'] as const;
export type Command = (typeof COMMANDS)[number];

/** `columns`: on some columns only. `unknown`: nothing is known of what the role had to begin with. */
export type Right = 'yes' | 'columns' | 'no' | 'unknown';

/** Whether a role has a privilege, of its own or as everyone has it. */
export function rightOf(settings: Settings, privilege: Privilege, role: string): Right {
  const own = settings[`${privilege} for ${role}`];
  // PostgreSQL itself lets everyone call a new function, and do nothing else.
  const everyone = settings[`${privilege} for public`] ?? (privilege === 'execute' ? true : undefined);
  if (own === true || everyone === true) return 'yes';
  const hasColumns = [role, 'public'].some((name) => settings[`${privilege} of columns for ${name}`] === true);
  if (hasColumns) return 'columns';
  return own === false || everyone === false ? 'no' : 'unknown';
}

/** Whether a role may find anything in a schema. What it has to begin with is known where it was revoked. */
export function findsSchema(world: World, schema: string | undefined, role: string): boolean {
  const settings = world.settings({ kind: 'schema', name: schema ?? '' });
  // Everyone may use the schema public, until that is revoked from PUBLIC (`initdb`).
  const everyone = settings['usage for public'] ?? schema === 'public';
  return settings[`usage for ${role}`] !== false || everyone === true;
}

/** The roles of the API that may have one of some privileges. */
export const rolesWith = (settings: Settings, privileges: readonly Privilege[]): readonly ApiRole[] =>
  API_ROLES.filter((role) => privileges.some((privilege) => rightOf(settings, privilege, role) !== 'no'));
