import { indexName } from '../catalog/columns.ts';
import { quoteIdent } from '../catalog/names.ts';
import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { defineRule, fixWith } from './api/rule.ts';
import { isWritable, labelOf, placed, statementsAfter, written } from './shared/exposed.ts';
import { tableRef } from './shared/ending.ts';
import { constraintsIn, tableOf, type Key } from './shared/tables.ts';
import { flatMap } from '../lists.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: {
      description: 'Require an index on the columns of a foreign key',
      presets: { supabase: 'warn', strict: 'warn' },
    },
    hasSuggestions: true,
    messages: {
      missing:
        'No index covers the foreign key on {{columns}} of "{{label}}": deleting or changing a row of "{{target}}" reads all of "{{label}}". Create an index on {{columns}}.',
      create: 'Create {{indexes}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { world, ending } = context.sourceCode;
      for (const { statement, schema } of placed(context)) {
        const table = tableOf(statement);
        const alter = statement.as('AlterTableStmt');
        if ((!table && !alter) || statement.placeholders || table?.node.relation?.relpersistence === 't') continue;
        const name = table?.name ?? nameOfRange(alter!.relation);
        const keys: Key[] =
          table?.constraints ?? constraintsIn(flatMap(alter!.cmds ?? [], (c) => nodeAs(c, 'AlterTableCmd')?.def ?? []));
        const missing: { constraint: Key['constraint']; list: string; index: string }[] = [];
        for (const { constraint, columns } of keys) {
          if (constraint.contype !== 'CONSTR_FOREIGN' || columns.length === 0) continue;
          const covers = (indexed: readonly (string | undefined)[]) =>
            columns.every((c) => indexed.slice(0, columns.length).includes(c));
          // A primary key or a unique constraint of the table brings its index along.
          if (
            keys.some(
              (k) =>
                (k.constraint.contype === 'CONSTR_PRIMARY' || k.constraint.contype === 'CONSTR_UNIQUE') &&
                covers(k.columns),
            )
          )
            continue;
          const isIndexed = ending.holdsAtEnd(statement, tableRef(name, schema), ({ parts }) =>
            parts.some(
              ({ kind, detail }) =>
                (kind === 'index' || (kind === 'constraint' && detail?.unique)) &&
                // A lookup of a key finds the rows of an index that leaves out no more than nulls of the key.
                (!detail?.partial || detail.partialNotNull?.every((column) => columns.includes(column))) &&
                detail?.columns !== undefined &&
                covers(detail.columns),
            ),
          );
          if (isIndexed) continue;
          const taken = (_: unknown, n: string) =>
            world.relationTaken(name.schema, n) || missing.some((m) => m.index === n);
          const index = indexName(
            name,
            columns.map((c) => ({ IndexElem: { name: c } })),
            { taken },
          );
          missing.push({ constraint, list: columns.map(quoteIdent).join(', '), index });
        }
        // All of one table are created together: they go to the same place.
        const edit = statementsAfter(
          statement,
          missing.map(
            ({ index, list }) => `CREATE INDEX IF NOT EXISTS ${quoteIdent(index)} ON ${written(name)} (${list})`,
          ),
        );
        const indexes = `${missing.length > 1 ? 'the indexes' : 'the index'} ${missing.map(({ index }) => `"${index}"`).join(', ')}`;
        for (const { constraint, list } of missing) {
          const start = constraint.location === undefined ? statement.start : statement.start + constraint.location;
          context.report({
            loc: context.sourceCode.locOf(start, Math.min(statement.end, start + 'REFERENCES'.length)),
            messageId: 'missing',
            data: { label: labelOf(name), columns: list, target: nameOfRange(constraint.pktable).name },
            ...(isWritable(statement) && {
              suggest: [{ messageId: 'create', data: { indexes }, fix: fixWith([edit]) }],
            }),
          });
        }
      }
    },
  }),
});
