import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import glob from 'fast-glob';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/disk/node.ts';
import { History } from '../../src/history/files.ts';
import { play } from '../../src/history/play.ts';
import { readSnapshot, writeSnapshot } from '../../src/history/snapshot.ts';
import { World } from '../../src/history/world.ts';
import { lintText } from '../../src/linter/linter.ts';
import { presetRules } from '../../src/linter/presets.ts';
import { loadParser } from '../../src/syntax/parser.ts';
import { Script } from '../../src/syntax/script.ts';

const COUNT = 30;
let folder: string;
const path = (n: number) => join(folder, `${String(n).padStart(3, '0')}_step.sql`);

/** What each migration does touches what others have made: overloads, keys, dependencies, inserts, things made again. */
const step = (n: number) =>
  [
    `CREATE TABLE t_${n} (id int PRIMARY KEY, parent int REFERENCES t_${n - 1} (id)); CREATE INDEX t_${n}_i ON t_${n} (parent);`,
    `ALTER TABLE t_${n - 1} RENAME TO u_${n}; CREATE FUNCTION f(a_${n} int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT * FROM u_${n};`,
    `DROP VIEW v; DROP TABLE IF EXISTS u_${n - 1} CASCADE; INSERT INTO log VALUES (${n}); CREATE TABLE t_${n} (id int); SET search_path = other; CREATE TABLE t_${n} ();`,
  ][n % 3]!;

const stateOf = (world: World) => ({
  changes: [...world.changes()],
  tables: world
    .ofKind('table')
    .map((ref) => [world.key(ref), world.parts(ref).map((part) => world.key(part)), world.dependents(ref)]),
  functions: world.ofKind('function').map((ref) => world.key(ref)),
  inserts: world.inserts({ kind: 'table', name: 'log' }).reduce((sum, part) => sum + part.length, 0),
});

beforeAll(async () => {
  await loadParser();
  folder = mkdtempSync(join(tmpdir(), 'sql-lint-history-'));
  for (let n = 0; n < COUNT; n++) writeFileSync(path(n), step(n));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what is kept of a world', () => {
  it.each([0, 1, 5, 17, 29])('is what it knows before migration %d', (n) => {
    const { state } = new History({ disk: nodeDisk }).before(path(n));
    expect(readSnapshot(writeSnapshot(state))).toEqual(structuredClone(state));
  });

  it('says which columns of an index are expressions, and what is not known', () => {
    const world = new World();
    const file = path(COUNT);
    writeFileSync(
      file,
      "CREATE TABLE a (x int); CREATE INDEX i ON a (lower(x::text), x); CREATE TABLE b (LIKE a); ALTER TABLE a RENAME TO c; COPY c FROM '/tmp/c'; DROP TABLE b; CREATE TABLE b (LIKE c);",
    );
    play(new Script(readFileSync(file, 'utf8')).statements, world);
    rmSync(file);
    const kept = new World(undefined, readSnapshot(writeSnapshot(world.state)));
    expect(kept.state).toEqual(structuredClone(world.state));
    expect(kept.get({ kind: 'index', name: 'i' })?.ref.detail?.columns).toStrictEqual([undefined, 'x']);
    expect(stateOf(kept)).toEqual(stateOf(world));
  });
});

describe('history in any order', () => {
  it.each([0, 3, 100])('is the same when it can go back %d files', (back) => {
    const history = new History({ disk: nodeDisk, back });
    for (const n of [0, 5, 4, 6, 3, 29, 28, 27, 26, 29, 11, 12, 10, 11, 0, 29])
      expect(stateOf(history.before(path(n))), `before ${n}`).toEqual(
        stateOf(new History({ disk: nodeDisk }).before(path(n))),
      );
  });
});

describe.each(['drizzle', 'goose', 'supabase'])('the findings of examples/%s', (example) => {
  it('are the same in whatever order its files are asked for', () => {
    const files = glob.sync(`examples/${example}/**/*.sql`, { absolute: true });
    expect(files.length).toBeGreaterThan(2);
    const lint = (file: string, history: History) =>
      lintText(readFileSync(file, 'utf8'), file, { rules: presetRules('strict'), ...history.placeOf(file) }).messages;
    const expected = new Map(files.map((file) => [file, lint(file, new History({ disk: nodeDisk }))]));
    const order = fc.array(fc.constantFrom(...files), { minLength: 2, maxLength: 2 * files.length });
    fc.assert(
      fc.property(order, (asked) => {
        const history = new History({ disk: nodeDisk, back: 300 });
        for (const file of asked) expect(lint(file, history)).toEqual(expected.get(file));
      }),
      { seed: 1, numRuns: 10 },
    );
  });
});
