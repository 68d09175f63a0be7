import { quoteIdent } from '../catalog/names.ts';
import { inCaseOf } from './style.ts';
import type { Fixer } from './types.ts';

/**
 * DROP CONSTRAINT IF EXISTS in the same ALTER TABLE, so that both happen or neither. Keys are left to a guard: foreign
 * keys may depend on them, and then they cannot be dropped.
 */
export const dropAdd: Fixer<'drop-add'> = ({ at: { unit, effect } }) => {
  if (effect.action !== 'create' || !['c', 'f', 'x'].includes(effect.object.detail?.contype ?? '')) return undefined;
  return {
    edits: [
      {
        start: unit.start,
        end: unit.start,
        text: `${inCaseOf(unit.statement, 'DROP CONSTRAINT IF EXISTS')} ${quoteIdent(effect.object.name)}, `,
      },
    ],
  };
};
