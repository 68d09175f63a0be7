import { ANYONE, CALLERS, callersOf } from '../access/callers.ts';
import { isFor, policyAt, rowsFor, SIDES, tableAt, type Policy } from '../access/policies.ts';
import { COMMANDS } from '../access/rights.ts';
import { constantOf } from '../catalog/constants.ts';
import type { ObjectThen } from '../history/ending.ts';
import type { Node } from '../syntax/parser.ts';
import { defineRule } from './api/rule.ts';
import { blamed } from './shared/ending.ts';
import { headOf } from './shared/exposed.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow policies that let nobody through',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    messages: {
      never:
        'Policy "{{policy}}" on "{{name}}" lets nobody through: its condition is never true. Write what must hold, ' +
        'or false, if nobody may.',
      unfound:
        'Policy "{{policy}}" on "{{name}}" lets nobody through: it has no USING, and so finds no row to read or ' +
        'change. Write USING with the condition of WITH CHECK.',
      anonymous:
        'Policy "{{policy}}" on "{{name}}" lets nobody through: it is for anon, and its condition is never true for ' +
        'a request without a user. Name the role of those who have signed in: TO authenticated.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement, then } of blamed(context, ['policy'], isImpassable)) {
        context.report({
          loc: headOf(context, statement),
          messageId: messageFor(policyAt(then.world, then.key)!),
          data: { policy: then.ref!.name, name: then.ref!.of?.name ?? '' },
        });
      }
    },
  }),
});

/** PostgreSQL looks for the rows of every command but INSERT by USING. */
const messageFor = ({ roles, using, command }: Policy): 'never' | 'anonymous' | 'unfound' =>
  !using && command !== 'insert' ? 'unfound' : roles.join() === 'anon' ? 'anonymous' : 'never';

/** Roles of which it is known what their requests carry. */
const KNOWN_ROLES: ReadonlySet<string> = new Set(['anon', 'authenticated', 'public']);

/** Whether it is proven that a policy lets none of the roles through that it is for, and does not say so itself. */
function isImpassable({ key, world }: ObjectThen): boolean {
  const policy = policyAt(world, key);
  const table = world.parentAt(key);
  if (!policy?.permissive || table === undefined || isShutOnPurpose(policy)) return false;
  if (!policy.roles.every((role) => KNOWN_ROLES.has(role))) return false;
  const columns = tableAt(world, table);
  // Of all the roles for which `public` stands, two are known.
  const callers = policy.roles.includes('public') ? [...CALLERS, ANYONE] : callersOf(policy.roles);
  return callers.every((caller) =>
    COMMANDS.filter((command) => isFor(policy, command)).every((command) =>
      SIDES[command].some((side) => rowsFor([policy], command, side, caller, columns) === 'none'),
    ),
  );
}

/** `USING (false)` says that nobody may. */
const isShutOnPurpose = ({ using, check }: Policy): boolean => isFalse(using) || isFalse(check);

function isFalse(node: Node | undefined): boolean {
  const constant = node && 'A_Const' in node ? constantOf(node) : undefined;
  return constant?.kind === 'boolean' && constant.text === 'false';
}
