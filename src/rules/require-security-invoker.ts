import { readerOf } from '../syntax/tokens.ts';
import { inCaseOf } from '../fixers/style.ts';
import { defineRule, fixWith } from './api/rule.ts';
import type { Edit } from '../fixers/edits.ts';
import type { Statement } from '../syntax/script.ts';
import { exposedSchema, exposedSchemas, headOf, isWritable, labelOf, statementsWithSchema } from './shared/exposed.ts';
import { isInvoker, isRevoked, tableRef } from './shared/ending.ts';
import { relationsIn, viewOf } from './shared/views.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Require views of an exposed schema to read with the rights of the user who queries them',
      presets: { supabase: 'error', strict: 'error' },
    },
    hasSuggestions: true,
    messages: {
      definer:
        'View "{{label}}" reads with the rights of its owner, to whom no policy applies: the API shows everyone ' +
        'every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on.',
      invoker: 'Write WITH (security_invoker = true).',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      for (const { statement, schema } of statementsWithSchema(context)) {
        const view = viewOf(statement);
        if (!view || view.materialized || view.invoker || !schemas.includes(view.name.schema ?? schema)) continue;
        // A view that reads no table shows no rows, and the API does not show a view whose rights are revoked.
        if (relationsIn(view.query).length === 0) continue;
        const { ending } = context.sourceCode;
        if (ending.holdsAtEnd(statement, tableRef(view.name, schema), (then) => isInvoker(then) || isRevoked(then)))
          continue;
        const edit = withInvoker(statement);
        context.report({
          loc: headOf(context, statement),
          messageId: 'definer',
          data: { label: labelOf(view.name) },
          ...(edit && isWritable(statement) && { suggest: [{ messageId: 'invoker', fix: fixWith([edit]) }] }),
        });
      }
    },
  }),
});

/** The option behind the view's name and columns; undefined where the view has other options already. */
function withInvoker(statement: Statement): Edit | undefined {
  const reader = readerOf(statement);
  const as = reader.first('as');
  const options = reader.first('with');
  if (!as || (options && options.from < as.from)) return undefined;
  const end = reader.tokens[as.from - 1]!.end;
  return { start: end, end, text: inCaseOf(statement, ' WITH (security_invoker = true)') };
}
