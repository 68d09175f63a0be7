/** The commands besides lint and verify. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/linter/presets.ts';
import { rules } from '../../src/rules/index.ts';
import { createProject, type Project } from '../support/project.ts';

let project: Project;
beforeEach(() => {
  project = createProject();
});
afterEach(() => project.remove());

describe('rules', () => {
  it('lists every rule with its severities', () => {
    const { stdout, status } = project.lint('rules');
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^rule +${PRESETS.join(' +')}\\n`));
    for (const name of Object.keys(rules)) expect(stdout).toContain(`\n${name} `);
    expect(stdout).toMatch(/\nno-bare-create +fix +– +error +error +– +error\n/);
  });

  it('lists them for programs', () => {
    const listed = JSON.parse(project.lint('rules', '--json').stdout) as { name: string }[];
    expect(listed.map((r) => r.name)).toEqual(Object.keys(rules));
  });
});

describe('explain', () => {
  it.each(['no-bare-create', 'idempotent-sql/no-bare-create'])('prints the page of %s', (name) => {
    const { stdout, status } = project.lint('explain', name);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# no-bare-create\n/);
    expect(stdout).not.toContain('<!--');
  });

  it('names pages by addresses that lead somewhere: the package holds only those of rules', () => {
    const { stdout } = project.lint('explain', 'no-bare-create');
    expect(stdout).toMatch(/\]\(https:\/\/github\.com\/[^)]*\/docs\//);
    expect(stdout).not.toMatch(/\]\((?!https:)/);
  });

  it.each([
    [[], 'explain takes the name of a rule, an error code, a kind of statement, or FILE:LINE'],
    [['no-bare-crate'], 'no rule, error code or kind of statement that is known; did you mean "no-bare-create"?'],
    [['no-bare-create', '--hepl'], 'unknown option --hepl of explain; did you mean --help?'],
  ])('%j', (args, message) =>
    expect(project.lint('explain', ...args)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(message) as string,
    }),
  );
});

describe('explain, of other things than rules', () => {
  it('knows error codes', () => {
    expect(project.lint('explain', '42p07').stdout).toMatch(
      /^42P07 \(duplicate table\) is an error code of PostgreSQL\.\n[^]*\n {2}CREATE TABLE\n/,
    );
    expect(project.lint('explain', '22012').stdout).toContain('No statement fails with it only because');
  });

  it('knows kinds of statements', () => {
    const { stdout } = project.lint('explain', 'create', 'policy');
    expect(stdout).toContain('a second run fails with 42710 (duplicate object); made repeatable by DROP … IF EXISTS');
    expect(project.lint('explain', 'drop table').stdout).toContain('made repeatable by IF EXISTS');
  });

  it('shows a finding on its own text, before and after', () => {
    project.write('m/1.sql', 'select 1;\ncreate table a (id int);\n');
    const { stdout } = project.lint('explain', 'm/1.sql:2:1');
    expect(stdout).toMatch(
      /Before:\n {4}create table a \(id int\);\n {2}After:\n {4}create table if not exists a \(id int\);\n {2}sql-lint explain no-bare-create, or https:/,
    );
    expect(project.lint('explain', 'm/1.sql:1')).toMatchObject({
      status: 2,
      stderr: 'sql-lint: nothing is found on line 1 of m/1.sql; there are findings on 2\n',
    });
  });

  it('prints the steps of a change that one file cannot make safely', () => {
    project.write('sql-lint.config.json', '{ "extends": ["safety"] }');
    project.write('m/1.sql', 'create table a (id int primary key, n int, m text);\n');
    project.write(
      'm/2.sql',
      'alter table a alter n type bigint,\n  add check (n > 0);\nalter table a rename m to o;\n',
    );
    const { stdout } = project.lint('explain', 'm/2.sql:1');
    expect(stdout).toContain('In several steps: "n" of "a" gets the type bigint while clients work.');
    expect(stdout).toContain('  1. Expand, a migration of its own.');
    expect(stdout).toContain('       ALTER TABLE a ADD COLUMN n_new bigint;\n');
    expect(stdout).toContain('  2. Backfill, by itself, in no transaction.');
    expect(stdout).not.toContain('"m" of "a"');
    expect(project.lint('explain', 'm/2.sql:2').stdout).not.toContain('In several steps');
  });
});

/** One more than what is offered to be left as it is. */
const MANY = Array.from({ length: 51 }, (_, k) => `create table t${k} (id int);\n`).join('');

describe('init', () => {
  it('writes what fits the project', () => {
    project.write('supabase/migrations/1.sql', '');
    expect(project.lint('init', '--yes').stdout).toContain('This is no git repository');
    expect(JSON.parse(project.read('sql-lint.config.json'))).toEqual({
      extends: ['supabase'],
      files: ['supabase/migrations'],
      postgresVersion: 14,
    });
    expect(project.lint('supabase').status).toBe(0);
  });

  it('leaves what is there', () => {
    project.write('package.json', '{ "sqlLint": {} }');
    expect(project.lint('init', '--yes').stdout).toContain(
      'There is a configuration already: sqlLint in package.json.',
    );
    expect(existsSync(join(project.path, 'sql-lint.config.json'))).toBe(false);
  });

  it.each([
    ['lefthook.yml', 'run: npx --no-install sql-lint --staged'],
    ['.pre-commit-config.yaml', 'entry: npx --no-install sql-lint --staged'],
  ])('says what to add to %s', (file, line) => {
    project.write(file, '# mine\n');
    expect(project.lint('init', '--yes').stdout).toContain(line);
    expect(project.read(file)).toBe('# mine\n');
  });

  it('adds to a hook that is there, once', () => {
    project.run('git', 'init', '-q');
    project.write('.git/hooks/pre-commit', '#!/bin/sh\nnpm test');
    project.lint('init', '--yes');
    expect(project.lint('init', '--yes').stdout).toContain('runs sql-lint already');
    expect(project.read('.git/hooks/pre-commit')).toBe('#!/bin/sh\nnpm test\nnpx --no-install sql-lint --staged\n');
  });

  it('asks on a terminal, and once more where an answer does not fit', async () => {
    project.write('supabase/migrations/1.sql', '');
    const { terminal } = project;
    const said = await terminal(
      ['init'],
      [
        ['Where are', 'nowhere'],
        ['no "nowhere"', ''],
        ['Which preset', 'mine'],
        ['no preset "mine"', 'strict'],
        ['Which is the oldest', '9'],
        ['whole number', '15'],
        ['before every commit', 'maybe'],
        ['Answer yes or no', 'no'],
        ['"postgresVersion": 15', ''],
      ],
    );
    expect(said).toContain('New file sql-lint.config.json:');
    expect(said.indexOf('New file')).toBeLessThan(said.indexOf('Write 1 file?'));
    expect(said).toContain('Wrote sql-lint.config.json');
    expect(JSON.parse(project.read('sql-lint.config.json'))).toEqual({
      extends: ['strict'],
      files: ['supabase/migrations'],
      postgresVersion: 15,
    });
  }, 20_000);

  it('writes nothing where the last answer is no', async () => {
    project.write('migrations/1.sql', '');
    const said = await project.terminal(
      ['init'],
      [
        ['Where are', ''],
        ['Which preset', ''],
        ['Which is the oldest', ''],
        ['before every commit', 'no'],
        ['Write 1 file?', 'no'],
      ],
    );
    expect(said).toContain('Nothing was written.');
    expect(existsSync(join(project.path, 'sql-lint.config.json'))).toBe(false);
  }, 20_000);

  it('takes the version of PostgreSQL from where the project names it', () => {
    project.write('supabase/migrations/1.sql', '');
    project.write('supabase/config.toml', '[db]\nport = 54322\nmajor_version = 17\n');
    project.lint('init', '--yes');
    expect(JSON.parse(project.read('sql-lint.config.json'))).toMatchObject({ postgresVersion: 17 });
  });

  it.each([
    ['package-lock.json', 'npx sql-lint', 'npm install --save-dev idempotent-sql-lint'],
    ['pnpm-lock.yaml', 'pnpm exec sql-lint', 'pnpm add --save-dev idempotent-sql-lint'],
  ])('says what to run in a project with %s', (lock, command, add) => {
    project.write(lock, '');
    const { stdout } = project.lint('init', '--yes');
    expect(stdout).toContain(`Now run ${command}, and then ${command} --diff`);
    expect(stdout).toContain(`everyone runs the same version: ${add}\n`);
    project.write('package.json', '{ "devDependencies": { "idempotent-sql-lint": "1.0.0" } }');
    expect(project.lint('init', '--yes').stdout).not.toContain('Add the package');
  });

  it.each([
    [{ 'package.json': '{ "lint-staged": { "*.sql": "sql-lint" } }' }, 'lint-staged runs sql-lint already.'],
    [{ '.lintstagedrc': '{ "*.js": "eslint" }' }, '"*.sql": "sql-lint --fix"'],
  ])('leaves the hook to lint-staged: %j', (files, said) => {
    project.run('git', 'init', '-q');
    project.write('.husky/pre-commit', 'npx lint-staged\n');
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    expect(project.lint('init', '--yes').stdout).toContain(said);
    expect(project.read('.husky/pre-commit')).toBe('npx lint-staged\n');
  });

  it('checks pull requests where the repository is', () => {
    project.run('git', 'init', '-q');
    project.run('git', 'remote', 'add', 'origin', 'git@github.com:a/b.git');
    expect(project.lint('init', '--yes').stdout).toContain('Wrote .github/workflows/sql-lint.yml.');
    expect(project.read('.github/workflows/sql-lint.yml')).toContain(
      '- run: npx --no-install sql-lint --changed --format github\n',
    );
    expect(project.lint('init', '--yes').stdout).toContain('.github/workflows/sql-lint.yml is there already.');
    project.write('.gitlab-ci.yml', '');
    expect(project.lint('init', '--yes').stdout).toContain('Add this to .gitlab-ci.yml:');
  });

  it.each([
    ['migrations/0007_a.sql', '0008'],
    ['migrations/20250101120000_a.sql', '20250101120001'],
    ['src/main/resources/db/migration/V1_10__a.sql', '1_10.1'],
    ['prisma/migrations/20250101120000_a/migration.sql', '20250101120001'],
  ])('begins behind %s where there is much already', (file, since) => {
    project.write(file, MANY);
    expect(project.lint('init', '--yes').stdout).toContain('There are 51 findings in 1 migration already.');
    expect(JSON.parse(project.read('sql-lint.config.json'))).toMatchObject({ since });
    expect(project.lint().stdout).toContain('There is no file to lint.');
  });

  it('takes what is there for known where that is the answer', async () => {
    project.write('migrations/0007_a.sql', MANY);
    const said = await project.terminal(
      ['init'],
      [
        ['Where are', ''],
        ['Which preset', ''],
        ['Which is the oldest', ''],
        ['How to begin?', 'yes'],
        ['Answer since, baseline or no.', 'baseline'],
        ['before every commit', 'no'],
        ['Write 2 files?', ''],
      ],
    );
    expect(said).toMatch(/New file sql-lint-baseline\.json:\r\n[^]*… \d+ more lines/);
    expect(said).toContain('To undo it, delete sql-lint.config.json and sql-lint-baseline.json.');
    expect(JSON.parse(project.read('sql-lint.config.json'))).not.toHaveProperty('since');
    expect(project.lint()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('51 known findings left out') as string,
    });
    project.write('migrations/0008_b.sql', 'drop table t1;\n');
    expect(project.lint().stdout).toContain('1 error, 0 warnings in 1 of 2 files.');
  }, 20_000);

  it('offers no version where several projects have none in common, and then the file of known findings', () => {
    project.write('apps/a/migrations/0001_a.sql', MANY);
    project.write('apps/b/migrations/0005_a.sql', 'create table x (id int);\n');
    const { stdout } = project.lint('init', '--yes');
    expect(stdout).toContain('There are 52 findings in 2 migrations already.');
    expect(stdout).toContain('Wrote sql-lint-baseline.json.');
    expect(project.lint().status).toBe(0);
  });

  it('gives VS Code a task, where the project has settings of it', () => {
    project.write('migrations/1.sql', 'create table a (id int);\n');
    project.write('.vscode/settings.json', '{}');
    expect(project.lint('init', '--yes').stdout).toContain('Wrote .vscode/tasks.json.');
    const { tasks } = JSON.parse(project.read('.vscode/tasks.json')) as {
      tasks: { command: string; problemMatcher: { pattern: { regexp: string } } }[];
    };
    expect(tasks[0]!.command).toBe('npx --no-install sql-lint --format compact');
    // The pattern reads what the command prints.
    const [line] = project.lint('--format', 'compact').stdout.split('\n');
    const found = new RegExp(tasks[0]!.problemMatcher.pattern.regexp).exec(line!);
    expect(found?.slice(1, 5)).toEqual(['migrations/1.sql', '1', '1', 'error']);
    project.write('.vscode/tasks.json', '{ "tasks": [] }');
    project.run('rm', 'sql-lint.config.json');
    expect(project.lint('init', '--yes').stdout).toContain('Add this to "tasks" in .vscode/tasks.json:');
    expect(project.read('.vscode/tasks.json')).toBe('{ "tasks": [] }');
  });

  it('is undone by deleting what it lists', () => {
    project.write('migrations/0001_a.sql', MANY);
    project.write('.vscode/settings.json', '{}');
    project.run('git', 'init', '-q');
    project.run('git', 'remote', 'add', 'origin', 'git@github.com:a/b.git');
    project.run('git', 'add', '.');
    project.run('git', 'commit', '-qm', 'a');
    const { stdout } = project.lint('init', '--yes');
    const listed = /^To undo it, delete (.*)\.$/m.exec(stdout)![1]!.split(/, | and /);
    expect(listed).toEqual([
      'sql-lint.config.json',
      '.git/hooks/pre-commit',
      '.github/workflows/sql-lint.yml',
      '.vscode/tasks.json',
    ]);
    for (const path of listed) project.run('rm', path);
    expect(project.run('git', 'status', '--short')).toBe('');
    expect(project.attempt('ls', '.git/hooks/pre-commit').status).not.toBe(0);
  });

  describe('--agents', () => {
    const MARKED = /<!-- sql-lint:[^]*<!-- \/sql-lint -->/;

    it('writes AGENTS.md where there is none, and nothing else', () => {
      expect(project.lint('init', '--agents').stdout).toBe('Wrote AGENTS.md.\n');
      expect(project.read('AGENTS.md')).toMatch(MARKED);
      expect(project.lint('init', '--agents').stdout).toBe('AGENTS.md has them already.\n');
      expect(project.run('ls', '-A').trim()).toBe('AGENTS.md');
    });

    it('replaces its lines in files that are there, and leaves the others of the file', () => {
      project.write('AGENTS.md', '# Us\n\n<!-- sql-lint: of before -->\nold\n<!-- /sql-lint -->\n\nThe end.');
      project.write('CLAUDE.md', 'Be kind.\r\n');
      project.write('.cursor/rules/style.mdc', 'Style');
      project.lint('init', '--agents');
      const agents = project.read('AGENTS.md');
      expect(agents.replace(MARKED, '…')).toBe('# Us\n\n…\n\nThe end.');
      expect(agents).toContain('npx --no-install sql-lint explain NAME');
      expect(agents).not.toContain('old');
      const claude = project.read('CLAUDE.md');
      expect(claude.replace(MARKED, '…')).toBe('Be kind.\r\n\r\n…\r\n');
      expect(claude.replaceAll('\r\n', '')).not.toContain('\n');
      expect(project.read('.cursor/rules/sql-lint.mdc')).toMatch(/^---\n[^]*globs: \*\*\/\*\.sql\n/);
      expect(project.read('.cursor/rules/style.mdc')).toBe('Style');
      const said = project.lint('init', '--agents').stdout;
      expect(said.match(/ has them already\./g)).toHaveLength(3);
      expect([project.read('AGENTS.md'), project.read('CLAUDE.md')]).toEqual([agents, claude]);
    });

    it('says it once where one file names the other', () => {
      project.write('AGENTS.md', 'Us');
      project.write('CLAUDE.md', '@AGENTS.md\n');
      expect(project.lint('init', '--agents').stdout).toBe('Wrote the lines of sql-lint into AGENTS.md.\n');
      expect(project.read('CLAUDE.md')).toBe('@AGENTS.md\n');
    });

    it('says so where a file cannot be written', () => {
      project.write('AGENTS.md/x', '');
      const { status, stderr } = project.lint('init', '--agents');
      expect([status, stderr]).toEqual([2, 'sql-lint: AGENTS.md: cannot be written (EISDIR)\n']);
    });

    it('writes nothing where a mark is lost', () => {
      project.write('AGENTS.md', 'Us');
      project.write('CLAUDE.md', 'a\n<!-- sql-lint: of before -->\nold\n');
      const { status, stderr } = project.lint('init', '--agents');
      expect([status, stderr]).toEqual([2, expect.stringContaining('CLAUDE.md has one of the marks')]);
      expect(project.read('AGENTS.md')).toBe('Us');
    });
  });

  it('does not ask where nobody can answer', () =>
    expect(project.lint('init')).toMatchObject({ status: 2, stderr: expect.stringContaining('init --yes') as string }));
});

describe('access', () => {
  const MIGRATION = `create table notes (id uuid primary key, user_id uuid);
alter table notes enable row level security;
create policy own on notes for all to authenticated using (user_id = (select auth.uid()));
create policy reads on notes for select to anon using (true);
create table logs (id int primary key);
revoke all on logs from anon, authenticated;
grant insert on logs to authenticated;
create view recent as select * from notes;
`;

  it('shows who can read and write what', () => {
    project.write('supabase/migrations/20250101000000_notes.sql', MIGRATION);
    const { stdout, status } = project.lint('access');
    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 6))).toEqual([
      ['table', 'role', 'select', 'insert', 'update', 'delete'],
      ['public.logs', 'anon', 'nothing', 'nothing', 'nothing', 'nothing'],
      ['public.logs', 'authenticated', 'nothing', 'all rows', 'nothing', 'nothing'],
      ['public.notes', 'anon', 'all rows', 'nothing', 'nothing', 'nothing'],
      ['public.notes', 'authenticated', ...Array<string>(4).fill('rows of "own"')],
      ['public.recent', 'anon', ...Array<string>(4).fill('all that its owner may')],
      ['public.recent', 'authenticated', ...Array<string>(4).fill('all that its owner may')],
      [''],
    ]);
  });

  it('is measured with SET ROLE once the migrations have run', () => {
    const owned = MIGRATION.replace('user_id uuid', 'user_id uuid references auth.users (id)');
    project.write('supabase/migrations/20250101000000_notes.sql', owned);
    const { stdout } = project.lint('verify', '--access', '--format', 'json');
    const { access } = JSON.parse(stdout) as { access: Record<string, unknown>[] };
    const rows = access.map((row) =>
      ['relation', 'request', 'select', 'insert', 'update', 'delete'].map((key) => row[key]),
    );
    expect(rows.slice(0, 6)).toEqual([
      ['public.logs', 'anon', null, null, null, null],
      ['public.logs', 'authenticated', null, 1, null, null],
      ['public.logs', 'owner', null, 1, null, null],
      ['public.notes', 'anon', 3, null, 0, 0],
      ['public.notes', 'authenticated', 0, null, 0, 0],
      ['public.notes', 'owner', 1, 1, 1, 1],
    ]);
    expect(project.lint('verify', '--access').stdout).toMatch(/public\.notes +a user with rows +1 of 3 +a row +1 of 3/);
  }, 60_000);

  it('is not measured where there are no roles to ask as', () => {
    project.write('migrations/0001_notes.sql', 'CREATE TABLE IF NOT EXISTS notes (id int);');
    expect(project.lint('verify', '--access', '--environment', 'plain')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there are no roles anon and authenticated to ask as') as string,
    });
    expect(project.lint('verify', '--access', '--format', 'junit')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--access is printed as text or json') as string,
    });
  }, 60_000);

  it('shows one table, for programs too', () => {
    project.write('supabase/migrations/20250101000000_notes.sql', MIGRATION);
    const rows = JSON.parse(project.lint('access', 'notes', '--json').stdout) as { relation: string }[];
    expect(rows.map(({ relation }) => relation)).toEqual(['public.notes', 'public.notes']);
    expect(project.lint('access', 'nope')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no table "nope"') as string,
    });
  });
});
