import type { Fixer } from './types.ts';
import { findPhrase } from '../syntax/tokens.ts';
import { findInStatement, inCaseOf } from './style.ts';

/** Inserts PostgreSQL's own form: IF NOT EXISTS, IF EXISTS or OR REPLACE. */
export const keyword: Fixer<'keyword'> = ({ at: { unit } }, { keywords, after, since }, options) => {
  if (since !== undefined && options.postgresVersion < since) return undefined;
  const { statement } = unit;
  // What stands in the head of ALTER TABLE belongs to the statement, the rest to its subcommand.
  const whole = after.startsWith('ALTER') || unit.start === statement.start;
  const found = whole
    ? findInStatement(statement, after)
    : findPhrase(
        statement.script.text,
        statement.tokens.filter((t) => t.start >= unit.start && t.end <= unit.end),
        after,
      );
  const last = found?.at(-1);
  return last && { edits: [{ start: last.end, end: last.end, text: ` ${inCaseOf(statement, keywords)}` }] };
};
