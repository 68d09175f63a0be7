import { Buffer } from 'node:buffer';
import { truncateName } from '../catalog/names.ts';
import { nodeAs, strings } from '../catalog/nodes.ts';
import type { NodeOf } from '../syntax/parser.ts';
import { defineRule, fixWith } from './api/rule.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow policy names that PostgreSQL cuts to 63 bytes',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    fixable: 'code',
    messages: {
      long:
        'The name of policy "{{name}}" is {{bytes}} bytes long, and PostgreSQL keeps 63: the policy is called ' +
        '"{{kept}}", which another long name may be as well, and a condition that asks for the long name never ' +
        'finds it. Write a name that fits.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { script } = context.sourceCode;
      for (const statement of script.all()) {
        const names = statement.placeholders ? [] : policyNames(statement.type, statement.node);
        if (names.length === 0) continue;
        for (const token of statement.tokens) {
          if (token.kind !== 'word' && token.kind !== 'quoted') continue;
          const raw = script.text.slice(token.start, token.end);
          if (Buffer.byteLength(raw) <= 63) continue;
          const full = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw.toLowerCase();
          const kept = truncateName(full);
          if (full === kept || !names.includes(kept)) continue;
          const text = raw.startsWith('"') ? `"${kept.replaceAll('"', '""')}"` : raw.slice(0, kept.length);
          // The database has that name already: writing it changes nothing.
          context.report({
            loc: context.sourceCode.locOf(token.start, token.end),
            messageId: 'long',
            data: { name: full, kept, bytes: String(Buffer.byteLength(full)) },
            fix: fixWith([{ start: token.start, end: token.end, text }]),
          });
        }
      }
    },
  }),
});

/** The names of the policies in a statement, cut as PostgreSQL cuts them. */
function policyNames(type: string | undefined, node: object): string[] {
  switch (type) {
    case 'CreatePolicyStmt':
    case 'AlterPolicyStmt':
      return [truncateName((node as NodeOf<'CreatePolicyStmt'>).policy_name ?? '')];
    case 'DropStmt': {
      const drop = node as NodeOf<'DropStmt'>;
      return drop.removeType === 'OBJECT_POLICY'
        ? (drop.objects ?? []).map((o) => truncateName(strings(nodeAs(o, 'List')?.items).at(-1) ?? ''))
        : [];
    }
    case 'RenameStmt': {
      const rename = node as NodeOf<'RenameStmt'>;
      return rename.renameType === 'OBJECT_POLICY'
        ? [truncateName(rename.subname ?? ''), truncateName(rename.newname ?? '')]
        : [];
    }
    case 'CommentStmt': {
      const comment = node as NodeOf<'CommentStmt'>;
      return comment.objtype === 'OBJECT_POLICY'
        ? [truncateName(strings(nodeAs(comment.object, 'List')?.items).at(-1) ?? '')]
        : [];
    }
    default:
      return [];
  }
}
