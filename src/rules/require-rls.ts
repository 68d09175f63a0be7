import { nameOfRange } from '../catalog/nodes.ts';
import { defineRule, fixWith } from './api/rule.ts';
import {
  exposedSchema,
  exposedSchemas,
  factKey,
  headOf,
  isWritable,
  labelOf,
  placed,
  statementsAfter,
  written,
} from './shared/exposed.ts';
import { isDropped, isSecured, lazy, said } from './shared/facts.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Require row level security on every table in a schema that the API exposes',
      presets: { supabase: 'error', strict: 'error' },
    },
    hasSuggestions: true,
    messages: {
      missing:
        'Table "{{label}}" is created in the exposed schema "{{schema}}" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY, and policies for those who may.',
      enable: 'Enable row level security on "{{label}}" (without a policy, the API can then do nothing with it).',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const facts = lazy(() => said(context));
      for (const { statement, schema } of placed(context)) {
        const relation = statement.as('CreateStmt')?.relation ?? statement.as('CreateTableAsStmt')?.into?.rel;
        if (
          !relation ||
          relation.relpersistence === 't' ||
          statement.as('CreateTableAsStmt')?.objtype === 'OBJECT_MATVIEW'
        )
          continue;
        const name = nameOfRange(relation);
        const key = factKey(name, schema);
        if (!schemas.includes(name.schema ?? schema)) continue;
        // What is dropped again is a step on the way; what is revoked from the API's roles is out of its reach.
        if (isSecured(facts(), key) || isDropped(facts(), key) || facts().here.revoked.has(key)) continue;
        const table = written(name);
        context.report({
          loc: headOf(context, statement),
          messageId: 'missing',
          data: { name: table, label: labelOf(name), schema: name.schema ?? schema },
          // Not a fix: it changes who can read the table, which the author must decide.
          ...(isWritable(statement) && {
            suggest: [
              {
                messageId: 'enable',
                data: { label: labelOf(name) },
                fix: fixWith([statementsAfter(statement, [`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`])]),
              },
            ],
          }),
        });
      }
    },
  }),
});
