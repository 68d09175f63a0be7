/** Every finding of the second run has one rule, and every kind of finding has a fixture. */
import { beforeAll, expect, test } from 'vitest';
import { lintText } from '../../src/linter/linter.ts';
import { ruleOf, type Cause, type Finding } from '../../src/rerun/finding.ts';
import { rerun, runStatements } from '../../src/rerun/index.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';
import { readFixtures, secondRunRules, worldAfter } from '../support/fixtures.ts';

const fixtures = [...readFixtures('statements'), ...readFixtures('files'), ...readFixtures('sequences')];

beforeAll(() => loadParser());

const findingsOf = (text: string, setup: string): Finding[] =>
  rerun(runStatements(new Script(text).statements, worldAfter(setup))).findings;

test('every finding is reported once, by its rule', () => {
  const twice = fixtures.filter(({ setup, input }) => {
    if (/^-- (\+goose|migrate:|\+migrate)/m.test(input)) return false;
    const { messages } = lintText(input, 'a.sql', { rules: secondRunRules, world: worldAfter(setup) });
    const reported = messages.map(({ ruleId }) => ruleId!);
    const expected: string[] = findingsOf(input, setup).map(ruleOf);
    // A statement that cannot be read, and one whose effect the text does not tell, are no findings of the second run.
    const own = reported.filter((rule) => rule !== 'no-syntax-error' && rule !== 'no-unknown-effect');
    return (
      own.sort().join() !==
      expected
        .filter((rule) => rule !== 'no-unknown-effect')
        .sort()
        .join()
    );
  });
  expect(twice.map(({ id }) => id)).toEqual([]);
});

test('every kind of finding, and every reason of a failure, has a fixture', () => {
  // The compiler asks for a new kind or reason here.
  const kinds: Record<Finding['kind'], boolean> = {
    fails: false,
    repeats: false,
    'changes-rows': false,
    redefines: false,
    'loses-data': false,
    collides: false,
    'needs-shared-guard': false,
    'end-state-differs': false,
    undecidable: false,
  };
  const causes: Record<Cause, boolean> = {
    exists: false,
    missing: false,
    'name-taken': false,
    ambiguous: false,
    replaced: false,
    needed: false,
    'has-dependents': false,
    'wrong-kind': false,
    'label-gone': false,
    'value-refused': false,
  };
  for (const { input, setup } of fixtures)
    for (const finding of findingsOf(input, setup)) {
      kinds[finding.kind] = true;
      if (finding.kind === 'fails') causes[finding.cause] = true;
    }
  const missing = (seen: Record<string, boolean>) => Object.keys(seen).filter((key) => !seen[key]);
  expect([...missing(kinds), ...missing(causes)]).toEqual([]);
});

test('a bare CREATE shows that conditions before it find nothing', () => {
  const insert = `DO $$ BEGIN
  IF to_regclass('v') IS NOT NULL THEN
    INSERT INTO v (id) VALUES (1) ON CONFLICT DO NOTHING;
  END IF;
END $$;
`;
  const rulesOf = (text: string) => findingsOf(text, '').map(ruleOf);
  expect(rulesOf(`${insert}CREATE TABLE v (id int PRIMARY KEY);`)).toEqual(['no-unknown-effect', 'no-bare-create']);
  expect(rulesOf(insert)).toEqual([]);
});
