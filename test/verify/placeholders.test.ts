import { expect, test } from 'vitest';
import { verify } from '../../src/verify/index.ts';
import { locate, planSteps } from '../../src/verify/steps.ts';
import { cache } from '../support/database.ts';

test('a file runs with what its tool fills in', async () => {
  const files = [
    {
      path: 'V1__a.sql',
      text: "CREATE TABLE IF NOT EXISTS ${schema}.a (t text DEFAULT '${schema}');\nGRANT SELECT ON {{ schema }}.a TO PUBLIC;\n",
    },
  ];
  const [unknown] = await verify(files);
  expect(unknown).toMatchObject({
    verdict: 'not-verifiable',
    line: 1,
    reason:
      'its migration tool fills in ${schema}; give it a value with --placeholder schema=VALUE, or under "placeholders" in the configuration',
  });
  const [known] = await verify(files, { placeholders: { schema: 'public' }, cache });
  expect(known).toMatchObject({ verdict: 'ok' });
});

test('an error is shown where it stands in the file', () => {
  const text = '-- first\nSELECT ${a}, ${long_name}, wrong FROM t;\n';
  const { steps } = planSteps(text, 'a.sql', { a: "'a long value'", long_name: '1' });
  expect(steps[0]!.sql).toBe("SELECT 'a long value', 1, wrong FROM t");
  const position = steps[0]!.sql.indexOf('wrong') + 1;
  expect(
    locate(text, steps, { step: 0, code: '42703', message: 'column "wrong" does not exist', position }),
  ).toMatchObject({
    line: 2,
    column: 'SELECT ${a}, ${long_name}, '.length + 1,
    statement: 'SELECT ${a}, ${long_name}, wrong FROM t',
  });
  const value = steps[0]!.sql.indexOf('long value') + 1;
  expect(locate(text, steps, { step: 0, code: '22000', message: 'in a value', position: value })).toMatchObject({
    column: 'SELECT '.length + 1,
  });
});

test.each([
  [
    'SELECT ${a}, ${b};',
    'its migration tool fills in ${b}; give it a value with --placeholder b=VALUE, or under "placeholders" in the configuration',
  ],
  ['SELECT ${several};', 'what is filled in makes several statements of it'],
  ['SELECT :b;', 'it has placeholders that its migration tool fills in'],
])('what has no value is said: %s', (text, reason) => {
  expect(planSteps(text, 'a.sql', { a: '1', several: "1; ALTER SYSTEM SET work_mem = '1GB'" }).unknown).toEqual({
    reason,
    offset: 0,
  });
});
