import { readerOf } from '../syntax/tokens.ts';
import { inCaseOf } from '../fixers/style.ts';
import { defineRule, fixWith } from './api/rule.ts';
import type { Edit } from '../fixers/edits.ts';
import type { Statement } from '../syntax/script.ts';
import type { ObjectThen } from '../history/ending.ts';
import { exposedSchema, exposedSchemas, headOf, isWritable, labelOf } from './shared/exposed.ts';
import { blamed, isInvoker, openTo, whoIs, writtenName } from './shared/ending.ts';

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
        'View "{{label}}" reads with the rights of its owner, to whom no policy applies: the API shows {{who}} ' +
        'every row of what it reads. Write WITH (security_invoker = true), which PostgreSQL has from version 15 on.',
      invoker: 'Write WITH (security_invoker = true).',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      const isOpen = (then: ObjectThen) =>
        schemas.includes(then.schema ?? '') && !isInvoker(then) && openTo(then, ['select']).length > 0;
      for (const { statement, then } of blamed(context, ['view'], isOpen)) {
        // A view that reads no table shows no rows.
        if (!then.ref?.detail?.needs?.some(({ kind }) => kind === 'table')) continue;
        const edit = statement.type === 'ViewStmt' ? withInvoker(statement) : undefined;
        context.report({
          loc: headOf(context, statement),
          messageId: 'definer',
          data: { label: labelOf(writtenName(statement, then)), who: whoIs(openTo(then, ['select'])) },
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
