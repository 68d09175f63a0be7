import { policiesAt, policyAt, type Policy } from '../access/policies.ts';
import { defineRule } from './api/rule.ts';
import { exposedSchema, exposedSchemas, headOf } from './shared/exposed.ts';
import { policiesOf, policyOf } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow several permissive policies for the same command and role',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    messages: {
      overlap:
        'Policies "{{other}}" and "{{policy}}" on "{{name}}" are both for {{command}} and the same role: ' +
        'PostgreSQL evaluates both for every row, and either is enough. Write one policy that says who may.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const { ending } = context.sourceCode;
      const statements = policiesOf(context);
      const order = new Map(statements.map(({ then }, k) => [then.key, k]));
      const reported = new Set<string>();
      for (const { statement, then } of statements) {
        const { key, world, schema } = then;
        const table = world.parentAt(key);
        const policy = policyAt(world, key);
        if (!policy || table === undefined || statement.placeholders || !schemas.includes(schema ?? '')) continue;
        if (!policy.permissive || reported.has(key)) continue;
        // Those of later migrations are reported there, and of two in this file the second one is.
        const isBefore = (other: Policy) =>
          ending.atFileEnd(other.key) !== undefined && (order.get(other.key) ?? -1) < order.get(key)!;
        const other = policiesAt(world, table).find((one) => isBefore(one) && overlap(one, policy));
        if (!other) continue;
        reported.add(key);
        const command = other.command === 'all' ? policy.command : other.command;
        context.report({
          loc: headOf(context, statement),
          messageId: 'overlap',
          data: {
            policy: policy.name,
            other: other.name,
            name: policyOf(statement)!.table.name,
            command: command === 'all' ? 'all commands' : command.toUpperCase(),
          },
        });
      }
    },
  }),
});

/**
 * Roles of servers. The service role does not ask policies, and the others have policies of their own beside those for
 * everyone, as the hooks of Supabase Auth need them.
 */
const isServer = (role: string): boolean =>
  /^(service_role|postgres|authenticator|dashboard_user|supabase_.*)$/.test(role);

/** Whether two policies apply to one request of a client. */
function overlap(a: Policy, b: Policy): boolean {
  if (!a.permissive || !b.permissive) return false;
  if (a.command !== 'all' && b.command !== 'all' && a.command !== b.command) return false;
  const [x, y] = [a, b].map(({ roles }) => roles.filter((role) => !isServer(role)));
  if (x!.length === 0 || y!.length === 0) return false;
  return x!.includes('public') || y!.includes('public') || x!.some((role) => y!.includes(role));
}
