import { defineRule } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow changes of migrations that are in the branch which pull requests go into',
      presets: {},
    },
    needsRun: true,
    messages: {
      edited:
        'This migration is in "{{branch}}" and was changed since. A database that has run it never sees the ' +
        'change{{effect}}. Take the change back, and write a new migration.',
    },
    schema: [],
  },
  create: ({ sourceCode, report }) => ({
    Script() {
      const { mergedInto, tool } = sourceCode;
      if (mergedInto === undefined) return;
      const effect = tool?.refusesEdited ? `. What ${tool.title} then does: ${tool.edited}` : '';
      const [first] = sourceCode.script.statements;
      const start = first?.start ?? 0;
      report({
        loc: sourceCode.locOf(start, first ? first.end : start),
        messageId: 'edited',
        data: { branch: mergedInto, effect },
      });
    },
  }),
});
