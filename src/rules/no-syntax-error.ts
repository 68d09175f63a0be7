import { inventionsIn } from '../fixers/inventions/index.ts';
import { defineRule } from '../linter/rule.ts';
import type { Statement } from '../syntax/script.ts';

/** What a migration tool fills in is not what PostgreSQL gets to see. */
const isTemplate = (text: string) => /\{\{|\$\{|%[sIL]\b|%\d\$/.test(text);

/** Whether the mistake is where a psql variable stands, whose value may be anything. */
const isFilledIn = (statement: Statement, offset: number) => statement.placeholders && statement.tokens.some((t) => t.kind === 'placeholder' && t.start <= offset && offset <= t.end);

export default defineRule({
  meta: {
    type: 'problem',
    docs: { description: 'Report SQL that PostgreSQL does not accept', presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' } },
    messages: { syntax: '{{message}}. PostgreSQL does not accept this statement, so nothing else is said of it.' },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const statement of context.sourceCode.script.all()) {
        const { problem } = statement;
        // no-invented-syntax says what is wrong, and how to write it.
        if (!problem || isTemplate(statement.text) || isFilledIn(statement, problem.start) || inventionsIn(statement, context.sourceCode.world).length > 0) continue;
        // PostgreSQL quotes the whole of a token, which may be a function's body.
        const line = problem.message.replace(/\s*\n[\s\S]*$/, ' …"');
        const message = line.charAt(0).toUpperCase() + line.slice(1);
        context.report({ loc: context.sourceCode.locOf(problem.start, problem.end), messageId: 'syntax', data: { message } });
      }
    },
  }),
});
