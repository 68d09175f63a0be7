import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entries } from '../src/catalog/statements/index.ts';
import { unitsOf } from '../src/catalog/units.ts';
import { fixText } from '../src/linter/fix.ts';
import { lintText } from '../src/linter/linter.ts';
import { loadParser } from '../src/syntax/parser.ts';
import { Script } from '../src/syntax/script.ts';
import type { Engine } from '../src/database/types.ts';
import { judge, startDatabases } from './support/database.ts';
import {
  findingLine,
  readFixtures,
  secondRunRules,
  worldAfter,
  writeFixture,
  type Fixture,
} from './support/fixtures.ts';

/** `UPDATE_FIXTURES=1` writes what the linter says now into the fixtures, to be reviewed as a diff. */
const update = Boolean(process.env.UPDATE_FIXTURES);

const statements = readFixtures('statements');
const files = [...readFixtures('files'), ...readFixtures('sequences')];
const path = (fixture: Fixture) => `${fixture.id}.sql`;

let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases(['pg_trgm']);
}, 60_000);
afterAll(() => engine.close());

test('every entry of the table has a fixture, and every fixture an entry', () => {
  expect(statements.map((f) => f.id).sort()).toEqual([...new Set(entries.map((e) => e.id))].sort());
  expect(entries).toHaveLength(new Set(entries.map((e) => e.id)).size);
});

describe.each([...statements, ...files].map((fixture) => [fixture.id, fixture] as const))('%s', (_, fixture) => {
  const options = () => ({ rules: secondRunRules, world: worldAfter(fixture.setup) });

  test('findings and fixed text', () => {
    const findings = lintText(fixture.input, path(fixture), options()).messages.map(findingLine);
    const { output } = fixText(fixture.input, path(fixture), options());
    if (update) {
      Object.assign(fixture, { findings, fixed: output });
      writeFixture(fixture);
    }
    expect(output).toBe(fixture.fixed);
    expect(findings).toEqual(fixture.findings);
  });

  test('the fixed text parses, and a second --fix changes nothing', () => {
    const { fixed } = fixture;
    if (fixed === undefined) return;
    expect(new Script(fixed).statements.flatMap((s) => s.problem ?? [])).toEqual([]);
    const again = fixText(fixed, path(fixture), options());
    expect(again.output).toBeUndefined();
    // What had no fix before is still there; everything else is gone.
    const unfixable = lintText(fixture.input, path(fixture), options())
      .messages.filter((m) => !m.fix)
      .map((m) => m.message);
    expect(again.messages.map((m) => m.message)).toEqual(unfixable);
  });
});

describe('PostgreSQL runs it twice', () => {
  const runnable = [...statements, ...files].filter((f) => f.notRun === undefined);
  test.concurrent.each(runnable.map((fixture) => [fixture.id, fixture] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, fixture) => {
      const { setup, input, fixed, findings } = fixture;
      const verdict = await judge(engine, setup, input, fixed ?? input, { secondRun: findings.length > 0 });
      // What cannot be fixed soundly is left as it is, and need not run twice.
      if (fixed !== undefined || findings.length === 0) expect(verdict.complaints.join('\n')).toBe('');
      // The first finding says what a second run of the original does.
      const error = /a second run fails with (\w{5})/.exec(findings[0] ?? '')?.[1];
      if (error) expect(verdict.original).toEqual({ error });
      // A condition that asks for something else may hold by chance, IF NOT EXISTS hides a collision in both runs, and
      // what fails only if the migration stops runs twice as a whole.
      else if (
        findings.some(
          (f) =>
            !/no-unknown-effect|no-silent-collision|under a condition that does not ask|if the migration stops/.test(f),
        )
      )
        expect(verdict.original).not.toBe('same');
    },
  );
});

describe.each(statements.map((fixture) => [fixture.id, fixture] as const))('entry %s', (id, fixture) => {
  const entry = entries.find((e) => e.id === id);

  test('is what the fixture is about', () => {
    expect([...new Script(fixture.input).all()].flatMap((s) => unitsOf(s)).map((u) => u.entry.id)).toContain(id);
  });

  test('keeps its word', () => {
    if (entry?.secondRun === 'harmless') expect(fixture.findings).toEqual([]);
    else if (entry?.techniques?.length) expect(fixture.fixed).toBeDefined();
  });
});
