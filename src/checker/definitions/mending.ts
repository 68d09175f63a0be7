/** What lets a body in PL/pgSQL compile. The compiler says whether it does. */
import { lookup } from '../../lookup.ts';
import { SQLSTATES } from '../../catalog/sqlstates.ts';
import { edited, type Edit } from '../../fixers/edits.ts';
import { inCaseOf } from '../../fixers/style.ts';
import { flatMap } from '../../lists.ts';
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

/** What may be missing: where it is pointed at, what to write, and where. */
type Attempt = Pick<Problem, 'start' | 'end' | 'advice'> & { edits: readonly Edit[] };

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
  const { script, start, end } = statement;
  for (const attempt of attempts(place, tokens, body, statement))
    if (plpgsqlError(edited(script.text, attempt.edits, start, end)) === undefined) return attempt;
  return undefined;
}

/** What is tried, the likeliest first. */
function* attempts(place: Range, tokens: readonly Token[], body: Range, statement: Statement): Generator<Attempt> {
  const { text } = statement.script;
  const insert = (at: number, words: string): Edit => ({ start: at, end: at, text: inCaseOf(statement, words) });
  for (const { form, text: textFor, advice } of OTHERWISE)
    for (const match of text.slice(body.start, body.end).matchAll(form)) {
      const start = body.start + match.index;
      const range = { start, end: start + match[0].length };
      yield { ...range, advice, edits: [{ ...range, text: textFor(match) }] };
    }
  const word = ({ start, end }: Token) => text.slice(start, end).toLowerCase();
  const behind = tokens.findIndex(({ start }) => start > place.end);
  const near = tokens.slice(0, behind < 0 ? tokens.length : behind + 1);
  const places = flatMap(near, (token, k) => (k > 0 && BEGINS_STATEMENT.has(word(token)) ? k : []));
  for (const k of places.toReversed().slice(0, MOST_PLACES)) {
    const { start, end } = tokens[k]!;
    if (word(tokens[k]!) === 'end')
      for (const ending of ENDINGS) yield { start, end, advice: `Write END${ending}.`, edits: [insert(end, ending)] };
    for (const { text: missing, advice } of LEFT_OUT)
      yield { start, end, advice, edits: [insert(tokens[k - 1]!.end, missing)] };
  }
  const [first] = tokens;
  if (!first || /^(begin|declare|<<)$/.test(word(first))) return;
  const edits = [insert(first.start, 'BEGIN '), insert(tokens.at(-1)!.end, ' END;')];
  yield { ...place, advice: 'Write BEGIN and END around the statements.', edits };
}

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
