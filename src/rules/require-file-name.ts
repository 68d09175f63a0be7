import { basename } from 'node:path';
import { defineRule } from './api/rule.ts';
import { isDeployed } from './shared/safety.ts';

const DEFAULT = '^V?\\d[\\w.-]*_[a-z0-9_-]+\\.(?:up\\.)?sql$';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Require names of files that say when they run and what they do', presets: {} },
    messages: {
      name:
        'The name "{{name}}" does not match {{pattern}}: give the file a version and, in small letters, ' +
        'what it does.',
    },
    schema: [
      {
        type: 'object',
        properties: {
          pattern: { type: 'string', format: 'regex', description: 'A regular expression that every name matches.' },
        },
        additionalProperties: false,
      },
    ],
    defaultOptions: [{ pattern: DEFAULT }],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context) || context.sourceCode.script.statements.length === 0) return;
      const { pattern = DEFAULT } = (context.options[0] ?? {}) as { pattern?: string };
      const name = basename(context.sourceCode.path);
      if (new RegExp(pattern).test(name)) return;
      const start = { line: 1, column: 1 };
      context.report({ loc: { start, end: start }, messageId: 'name', data: { name, pattern } });
    },
  }),
});
