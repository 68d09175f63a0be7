import { quoteIdent, quoteName } from '../catalog/names.ts';
import { nodeAs } from '../catalog/nodes.ts';
import type { ObjectRef } from '../catalog/objects.ts';
import type { World } from '../history/world.ts';
import { pending } from '../rerun/semantics/index.ts';
import { guardFor } from './guard.ts';
import { findPhrase } from '../syntax/tokens.ts';
import { findInStatement, inCaseOf } from './style.ts';
import { whyNotKnown } from './not-known.ts';
import type { Fixer } from './types.ts';

/**
 * Gives an unnamed index, constraint or statistics object the name that PostgreSQL would have chosen, then guards it.
 * The name is known only where history knows the table: another object may hold the first choice.
 */
export const name: Fixer<'name'> = ({ at: { effect, unit }, after }) => {
  const { statement } = unit;
  const { script } = statement;
  if (effect.action !== 'duplicate') return undefined;
  const { object } = effect;
  if (!object.name) return { why: `${whyUnknown(object, after)}; give it one` };
  const quoted = quoteIdent(object.name);
  const index = statement.as('IndexStmt');
  if (index) {
    const last = findInStatement(statement, 'INDEX [CONCURRENTLY]')!.at(-1)!;
    return { edits: [{ start: last.end, end: last.end, text: ` ${inCaseOf(statement, 'IF NOT EXISTS')} ${quoted}` }] };
  }
  if (statement.type === 'CreateStatsStmt') {
    const last = findInStatement(statement, 'STATISTICS')!.at(-1)!;
    // Without a name, it is made in the schema of its table; a name alone would put it into the first of search_path.
    return {
      edits: [
        { start: last.end, end: last.end, text: ` ${inCaseOf(statement, 'IF NOT EXISTS')} ${quoteName(object)}` },
      ],
    };
  }
  const tokens = statement.tokens.filter((t) => t.start >= unit.start && t.end <= unit.end);
  const add = findPhrase(script.text, tokens, 'ADD')?.at(-1);
  const constraint =
    statement.type === 'AlterDomainStmt' ||
    statement.as('AlterTableStmt')?.cmds?.some((c) => nodeAs(c, 'AlterTableCmd')?.subtype === 'AT_AddConstraint');
  if (!add || !constraint) return undefined;
  const guarded = guardFor(statement, pending(effect));
  if (!guarded?.guard) return guarded;
  return {
    guard: {
      ...guarded.guard,
      edits: [
        ...(guarded.guard.edits ?? []),
        { start: add.end, end: add.end, text: ` ${inCaseOf(statement, 'CONSTRAINT')} ${quoted}` },
      ],
    },
  };
};

function whyUnknown({ kind, of = { name: '' } }: ObjectRef, world: World): string {
  if (kind === 'constraint' && world.knowsTable(of))
    return (
      'the table has a foreign key to a partitioned table, ' + 'after which PostgreSQL 15 and 16 choose different names'
    );
  return (
    `${whyNotKnown({ kind: kind === 'domain constraint' ? 'domain' : 'table', ...of }, world)}, ` +
    'so the name that PostgreSQL chose for it is not known'
  );
}
