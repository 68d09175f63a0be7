import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textOf } from '../../src/database/state.ts';
import type { Engine, Session } from '../../src/database/types.ts';
import { World } from '../../src/history/world.ts';
import { fixText } from '../../src/linter/fix.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { run, startDatabases } from '../support/database.ts';
import { secondRunRules } from '../support/fixtures.ts';

let engine: Engine;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases();
}, 120_000);
afterAll(() => engine.close());

const fixed = (sql: string): string => {
  const { output } = fixText(sql, 'migration.sql', { rules: secondRunRules, world: new World() });
  return output ?? sql;
};

/** What a migration leaves on a database on which somebody has done something by hand. */
async function left(byHand: string, sql: string): Promise<{ failure: string | undefined; state: string }> {
  const session: Session = await engine.open();
  try {
    expect(await run(session, byHand)).toBeUndefined();
    const failure = await run(session, sql);
    return { failure: failure?.code, state: textOf(await session.state()) };
  } finally {
    await session.close();
  }
}

/** Statements between the first and the last of a lineage that have nothing to do with it. */
const strangers = (count: number) =>
  Array.from({ length: count }, (_, k) => `create table if not exists stranger_${k} (id int);\n`).join('');

describe('a guard asks for its own lineage only', () => {
  test.each([0, 1, 5, 30])('with %d strangers between', (count) => {
    const text = fixed(`create table draft (id int);\n${strangers(count)}alter table draft rename to final;\n`);
    const asked = [...text.matchAll(/^\s*if (.*) then$/gm)].map((match) => match[1]);
    expect(new Set(asked)).toEqual(new Set(["to_regclass('final') is null"]));
    expect(text).not.toMatch(/begin[^;]*stranger/);
  });

  test('so that a table made by hand under the name of a stranger changes nothing', async () => {
    const original = `create table draft (id int);\n${strangers(3)}alter table draft rename to final;\n`;
    const byHand = 'create table stranger_1 (id int, made_by text);';
    const expected = await left(byHand, original);
    expect(expected.failure).toBeUndefined();
    expect(await left(byHand, fixed(original))).toEqual(expected);
  });
});

describe('what is dropped with IF EXISTS is dropped on a database that has an older one', () => {
  test.each([
    [
      'a table that points to itself',
      'create table nodes (old int);',
      'DROP TABLE IF EXISTS nodes CASCADE;\nCREATE TABLE nodes (id int PRIMARY KEY, parent int REFERENCES nodes (id));\n',
    ],
    [
      'a function that a trigger calls',
      "create function touch() returns trigger language plpgsql as 'begin return old; end';",
      "CREATE TABLE IF NOT EXISTS t (id int);\nDROP FUNCTION IF EXISTS touch();\nCREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';\nCREATE TRIGGER touched BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();\n",
    ],
    [
      'a type that a column has',
      "create type size as enum ('tiny');",
      "DROP TYPE IF EXISTS size;\nCREATE TYPE size AS ENUM ('small', 'large');\nCREATE TABLE shirts (id int, size size);\n",
    ],
  ])('%s', async (_, byHand, original) => {
    const expected = await left(byHand, original);
    expect(expected.failure).toBeUndefined();
    expect(await left(byHand, fixed(original))).toEqual(expected);
  });
});
