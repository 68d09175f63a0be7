/**
 * Spellings of the fixtures that nobody has written down: letter case, quotes, schemas, white space, comments and line
 * ends are drawn at random, and what `--fix` makes of them runs twice on PostgreSQL and ends where the original ends.
 *
 * `VARIANTS=1000` draws more of them, `VARIANTS_SEED=7` others.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { strip, walk } from '../src/catalog/nodes.ts';
import { fixText } from '../src/linter/fix.ts';
import { loadParser, parseStatement } from '../src/syntax/parser.ts';
import { Script } from '../src/syntax/script.ts';
import { tokenize, type Token } from '../src/syntax/lexer.ts';
import type { Engine } from '../src/database/types.ts';
import { judge, startDatabases } from './support/database.ts';
import { findingLine, readFixtures, secondRunRules, worldAfter, type Fixture } from './support/fixtures.ts';

const RUNS = Number(process.env.VARIANTS ?? 60);
const seed = Number(process.env.VARIANTS_SEED ?? 20250901);
/** Without PostgreSQL, many more can be looked at in the same time. */
const STATIC_RUNS = RUNS * 10;

/** The data of COPY is not SQL, and comments of migration tools have their places. */
const fixtures = [...readFixtures('statements'), ...readFixtures('files')].filter(
  (f) => !/^COPY |statement-breakpoint/im.test(f.input),
);
const fixable = fixtures.filter((f) => f.fixed !== undefined);
const runnable = fixable.filter((f) => f.notRun === undefined);

interface Spelling {
  letters: 'as written' | 'upper' | 'lower' | 'mixed';
  quoted: boolean;
  qualified: boolean;
  /** What stands between the tokens, one after the other and from the beginning again. */
  gaps: (string | undefined)[];
  around: 'nothing' | 'transaction' | 'settings';
  crlf: boolean;
  lastSemicolon: boolean;
}

const gap = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ' ',
      '\n',
      '\n\t',
      '\n    ',
      ' /* a; b */ ',
      ' /* /* nested */ $$ */ ',
      " -- it's a comment; DROP\n",
      '\n-- größer 😀\n  ',
    ),
  },
);
const spelling: fc.Arbitrary<Spelling> = fc.record({
  letters: fc.constantFrom('as written', 'upper', 'lower', 'mixed'),
  quoted: fc.boolean(),
  qualified: fc.boolean(),
  gaps: fc.array(gap, { minLength: 7, maxLength: 40 }),
  around: fc.constantFrom('nothing', 'nothing', 'transaction', 'settings'),
  crlf: fc.boolean(),
  lastSemicolon: fc.boolean(),
});

function spell(input: string, { letters, quoted, qualified, gaps, around, crlf, lastSemicolon }: Spelling): string {
  const text = qualified ? qualify(input) : input;
  const tokens = tokenize(text, 0, text.length, { comments: true });
  const names = quoted ? quotable(text) : new Set<number>();
  let out = '';
  tokens.forEach((token, k) => {
    const before = text.slice(k === 0 ? 0 : tokens[k - 1]!.end, token.start);
    const drawn = k === 0 || afterLineComment(tokens[k - 1]!) ? undefined : gaps[k % gaps.length];
    // A bare line end within an operator's surroundings is fine; only where there was nothing, white space would not be.
    out += drawn ?? before;
    const raw = text.slice(token.start, token.end);
    out += names.has(token.start) ? `"${raw.toLowerCase()}"` : token.kind === 'word' ? cased(raw, letters, k) : raw;
  });
  if (!lastSemicolon) out = out.replace(/;\s*$/, '');
  if (around === 'transaction' && !outsideTransaction(input)) out = `BEGIN; ${out}${lastSemicolon ? '' : ';'} COMMIT;`;
  if (around === 'settings') out = `SET lock_timeout = '0'; ${out}`;
  return crlf ? out.replaceAll('\n', '\r\n') : out;

  function afterLineComment(token: Token): boolean {
    return token.kind === 'comment' && text.startsWith('--', token.start);
  }
}

const cased = (word: string, letters: Spelling['letters'], k: number) =>
  letters === 'upper'
    ? word.toUpperCase()
    : letters === 'lower'
      ? word.toLowerCase()
      : letters === 'mixed' && k % 2 === 0
        ? word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
        : word;

/** What may not stand in a transaction, or is one. */
const outsideTransaction = (sql: string) => /\b(concurrently|vacuum|begin;|commit|add value)\b/i.test(sql);

/** The words that mean the same in quotes: the parser gives the same tree. */
function quotable(text: string): Set<number> {
  const found = new Set<number>();
  for (const { start, end, tokens, type } of new Script(text).statements) {
    if (!type || type === 'DoStmt') continue;
    const sql = text.slice(start, end);
    const tree = treeOf(sql);
    for (const token of tokens) {
      if (token.kind !== 'word') continue;
      const raw = text.slice(token.start, token.end);
      if (treeOf(`${text.slice(start, token.start)}"${raw.toLowerCase()}"${text.slice(token.end, end)}`) === tree)
        found.add(token.start);
    }
  }
  return found;
}

function treeOf(sql: string): string {
  const parsed = parseStatement(sql);
  return parsed.ok ? JSON.stringify(strip(parsed.node)) : sql;
}

/** Puts `public.` before every relation that has no schema. */
function qualify(text: string): string {
  if (/search_path|create schema|\btemp\b/i.test(text)) return text;
  const places = new Set<number>();
  for (const statement of new Script(text).statements) {
    walk(statement.node, (_, node) => {
      const { relname, schemaname, location } = node;
      if (
        typeof relname === 'string' &&
        schemaname === undefined &&
        text.startsWith(relname, statement.start + ((location as number | undefined) ?? 0))
      )
        places.add(statement.start + ((location as number | undefined) ?? 0));
    });
  }
  let out = '';
  let at = 0;
  for (const place of [...places].sort((a, b) => a - b)) {
    out += `${text.slice(at, place)}public.`;
    at = place;
  }
  return out + text.slice(at);
}

let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases(['pg_trgm']);
}, 60_000);
afterAll(() => engine.close());

const fix = (fixture: Fixture, sql: string) =>
  fixText(sql, 'variant.sql', { rules: secondRunRules, world: worldAfter(fixture.setup) });

test(`${STATIC_RUNS} spellings are fixed, parse, and are not fixed again`, { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.constantFrom(...fixable), spelling, (fixture, how) => {
      const sql = spell(fixture.input, how);
      expect(
        new Script(sql).statements.flatMap((s) => s.problem ?? []),
        sql,
      ).toEqual([]);
      const { output } = fix(fixture, sql);
      expect(output, sql).toBeDefined();
      expect(
        new Script(output!).statements.flatMap((s) => s.problem ?? []),
        output,
      ).toEqual([]);
      const again = fix(fixture, output!);
      expect(again.output, output).toBeUndefined();
      expect(
        again.messages.map(findingLine).filter((line) => !line.includes('no automatic fix')),
        output,
      ).toEqual([]);
    }),
    { numRuns: STATIC_RUNS, seed },
  );
});

test(`${RUNS} spellings run twice and end where the original ends`, { timeout: 60_000 + RUNS * 10_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...runnable), spelling, async (fixture, how) => {
      const sql = spell(fixture.input, how);
      const { output } = fix(fixture, sql);
      const { complaints } = await judge(engine, fixture.setup, sql, output ?? sql);
      expect(complaints.join('\n'), `${sql}\n———\n${output ?? ''}`).toBe('');
    }),
    { numRuns: RUNS, seed },
  );
});
