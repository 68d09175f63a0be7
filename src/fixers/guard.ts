import { tellsModifiers, type Detail, type ObjectRef } from '../catalog/objects.ts';
import { mayBeSameType } from '../catalog/names.ts';
import { obstacleInDo } from '../catalog/do-block.ts';
import { pending } from '../rerun/semantics/index.ts';
import type { Statement } from '../syntax/script.ts';
import { depthsOf } from '../syntax/nesting.ts';
import type { Edit } from './edits.ts';
import type { Fix, Fixer } from './types.ts';

/** Asks the catalog before the statement, in a DO block. */
export const guard: Fixer<'guard'> = ({ at: { effect, unit, before } }) => {
  if (effect.action === 'duplicate') return undefined;
  const why = effect.action === 'create' ? unaskable(effect.object, before.column?.detail) : undefined;
  return why === undefined ? guardFor(unit.statement, pending(effect)) : { why };
};

/** Why the type of a column does not tell whether the column has been converted. */
function unaskable({ kind, detail = {} }: ObjectRef, before: Detail | undefined): string | undefined {
  if (kind !== 'column type') return undefined;
  if (before?.type === undefined)
    return 'no earlier migration shows the type of the column, so its type may not tell whether it has been converted';
  if (!mayBeSameType(before.type, detail.type ?? '')) return undefined;
  return before.definition !== detail.definition && tellsModifiers(detail)
    ? undefined
    : 'the column has the same type before and after, so nothing tells whether its values have been converted';
}

export function guardFor(statement: Statement, condition: string | undefined): Fix | undefined {
  if (condition === undefined) return undefined;
  const squeeze = (sql: string) => sql.replace(/\s+/g, '').toLowerCase();
  if (statement.guards.some((g) => g.kind === 'if' && squeeze(g.text) === squeeze(condition)))
    return { why: 'it already stands under that condition, and still cannot run twice' };
  const obstacle = obstacleInDo(statement);
  if (obstacle) return { why: obstacle };
  return { guard: { condition, edits: plpgsqlEdits(statement) } };
}

/** The edits that turn a statement into PL/pgSQL: SELECT becomes PERFORM, and RETURNING is removed. */
export function plpgsqlEdits(statement: Statement): Edit[] {
  const { script, tokens } = statement;
  if (statement.embedded) return [];
  if (statement.type === 'SelectStmt') {
    const first = tokens[0]!;
    return [
      {
        start: first.start,
        end: first.end,
        text: /[A-Z]/.test(script.text.slice(first.start, first.end)) ? 'PERFORM' : 'perform',
      },
    ];
  }
  const returning =
    ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(statement.type ?? '') &&
    (statement.node as { returningList?: unknown; returningClause?: unknown });
  if (returning && (returning.returningList ?? returning.returningClause)) {
    const depths = depthsOf(script.text, tokens);
    const at = tokens.findLastIndex(
      (t, k) => depths[k] === 0 && t.kind === 'word' && /^returning$/i.test(script.text.slice(t.start, t.end)),
    );
    if (at > 0) return [{ start: tokens[at - 1]!.end, end: statement.end, text: '' }];
  }
  return [];
}
