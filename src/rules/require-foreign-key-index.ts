import { indexName } from '../catalog/columns.ts';
import { quoteIdent } from '../catalog/names.ts';
import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import { defineRule, fixWith } from '../linter/rule.ts';
import { factKey, isWritable, labelOf, placed, statementAfter, written } from './shared/exposed.ts';
import { isDropped, lazy, said } from './shared/facts.ts';
import { constraintsIn, tableOf, type Key } from './shared/tables.ts';

export default defineRule({
  meta: {
    type: 'suggestion',
    docs: { description: 'Require an index on the columns of a foreign key', presets: { supabase: 'warn', strict: 'warn' } },
    hasSuggestions: true,
    messages: {
      missing: 'No index covers the foreign key on {{columns}} of "{{label}}": deleting or changing a row of "{{target}}" reads all of "{{label}}". Create an index on {{columns}}.',
      create: 'Create the index "{{index}}".',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      const { world } = context.sourceCode;
      const facts = lazy(() => said(context));
      for (const { statement, schema } of placed(context)) {
        const table = tableOf(statement);
        const alter = statement.as('AlterTableStmt');
        if ((!table && !alter) || statement.placeholders || table?.node.relation?.relpersistence === 't') continue;
        const name = table?.name ?? nameOfRange(alter!.relation);
        const keys: Key[] = table?.constraints ?? constraintsIn((alter!.cmds ?? []).flatMap((c) => nodeAs(c, 'AlterTableCmd')?.def ?? []));
        const key = factKey(name, schema);
        for (const { constraint, columns } of keys) {
          if (constraint.contype !== 'CONSTR_FOREIGN' || columns.length === 0) continue;
          const covers = (indexed: readonly (string | undefined)[]) => columns.every((c) => indexed.slice(0, columns.length).includes(c));
          // A primary key or a unique constraint of the table brings its index along.
          if (keys.some((k) => (k.constraint.contype === 'CONSTR_PRIMARY' || k.constraint.contype === 'CONSTR_UNIQUE') && covers(k.columns))) continue;
          if (world.parts({ kind: 'table', ...name }).some((p) => (p.kind === 'index' || (p.kind === 'constraint' && p.detail?.unique)) && !p.detail?.partial && p.detail?.columns && covers(p.detail.columns))) continue;
          const isIndexed = isDropped(facts(), key) || facts().anywhere((f) => [...f.indexes].some((index) => facts().names(key).some((n) => index.startsWith(`${n}(`)) && covers(index.slice(index.indexOf('(') + 1, -1).split(',').map((c) => columns.find((own) => own.toLowerCase() === c) ?? c))));
          if (isIndexed) continue;
          const list = columns.map(quoteIdent).join(', ');
          const index = indexName(name, columns.map((c) => ({ IndexElem: { name: c } })), { taken: (_, n) => world.relationTaken(name.schema, n) });
          const start = constraint.location === undefined ? statement.start : statement.start + constraint.location;
          context.report({
            loc: context.sourceCode.locOf(start, Math.min(statement.end, start + 'REFERENCES'.length)),
            messageId: 'missing',
            data: { label: labelOf(name), columns: list, target: nameOfRange(constraint.pktable).name },
            ...(isWritable(statement) && { suggest: [{ messageId: 'create', data: { index }, fix: fixWith([statementAfter(statement, `CREATE INDEX IF NOT EXISTS ${quoteIdent(index)} ON ${written(name)} (${list})`)]) }] }),
          });
        }
      }
    },
  }),
});
