/** What lets a body in PL/pgSQL compile. The compiler says whether it does. */
import { lookup } from '../../lookup.ts';
import { SQLSTATES } from '../../catalog/sqlstates.ts';
import { applyEdits, type Edit } from '../../fixers/edits.ts';
import { inCaseOf } from '../../fixers/style.ts';
import type { Token } from '../../syntax/lexer.ts';
import { plpgsqlError } from '../../syntax/parse.ts';
import type { Statement } from '../../syntax/script.ts';
import { similar } from '../names/similar.ts';
import type { Problem } from '../problem.ts';

interface Range {
  start: number;
  end: number;
}

/** The words with which a statement of PL/pgSQL begins, or ends. */
const BEGINS_STATEMENT: ReadonlySet<string> = new Set(
  `begin end return if elsif elseif else for foreach while loop raise insert update delete select perform execute
  exception when exit continue null create alter drop grant revoke call assert open close fetch truncate comment`.split(
    /\s+/,
  ),
);

/** What is left out most often, and how it is said. */
const LEFT_OUT: readonly { text: string; advice: string }[] = [
  { text: ';', advice: 'Write a semicolon before it.' },
  { text: ' THEN', advice: 'Write THEN.' },
  { text: ' LOOP', advice: 'Write LOOP.' },
  { text: ' END IF;', advice: 'Write END IF.' },
  { text: ' END LOOP;', advice: 'Write END LOOP.' },
];

/** What END may end besides the block. */
const ENDINGS: readonly string[] = [' IF', ' LOOP', ' CASE'];

/** How far before the place that the compiler means something may be missing, in statements. */
const MOST_PLACES = 4;

/**
 * What lets a body compile, where a word or a semicolon is missing near the place of the error.
 * @param tokens those of the body
 */
export function mend(
  place: Range,
  tokens: readonly Token[],
  body: Range,
  statement: Statement,
): Partial<Problem> | undefined {
  const { text } = statement.script;
  const compiles = (edits: readonly Edit[]) =>
    plpgsqlError(applyEdits(text.slice(statement.start, statement.end), movedBy(edits, -statement.start))) ===
    undefined;
  const raw = ({ start, end }: Token) => text.slice(start, end);
  for (const { form, text: textFor, advice } of OTHERWISE)
    for (const match of text.slice(body.start, body.end).matchAll(form)) {
      const start = body.start + match.index;
      const edits = [{ start, end: start + match[0].length, text: textFor(match) }];
      if (compiles(edits)) return { start, end: start + match[0].length, advice, edits };
    }
  const behind = tokens.findIndex(({ start }) => start > place.end);
  const last = behind < 0 ? tokens.length - 1 : behind;
  const places = tokens.slice(1, last + 1).filter((token) => BEGINS_STATEMENT.has(raw(token).toLowerCase()));
  for (const token of places.toReversed().slice(0, MOST_PLACES)) {
    const at = tokens[tokens.indexOf(token) - 1]!.end;
    const ending = /^end$/i.test(raw(token)) ? ENDINGS : [];
    for (const text of ending) {
      const edits = [{ start: token.end, end: token.end, text: inCaseOf(statement, text) }];
      if (compiles(edits)) return { start: token.start, end: token.end, advice: `Write END${text}.`, edits };
    }
    for (const { text: missing, advice } of LEFT_OUT) {
      const edits = [{ start: at, end: at, text: inCaseOf(statement, missing) }];
      if (compiles(edits)) return { start: token.start, end: token.end, advice, edits };
    }
  }
  if (/^(begin|declare|<<)$/i.test(raw(tokens[0]!))) return undefined;
  const edits = [
    { start: tokens[0]!.start, end: tokens[0]!.start, text: inCaseOf(statement, 'BEGIN ') },
    { start: tokens.at(-1)!.end, end: tokens.at(-1)!.end, text: inCaseOf(statement, ' END;') },
  ];
  return compiles(edits) ? { advice: 'Write BEGIN and END around the statements.', edits } : undefined;
}

const movedBy = (edits: readonly Edit[], by: number): Edit[] =>
  edits.map(({ start, end, text }) => ({ start: start + by, end: end + by, text }));

/** What is written otherwise in PL/pgSQL, with what it becomes. */
const OTHERWISE: readonly { form: RegExp; text: (match: RegExpExecArray) => string; advice: string }[] = [
  {
    form: /(\w+)\s*([+*/-])=/g,
    text: ([, name, sign]) => `${name} := ${name} ${sign}`,
    advice: 'Write := and the variable.',
  },
  { form: /\breturn\s+(?=select\b|values\b|with\b)/gi, text: () => 'RETURN QUERY ', advice: 'Write RETURN QUERY.' },
  {
    form: /\b(?:print|echo|console\.log)\s*\(?\s*('[^']*')\s*\)?/gi,
    text: ([, said]) => `RAISE NOTICE ${said}`,
    advice: 'Write RAISE NOTICE.',
  },
];

/** What people call the conditions that they catch most. */
const CONDITIONS = lookup<string>({
  duplicate_key: 'unique_violation',
  unique_constraint: 'unique_violation',
  unique_constraint_violation: 'unique_violation',
  duplicate_entry: 'unique_violation',
  foreign_key: 'foreign_key_violation',
  not_found: 'no_data_found',
  all: 'others',
  any: 'others',
  other: 'others',
  error: 'others',
  exception: 'others',
  duplicate_type: 'duplicate_object',
  duplicate_policy: 'duplicate_object',
  duplicate_constraint: 'duplicate_object',
  duplicate_trigger: 'duplicate_object',
  duplicate_index: 'duplicate_table',
  duplicate_relation: 'duplicate_table',
});

/** EXCEPTION WHEN duplicate_key THEN */
export function conditionMeant(condition: string, place: Range): Pick<Problem, 'advice' | 'edits'> {
  const meant = CONDITIONS[condition] ?? similar(condition, ['others', ...Object.values(SQLSTATES)]);
  return meant === undefined
    ? { advice: 'Write the name of a condition, or OTHERS.' }
    : { advice: `Write ${meant}.`, edits: [{ ...place, text: meant }] };
}
