/** What `npm run new:rule` and `npm run new:statement` write works as it is. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const NEEDED = ['src', 'test', 'docs', 'scripts', 'examples', 'package.json', 'README.md', 'CHANGELOG.md'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sql-lint-new-'));
  // The packages of the tools that tests run are many.
  const filter = (path: string) => basename(path) !== 'node_modules';
  for (const name of NEEDED) cpSync(name, join(folder, name), { recursive: true, filter });
  for (const name of ['tsconfig.json', 'vitest.config.ts']) cpSync(name, join(folder, name));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scaffold = (...args: string[]) => spawnSync(process.execPath, ['scripts/new.js', ...args], { cwd: folder });
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

test('a rule and a statement kind compile, and the first run that writes their fixtures is green', () => {
  expect(scaffold('rule', 'no-scaffold').stderr.toString()).toBe('');
  const comment = ["COMMENT ON TABLE notes IS 'it''s'", '--setup', 'CREATE TABLE notes (id int);'];
  expect(scaffold('statement', 'scaffold-comment', ...comment).stderr.toString()).toBe('');

  execFileSync(process.execPath, ['scripts/generate.js', '--check'], { cwd: folder });
  const written = {
    extends: './tsconfig.json',
    include: ['src/rules/no-scaffold.ts', 'src/catalog/statements', 'src/**/*.d.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.written.json'), JSON.stringify(written));
  const tsc = ['node_modules/typescript-7/bin/tsc', '--project', 'tsconfig.written.json'];
  execFileSync(process.execPath, tsc, { cwd: folder });
  const tests = ['test/rules/cases.test.ts', 'test/fixtures.test.ts', '-t', 'scaffold'];
  const { status, stdout } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...tests], {
    cwd: folder,
    env: { ...process.env, UPDATE_FIXTURES: '1' },
    encoding: 'utf8',
  });
  expect(stdout).toContain('2 passed');
  expect(status).toBe(0);

  expect(read('test/rules/no-scaffold.sql')).toContain('--- found\n1:1 Table "example" has a name');
  expect(read('test/fixtures/statements/scaffold-comment.sql')).toMatch(/--- harmless\n$/);
  expect(read('README.md')).toContain('[no-scaffold](docs/rules/no-scaffold.md)');
  expect(read('CHANGELOG.md')).toContain('`no-scaffold`');
}, 600_000);

test('says what is wrong, and writes nothing', () => {
  const refused = (...args: string[]) => {
    const { status, stderr } = scaffold(...args);
    return `${status}: ${stderr.toString().split('\n')[0]}`;
  };
  expect(refused('rule', 'loud')).toMatch(/^2: loud: the name of a rule begins with no-, require- or prefer-/);
  expect(refused('rule', 'no-bare-drop')).toBe('2: src/rules/no-bare-drop.ts is there already');
  expect(refused('statement', 'drop-table', 'DROP TABLE a')).toMatch(/^2: .*drop-table.sql is there already$/);
  expect(refused('statement', 'nothing-new', 'DROP NOTHING')).toMatch(/^2: DROP NOTHING: PostgreSQL does not take it$/);
  expect(refused('statement')).toMatch(/^2: usage:/);
});
