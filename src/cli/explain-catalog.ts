/** What the table of statements knows, for `explain`: by SQLSTATE, and by how people call a statement. */
import { SQLSTATES, wordsOf, type SqlState } from '../catalog/sqlstates.ts';
import type { Entry, Technique } from '../catalog/effects.ts';
import { entries } from '../catalog/statements/index.ts';

const WORDS: Readonly<Record<Exclude<Technique['technique'], 'keyword'>, string>> = {
  'drop-first': 'DROP … IF EXISTS before it',
  guard: 'a guard in a DO block',
  'drop-add': 'DROP … IF EXISTS before it',
  name: 'the name that PostgreSQL would choose, then a guard',
  'concurrent-index': 'drop an invalid leftover, then IF NOT EXISTS',
  'select-into': 'CREATE TABLE IF NOT EXISTS … AS',
  'guard-each': 'a guard in a DO block, one for each item',
  insert: 'ON CONFLICT DO NOTHING, or a question for the row',
};

/** What makes a statement repeatable, in words. */
export function remedyOf({ secondRun, techniques, unfixable }: Entry): string {
  if (secondRun === 'harmless') return 'nothing to do';
  const [first] = techniques ?? [];
  if (!first) return `no automatic fix: ${unfixable ?? 'a person has to decide'}`;
  return first.technique === 'keyword' ? first.keywords : WORDS[first.technique];
}

/** What a second run does with a statement, in words. */
export function secondRunOf({ secondRun }: Entry): string {
  if (secondRun === 'harmless') return 'a second run says the same again';
  return 'error' in secondRun
    ? `a second run fails with ${secondRun.error} (${wordsOf(secondRun.error)})`
    : `a second run ${secondRun.effect}`;
}

const described = (entry: Entry): string =>
  `  ${entry.statement}\n    ${secondRunOf(entry)}; made repeatable by ${remedyOf(entry)}`;

/** An error code of PostgreSQL, and the statements that a second run fails with it; undefined where it is none. */
export function explainState(text: string): string | undefined {
  const state = text.toUpperCase();
  if (!Object.hasOwn(SQLSTATES, state)) return undefined;
  const failing = entries.filter(
    ({ secondRun }) => typeof secondRun === 'object' && 'error' in secondRun && secondRun.error === state,
  );
  return [
    `${state} (${wordsOf(state as SqlState)}) is an error code of PostgreSQL.`,
    'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    ...(failing.length > 0
      ? ['', 'A second run of these statements fails with it:', ...failing.map(({ statement }) => `  ${statement}`)]
      : ['', 'No statement fails with it only because it runs a second time.']),
  ].join('\n');
}

/** The statements that people call so; undefined where there is none. */
export function explainStatement(text: string): string | undefined {
  const words = text.toUpperCase().trim().split(/\s+/);
  const found = entries.filter(({ statement }) => {
    const known = statement.toUpperCase().split(/[^A-Z]+/);
    return known[0] === words[0] && words.every((word) => known.includes(word));
  });
  return found.length === 0 ? undefined : found.map(described).join('\n');
}
