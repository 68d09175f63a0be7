import { callersOf } from '../access/callers.ts';
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
      anonymous:
        'Policy "{{policy}}" on "{{name}}" lets nobody through: it is for anon, and its condition is never true for ' +
        'a request without a user. Name the role of those who have signed in: TO authenticated.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement, then } of blamed(context, ['policy'], isImpassable)) {
        const policy = policyAt(then.world, then.key);
        context.report({
          loc: headOf(context, statement),
          messageId: policy?.roles.join() === 'anon' ? 'anonymous' : 'never',
          data: { policy: then.ref!.name, name: then.ref!.of?.name ?? '' },
        });
      }
    },
  }),
});

/** Roles of which it is known what their requests carry. */
const KNOWN_ROLES: ReadonlySet<string> = new Set(['anon', 'authenticated', 'public']);

/** Whether it is proven that a policy lets none of the roles through that it is for, and does not say so itself. */
function isImpassable({ key, world }: ObjectThen): boolean {
  const policy = policyAt(world, key);
  const table = world.parentAt(key);
  if (!policy?.permissive || table === undefined || isShutOnPurpose(policy)) return false;
  if (!policy.roles.every((role) => KNOWN_ROLES.has(role))) return false;
  const columns = tableAt(world, table);
  return callersOf(policy.roles).every((caller) =>
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
