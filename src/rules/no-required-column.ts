import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { isRequired } from '../locking/plans/required.ts';
import type { NodeOf } from '../syntax/parser.ts';
import { defineRule } from './api/rule.ts';
import { isDeployed, labelOf, placeOf } from './shared/safety.ts';

export default defineRule({
  meta: {
    type: 'problem',
    docs: {
      description: 'Disallow new columns that are NOT NULL and have no default, on tables that may have rows',
      presets: { safety: 'warn', strict: 'warn' },
    },
    readsLocks: true,
    messages: {
      required:
        'Column "{{column}}" is NOT NULL and has no default: ADD COLUMN fails as soon as "{{table}}" has a row ' +
        '(23502), ' +
        'and so does every INSERT of clients that do not know it yet. Give it a default; or add it without NOT NULL, ' +
        'fill the rows, and require it in a later migration.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const { locks, world } = context.sourceCode;
      const seen = new Set<object>();
      for (const locked of locks.locked) {
        const { unit, statement } = locked;
        const cmd = unit.node as NodeOf<'AlterTableCmd'>;
        const column = nodeAs(cmd.def, 'ColumnDef');
        if (cmd.subtype !== 'AT_AddColumn' || !column || seen.has(unit) || !isRequired(column, world)) continue;
        seen.add(unit);
        const table = nameOfRange(statement.as('AlterTableStmt')?.relation);
        if (cmd.missing_ok && world.get({ kind: 'column', name: column.colname ?? '', of: table })) continue;
        context.report({
          loc: placeOf(context, locked),
          messageId: 'required',
          data: { column: column.colname ?? '', table: labelOf(table) },
        });
      }
    },
  }),
});
