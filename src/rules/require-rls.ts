import { quoteName } from '../catalog/names.ts';
import { nameOfRange } from '../catalog/nodes.ts';
import { inCaseOf, lineIndent } from '../fixers/style.ts';
import { defineRule, fixWith } from '../linter/rule.ts';
import type { Name } from '../catalog/objects.ts';

const DEFAULT = { schemas: ['public'] };

export default defineRule({
  meta: {
    type: 'problem',
    docs: { description: 'Require row level security on every table in a schema that the API exposes', presets: { supabase: 'error', strict: 'error' } },
    hasSuggestions: true,
    messages: {
      missing: 'Table "{{name}}" is created in the exposed schema "{{schema}}" without row level security: everyone with the anon key can read and write it. Add ALTER TABLE {{name}} ENABLE ROW LEVEL SECURITY, and policies for those who may.',
      enable: 'Enable row level security on "{{name}}" (without a policy, the API can then do nothing with it).',
    },
    schema: [{ type: 'object', properties: { schemas: { type: 'array', items: { type: 'string' }, description: 'The schemas that the API exposes.' } }, additionalProperties: false }],
    defaultOptions: [DEFAULT],
  },
  create(context) {
    const { schemas } = { ...DEFAULT, ...(context.options[0] as Partial<typeof DEFAULT> | undefined) };
    const { script } = context.sourceCode;
    const key = (name: Name) => `${name.schema ?? context.sourceCode.world.searchPath[0] ?? 'public'}.${name.name}`;
    return {
      Script() {
        const secured = new Set<string>();
        let securesAll = false;
        for (const statement of script.all()) {
          const alter = statement.as('AlterTableStmt');
          if (alter?.cmds?.some((c) => 'AlterTableCmd' in c && c.AlterTableCmd.subtype === 'AT_EnableRowSecurity')) secured.add(key(nameOfRange(alter.relation)));
          const dropped = statement.as('DropStmt');
          if (dropped?.removeType === 'OBJECT_TABLE') for (const o of dropped.objects ?? []) if ('List' in o) secured.add(key({ name: (o.List.items ?? []).map((i) => ('String' in i ? i.String.sval : '')).at(-1) ?? '' }));
          // A loop that enables it for every table.
          if (statement.type === 'DoStmt' && /enable\s+row\s+level\s+security/i.test(statement.text)) securesAll = true;
        }
        if (securesAll) return;
        for (const statement of script.statements) {
          const create = statement.as('CreateStmt');
          if (!create || statement.direction === 'down' || create.partbound || create.relation?.relpersistence === 't') continue;
          const name = nameOfRange(create.relation);
          const schema = name.schema ?? context.sourceCode.world.searchPath[0] ?? 'public';
          if (!schemas.includes(schema) || secured.has(key(name))) continue;
          const written = quoteName(name);
          const terminated = statement.stop > statement.end;
          const separator = script.format.breakpoint ?? '';
          const text = `${terminated ? '' : ';'}${separator}${script.eol}${lineIndent(script, statement.start)}${inCaseOf(statement, `ALTER TABLE ${written} ENABLE ROW LEVEL SECURITY`)}${terminated ? ';' : ''}`;
          const newline = script.text.slice(statement.start, statement.end).search(/\r?\n/);
          context.report({
            loc: context.sourceCode.locOf(statement.start, newline < 0 ? statement.end : statement.start + newline),
            messageId: 'missing',
            data: { name: written, schema },
            // Not a fix: it changes who can read the table, which the author must decide.
            ...(!statement.placeholders && { suggest: [{ messageId: 'enable', data: { name: written }, fix: fixWith([{ start: statement.stop, end: statement.stop, text }]) }] }),
          });
        }
      },
    };
  },
});
