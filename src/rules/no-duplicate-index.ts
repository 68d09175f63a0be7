import type { ObjectRef } from '../catalog/objects.ts';
import { unitsOf } from '../catalog/units.ts';
import type { World } from '../history/world.ts';
import { flatMap } from '../lists.ts';
import { defineRule } from './api/rule.ts';
import { headOf, statementsWithSchema, relationKey } from './shared/exposed.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow two indexes that are the same but for their names',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    messages: {
      duplicate:
        'Index "{{name}}" on "{{table}}" is the same as "{{other}}": every write keeps both up to date, and no ' +
        'query needs the second. Leave it out.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      /** The indexes of this file that are not dropped again, by table and definition. */
      const seen = new Map<string, string>();
      const dropped = new Set<string>();
      for (const { statement, schema } of statementsWithSchema(context)) {
        for (const effect of flatMap(unitsOf(statement), ({ effects }) => effects)) {
          if (effect.action === 'drop') forget(effect.object, seen, dropped);
          if (effect.action !== 'create' || statement.placeholders) continue;
          const { kind, name, of, detail } = effect.object;
          if (kind !== 'index' || !of) continue;
          const key = `${relationKey(of, schema)} ${detail?.definition ?? ''}`;
          const other = seen.get(key) ?? earlier(effect.object, context.sourceCode.world, dropped);
          if (other === undefined || other === name) seen.set(key, name);
          else
            context.report({
              loc: headOf(context, statement),
              messageId: 'duplicate',
              data: { name, other, table: of.name },
            });
        }
      }
    },
  }),
});

function forget({ kind, name }: ObjectRef, seen: Map<string, string>, dropped: Set<string>): void {
  if (kind !== 'index' && kind !== 'constraint') return;
  dropped.add(name);
  for (const [key, index] of seen) if (index === name) seen.delete(key);
}

/** An index of the same definition that an earlier migration has made. */
const earlier = ({ of, detail }: ObjectRef, world: World, dropped: ReadonlySet<string>): string | undefined =>
  world
    .parts({ kind: 'table', ...of! })
    .find(
      (part) =>
        part.kind === 'index' &&
        part.detail?.definition !== undefined &&
        part.detail.definition === detail?.definition &&
        !dropped.has(part.name),
    )?.name;
