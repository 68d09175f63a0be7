import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { renderVerdicts, type FileVerdict } from '../../src/verify/index.ts';
import { locate, planSteps } from '../../src/verify/steps.ts';

beforeEach(() => {
  vi.stubEnv('GITHUB_WORKSPACE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const text = 'SELECT 1;\n\n-- naïve 🙂\nCREATE TABLE "ü" (\n\tid int,\n\tat timestampz\n);\n';
const { steps } = planSteps(text, 'a.sql');
const failure = locate(text, steps, {
  step: 1,
  code: '42704',
  message: 'type "timestampz" does not exist',
  hint: 'A <hint>, 100%',
  position: 33,
});

const how = { engine: 'embedded PostgreSQL 18', sent: 'psql: statement by statement, no transaction around it' };
const verdicts: FileVerdict[] = [
  { ...how, path: 'a.sql', subject: 'original', seconds: 0.25, verdict: 'fails', failure },
  { ...how, path: 'b.sql', subject: 'fixed', seconds: 1, verdict: 'ok' },
  {
    ...how,
    path: 'c.sql',
    subject: 'fixed',
    seconds: 1,
    verdict: 'not-verifiable',
    reason: 'it needs the extension postgis',
    extension: 'postgis',
    line: 3,
  },
  { ...how, path: 'd.sql', subject: 'fixed', seconds: 1, verdict: 'second-run-changes', diff: '@@ -1 +1 @@\n-a\n+b' },
  {
    ...how,
    path: 'e.sql',
    subject: 'original',
    seconds: 1,
    verdict: 'not-resumable',
    after: 7,
    diff: '@@ -1 +1 @@\n-a\n+b',
  },
];

it('finds the place of an error that PostgreSQL counts in code points', () => {
  expect(failure).toMatchObject({ line: 6, column: 5 });
});

it('prints text', () => {
  expect(renderVerdicts(verdicts, 'text')).toMatchInlineSnapshot(`
    "✗ a.sql:6:5  does not run once 0.3 s
        42704: type "timestampz" does not exist
        Hint: A <hint>, 100%
          4 | CREATE TABLE "ü" (
          5 | 	id int,
        > 6 | 	at timestampz
            | 	   ^
          7 | );
          8 | 

    ✓ b.sql  fixed, runs twice 1.0 s
    – c.sql:3  not verifiable: it needs the extension postgis 1.0 s
    ✗ d.sql  fixed, a second run changes what the first one left 1.0 s
        @@ -1 +1 @@
        -a
        +b

    ✗ e.sql  stopped after the statement on line 7 and started again, it ends in another state 1.0 s
        @@ -1 +1 @@
        -a
        +b

    On embedded PostgreSQL 18; sent as by psql: statement by statement, no transaction around it
    5 files: 1 can run twice, 3 failed, 1 not verifiable
    "
  `);
  expect(renderVerdicts(verdicts, 'text', { color: true })).toContain('\u001b[32m✓');
});

it('prints JUnit', () => {
  expect(renderVerdicts(verdicts, 'junit')).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="sql-lint verify" tests="5" failures="3" skipped="1" time="4.250">
        <testcase classname="sql-lint verify" name="a.sql" file="a.sql" time="0.250">
          <failure type="fails" message="does not run once">a.sql:6:5
    42704: type &quot;timestampz&quot; does not exist
    Hint: A &lt;hint&gt;, 100%
    CREATE TABLE &quot;ü&quot; (
    	id int,
    	at timestampz
    )</failure>
        </testcase>
        <testcase classname="sql-lint verify" name="b.sql" file="b.sql" time="1.000"/>
        <testcase classname="sql-lint verify" name="c.sql" file="c.sql" time="1.000">
          <skipped message="it needs the extension postgis"/>
        </testcase>
        <testcase classname="sql-lint verify" name="d.sql" file="d.sql" time="1.000">
          <failure type="second-run-changes" message="fixed, a second run changes what the first one left">@@ -1 +1 @@
    -a
    +b</failure>
        </testcase>
        <testcase classname="sql-lint verify" name="e.sql" file="e.sql" time="1.000">
          <failure type="not-resumable" message="stopped after the statement on line 7 and started again, it ends in another state">@@ -1 +1 @@
    -a
    +b</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `);
});

it('prints annotations for GitHub', () => {
  expect(renderVerdicts(verdicts, 'github')).toMatchInlineSnapshot(`
    "::error file=a.sql,line=6,col=5,title=sql-lint verify%3A fails::does not run once%0A42704: type "timestampz" does not exist%0AHint: A <hint>, 100%25
    ::notice file=c.sql,line=3,title=sql-lint verify%3A not-verifiable::not verifiable: it needs the extension postgis
    ::error file=d.sql,title=sql-lint verify%3A second-run-changes::fixed, a second run changes what the first one left%0A@@ -1 +1 @@%0A-a%0A+b
    ::error file=e.sql,line=7,title=sql-lint verify%3A not-resumable::stopped after the statement on line 7 and started again, it ends in another state%0A@@ -1 +1 @@%0A-a%0A+b
    "
  `);
});

it("names files for GitHub from the repository's root, wherever the command runs", () => {
  vi.stubEnv('GITHUB_WORKSPACE', '/repository');
  expect(renderVerdicts(verdicts, 'github', { cwd: '/repository/db' })).toContain('::error file=db/a.sql,line=6,');
});

it('prints JSON', () => {
  expect(JSON.parse(renderVerdicts(verdicts, 'json'))).toEqual(
    verdicts.map((verdict) => JSON.parse(JSON.stringify(verdict)) as unknown),
  );
});

it.each([0, 500, 2000])('shows of a long line what is around the place, behind %i characters', (before) => {
  const long = `INSERT INTO a VALUES (${'1'.repeat(before)}nobody, ${'2'.repeat(2000 - before)});`;
  const planned = planSteps(long, 'a.sql').steps;
  const failed = locate(long, planned, {
    step: 0,
    code: '42703',
    message: 'column "nobody" does not exist',
    position: 22 + before + 1,
  });
  const verdict: FileVerdict = {
    ...how,
    path: 'a.sql',
    subject: 'original',
    seconds: 1,
    verdict: 'fails',
    failure: failed,
  };
  const [, , line, mark] = renderVerdicts([verdict], 'text').split('\n');
  expect(line!.length).toBeLessThan(180);
  expect(line!.slice(mark!.indexOf('^'))).toMatch(/^nobody/);
});
