/** ALTER COLUMN … TYPE without USING, between types that PostgreSQL does not convert by itself. */
import { nameOf, typeText } from '../../catalog/nodes.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import { quoteIdent } from '../../catalog/names.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { readerOf } from '../../syntax/tokens.ts';
import { nameRange, textOf } from '../places.ts';
import type { Checked } from '../problem.ts';
import { isText, takes } from '../values.ts';
import { nameOfType } from './columns.ts';

export function checkConversion(
  column: string,
  definition: NodeOf<'ColumnDef'> | undefined,
  table: ObjectRef,
  { statement, world, report }: Checked,
): void {
  const { typeName, raw_default: using } = definition ?? {};
  const from = world.get({ kind: 'column', name: column, of: table })?.ref.detail?.type;
  if (!typeName || using || from === undefined) return;
  const to = typeText(typeName);
  if (world.ofKind('cast').some(({ args = [] }) => args[0] === from)) return;
  const isEnum = isEnumType(typeName, world);
  if (isEnum ? takes('bool', from) !== false || from === to : takes(to, from) !== false) return;
  const { start } = nameRange(statement, typeName.location);
  const reader = readerOf(statement);
  const last = reader.itemEnd(reader.tokens.findIndex((token) => token.start >= start)) - 1;
  const { end } = reader.tokens[last]!;
  const text = ` USING ${quoteIdent(column)}::${textOf(statement, { start, end })}`;
  // A text is cast to any other type by what it looks like.
  const isCast = isText(from) || (from === 'int4' && to === 'bool') || (from === 'bool' && to === 'int4');
  report({
    family: 'definition',
    start,
    end,
    error: '42804',
    problem: `PostgreSQL does not turn column "${column}" of type ${nameOfType(from)} into ${nameOfType(to)} by itself`,
    advice: isCast ? `Write${text}.` : 'Write USING and how a value becomes another one.',
    edits: isCast ? [{ start: end, end, text }] : undefined,
  });
}

/** Whether a type is an enum of the migrations. */
function isEnumType(typeName: NodeOf<'TypeName'>, world: Checked['world']): boolean {
  const owner: ObjectRef = { kind: 'type', ...nameOf(typeName.names) };
  if (typeName.arrayBounds || world.get(owner)?.ref.kind !== 'type') return false;
  return world.parts(owner).some(({ kind }) => kind === 'enum label');
}
