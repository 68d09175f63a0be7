/** Strings that stand for a value of an enum which does not have it. */
import { quoteLiteral } from '../../catalog/names.ts';
import { nameOf, nodeAs, stringOf } from '../../catalog/nodes.ts';
import { constantOf } from '../../catalog/constants.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import { flatMap } from '../../lists.ts';
import type { Node, NodeOf } from '../../syntax/parser.ts';
import { tokenRange } from '../places.ts';
import { sameButCase, similar } from '../names/similar.ts';
import type { Checked } from '../problem.ts';

/** `'opne'::order_status` */
export function checkEnumValue(value: Node | undefined, type: NodeOf<'TypeName'> | undefined, checked: Checked): void {
  const { statement, world, report } = checked;
  const constant = nodeAs(value, 'A_Const');
  if (!constant || !type?.names || type.arrayBounds || constantOf(value)?.kind !== 'string') return;
  const { schema, name } = nameOf(type.names);
  const label = constantOf(value)!.text;
  if (world.has({ kind: 'enum label', name: label, of: { schema, name } }) !== false) return;
  const owner: ObjectRef = { kind: 'type', schema, name };
  // A table's rows are a type, too.
  if (world.get(owner)?.ref.kind !== 'type') return;
  const labels = flatMap(world.parts(owner), (part) => (part.kind === 'enum label' ? [part.name] : []));
  if (labels.length === 0) return;
  const meant = similar(label, labels);
  const place = tokenRange(statement, constant.location);
  const text = meant === undefined ? undefined : quoteLiteral(meant);
  report({
    family: 'definition',
    ...place,
    error: '22P02',
    problem: `Type "${name}" has no value ${quoteLiteral(label)}`,
    advice: `Write ${text ?? `one of ${listOf(labels)}`}.`,
    edits: text === undefined ? undefined : [{ ...place, text }],
    certain: meant !== undefined && sameButCase(meant, label),
  });
}

/** CREATE TYPE … AS ENUM with a value twice. */
export function checkEnum({ vals = [], typeName }: NodeOf<'CreateEnumStmt'>, { statement, report }: Checked): void {
  const labels = vals.map(stringOf);
  const twice = labels.find((label, k) => labels.indexOf(label) < k);
  if (twice === undefined) return;
  const written = quoteLiteral(twice);
  const start = statement.start + statement.text.lastIndexOf(written);
  report({
    family: 'definition',
    start,
    end: start + written.length,
    error: '23505',
    problem: `Type "${nameOf(typeName).name}" has the value ${written} twice`,
    advice: 'Take one of them out.',
  });
}

/** The first values of a type. */
const listOf = (labels: readonly string[]): string =>
  [...labels.slice(0, MOST).map(quoteLiteral), ...(labels.length > MOST ? ['…'] : [])].join(', ');

const MOST = 5;
