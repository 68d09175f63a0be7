import { quoteLiteral, quoteName } from '../catalog/names.ts';
import { dollarTag, findInStatement, inCaseOf, indentUnit, lineIndent } from './style.ts';
import { obstacleToBlock, staysAlone } from './runner.ts';
import type { Fixer } from './types.ts';
import { blockBefore } from './layout.ts';
import { whyNotKnown } from './not-known.ts';

/**
 * CREATE INDEX CONCURRENTLY IF NOT EXISTS alone is a trap: a build that failed leaves an invalid index of that name,
 * and the second run takes it for done. So the invalid one is dropped first.
 */
export const concurrentIndex: Fixer<'concurrent-index'> = ({ at: { unit, effect }, after }, _, { runners }) => {
  const { statement } = unit;
  const { script } = statement;
  if (!('object' in effect) || statement.embedded) return undefined;
  if (!effect.object.name)
    return {
      why:
        `${whyNotKnown({ kind: 'table', ...(effect.object.of ?? { name: '' }) }, after)}, ` +
        'so the name that PostgreSQL chose for it is not known; give it one',
    };
  const name = quoteName(effect.object);
  const [indent, unitIndent, eol] = [lineIndent(script, statement.start), indentUnit(script), script.eol];
  const tag = dollarTag(name);
  const write = (sql: string) => inCaseOf(statement, sql);
  const lines = [
    `${write('DO')} ${tag} ${write('BEGIN')}`,
    unitIndent +
      write(
        `IF EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(${quoteLiteral(name)}) AND NOT ` +
          'indisvalid) THEN',
      ),
    unitIndent + unitIndent + write(`DROP INDEX ${name};`),
    unitIndent + write('END IF;'),
    `${write('END')} ${tag};`,
  ];
  const last = findInStatement(statement, 'INDEX [CONCURRENTLY]')!.at(-1)!;
  const unnamed = effect.action === 'duplicate' ? ` ${quoteName({ name: effect.object.name })}` : '';
  const keywords = { start: last.end, end: last.end, text: ` ${inCaseOf(statement, 'IF NOT EXISTS')}${unnamed}` };
  // The tool refuses the file if another statement stands beside this one. no-unknown-effect reports how to drop an
  // invalid index.
  if (staysAlone(statement, runners) ?? obstacleToBlock([statement], runners)) return { edits: [keywords] };
  return {
    edits: [
      {
        start: statement.start,
        end: statement.start,
        text: `${blockBefore(statement, lines.join(eol + indent), eol + indent)}${eol}${indent}`,
      },
      keywords,
    ],
  };
};
