import { nodeAs, strings } from '../catalog/nodes.ts';
import { defineRule } from '../linter/rule.ts';
import { exposedSchema, exposedSchemas, factKey, headOf, placed } from './shared/exposed.ts';
import { policyOf, type Policy } from './shared/policies.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Disallow several permissive policies for the same command and role', presets: { supabase: 'warn', strict: 'warn' } },
    messages: { overlap: 'Policies "{{other}}" and "{{policy}}" on "{{name}}" are both for {{command}} and the same role: PostgreSQL evaluates both for every row, and either is enough. Write one policy that says who may.' },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      /** The policies that stand at the end of the file, by table. */
      const tables = new Map<string, Map<string, Policy>>();
      for (const { statement, schema } of placed(context)) {
        const drop = statement.as('DropStmt');
        if (drop?.removeType === 'OBJECT_POLICY') {
          for (const object of drop.objects ?? []) {
            const parts = strings(nodeAs(object, 'List')?.items);
            tables.get(factKey({ schema: parts.at(-3), name: parts.at(-2) ?? '' }, schema))?.delete(parts.at(-1) ?? '');
          }
        }
        const policy = statement.type === 'CreatePolicyStmt' ? policyOf(statement) : undefined;
        if (!policy?.permissive || statement.placeholders || !schemas.includes(policy.table.schema ?? schema)) continue;
        const key = factKey(policy.table, schema);
        if (!tables.has(key)) tables.set(key, new Map());
        tables.get(key)!.set(policy.name, policy);
      }
      for (const policies of tables.values()) {
        [...policies.values()].forEach((policy, k, list) => {
          const other = list.slice(0, k).find((earlier) => overlap(earlier, policy));
          const command = other?.command === 'all' ? policy.command : other && (policy.command === 'all' ? other.command : policy.command);
          if (other) context.report({ loc: headOf(context, policy.statement), messageId: 'overlap', data: { policy: policy.name, other: other.name, name: policy.table.name, command: command === 'all' ? 'all commands' : command!.toUpperCase() } });
        });
      }
    },
  }),
});

/** Whether two policies apply to one request. The service role does not ask policies. */
function overlap(a: Policy, b: Policy): boolean {
  if (a.command !== 'all' && b.command !== 'all' && a.command !== b.command) return false;
  const roles = (p: Policy) => (p.roles.length === 0 ? ['public'] : p.roles.filter((role) => role !== 'service_role'));
  const [x, y] = [roles(a), roles(b)];
  if (x.length === 0 || y.length === 0) return false;
  return x.includes('public') || y.includes('public') || x.some((role) => y.includes(role));
}
