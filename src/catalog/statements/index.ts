/** The table of statements: every node that the grammar can make of one, with what a second run does. */
import type { NodeTag } from '../../syntax/parser.ts';
import type { Entry, Surroundings } from '../effects.ts';
import { alterEntries, alterTableEntries, moveEntries, renameEntries } from './alter.ts';
import { createEntries } from './create.ts';
import { dataEntries } from './data.ts';
import { dropEntries } from './drop.ts';
import { explainEntries } from './explain.ts';
import { harmlessEntries } from './harmless.ts';
import { pushTo } from '../../lists.ts';

export const entries: readonly Entry[] = [
  ...createEntries,
  ...alterTableEntries,
  ...alterEntries,
  ...renameEntries,
  ...moveEntries,
  ...dropEntries,
  ...dataEntries,
  ...explainEntries((type, node, around) => entryFor(type, node, around)?.effects?.(node as never, around) ?? []),
  ...harmlessEntries,
];

const byNode = new Map<NodeTag, Entry[]>();
for (const e of entries) pushTo(byNode, e.node, e);

/** The entry for a statement or a subcommand: of those for its node type, the first whose `when` holds. */
export function entryFor(type: NodeTag, node: object, around: Surroundings): Entry | undefined {
  return byNode.get(type)?.find((entry) => !entry.when || entry.when(node as never, around));
}
