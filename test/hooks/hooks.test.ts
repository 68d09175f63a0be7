/** Each recipe of docs/hooks.md in a repository of its own: a bare CREATE TABLE is stopped, --fix mends it, and it goes through. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, packedCommand, type Project } from '../support/project.ts';

const RUN_MS = 180_000;
const FILE = 'migrations/1_users.sql';
const BARE = 'create table users (id bigint primary key);\n';
const FIXED = 'create table if not exists users (id bigint primary key);\n';

let project: Project;
afterEach(() => project.remove());

/** A repository with a first commit, in which `npx` finds the commands. */
function repository(files: Record<string, string> = {}, commands: readonly string[] = []): Project {
  project = createProject({
    'package.json': '{ "private": true, "type": "module" }',
    '.gitignore': 'node_modules\n',
    ...files,
  });
  mkdirSync(join(project.path, 'node_modules/.bin'), { recursive: true });
  symlinkSync(packedCommand(), join(project.path, 'node_modules/.bin/sql-lint'));
  for (const command of commands)
    symlinkSync(join(process.cwd(), 'node_modules/.bin', command), join(project.path, 'node_modules/.bin', command));
  project.run('git', 'init', '-q');
  project.run('git', 'add', '.');
  project.run('git', 'commit', '-q', '-m', 'begin');
  return project;
}

const commit = () => project.attempt('git', 'commit', '-q', '-m', 'users');
const committed = (file = FILE) => project.attempt('git', 'show', `HEAD:${file}`).stdout;

function expectStopMendAndPass(): void {
  project.write(FILE, BARE);
  project.run('git', 'add', '.');
  const stopped = commit();
  expect(stopped.status, stopped.stdout + stopped.stderr).not.toBe(0);
  expect(stopped.stdout + stopped.stderr).toContain('no-bare-create');
  expect(project.lint('--fix', 'migrations').status).toBe(0);
  project.run('git', 'add', '.');
  const passed = commit();
  expect(passed.status, passed.stdout + passed.stderr).toBe(0);
  expect(committed()).toBe(FIXED);
}

describe('a commit is stopped until it is mended', () => {
  it(
    "by git's own hook, as sql-lint init writes it",
    () => {
      repository();
      expect(project.lint('init', '--yes').stdout).toContain('Wrote .git/hooks/pre-commit.');
      expectStopMendAndPass();
    },
    RUN_MS,
  );

  it(
    'by husky, to whose hook sql-lint init adds',
    () => {
      repository({ '.husky/pre-commit': 'echo first\n' }, ['husky']);
      project.run('npx', 'husky');
      expect(project.lint('init', '--yes').stdout).toContain('Added sql-lint to .husky/pre-commit.');
      project.run('git', 'add', '.');
      project.run('git', 'commit', '-q', '-m', 'hook');
      expectStopMendAndPass();
    },
    RUN_MS,
  );

  it(
    'by husky and lint-staged',
    () => {
      repository(
        {
          '.husky/pre-commit': 'npx lint-staged\n',
          'package.json': '{ "private": true, "lint-staged": { "*.sql": "sql-lint" } }',
        },
        ['husky', 'lint-staged'],
      );
      project.run('npx', 'husky');
      expectStopMendAndPass();
    },
    RUN_MS,
  );

  it(
    'by lefthook',
    () => {
      repository({
        'lefthook.yml':
          'pre-commit:\n  jobs:\n    - name: sql-lint\n      glob: "*.sql"\n      run: npx sql-lint --staged\n',
      });
      project.run(
        'npm',
        'install',
        '--no-save',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
        'lefthook@2',
      );
      project.run('npx', 'lefthook', 'install');
      expectStopMendAndPass();
    },
    RUN_MS,
  );

  it(
    "by pre-commit, where Python's registry can be reached",
    (context) => {
      repository({
        '.pre-commit-config.yaml':
          'repos:\n  - repo: local\n    hooks:\n      - id: sql-lint\n        name: sql-lint\n        entry: npx sql-lint\n        language: system\n        files: \\.sql$\n        require_serial: true\n',
        '.gitignore': 'node_modules\nvenv\n',
      });
      const installed =
        project.attempt('python3', '-m', 'venv', 'venv').status === 0 &&
        project.attempt('venv/bin/pip', 'install', '-q', '--retries', '0', 'pre-commit').status === 0;
      if (!installed) context.skip();
      project.run('venv/bin/pre-commit', 'install');
      expectStopMendAndPass();

      const hooks = createProject({ '.pre-commit-hooks.yaml': readFileSync('.pre-commit-hooks.yaml', 'utf8') });
      try {
        for (const args of [
          ['init', '-q'],
          ['add', '.'],
          ['commit', '-q', '-m', 'hooks'],
        ])
          hooks.run('git', ...args);
        project.write('migrations/2.sql', BARE.replace('users', 'teams'));
        project.run('git', 'add', '.');
        const ran = (hook: string) => project.attempt('venv/bin/pre-commit', 'try-repo', hooks.path, hook);
        expect(ran('sql-lint')).toMatchObject({
          status: 1,
          stdout: expect.stringContaining('no-bare-create') as string,
        });
        expect(ran('sql-lint-fix')).toMatchObject({
          status: 1,
          stdout: expect.stringContaining('files were modified by this hook') as string,
        });
        expect(project.read('migrations/2.sql')).toBe(FIXED.replace('users', 'teams'));
      } finally {
        hooks.remove();
      }
    },
    RUN_MS,
  );
});

describe('a hook that fixes', () => {
  it(
    'is husky with lint-staged, which keeps what is not staged',
    () => {
      repository(
        {
          '.husky/pre-commit': 'npx lint-staged\n',
          'package.json': '{ "private": true, "lint-staged": { "*.sql": "sql-lint --fix" } }',
        },
        ['husky', 'lint-staged'],
      );
      project.run('npx', 'husky');
      project.write(FILE, BARE);
      project.run('git', 'add', '.');
      project.write(FILE, `${BARE}\n\n\n\n-- more to come\n`);
      expect(commit().status).toBe(0);
      expect(committed()).toBe(FIXED);
      expect(project.read(FILE)).toBe(`${FIXED}\n\n\n\n-- more to come\n`);
    },
    RUN_MS,
  );
});

describe('--staged', () => {
  it('reads the index, not the work tree', () => {
    repository();
    project.write(FILE, FIXED);
    project.run('git', 'add', '.');
    project.write(FILE, BARE);
    expect(project.lint('--staged').status).toBe(0);
    project.run('git', 'add', '.');
    project.write(FILE, FIXED);
    expect(project.lint('--staged').status).toBe(1);
  });

  it('reads the index also for the files that run before them', () => {
    repository({ [FILE]: FIXED });
    project.write(FILE, 'select 1;\n');
    project.write('migrations/2_rows.sql', 'insert into users (id) values (1);\n');
    project.run('git', 'add', 'migrations/2_rows.sql');
    // Only where the table is known, its key guards the row.
    project.lint('--staged', '--fix');
    expect(project.run('git', 'show', ':migrations/2_rows.sql')).toContain('on conflict do nothing');
  });

  it('looks for these files in the index, too', () => {
    const other = 'create table if not exists users (id int primary key, name text);\n';
    const collides = () => project.lint('--staged', '--format', 'compact').stdout.includes('no-silent-collision');
    repository({ 'readme.md': '' });
    project.write(FILE, FIXED);
    project.write('migrations/2_users.sql', other);
    project.run('git', 'add', 'migrations/2_users.sql');
    expect(collides(), 'a file that is not in the index').toBe(false);
    project.run('git', 'add', FILE);
    project.run('rm', FILE);
    expect(collides(), 'a file that only the index has').toBe(true);
  });

  it('in the midst of a merge, speaks of what is staged', () => {
    repository({ [FILE]: FIXED });
    project.run('git', 'checkout', '-q', '-b', 'other');
    project.write(FILE, `${FIXED}select 1;\n`);
    project.run('git', 'commit', '-q', '-a', '-m', 'one');
    project.run('git', 'checkout', '-q', '-');
    project.write(FILE, `${FIXED}select 2;\n`);
    project.run('git', 'commit', '-q', '-a', '-m', 'two');
    expect(project.attempt('git', 'merge', 'other').status).toBe(1);
    project.write('migrations/2.sql', BARE.replace('users', 'notes'));
    project.run('git', 'add', 'migrations/2.sql');
    expect(project.lint('--staged', '--format', 'compact')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^migrations\/2\.sql:1:1: .*\n$/) as string,
      stderr: '',
    });
  });

  it('speaks of added and changed files only, and of those that are meant', () => {
    repository({
      [FILE]: BARE,
      'migrations/2_gone.sql': BARE,
      'migrations/3_old.sql': BARE,
      'reports/query.sql': 'select 1;\n',
    });
    project.run('git', 'rm', '-q', 'migrations/2_gone.sql');
    project.write(FILE, `${BARE}drop table x;\n`);
    project.write('reports/query.sql', 'drop table y;\n');
    project.run('git', 'add', '.');
    const files = (...args: string[]) =>
      (JSON.parse(project.lint('--staged', '--format', 'json', ...args).stdout) as { filePath: string }[]).map((r) =>
        r.filePath.slice(project.path.length + 1),
      );
    expect(files()).toEqual([FILE]);
    expect(files('reports')).toEqual(['reports/query.sql']);
    expect(files('**/*.sql')).toEqual([FILE, 'reports/query.sql']);
  });

  it('with --fix fixes the index and the work tree', () => {
    repository();
    project.write(FILE, BARE);
    project.run('chmod', '+x', FILE);
    project.run('git', 'add', '.');
    expect(project.lint('--staged', '--fix').status).toBe(0);
    expect(project.run('git', 'show', `:${FILE}`)).toBe(FIXED);
    expect(project.read(FILE)).toBe(FIXED);
    expect(project.run('git', 'status', '--porcelain')).toBe(`A  ${FILE}\n`);
    expect(project.run('git', 'ls-files', '--stage', FILE)).toMatch(/^100755 /);
  });

  it.each([
    [
      'far from the fix',
      `${BARE}\n\n\n\nselect 1;\n`,
      `${FIXED}\n\n\n\nselect 1;\n`,
      `${BARE}\n\n\n\nselect 2;\n`,
      `${FIXED}\n\n\n\nselect 2;\n`,
    ],
    ['beside the fix', BARE, FIXED, `${BARE}select 2;\n`, `${FIXED}select 2;\n`],
    ['in the line of the fix', BARE, FIXED, BARE.replace('bigint', 'int'), FIXED.replace('bigint', 'int')],
  ])('with --fix keeps what is not staged, %s', (_, staged, index, work, fixedWork) => {
    repository();
    project.write(FILE, staged);
    project.run('git', 'add', '.');
    project.write(FILE, work);
    project.lint('--staged', '--fix');
    expect(project.run('git', 'show', `:${FILE}`)).toBe(index);
    expect(project.read(FILE)).toBe(fixedWork);
  });

  it('with --fix keeps the line ends of a work tree that git converts', () => {
    repository({ '.gitattributes': '*.sql text eol=crlf\n' });
    project.write(FILE, BARE.replaceAll('\n', '\r\n'));
    project.run('git', 'add', '.');
    project.lint('--staged', '--fix');
    expect(project.run('git', 'show', `:${FILE}`)).toBe(FIXED);
    expect(project.read(FILE)).toBe(FIXED.replaceAll('\n', '\r\n'));
  });

  it('outside of a repository says so', () => {
    project = createProject({ [FILE]: BARE });
    expect(project.lint('--staged')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is in no git repository') as string,
    });
  });
});

describe('--since', () => {
  it('lints what has changed since a branch left another', () => {
    repository({ [FILE]: BARE });
    project.run('git', 'branch', 'base');
    project.write('migrations/2.sql', BARE);
    project.run('git', 'add', '.');
    project.run('git', 'commit', '-q', '-m', 'two');
    project.write('migrations/3.sql', BARE);
    const { stdout } = project.lint('--since', 'base', '--format', 'compact');
    expect(stdout.match(/^migrations\/\d/gm)).toEqual(['migrations/2', 'migrations/3']);
    expect(project.lint('--since', 'nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('nothing') as string,
    });
    expect(project.lint('--since=--output=x')).toMatchObject({ status: 2 });
  });
});

describe('the action for GitHub', () => {
  const script = readFileSync('action.yml', 'utf8').split('run: |\n')[1]!;
  const run = (inputs: Record<string, string>) =>
    project.attempt(
      'env',
      ...Object.entries(inputs).map(([name, value]) => `${name}=${value}`),
      'bash',
      '-eo',
      'pipefail',
      '-c',
      script,
    );

  it('annotates what a pull request changes, and writes SARIF', () => {
    repository({ [FILE]: BARE });
    project.run('git', 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    project.write('migrations/2.sql', BARE.replace('users', 'teams'));
    const { status, stdout } = run({ INPUT_SINCE: 'base', BASE: 'main', INPUT_SARIF: 'out.sarif' });
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(
        /^::error file=migrations\/2\.sql,line=1,.*title=sql-lint%3A no-bare-create::Table "teams"[^\n]*\n$/,
      ),
    ]);
    expect(project.read('out.sarif')).toContain('migrations/2.sql');
  });

  it('writes one comment for a pull request, and keeps it up to date', () => {
    // A stand-in for GitHub's command: it keeps one comment in a file.
    const gh =
      '#!/bin/sh\necho "$@" >> gh.log\ncase "$*" in\n  *--paginate*) [ -f body ] && echo 7 || true ;;\n' +
      '  *) for a in "$@"; do case $a in body=@*) cp "${a#body=@}" body ;; esac; done ;;\nesac\n';
    repository({ 'a/1.sql': BARE, 'tools/gh': gh });
    project.run('chmod', '+x', 'tools/gh');
    const inputs = {
      PATH: `${project.path}/tools:${process.env.PATH}`,
      INPUT_PATHS: 'a',
      INPUT_COMMENT: 'true',
      GH_REPO: 'o/r',
      PULL: '12',
    };
    expect(run(inputs).status).toBe(1);
    expect(project.read('body')).toMatch(/^<!-- sql-lint -->\n### ❌ sql-lint: 1 error/);
    project.write('a/1.sql', FIXED);
    expect(run(inputs).status).toBe(0);
    expect(project.read('body')).toContain('✅ sql-lint: no problems in 1 file.');
    expect(project.read('gh.log').match(/repos\/o\/r\/issues\/\S+/g)).toEqual([
      'repos/o/r/issues/12/comments',
      'repos/o/r/issues/12/comments',
      'repos/o/r/issues/12/comments',
      'repos/o/r/issues/comments/7',
    ]);
  });

  it('lints the paths that it is given, outside of a pull request too', () => {
    repository({ 'a/1.sql': BARE, 'b/1.sql': FIXED });
    expect(run({ INPUT_PATHS: 'a b', INPUT_SINCE: 'base' }).stdout).toContain('file=a/1.sql');
    expect(run({ INPUT_PATHS: 'b' }).status).toBe(0);
  });
});
