import { indexName } from '../catalog/columns.ts';
import { quoteIdent } from '../catalog/names.ts';
import { nameOfRange, nodeAs } from '../catalog/nodes.ts';
import type { Name, ObjectRef } from '../catalog/objects.ts';
import type { Statement } from '../syntax/script.ts';
import { defineRule, fixWith, type RuleContext } from './api/rule.ts';
import { isWritable, labelOf, statementsWithSchema, statementsAfter, sqlName } from './shared/exposed.ts';
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
        'No index covers the foreign key on {{columns}} of "{{label}}": deleting or changing a row of ' +
        '"{{target}}" reads all of "{{label}}". Create an index on {{columns}}.',
      create: 'Create {{indexes}}.',
    },
    schema: [],
  },
  create: (context) => ({
    Script() {
      for (const { statement, schema } of statementsWithSchema(context)) {
        const altered = keysOf(statement);
        if (!altered) continue;
        const { name } = altered;
        const missing = missingIndexes(context, statement, altered, schema);
        // All of one table are created together: they go to the same place.
        const creations = missing.map(
          ({ index, list }) => `CREATE INDEX IF NOT EXISTS ${quoteIdent(index)} ON ${sqlName(name)} (${list})`,
        );
        const indexes = missing.map(({ index }) => `"${index}"`).join(', ');
        const fix = fixWith([statementsAfter(statement, creations)]);
        for (const { constraint, list } of missing) {
          const start = constraint.location === undefined ? statement.start : statement.start + constraint.location;
          context.report({
            loc: context.sourceCode.locOf(start, Math.min(statement.end, start + 'REFERENCES'.length)),
            messageId: 'missing',
            data: { label: labelOf(name), columns: list, target: nameOfRange(constraint.pktable).name },
            ...(isWritable(statement) && {
              suggest: [
                {
                  messageId: 'create',
                  data: { indexes: `${missing.length > 1 ? 'the indexes' : 'the index'} ${indexes}` },
                  fix,
                },
              ],
            }),
          });
        }
      }
    },
  }),
});

/** The table that a statement creates or alters, with the keys that it adds; undefined where it does not matter. */
function keysOf(statement: Statement): { name: Name; keys: readonly Key[] } | undefined {
  if (statement.placeholders) return undefined;
  const table = tableOf(statement);
  if (table)
    return table.node.relation?.relpersistence === 't' ? undefined : { name: table.name, keys: table.constraints };
  const alter = statement.as('AlterTableStmt');
  if (!alter) return undefined;
  const definitions = flatMap(alter.cmds ?? [], (cmd) => nodeAs(cmd, 'AlterTableCmd')?.def ?? []);
  return { name: nameOfRange(alter.relation), keys: constraintsIn(definitions) };
}

interface MissingIndex {
  constraint: Key['constraint'];
  /** The columns, as SQL. */
  list: string;
  /** The name that PostgreSQL would choose. */
  index: string;
}

function missingIndexes(
  { sourceCode: { world, ending } }: RuleContext,
  statement: Statement,
  { name, keys }: { name: Name; keys: readonly Key[] },
  schema: string,
): MissingIndex[] {
  const missing: MissingIndex[] = [];
  const taken = (_: unknown, relation: string) =>
    world.relationTaken(name.schema, relation) || missing.some(({ index }) => index === relation);
  for (const { constraint, columns } of keys) {
    if (constraint.contype !== 'CONSTR_FOREIGN' || columns.length === 0) continue;
    // A primary key or a unique constraint of the table brings its index along.
    if (keys.some((key) => isUnique(key) && covers(key.columns, columns))) continue;
    if (
      ending.holdsAtEnd(statement, tableRef(name, schema), ({ parts }) =>
        parts.some((part) => isIndexFor(part, columns)),
      )
    )
      continue;
    const elements = columns.map((column) => ({ IndexElem: { name: column } }));
    const index = indexName(name, elements, { taken });
    missing.push({ constraint, list: columns.map(quoteIdent).join(', '), index });
  }
  return missing;
}

const isUnique = ({ constraint: { contype } }: Key): boolean =>
  contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_UNIQUE';

/** Whether the columns are the first of an index, in whatever order. */
const covers = (indexed: readonly (string | undefined)[], columns: readonly string[]): boolean =>
  columns.every((column) => indexed.slice(0, columns.length).includes(column));

function isIndexFor({ kind, detail }: ObjectRef, columns: readonly string[]): boolean {
  if (kind !== 'index' && !(kind === 'constraint' && detail?.unique)) return false;
  // A lookup of a key finds the rows of an index that leaves out no more than nulls of the key.
  const isWhole = !detail?.partial || detail.partialNotNull?.every((column) => columns.includes(column)) === true;
  return isWhole && detail?.columns !== undefined && covers(detail.columns, columns);
}
