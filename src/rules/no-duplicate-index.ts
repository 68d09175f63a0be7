import { unitsOf } from '../catalog/units.ts';
import { defineRule } from './api/rule.ts';
import { headOf, placed, relationKey } from './shared/exposed.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow two indexes that are the same but for their names',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    messages: {
      duplicate:
        'Index "{{name}}" on "{{table}}" is the same as "{{other}}": every write keeps both up to date, and no query needs the second. Leave it out.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { world } = context.sourceCode;
      /** The indexes of this file that are not dropped again, by table and definition. */
      const seen = new Map<string, { name: string; key: string }>();
      const gone = new Set<string>();
      for (const { statement, schema } of placed(context)) {
        for (const { effects } of unitsOf(statement)) {
          for (const effect of effects) {
            if (effect.action === 'drop' && (effect.object.kind === 'index' || effect.object.kind === 'constraint')) {
              gone.add(effect.object.name);
              for (const [key, { name }] of seen) if (name === effect.object.name) seen.delete(key);
            }
            if (
              effect.action !== 'create' ||
              effect.object.kind !== 'index' ||
              !effect.object.of ||
              statement.placeholders
            )
              continue;
            const { name, of, detail } = effect.object;
            const table = relationKey(of, schema);
            const key = `${table} ${detail?.definition ?? ''}`;
            const inFile = seen.get(key)?.name;
            const before = world
              .parts({ kind: 'table', ...of })
              .find(
                (p) =>
                  p.kind === 'index' &&
                  p.detail?.definition !== undefined &&
                  p.detail.definition === detail?.definition &&
                  !gone.has(p.name),
              )?.name;
            const other = inFile ?? before;
            if (other !== undefined && other !== name)
              context.report({
                loc: headOf(context, statement),
                messageId: 'duplicate',
                data: { name, other, table: of.name },
              });
            else seen.set(key, { name, key });
          }
        }
      }
    },
  }),
});
