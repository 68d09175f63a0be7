/** Who asks: the roles of an API, and what the token of each request says. */
import { constant, nothing, present, type Value } from './value.ts';

/** The roles in which the API of Supabase runs a request: without and with a user. */
export const API_ROLES = ['anon', 'authenticated'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** One kind of caller. */
export interface Caller {
  role: ApiRole;
  /** What is known of the claims of its token. Other claims may be there or not. */
  claims: ReadonlyMap<string, Value>;
}

/** The claims that only the token of a user has. */
const OF_USERS = [
  'sub',
  'email',
  'phone',
  'app_metadata',
  'user_metadata',
  'aal',
  'amr',
  'session_id',
  'is_anonymous',
  'user_role',
];

/** A request without a user: its token is the public key of the project. */
export const ANONYMOUS: Caller = {
  role: 'anon',
  claims: new Map([['role', constant('anon')], ...OF_USERS.map((key): [string, Value] => [key, nothing])]),
};

/** A request of a user who has signed in. */
export const SIGNED_IN: Caller = {
  role: 'authenticated',
  claims: new Map([
    ['role', constant('authenticated')],
    ['sub', present],
  ]),
};

/** Any request: nothing is known of its token. Roles of your own, and the service role, are among them. */
export const ANYONE: Caller = { role: 'authenticated', claims: new Map() };

export const CALLERS: readonly Caller[] = [ANONYMOUS, SIGNED_IN];

/** The callers for whom something is that is for some roles; `public` stands for every role. */
export const callersOf = (roles: readonly string[]): readonly Caller[] =>
  roles.length === 0 || roles.includes('public') ? CALLERS : CALLERS.filter(({ role }) => roles.includes(role));
