/**
 * Every rule that is not about a second run has a file of cases here: what it finds and what not, what its fix or its
 * suggestion writes. PostgreSQL runs every case; what is written must run twice and leave the same.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Environments } from '../../src/history/environment.ts';
import { play } from '../../src/history/play.ts';
import { fixText } from '../../src/linter/fix.ts';
import { lintText, type LintMessage, type LintOptions } from '../../src/linter/linter.ts';
import { presetRules } from '../../src/linter/presets.ts';
import { rules } from '../../src/rules/index.ts';
import { sameState } from '../../src/database/state.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { readEnvironment } from '../../src/verify/environment.ts';
import type { Engine } from '../../src/database/types.ts';
import { caseNames, readCases, writeCases } from '../support/cases.ts';
import { run, startIn } from '../support/database.ts';

const update = Boolean(process.env.UPDATE_FIXTURES);
const NAMES = caseNames();

const environments = new Environments();
const PATH = '/project/supabase/migrations/20250101000000_case.sql';
let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startIn(readEnvironment('supabase'), ['pgcrypto', 'uuid-ossp', 'pg_trgm', 'fuzzystrmatch', 'citext']);
}, 120_000);
afterAll(() => engine.close());

test('every rule has a file of cases, or speaks of a second run and has its fixtures, or of other files, git, or a run', () => {
  const own = Object.keys(rules).filter(
    (name) =>
      !/^(require-shared-guard|no-(bare-.*|unnamed-object|repeated-.*|use-of-removed|unknown-effect|syntax-error|refused-statement|clean-slate|silent-collision|unreplayable-history|edited-migration))$/.test(
        name,
      ),
  );
  expect(own.filter((name) => !NAMES.includes(name))).toEqual([]);
});

describe.each(NAMES)('%s', (rule) => {
  const cases = readCases(rule);
  if (update)
    afterAll(() => {
      writeCases(rule, cases);
    });

  test.each(cases.map((c) => [c.name, c] as const))(
    '%s',
    async (_, c) => {
      const world = environments.of(PATH).fork();
      play(new Script(c.setup).statements, world);
      const only: LintOptions = { rules: { [rule]: ['error', ...c.options] }, world };
      const { messages } = lintText(c.input, PATH, only);
      const isFix = messages.some((m) => m.fix);
      // A fix must lead to a migration that runs twice, with what all the other fixes do to it.
      const repeatable = { ...only, rules: { ...presetRules('recommended'), ...only.rules } };
      const options: LintOptions = isFix || c.refused ? repeatable : only;
      if (!isFix || c.refused) options.suggestions = true;
      const found = messages.map(
        (m) =>
          `${m.line}:${m.column} ${m.message}${m.suggestions ? ` (${m.suggestions.map((s) => s.desc).join(' / ')})` : ''}`,
      );
      const fixed = fixText(c.input, PATH, options);
      const written = messages.length > 0 ? fixed.output : undefined;
      if (update) Object.assign(c, { found, written });
      expect(found).toEqual(c.found);
      expect(written).toBe(c.written);
      if (written !== undefined) {
        expect(new Script(written).statements.flatMap((s) => s.problem ?? [])).toEqual([]);
        expect(fixText(written, PATH, options).output).toBeUndefined();
      }
      if (c.notRun !== undefined) return;
      if (!c.refused) return expect(await complaints(c.setup, c.input, written, isFix)).toEqual([]);
      expect(await refusals(c.setup, c.input)).toEqual(expectedRefusals(c.input, messages));
      const isMended = messages.every((m) => m.fix ?? m.suggestions);
      if (isMended) expect(await complaints(c.setup, c.input, written, true)).toEqual([]);
    },
    60_000,
  );

  // After the cases: those of a new rule are written by the tests above.
  test('has a case that is found and one that is not', () => {
    expect([cases.some((c) => c.found.length > 0), cases.some((c) => c.found.length === 0)]).toEqual([true, true]);
  });
});

/** The SQLSTATE with which each statement of a text is refused; each runs alone, from what those before it have left. */
async function refusals(setup: string, input: string): Promise<(string | undefined)[]> {
  const session = await engine.open();
  const codes: (string | undefined)[] = [];
  try {
    expect(await run(session, setup)).toBeUndefined();
    for (const { text } of new Script(input).statements) {
      codes.push((await run(session, text))?.code);
      await session.reset();
    }
    return codes;
  } finally {
    await session.close();
  }
}

/** The same, as the findings say. */
const expectedRefusals = (input: string, messages: readonly LintMessage[]): (string | undefined)[] => {
  const script = new Script(input);
  return script.statements.map(({ start, stop }) => {
    const found = messages.find((m) => {
      const at = script.lines.offsetOf({ line: m.line, column: m.column });
      return start <= at && at < stop;
    });
    return found && /fails with (\w{5})/.exec(found.message)?.[1];
  });
};

/** What PostgreSQL has against a case: what is written must run twice, and change nothing the second time. */
async function complaints(
  setup: string,
  input: string,
  written: string | undefined,
  isFix: boolean,
): Promise<string[]> {
  const session = await engine.open();
  const said: string[] = [];
  const execute = async (what: string, sql: string) => {
    const failure = await run(session, sql);
    if (failure) said.push(`${what}: ${failure.code} ${failure.message}, in: ${failure.sql}`);
  };
  try {
    await execute('the setup fails', setup);
    if (written === undefined) {
      await execute('the migration fails', input);
      return said;
    }
    // What a fix mends could not run at all; a suggestion begins where the original has run.
    if (!isFix) await execute('the original fails', input);
    await execute('what is written fails', written);
    const first = said.length === 0 ? await session.state() : undefined;
    await execute('the second run fails', written);
    if (first && said.length === 0 && !sameState(await session.state(), first))
      said.push('the second run changes something');
    return said;
  } finally {
    await session.close();
  }
}
