import { quoteLiteral } from '../catalog/names.ts';
import { defineRule } from './api/rule.ts';
import { isDeployed, lineOf } from './shared/safety.ts';

/** Since when a value may be used at once whose type the same transaction has made. */
const NEW_TYPES_ARE_EXEMPT = 17;

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow using a value of an enum in the transaction that adds it',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    messages: {
      unusable:
        'The value {{label}} of "{{type}}" is added in {{line}} of the same transaction, and cannot be used ' +
        'before that ' +
        'ends (55P04). Use it in the next migration.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { locks, options } = context.sourceCode;
      for (const { statement, label } of locks.unusable) {
        if (label.ofNewType && options.postgresVersion >= NEW_TYPES_ARE_EXEMPT) continue;
        context.report({
          loc: context.sourceCode.headOf(statement),
          messageId: 'unusable',
          data: { label: quoteLiteral(label.label), type: label.type.name, line: lineOf(context, label.statement) },
        });
      }
    },
  }),
});
