import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { defineRule } from './api/rule.ts';
import { exposedSchema, exposedSchemas, headOf, labelOf, statementsWithSchema, sqlName } from './shared/exposed.ts';
import { isCreatedHere, isSecured, tableRef } from './shared/ending.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow Realtime for tables without row level security',
      presets: { supabase: 'error', strict: 'error' },
    },
    messages: {
      open:
        'Table "{{label}}" is added to supabase_realtime, and no migration enables row level security on it: ' +
        'everyone who subscribes gets every change. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY, and a ' +
        'policy for SELECT.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const { ending } = context.sourceCode;
      for (const { statement, schema } of statementsWithSchema(context)) {
        const alter = statement.as('AlterPublicationStmt');
        const publication =
          alter?.action === 'AP_DropObjects' ? undefined : (alter ?? statement.as('CreatePublicationStmt'));
        if (publication?.pubname !== 'supabase_realtime') continue;
        for (const object of publication.pubobjects ?? []) {
          const table = nodeAs(object, 'PublicationObjSpec')?.pubtable?.relation;
          if (!table) continue;
          const name = nameOfRange(table);
          if (!schemas.includes(name.schema ?? schema) || !isCreatedHere(context, name, schema)) continue;
          if (ending.holdsAtEnd(statement, tableRef(name, schema), isSecured)) continue;
          context.report({
            loc: headOf(context, statement),
            messageId: 'open',
            data: { name: sqlName(name), label: labelOf(name) },
          });
        }
      }
    },
  }),
});
