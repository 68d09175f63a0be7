/**
 * Files that PostgreSQL does not accept, in the manner of assistants and of other databases, each with what its author
 * meant. What is corrected must be what was meant, and run; the rest is named; nothing hides the statements behind it.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/catalog/digest.ts';
import { play } from '../../src/history/play.ts';
import { World } from '../../src/history/world.ts';
import { fixText } from '../../src/linter/fix.ts';
import { lintText, type LintMessage, type LintOptions } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import type { Engine, Mark, Session } from '../../src/database/types.ts';
import { run, startDatabases } from '../support/database.ts';
import { readInvalid } from '../support/invalid.ts';

/** The rules about SQL that PostgreSQL does not accept. */
const RULES = ['no-invented-syntax', 'no-misspelled-type', 'no-syntax-error'];
/** A statement behind the invalid ones, which has a finding of its own. */
const BEHIND = 'CREATE TABLE behind_it (id bigint);\n';

const setup = readFileSync('test/invalid/setup.sql', 'utf8');
const optionsWith = (rules: readonly string[]): LintOptions => {
  const world = new World();
  play(new Script(setup).statements, world);
  return { rules: Object.fromEntries(rules.map((rule) => [rule, 'error'])), world };
};

/** The statements of a text without where they stand; undefined where one does not parse. */
function meaningOf(text: string): readonly number[] | undefined {
  const statements = new Script(text).all();
  return statements.some((s) => s.problem) ? undefined : statements.map((s) => digestOf(s.node));
}

/** What `--fix` makes of a text, with the first suggestion where it has one. */
function correct(written: string): { fixed: string; messages: readonly LintMessage[] } {
  const { output = written, messages } = fixText(written, 'case.sql', optionsWith(RULES));
  const suggested = messages.find((m) => m.suggestions)?.suggestions?.[0]?.fix;
  const fixed = suggested
    ? output.slice(0, suggested.range[0]) + suggested.text + output.slice(suggested.range[1])
    : output;
  return { fixed, messages };
}

const cases = readInvalid();
let engine: Engine;
let session: Session;
let mark: Mark;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases(['pgcrypto', 'uuid-ossp']);
  session = await engine.open();
  expect(await run(session, setup)).toBeUndefined();
  mark = await session.mark();
}, 120_000);
afterAll(() => engine.close());

describe('an invalid file', () => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, { written, meant }) => {
    const { fixed, messages } = correct(written);
    if (meant === undefined) expect(messages.filter((m) => m.severity === 2)).not.toEqual([]);
    else {
      expect(fixed, fixed).not.toEqual(written);
      expect(meaningOf(fixed), fixed).toEqual(meaningOf(meant));
    }
  });

  test.each(cases.map((c) => [c.name, c] as const))('%s: does not hide what follows', (_, { written }) => {
    const { messages } = lintText(written + BEHIND, 'case.sql', optionsWith([...RULES, 'no-bare-create']));
    expect(messages.map((m) => m.message).join('\n')).toContain('"behind_it"');
  });

  const corrected = cases.filter((c) => c.meant !== undefined);
  test.each(corrected.map((c) => [c.name, c] as const))('%s: runs once it is corrected', async (_, { written }) => {
    await session.rewind(mark);
    expect(await run(session, correct(written).fixed)).toBeUndefined();
  });

  test('is corrected in most cases', () => {
    expect(corrected.length / cases.length).toBeGreaterThan(0.85);
  });
});
