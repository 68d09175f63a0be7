import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { countWhere, lastWhere } from '../lists.ts';
import { defineRule } from './api/rule.ts';
import { tokenize } from '../syntax/lexer.ts';
import type { Statement } from '../syntax/script.ts';
import { exposedSchema, exposedSchemas, headOf, labelOf, statementsWithSchema } from './shared/exposed.ts';
import { hasPolicy, tableRef } from './shared/ending.ts';

/** What a comment beside the statement says where only the server is meant to use the table. */
const ONLY_SERVER = /no polic|without polic|service.?role|private|server|nobody|deny/i;

/** Whether a comment on the lines before or after the statement says why there is no policy. */
function isExplained({ script, start, stop }: Statement): boolean {
  const next = script.statements[countWhere(script.statements, (s) => s.start < stop)]?.start ?? script.text.length;
  const previous = lastWhere(script.statements, (s) => s.stop <= start)?.stop ?? 0;
  const comments = tokenize(script.text, previous, next, { comments: true }).filter((t) => t.kind === 'comment');
  // A comment behind an empty line belongs to what comes next.
  const beside = comments.filter((t) =>
    t.start < start
      ? !/\n\s*\n/.test(script.text.slice(t.end, start))
      : !/\n\s*\n/.test(script.text.slice(stop, t.start)),
  );
  return beside.some((t) => ONLY_SERVER.test(script.text.slice(t.start, t.end)));
}

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Require a policy for every table whose row level security is enabled',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    messages: {
      missing:
        'Row level security is enabled on "{{label}}", and no migration creates a policy for it: the API reads ' +
        'and writes nothing. Create a policy for those who may, or say in a comment that only the service role ' +
        'uses it.',
    },
    ...exposedSchema,
  },
  create: (context) => ({
    Script() {
      const schemas = exposedSchemas(context);
      for (const { statement, schema } of statementsWithSchema(context)) {
        const alter = statement.as('AlterTableStmt');
        if (!alter?.cmds?.some((c) => nodeAs(c, 'AlterTableCmd')?.subtype === 'AT_EnableRowSecurity')) continue;
        const name = nameOfRange(alter.relation);
        if (!schemas.includes(name.schema ?? schema)) continue;
        if (isExplained(statement)) continue;
        if (context.sourceCode.ending.holdsAtEnd(statement, tableRef(name, schema), hasPolicy)) continue;
        context.report({ loc: headOf(context, statement), messageId: 'missing', data: { label: labelOf(name) } });
      }
    },
  }),
});
