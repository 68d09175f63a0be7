import { Buffer } from 'node:buffer';
import { truncateName } from '../catalog/names.ts';
import { defineRule, fixWith } from './api/rule.ts';

/** NAMEDATALEN - 1. */
const LIMIT = 63;

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow names that PostgreSQL cuts to 63 bytes',
      presets: { safety: 'warn', strict: 'warn' },
    },
    fixable: 'code',
    messages: {
      long:
        'The name "{{name}}" is {{bytes}} bytes long, and PostgreSQL keeps 63: the object is called "{{kept}}", ' +
        'which ' +
        'another long name may be as well, and a condition that asks for the long name never finds it. Write a name ' +
        'that fits.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { script } = context.sourceCode;
      // No statement can have such a name where the whole text has none.
      if (!/[^\s'(),;.]{64}|"[^"]{64}/.test(script.text)) return;
      for (const statement of script.all()) {
        // no-policy-name-too-long speaks of policies; what is put together at run time has other names.
        if (statement.placeholders || /\bpolicy\b/i.test(statement.text.slice(0, 40))) continue;
        for (const token of statement.tokens) {
          if (token.kind !== 'word' && token.kind !== 'quoted') continue;
          const raw = script.text.slice(token.start, token.end);
          if (Buffer.byteLength(raw) <= LIMIT) continue;
          const name = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw.toLowerCase();
          const kept = truncateName(name);
          if (name === kept) continue;
          const text = raw.startsWith('"') ? `"${kept.replaceAll('"', '""')}"` : raw.slice(0, kept.length);
          context.report({
            loc: context.sourceCode.locOf(token.start, token.end),
            messageId: 'long',
            data: { name, kept, bytes: String(Buffer.byteLength(name)) },
            // The database has that name already: writing it changes nothing.
            fix: fixWith([{ start: token.start, end: token.end, text }]),
          });
        }
      }
    },
  }),
});
