/** The table of statements: every node that the grammar can make of one, with what a second run does. */
import type { NodeTag } from '../../syntax/parser.ts';
import type { Entry } from '../effects.ts';
import { alterEntries, alterTableEntries, moveEntries, renameEntries } from './alter.ts';
import { createEntries } from './create.ts';
import { dataEntries } from './data.ts';
import { dropEntries } from './drop.ts';
import { harmlessEntries } from './harmless.ts';

export const entries: readonly Entry[] = [
  ...createEntries,
  ...alterTableEntries,
  ...alterEntries,
  ...renameEntries,
  ...moveEntries,
  ...dropEntries,
  ...dataEntries.filter((e) => e.node !== 'SelectStmt'),
  ...dataEntries.filter((e) => e.node === 'SelectStmt'),
  ...harmlessEntries,
];

const byNode = new Map<NodeTag, Entry[]>();
for (const e of entries) {
  const list = byNode.get(e.node);
  if (list) list.push(e);
  else byNode.set(e.node, [e]);
}

/** The entries for a node type, in the order in which they are tried. */
export const entriesFor = (node: NodeTag): readonly Entry[] => byNode.get(node) ?? [];
