import type { ObjectThen } from '../history/ending.ts';
import { nameOfRange } from '../catalog/nodes.ts';
import { defineRule, fixWith } from './api/rule.ts';
import {
  exposedSchema,
  exposedSchemas,
  headOf,
  isWritable,
  labelOf,
  statementsWithSchema,
  statementsAfter,
  sqlName,
} from './shared/exposed.ts';
import { isRevoked, isSecured, tableRef } from './shared/ending.ts';

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
        'Table "{{label}}" is created in the exposed schema "{{schema}}" without row level security: everyone ' +
        'with the anon key can read and write it. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY, and ' +
        'policies for those who may.',
      undone:
        'Table "{{label}}" in the exposed schema "{{schema}}" is secured here, but a later migration disables row ' +
        'level security or grants the access again: everyone with the anon key can read and write it. Enable row ' +
        'level security in a new migration.',
      enable: 'Enable row level security on "{{label}}" (without a policy, the API can then do nothing with it).',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      for (const { statement, schema } of statementsWithSchema(context)) {
        const relation = statement.as('CreateStmt')?.relation ?? statement.as('CreateTableAsStmt')?.into?.rel;
        if (
          !relation ||
          relation.relpersistence === 't' ||
          statement.as('CreateTableAsStmt')?.objtype === 'OBJECT_MATVIEW'
        )
          continue;
        const name = nameOfRange(relation);
        if (!schemas.includes(name.schema ?? schema)) continue;
        // The API cannot reach a table whose rights are revoked from its roles.
        const { ending } = context.sourceCode;
        const ref = tableRef(name, schema);
        const isSafe = (then: ObjectThen) => isSecured(then) || isRevoked(then);
        if (ending.holdsAtEnd(statement, ref, isSafe)) continue;
        const isUndone = ending.holdsAtFileEnd(statement, ref, isSafe);
        const table = sqlName(name);
        context.report({
          loc: headOf(context, statement),
          messageId: isUndone ? 'undone' : 'missing',
          data: { name: table, label: labelOf(name), schema: name.schema ?? schema },
          // Not a fix: it changes who can read the table, which the author must decide.
          ...(!isUndone &&
            isWritable(statement) && {
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
