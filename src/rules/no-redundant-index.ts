import type { Detail, ObjectRef } from '../catalog/objects.ts';
import { unitsOf } from '../catalog/units.ts';
import { constraintsOf, indexesOf, tableRef } from '../catalog/locks/relations.ts';
import { flatMap } from '../lists.ts';
import { defineRule } from './api/rule.ts';
import { statementsWithSchema } from './shared/exposed.ts';
import { isDeployed, labelOf } from './shared/safety.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Disallow indexes whose columns another index of the table begins with',
      presets: { safety: 'warn', strict: 'warn' },
    },
    messages: {
      prefix:
        'Index "{{name}}" on {{columns}} of "{{table}}" is not needed: the columns of "{{other}}" begin with ' +
        'these, and ' +
        'every write keeps both up to date. Leave it out.',
      covers:
        'Index "{{other}}" on {{columns}} of "{{table}}" is not needed any more: the columns of "{{name}}" ' +
        'begin with ' +
        'these, and every write keeps both up to date. Drop it with CONCURRENTLY in a later migration.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { world } = context.sourceCode;
      /** The indexes and keys of this file, by the key of their table. */
      const made = new Map<string, ObjectRef[]>();
      const dropped = new Set<string>();
      for (const { statement } of statementsWithSchema(context)) {
        if (statement.placeholders) continue;
        for (const effect of flatMap(unitsOf(statement), ({ effects }) => effects)) {
          if (effect.action === 'drop') dropped.add(effect.object.name);
          if (effect.action !== 'create') continue;
          const { object } = effect;
          for (const part of [object, ...(effect.parts ?? [])]) {
            if (!part.of || (part.kind !== 'index' && !part.detail?.unique)) continue;
            const table = tableRef(part.of);
            const key = world.key(table);
            const others = [
              ...indexesOf(table, world),
              ...constraintsOf(table, world).filter(({ detail }) => detail?.unique),
              ...(made.get(key) ?? []),
            ].filter(({ name }) => name !== part.name && !dropped.has(name));
            made.set(key, [...(made.get(key) ?? []), part]);
            const found = part.kind === 'index' ? redundancy(part, others) : undefined;
            if (!found) continue;
            const columns = (found.messageId === 'prefix' ? part : found.other).detail?.columns ?? [];
            context.report({
              loc: context.sourceCode.headOf(statement),
              messageId: found.messageId,
              data: { name: part.name, other: found.other.name, table: labelOf(part.of), columns: columns.join(', ') },
            });
          }
        }
      }
    },
  }),
});

/** An index that makes a new one superfluous, or that a new one makes so. */
function redundancy(
  index: ObjectRef,
  others: readonly ObjectRef[],
): { messageId: 'prefix' | 'covers'; other: ObjectRef } | undefined {
  const longer = others.find((other) => isPrefix(index.detail, other));
  if (longer) return { messageId: 'prefix', other: longer };
  const shorter = others.find((other) => other.kind === 'index' && isPrefix(other.detail, index));
  return shorter && { messageId: 'covers', other: shorter };
}

/** Whether the columns of another index begin with those of one that is plain, and asks for no uniqueness. */
function isPrefix(detail: Detail | undefined, { kind, detail: other }: ObjectRef): boolean {
  if (!detail?.isPlain || detail.unique || detail.partial || detail.included) return false;
  const isPlain = kind === 'constraint' ? other?.contype !== 'x' : other?.isPlain === true && !other.partial;
  const columns = other?.columns ?? [];
  return isPlain && detail.columns!.length <= columns.length && detail.columns!.every((name, k) => name === columns[k]);
}
