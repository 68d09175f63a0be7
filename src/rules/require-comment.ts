import { nameOf, nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { flatMap } from '../lists.ts';
import { defineRule } from './api/rule.ts';
import { isDeployed, labelOf } from './shared/safety.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Require a comment for every table', presets: {} },
    messages: {
      missing:
        'Table "{{table}}" has no comment: nobody learns from the database what its rows are. Add COMMENT ON TABLE.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      if (!isDeployed(context)) return;
      const all = context.sourceCode.script.all();
      const commented = new Set(
        flatMap(all, (statement) => {
          const comment = statement.as('CommentStmt');
          const isTable = comment?.objtype === 'OBJECT_TABLE';
          return isTable ? nameOf(nodeAs(comment.object, 'List')?.items).name : [];
        }),
      );
      for (const statement of all) {
        const create = statement.as('CreateStmt');
        if (!create || statement.direction === 'down' || statement.placeholders) continue;
        const table = nameOfRange(create.relation);
        if (create.partbound || create.relation?.relpersistence === 't' || commented.has(table.name)) continue;
        context.report({
          loc: context.sourceCode.headOf(statement),
          messageId: 'missing',
          data: { table: labelOf(table) },
        });
      }
    },
  }),
});
