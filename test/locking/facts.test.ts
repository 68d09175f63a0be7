/** What the rules about locks find, held against facts; and the reader of the facts. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/syntax/parser.ts';
import { expectsFinding, judge, readFacts } from './facts.ts';

beforeAll(() => loadParser());

const facts = readFacts(readFileSync('test/locking/facts.sql', 'utf8'));

test.each(facts.map((fact) => [fact.name, fact] as const))('%s', (_, fact) => {
  const { found, wrong } = judge(fact);
  expect({ wrong, found: wrong === undefined ? [] : found }).toEqual({ wrong: undefined, found: [] });
});

describe('the reader', () => {
  const read = (head: string, run = 'SELECT 1;', setup = '') =>
    readFacts(`-- case: x\n${head}\n-- setup\n${setup}\n-- run\n${run}\n`)[0]!;

  test('reads what a fact says', () => {
    const fact = read(
      '-- only: 18 (new)\n-- lock: t ShareLock, s.t AccessExclusiveLock\n-- rewrite: index: i\n-- scan: -',
    );
    expect(fact.locks).toEqual(
      new Map([
        ['t', 'ShareLock'],
        ['s.t', 'AccessExclusiveLock'],
      ]),
    );
    expect(fact).toMatchObject({
      name: 'x',
      line: 1,
      version: 18,
      rewrites: ['index: i'],
      scans: [],
      error: undefined,
    });
  });

  test.each([
    ['a rewrite', '-- lock: t AccessExclusiveLock\n-- rewrite: t\n-- scan: -', true],
    ['a scan under a lock that stops writers', '-- lock: t ShareLock\n-- rewrite: -\n-- scan: t', true],
    ['a scan under a weak lock', '-- lock: t ShareUpdateExclusiveLock\n-- rewrite: -\n-- scan: t', false],
    ['a scan of another table', '-- lock: t ShareLock, u AccessShareLock\n-- rewrite: -\n-- scan: u', false],
    ['only a lock', '-- lock: t AccessExclusiveLock\n-- rewrite: -\n-- scan: -', false],
    ['only a sequence', '-- lock: s AccessExclusiveLock\n-- rewrite: sequence: s\n-- scan: -', false],
    ['an index that is built', '-- lock: t ShareLock\n-- rewrite: index: i\n-- scan: t', true],
    [
      'an index that gets the name of another',
      '-- lock: t AccessExclusiveLock\n-- rewrite: index: i\n-- scan: -',
      false,
    ],
    ['a statement that fails', '-- lock: -\n-- error: 0A000\n-- rewrite: -\n-- scan: -', false],
    ['a statement that fails on its rows', '-- lock: -\n-- error: 23505\n-- rewrite: -\n-- scan: -', undefined],
  ])('expects of %s', (_, head, expected) => {
    expect(expectsFinding(read(head))).toBe(expected);
  });

  test('a build on an empty table counts as on a filled one', () => {
    const head = '-- lock: t ShareLock\n-- rewrite: -\n-- scan: -';
    const setup = 'CREATE TABLE t (id int);';
    expect(expectsFinding(read(head, 'CREATE INDEX i ON t (id);', setup))).toBe(true);
    expect(expectsFinding(read(head, 'CREATE INDEX IF NOT EXISTS i ON t (id);', setup))).toBe(false);
  });

  test('a verdict can fail', () => {
    const head = '-- lock: t ShareLock\n-- rewrite: -\n-- scan: -';
    const filled = 'CREATE TABLE t (id int);\nINSERT INTO t VALUES (1);';
    expect(judge(read(head, 'CREATE INDEX i ON t (id);', filled)).wrong).toBe('found no-blocking-index');
    const scan = '-- lock: t AccessExclusiveLock\n-- rewrite: -\n-- scan: t';
    expect(judge(read(scan, 'ALTER TABLE t ADD COLUMN a int;', filled)).wrong).toBe('not found');
  });
});
