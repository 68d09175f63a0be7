import { readerOf } from '../syntax/tokens.ts';
import { inCaseOf } from '../fixers/style.ts';
import { defineRule, fixWith } from './api/rule.ts';
import type { Edit } from '../fixers/edits.ts';
import type { Statement } from '../syntax/script.ts';
import { exposedSchema, exposedSchemas, factKey, headOf, isWritable, labelOf, placed } from './shared/exposed.ts';
import { lazy, said } from './shared/facts.ts';
import { relationsIn, viewOf } from './shared/views.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Require views of an exposed schema to read with the rights of whoever asks',
      presets: { supabase: 'error', strict: 'error' },
    },
    hasSuggestions: true,
    messages: {
      definer:
        'View "{{label}}" reads with the rights of its owner, whom no policy stops: the API shows everyone every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on.',
      invoker: 'Write WITH (security_invoker = true).',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const facts = lazy(() => said(context));
      for (const { statement, schema } of placed(context)) {
        const view = viewOf(statement);
        if (!view || view.materialized || view.invoker || !schemas.includes(view.name.schema ?? schema)) continue;
        const key = factKey(view.name, schema);
        // What reads no table has nothing to hide; what is revoked, or replaced later, is not what the API shows.
        if (
          relationsIn(view.query).length === 0 ||
          facts().fromHere((f) => f.invokers.has(key) || f.revoked.has(key)) ||
          facts().later.some((f) => f.dropped.has(key) || f.made.has(key))
        )
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
