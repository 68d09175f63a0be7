/** `sql-lint new`: in each example, a file that its tool runs last, and that nothing is found in. */
import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newMigration } from '../../src/cli/new-migration.ts';
import { nodeDisk } from '../../src/disk/node.ts';
import { Projects } from '../../src/project/find.ts';
import { nextNumber } from '../../src/project/new.ts';
import { tools } from '../../src/project/tools/index.ts';
import { createProject, type Project } from '../support/project.ts';

let project: Project;
beforeEach(() => {
  project = createProject();
});
afterEach(() => project.remove());

const begins = readdirSync('examples').filter((name) => {
  const tool = Object.values(tools).find((t) => t.name === name);
  return tool && typeof tool.begins !== 'string';
});

test.each(begins)('%s', (name) => {
  cpSync(resolve('examples', name), project.path, { recursive: true });
  const { stdout, stderr, status } = project.lint('new', 'Split the Names!', '--template', 'validated');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const path = join(project.path, stdout.split(':')[0]!);
  expect(path).toMatch(/split_the_names/);
  const found = new Projects(nodeDisk).of(path);
  expect((found.tool ?? tools.psql).name).toBe(name);
  expect(found.roles.get(path)).toBe('up');
  expect(found.forward.filter((file) => found.roles.get(file) === 'up').at(-1)).toBe(path);
  // A real question in the place of the one that is to be replaced.
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll('IF FALSE', 'IF EXISTS (SELECT 1 FROM pg_class WHERE relpages < 0)'));
  writeFileSync(join(project.path, 'presets.json'), '{ "extends": ["recommended", "safety"] }');
  const linted = project.lint('--format', 'json', '--config', 'presets.json', path);
  const messages = (JSON.parse(linted.stdout) as { messages: { ruleId: string; message: string }[] }[])[0]!.messages;
  expect(messages.filter(({ message }) => !/x-multi-statement/.test(message))).toEqual([]);
});

test.each([
  [['new'], 'new takes a name'],
  [['new', 'a', '--template', 'validatd'], 'there is no template "validatd"; did you mean "validated"?'],
  [['new', '!!', 'm'], '"!!" has no letter or digit'],
  [['new', 'a'], 'no folder of migrations is found'],
])('%j is a mistake', (args, message) =>
  expect(project.lint(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) as string }),
);

test('what only the tool can begin is said', () => {
  cpSync(resolve('examples', 'drizzle'), project.path, { recursive: true });
  expect(project.lint('new', 'a b').stderr).toContain('drizzle-kit generate --custom --name a_b');
});

test('in a folder of no known tool, it is numbered as the others are, and never in the place of another', () => {
  project.write('m/007_a.sql', 'select 1;\n');
  expect(project.lint('new', 'b', 'm').stdout).toContain('008_b.sql');
  expect(project.lint('new', 'c', 'm', '--print').stdout).toBe('-- c\n');
});

test('what a package has brought is no migration of the folder', () => {
  project.write('app/node_modules/x/m/900_a.sql', 'select 1;\n');
  project.write('app/sql/007_a.sql', 'select 1;\n');
  expect(project.lint('new', 'b', 'app').stdout).toContain('app/sql/008_b.sql');
});

test.each([
  ['m/9_a.sql', 'm/10_b.sql', 'm/11_by_hand.sql'],
  ['db/migration/V9__a.sql', 'db/migration/V10__b.sql', 'db/migration/V11__by_hand.sql'],
])('what drift writes comes behind %s and %s', (first, last, next) => {
  for (const path of [first, last]) project.write(path, 'select 1;\n');
  const found = new Projects(nodeDisk).of(join(project.path, last));
  expect(newMigration(found, 'By hand').path).toBe(join(project.path, next));
});

test.each([
  ['20250102030405_a.sql', 'time', '20261129150542'],
  ['20991231235959_a.sql', 'time', '20991231235960'],
  ['1738576800000_a', 'milliseconds', '1795964742000'],
  ['V1_9__a.sql', 'count', '1_10'],
  ['1.9.0_a.sql', 'count', '1.9.1'],
  ['0009_2nd.sql', 'time', '0010'],
  ['99_a.sql', 'count', '100'],
  [undefined, 'count', '001'],
  [undefined, 'time', '20261129150542'],
] as const)('behind %s comes, by %s, %s', (last, manner, expected) =>
  expect(nextNumber(last, new Date('2026-11-29T15:05:42Z'))(manner, 3)).toBe(expected),
);
