import { quoteIdent, quoteName } from '../catalog/names.ts';
import { kindInfo, type ObjectRef } from '../catalog/objects.ts';
import { inCaseOf, lineIndent } from './style.ts';
import type { Fixer } from './types.ts';

/** DROP … IF EXISTS for objects that hold no data and that nothing can depend on. */
export function dropStatement(ref: ObjectRef): string | undefined {
  const keywords = kindInfo(ref.kind).dropFirst;
  if (!keywords) return undefined;
  return `DROP ${keywords} IF EXISTS ${quoteIdent(ref.name)}${ref.of ? ` ON ${quoteName(ref.of)}` : ''};`;
}

/**
 * Puts the DROP on a line of its own before the statement, with what its migration tool wants between two statements.
 */
export const dropFirst: Fixer<'drop-first'> = ({ at: { unit, effect } }) => {
  const { statement } = unit;
  const { script } = statement;
  const drop = 'object' in effect ? dropStatement(effect.object) : undefined;
  if (!drop) return undefined;
  const separator = script.format.breakpoint ?? '';
  const text = `${inCaseOf(statement, drop)}${separator}${script.eol}${lineIndent(script, statement.start)}`;
  return { edits: [{ start: statement.start, end: statement.start, text }] };
};
