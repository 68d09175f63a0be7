import type { ObjectRef } from '../catalog/objects.ts';
import type { Locking, Removal } from '../locking/index.ts';
import { defineRule } from './api/rule.ts';
import { describeOld, isDeployed, whatNeeds } from './shared/safety.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow dropping or renaming what running clients may still use',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    messages: {
      drop:
        'DROP takes the {{object}} from clients that run while the migration does, and from those of the version ' +
        'before{{needs}}. Drop it in a migration that runs once no client asks for it any more.',
      rename:
        'The {{object}} is called "{{to}}" from then on: clients that run while the migration does ask for the old ' +
        'name, and fail{{needs}}. Add the new one beside it, have clients move, and drop the old one later.',
      renameTable:
        'The {{object}} is called "{{to}}" from then on: clients that run while the migration does ask for the old ' +
        'name, and fail{{needs}}. Make a view of the old name in the same transaction, and drop it once no client ' +
        'asks for it.',
      move:
        'The {{object}} is in schema "{{to}}" from then on: clients that run while the migration does look for it ' +
        'where it was{{needs}}. Make a view of the old name in the same transaction, or move clients first.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { locks } = context.sourceCode;
      const gone = new Set(locks.removals.map(({ key }) => key));
      for (const removal of locks.removals) {
        const { unit, object, to, dependents } = removal;
        if (isReplaced(removal, locks) || isWithOwner(object, gone, locks)) continue;
        const needs = whatNeeds(dependents);
        context.report({
          loc: context.sourceCode.headOf(unit),
          messageId: messageOf(removal),
          data: {
            object: describeOld(object),
            to: newName(object, to),
            needs: needs === '' ? '' : `; ${needs} ${dependents.length > 1 ? 'use' : 'uses'} it`,
          },
        });
      }
    },
  }),
});

/**
 * Whether something of the name that clients know is there at the end of the file: another one, a view of the old name,
 * or a function that takes other arguments.
 */
function isReplaced({ origin, object: { kind, schema, name } }: Removal, { world }: Locking): boolean {
  if (world?.existsKey(origin) === true) return true;
  const isCalled = kind === 'function' || kind === 'procedure';
  return isCalled && world !== undefined && world.overloads({ kind, schema, name }).length > 0;
}

/** Whether the table of a column goes as well, which is reported already. */
const isWithOwner = ({ kind, of }: ObjectRef, gone: ReadonlySet<string>, { world }: Locking): boolean =>
  kind === 'column' && of !== undefined && gone.has(world!.key({ kind: 'table', ...of }));

/** What is new about the name: the schema, or the name itself. */
const newName = (object: ObjectRef, to: ObjectRef | undefined): string =>
  (to?.name === object.name ? to.schema : to?.name) ?? '';

function messageOf({ action, object, to }: Removal): string {
  if (action === 'drop') return 'drop';
  if (to?.name === object.name) return 'move';
  return object.kind === 'table' || object.kind === 'view' ? 'renameTable' : 'rename';
}
