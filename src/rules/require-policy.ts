import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { defineRule } from '../linter/rule.ts';
import { exposedSchema, exposedSchemas, factKey, headOf, labelOf, placed } from './shared/exposed.ts';
import { isDropped, lazy, said } from './shared/facts.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Require a policy for every table whose row level security is enabled', presets: { supabase: 'warn', strict: 'warn' } },
    messages: {
      missing: 'Row level security is enabled on "{{label}}", and no migration creates a policy for it: the API reads and writes nothing. Create a policy for those who may, or say in a comment that only the service role uses it.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const facts = lazy(() => said(context));
      for (const { statement, schema } of placed(context)) {
        const alter = statement.as('AlterTableStmt');
        if (!alter?.cmds?.some((c) => nodeAs(c, 'AlterTableCmd')?.subtype === 'AT_EnableRowSecurity')) continue;
        const name = nameOfRange(alter.relation);
        const key = factKey(name, schema);
        if (!schemas.includes(name.schema ?? schema)) continue;
        const names = facts().names(key);
        if (facts().anywhere((f) => names.some((n) => f.policies.has(n)) || f.policiesAll) || isDropped(facts(), key)) continue;
        context.report({ loc: headOf(context, statement), messageId: 'missing', data: { label: labelOf(name) } });
      }
    },
  }),
});
