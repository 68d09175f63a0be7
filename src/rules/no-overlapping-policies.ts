import { nodeAs, strings } from '../catalog/nodes.ts';
import type { Name } from '../catalog/objects.ts';
import { defineRule } from './api/rule.ts';
import type { Statement } from '../syntax/script.ts';
import { exposedSchema, exposedSchemas, headOf, statementsWithSchema, relationKey } from './shared/exposed.ts';
import { policyOf } from './shared/policies.ts';
import { flatMap } from '../lists.ts';

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
      const { world } = context.sourceCode;
      /** The policies that stand at the end of the file, by table: first those of earlier migrations. */
      const tables = new Map<string, Map<string, Standing>>();
      const of = (table: Name, schema: string): Map<string, Standing> => {
        const key = relationKey(table, schema);
        const known = tables.get(key);
        if (known) return known;
        const earlier = flatMap(world.parts({ kind: 'table', ...table }), ({ name, detail }): [string, Standing][] =>
          detail?.policy?.permissive ? [[name, { name, ...detail.policy, statement: undefined }]] : [],
        );
        const standing = new Map(earlier);
        tables.set(key, standing);
        return standing;
      };
      for (const { statement, schema } of statementsWithSchema(context)) {
        const drop = statement.as('DropStmt');
        if (drop?.removeType === 'OBJECT_POLICY') {
          for (const object of drop.objects ?? []) {
            const parts = strings(nodeAs(object, 'List')?.items);
            of({ schema: parts.at(-3), name: parts.at(-2) ?? '' }, schema).delete(parts.at(-1) ?? '');
          }
        }
        const policy = statement.type === 'CreatePolicyStmt' ? policyOf(statement) : undefined;
        if (!policy?.permissive || statement.placeholders || !schemas.includes(policy.table.schema ?? schema)) continue;
        const standing = of(policy.table, schema);
        // If a policy of that name exists, the statement fails, or a DROP comes first.
        standing.delete(policy.name);
        standing.set(policy.name, {
          name: policy.name,
          command: policy.command ?? 'all',
          roles: policy.roles,
          statement,
        });
      }
      for (const policies of tables.values()) {
        [...policies.values()].forEach((policy, k, list) => {
          if (!policy.statement) return;
          const other = list.slice(0, k).find((earlier) => overlap(earlier, policy));
          const command =
            other?.command === 'all'
              ? policy.command
              : other && (policy.command === 'all' ? other.command : policy.command);
          const table = policyOf(policy.statement)!.table;
          if (other)
            context.report({
              loc: headOf(context, policy.statement),
              messageId: 'overlap',
              data: {
                policy: policy.name,
                other: other.name,
                name: table.name,
                command: command === 'all' ? 'all commands' : command!.toUpperCase(),
              },
            });
        });
      }
    },
  }),
});

/** A permissive policy; without its statement where an earlier migration has made it. */
interface Standing {
  name: string;
  command: string;
  roles: readonly string[];
  statement: Statement | undefined;
}

/** Whether two policies apply to one request. The service role does not ask policies. */
function overlap(a: Standing, b: Standing): boolean {
  if (a.command !== 'all' && b.command !== 'all' && a.command !== b.command) return false;
  const roles = (p: Standing) =>
    p.roles.length === 0 ? ['public'] : p.roles.filter((role) => role !== 'service_role');
  const [x, y] = [roles(a), roles(b)];
  if (x.length === 0 || y.length === 0) return false;
  return x.includes('public') || y.includes('public') || x.some((role) => y.includes(role));
}
