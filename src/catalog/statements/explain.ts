/** EXPLAIN ANALYZE runs the statement that it explains. */
import type { Node, NodeOf, NodeTag } from '../../syntax/parser.ts';
import { entry, type Effect, type Entry, type Surroundings } from '../effects.ts';
import { isOn } from '../nodes.ts';

/** What a statement within another does, as its own entry says. */
export type EffectsOf = (type: NodeTag, node: object, around: Surroundings) => readonly Effect[];

const NO_FIX = 'leave out ANALYZE, or measure the statement outside of the migration';
const inDoBlock = 'EXPLAIN returns rows, and PL/pgSQL has nowhere to put them';

const typeOf = (query: Node | undefined): NodeTag | undefined => query && (Object.keys(query)[0] as NodeTag);
const isRun = ({ options }: NodeOf<'ExplainStmt'>): boolean => isOn(options, 'analyze') === true;

/** @param effectsOf looks up the table, of which these entries are a part */
export function explainEntries(effectsOf: EffectsOf): Entry[] {
  const effects = ({ query }: NodeOf<'ExplainStmt'>, around: Surroundings): Effect[] => {
    const type = typeOf(query);
    return type ? [...effectsOf(type, (query as Record<string, object>)[type]!, around)] : [];
  };
  return [
    entry<'ExplainStmt'>({
      id: 'explain-analyze-create-table-as',
      back: 'drops it',
      statement: 'EXPLAIN ANALYZE CREATE TABLE AS',
      node: 'ExplainStmt',
      inTransaction: true,
      inDoBlock,
      when: (node) => isRun(node) && typeOf(node.query) === 'CreateTableAsStmt',
      secondRun: { error: '42P07' },
      effects,
      unfixable: NO_FIX,
    }),
    entry<'ExplainStmt'>({
      id: 'explain-analyze',
      back: 'what it has changed is compared, and undone as far as objects and rows tell',
      statement: 'EXPLAIN ANALYZE',
      node: 'ExplainStmt',
      inTransaction: true,
      inDoBlock,
      when: isRun,
      secondRun: { effect: 'runs the statement again' },
      effects,
      unfixable: NO_FIX,
    }),
  ];
}
