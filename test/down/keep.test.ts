import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { verdictOf } from '../../src/cli/down-report.ts';
import { fixedText } from '../../src/cli/playing.ts';
import type { Engine, Mark, Session } from '../../src/database/types.ts';
import { keep, type KeptAside } from '../../src/schema/down/index.ts';
import { reader, startAt } from '../../src/schema/down/playing.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { run, startDatabases } from '../support/database.ts';
import { createProject } from '../support/project.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let engine: Engine;
let session: Session;
let empty: Mark;
beforeAll(async () => {
  await loadParser();
  engine = await startDatabases([]);
  session = await engine.open();
  empty = await session.mark();
});
afterAll(() => engine.close());

/** Keeps aside what a migration loses, and goes back to where it has not run. */
async function keptAside(setup: string, input: string): Promise<KeptAside> {
  await session.rewind(empty);
  expect(await run(session, setup)).toBeUndefined();
  const start = await startAt(session, reader(session), [setup]);
  expect(await run(session, input)).toBeUndefined();
  const after = await session.mark();
  const found = await keep(session, { path: 'migrations/2_b.up.sql', text: input }, start, after, {
    fix: (sql) => fixedText(sql, undefined),
    formOf: () => ({ path: 'down.sql', kind: {}, direction: 'down', text: (sql) => sql, runners: () => [] }),
  });
  await session.rewind(start.mark);
  await after.release();
  await start.mark.release();
  return found;
}

async function runAll(...texts: string[]): Promise<void> {
  for (const text of texts) expect(await run(session, text), text).toBeUndefined();
}

const rowsOf = async (sql: string): Promise<unknown> => (await session.ask(sql))[0];

const SETUP = `
  CREATE TYPE mood AS ENUM ('good', 'bad');
  CREATE TABLE notes (id int PRIMARY KEY, title text NOT NULL, feels mood DEFAULT 'good', n numeric);
  CREATE TABLE people (id int PRIMARY KEY, nick text, at timestamptz);
  CREATE TABLE tags (id serial PRIMARY KEY, note int REFERENCES notes, name text UNIQUE);
  CREATE TABLE marks (tag int REFERENCES tags, what json);
  CREATE TABLE spam (id int PRIMARY KEY, text text);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;
  CREATE TRIGGER touched BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION touch();`;
const INPUT = `
  UPDATE notes SET n = n * 2 WHERE title <> 'a; b';
  DELETE FROM spam AS s WHERE s.text LIKE 'buy%';
  ALTER TABLE notes DROP COLUMN title, DROP COLUMN feels;
  ALTER TABLE people DROP COLUMN nick;
  DROP TYPE mood;
  DROP TABLE marks, tags;`;
const ROWS = `
  INSERT INTO notes VALUES (1, 'One', 'bad', 3), (2, 'a; b', 'good', 3.5), (3, 'Three', NULL, 4);
  INSERT INTO people VALUES (1, 'Al', '2020-01-01'), (2, NULL, NULL);
  INSERT INTO tags (note, name) VALUES (1, 'x'), (NULL, 'y');
  INSERT INTO marks VALUES (1, '{"a": 1}'), (1, '{"a": 1}');
  INSERT INTO spam VALUES (1, 'buy this'), (2, 'hello');`;
const SEEN = [
  'SELECT id, title, feels::text, n::text FROM notes ORDER BY id',
  'SELECT id, nick, at FROM people ORDER BY id',
  'SELECT id, note, name FROM tags ORDER BY id',
  'SELECT tag, what::text FROM marks',
  'SELECT id, text FROM spam ORDER BY id',
];

async function allRows(): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const sql of SEEN) found.push(await rowsOf(sql));
  return found;
}

describe('what a migration loses', () => {
  it('is there again behind its way back, and what others have done since stays', async () => {
    const { sql, wayBack, unkept } = await keptAside(SETUP, INPUT);
    expect({ unkept, verdict: verdictOf(wayBack!), ...wayBack }).toMatchObject({
      unkept: [],
      verdict: 'proven',
      isFilled: true,
      losses: [],
    });
    await runAll(ROWS);
    const before = await allRows();
    const filled = await session.mark();
    await runAll(sql, sql, INPUT, wayBack!.sql, wayBack!.sql);
    expect(await allRows()).toEqual(before);
    // The next row gets a number that none has.
    await runAll("INSERT INTO tags (name) VALUES ('z')");

    await session.rewind(filled);
    await filled.release();
    await runAll(
      sql,
      INPUT,
      "UPDATE notes SET n = 100 WHERE id = 1; INSERT INTO notes VALUES (4, 9); INSERT INTO spam VALUES (1, 'new'), (3, 'other')",
      // The new row has no title, which NOT NULL would ask for.
      wayBack!.sql,
    );
    expect(await rowsOf('SELECT id, title, n::text FROM notes ORDER BY id')).toEqual([
      [1, 'One', '100'],
      [2, 'a; b', '3.5'],
      [3, 'Three', '4'],
      [4, null, '9'],
    ]);
    expect(await rowsOf('SELECT id, text FROM spam ORDER BY id')).toEqual([
      [1, 'new'],
      [2, 'hello'],
      [3, 'other'],
    ]);
  });

  it('is not kept where nothing tells it from what others have', async () => {
    const setup = 'CREATE TABLE logs (what text, at int); CREATE TABLE a (id int PRIMARY KEY, b int, c int);';
    const { kept, unkept } = await keptAside(
      setup,
      'ALTER TABLE logs DROP COLUMN at; UPDATE a SET b = 1; DELETE FROM a WHERE b = 2; UPDATE a SET c = 2 FROM logs;',
    );
    expect(kept.map(({ losses }) => losses.map(({ by }) => by))).toEqual([['UPDATE in line 1']]);
    expect(unkept.map(({ loss, why }) => `${loss.table} ${why}`)).toEqual([
      'public.logs no key tells its rows apart',
      'public.a an earlier statement of the file speaks of a',
      'public.a an earlier statement of the file speaks of logs',
    ]);
  });

  it('is not said to come back where the migration chooses another value in each run', async () => {
    const setup = 'CREATE TABLE a (id int PRIMARY KEY, b double precision);';
    const { wayBack } = await keptAside(setup, 'UPDATE a SET b = random();');
    expect(wayBack).toMatchObject({ isFilled: true, losses: [{ table: 'public.a', by: 'seen when it ran' }] });
  });
});

it('is written as a migration without findings, from which the way back is written', () => {
  const project = createProject();
  try {
    project.write('migrations/1_notes.up.sql', 'create table notes (id int primary key, title text);\n');
    project.write('migrations/3_title.up.sql', 'alter table notes drop column title;\n');
    const args = ['down', 'migrations/3_title.up.sql', '--keep-data'];
    expect(project.lint(...args, '--write')).toMatchObject({ status: 2 });
    const written = project.lint(...args, '--out', 'migrations/2_keep.up.sql');
    expect(written).toMatchObject({ status: 0, stdout: '' });
    expect(written.stderr)
      .toBe(`migrations/3_title.up.sql: kept aside: once it has run right before, the way back restores from there, also where tables hold rows:
  the values of public.notes.title (the column is dropped): in sql_lint_kept.notes_title_before_3_title
migrations/2_keep.up.sql was written
`);
    expect(project.lint('migrations/2_keep.up.sql')).toMatchObject({ status: 0 });
    const { status, stdout } = project.lint('down', 'migrations/3_title.up.sql');
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('FROM sql_lint_kept.notes_title_before_3_title AS k') as string,
    });
    project.write('goose/1_notes.sql', '-- +goose Up\ncreate table notes (id int primary key, title text);\n');
    project.write('goose/2_title.sql', '-- +goose Up\nalter table notes drop column title;\n');
    expect(project.lint('down', 'goose/2_title.sql', '--keep-data').stdout).toMatch(
      /^-- \+goose Up\n-- Run this [^]*\n-- \+goose StatementBegin\nDO \$\$[^]*END \$\$;\n-- \+goose StatementEnd\n$/,
    );
  } finally {
    project.remove();
  }
});
