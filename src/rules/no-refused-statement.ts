import { defineRule } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Report what the embedded PostgreSQL refuses, with `--fix --prove`',
      presets: { recommended: 'error', supabase: 'error', strict: 'error', development: 'error' },
    },
    needsRun: true,
    messages: { refused: 'PostgreSQL refuses this when the migration runs: {{message}}' },
    schema: [],
  },
  create: ({ sourceCode, report }) => ({
    Script() {
      const { refusal } = sourceCode;
      if (!refusal) return;
      const { start, end, message } = refusal;
      report({ loc: sourceCode.locOf(start, end), messageId: 'refused', data: { message } });
    },
  }),
});
