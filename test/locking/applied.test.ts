/** Tables of migrations that are not applied yet are as new as those of the file itself. */
import { beforeAll, describe, expect, test } from 'vitest';
import { History } from '../../src/history/files.ts';
import { lintText } from '../../src/linter/linter.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { MemoryDisk } from '../support/memory-disk.ts';

beforeAll(() => loadParser());

const FOLDER = '/project/migrations';
const FILES: Record<string, string> = {
  [`${FOLDER}/001_old.sql`]: 'CREATE TABLE old (id int PRIMARY KEY, a int);',
  [`${FOLDER}/002_fresh.sql`]: 'CREATE TABLE fresh (id int PRIMARY KEY, a int); ALTER TABLE old RENAME TO renamed;',
  [`${FOLDER}/003_index.sql`]:
    'CREATE INDEX ON fresh (a);\nCREATE INDEX ON renamed (a);\nCREATE INDEX ON elsewhere (a);',
};

/** The lines of the last file in which the rule finds something. */
function linesFound(since: string | undefined): number[] {
  const history = new History({ disk: new MemoryDisk(FILES) });
  const path = `${FOLDER}/003_index.sql`;
  const place = history.placeOf(path, { since });
  const { messages } = lintText(FILES[path]!, path, { rules: { 'no-blocking-index': 'warn' }, ...place });
  return messages.map(({ line }) => line);
}

describe('since', () => {
  test('without it all earlier migrations count as applied', () => {
    expect(linesFound(undefined)).toEqual([1, 2, 3]);
  });

  test('a table of a migration that is not applied yet harms nobody', () => {
    expect(linesFound('002')).not.toContain(1);
    expect(linesFound('002_fresh.sql')).not.toContain(1);
  });

  test('a table that no migration has made is there all the same', () => {
    expect(linesFound('002')).toContain(3);
  });

  test('a migration that is applied makes what is old', () => {
    expect(linesFound('003')).toEqual([1, 2, 3]);
  });
});
