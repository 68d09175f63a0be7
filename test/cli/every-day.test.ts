/** What people meet every day: what is printed, which words are understood, and which files are meant. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { createProject, packedCommand, type Project } from '../support/project.ts';

let project: Project;
afterEach(() => project.remove());

const BARE = 'create table notes (id int);\n';
const GUARDED = 'create table if not exists notes (id int);\n';

describe('words', () => {
  it.each([
    [['verfy'], 'there is no command "verfy", and no such file or folder; did you mean sql-lint verify?'],
    [['fix'], 'did you mean sql-lint --fix?'],
    [['check'], 'did you mean sql-lint --check?'],
    [['help', 'verfy'], 'there is no command "verfy"; did you mean sql-lint help verify?'],
    [['-q'], 'unknown option -q; see sql-lint --help'],
    [['--format'], '--format needs a value; see sql-lint --help'],
    [['--fix=yes'], '--fix takes no value; see sql-lint --help'],
    [['verify', '--onyl', 'x'], 'unknown option --onyl of verify; did you mean --only?'],
    [['m/2.sql'], 'm/2.sql: no such file or folder; did you mean m/1.sql?'],
    [['--since', 'mian'], '--since: git knows no commit or branch "mian"; did you mean "main"?'],
    [['--print-config', 'm/9.sql'], 'there is no file m/9.sql'],
  ])('%j', (args, message) => {
    project = createProject({ 'm/1.sql': BARE });
    project.run('git', 'init', '-q', '-b', 'main');
    project.run('git', 'add', '.');
    project.run('git', 'commit', '-qm', 'a');
    const { status, stdout, stderr } = project.lint(...args);
    expect({ status, stdout, lines: stderr.trim().split('\n') }).toEqual({
      status: 2,
      stdout: '',
      lines: [expect.stringContaining(message)],
    });
  });

  it.each([['help'], ['-V'], ['help verify']])('understands %s', (words) => {
    project = createProject();
    expect(project.lint(...words.split(' '))).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('help', () => {
  it('names all commands, and fits on one screen', () => {
    project = createProject();
    const page = project.lint('--help').stdout;
    for (const name of Object.keys(commands).filter((name) => name !== 'lint'))
      expect(page).toContain(`\n  sql-lint ${name} `);
    for (const args of [['--help'], ['-h'], ['help']]) {
      const lines = project.lint(...args).stdout.split('\n');
      expect(lines.length).toBeLessThanOrEqual(32);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    }
  });

  it.each(['lint', 'verify', 'access', 'rules', 'explain', 'new', 'init', 'completion'])(
    'of %s has two examples',
    (name) => {
      project = createProject();
      const page = project.lint('help', name).stdout;
      expect(project.lint(name, '--help').stdout).toBe(page);
      expect(page).toMatch(new RegExp(`^sql-lint ${name} `));
      const examples = page.split('Examples\n')[1]!.split('\n\n')[0]!.trimEnd().split('\n');
      expect(examples.length).toBeGreaterThanOrEqual(2);
    },
  );
});

describe('completion', () => {
  const complete = (...words: string[]) =>
    project
      .run(
        'bash',
        '-c',
        `eval "$(node ${packedCommand()} completion bash)"; COMP_WORDS=(sql-lint ${words.join(' ')}); ` +
          `COMP_CWORD=${words.length}; _sql_lint; printf '%s\\n' "\${COMPREPLY[@]}"`,
      )
      .trim()
      .split('\n');

  it('knows commands, options, rules and formats', () => {
    project = createProject();
    expect(complete('')).toEqual(expect.arrayContaining([...Object.keys(commands), 'help']));
    expect(complete('ver')).toEqual(['verify']);
    expect(complete('--up')).toEqual(['--update-baseline']);
    expect(complete('verify', '--rep')).toEqual(['--replay']);
    expect(complete('--rule-only', 'no-bare-c')).toEqual(['no-bare-create']);
    expect(complete('--format', 'sar')).toEqual(['sarif']);
    expect(project.lint('completion', 'zsh').stdout).toContain('bashcompinit');
    expect(project.lint('completion', 'fish').stdout).toMatch(/^complete -c sql-lint .* -l update-baseline$/m);
    expect(project.lint('completion', 'tcsh')).toMatchObject({ status: 2 });
  });
});

describe('which files', () => {
  it('finds the migrations of the projects below', () => {
    project = createProject({ 'backend/api/db/migrations/1.sql': BARE, 'vendor/x/migrations/1.sql': BARE });
    expect(project.lint().stdout).toMatch(/^backend\/api\/db\/migrations\/1\.sql$/m);
    expect(project.lint().stdout).not.toContain('vendor');
  });

  it('says so of a file that is named and ignored, and of a folder of which nothing is left', () => {
    project = createProject({ 'm/1.sql': BARE, 'sql-lint.config.json': '{ "ignores": ["m"] }' });
    expect(project.lint('m/1.sql')).toMatchObject({
      status: 0,
      stdout: '✔ There is no file to lint.\n',
      stderr: 'sql-lint: m/1.sql is left out: "ignores" of sql-lint.config.json names it\n',
    });
    expect(project.lint('m')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'sql-lint: nothing to do: 1 SQL file found, and all are ignored\n',
    });
  });

  it('does not praise files that could not be read', () => {
    project = createProject();
    writeFileSync(join(project.path, 'a.sql'), Buffer.from([0x2d, 0x2d, 0xfc]));
    expect(project.lint('a.sql')).toMatchObject({
      status: 2,
      stdout: expect.stringContaining('\n✖ 1 file could not be linted.\n') as string,
    });
  });

  it('--changed compares with the branch that pull requests go into', () => {
    project = createProject({ 'migrations/1.sql': BARE });
    project.branch();
    expect(project.lint('--changed').stdout).toBe('✔ There is no file to lint.\n');
    project.write('migrations/2.sql', BARE);
    expect(project.lint('--changed').stdout).toContain('1 error, 0 warnings in 1 file.');
  });
});

describe('since', () => {
  const FILES = {
    'migrations/20250101000000_a.sql': BARE,
    'migrations/20250201000000_b.sql': 'create table others (id int);\n',
    'migrations/20250301000000_c.sql': 'insert into notes values (1);\n',
  };

  it.each([
    ['20250201000000_b.sql', 2],
    ['migrations/20250201000000_b.sql', 2],
    ['20250201', 2],
    ['2025-02-01', 2],
    ['20250201000001', 1],
    ['2026-01-01', 0],
  ])('%s leaves out what runs before it', (since, left) => {
    project = createProject({ ...FILES, 'sql-lint.config.json': JSON.stringify({ since }) });
    const { stdout, status } = project.lint('--format', 'full');
    expect(stdout).toContain(
      left === 0 ? 'There is no file to lint.' : `${left} error${left === 1 ? '' : 's'}, 0 warnings in ${left} file`,
    );
    expect(stdout).toContain(`${3 - left} files before ${since} left out`.replace('1 files', '1 file'));
    expect(status).toBe(left === 0 ? 0 : 1);
  });

  it('writes nothing into them, named or not, and still knows what they have made', () => {
    project = createProject({ ...FILES, 'sql-lint.config.json': '{ "since": "20250301000000_c.sql" }' });
    expect(project.lint('migrations/20250301000000_c.sql').stdout).toContain('Rows are inserted into table "notes"');
    project.lint('--fix');
    project.lint('--fix', 'migrations/20250101000000_a.sql');
    expect(project.read('migrations/20250101000000_a.sql')).toBe(BARE);
  });

  it('holds for verify, unless --only names a file', () => {
    project = createProject({ ...FILES, 'sql-lint.config.json': '{ "since": "20250301000000_c.sql" }' });
    const paths = (...args: string[]) =>
      (JSON.parse(project.lint('verify', '--format', 'json', ...args).stdout) as { path: string }[]).map((v) => v.path);
    expect(paths()).toEqual(['migrations/20250301000000_c.sql']);
    expect(paths('--only', 'migrations/20250101000000_a.sql')).toEqual(['migrations/20250101000000_a.sql']);
  }, 60_000);

  it('is --since too, where git knows no such commit', () => {
    project = createProject(FILES);
    expect(project.lint('--since', '20250301000000').stdout).toContain('in 1 file.');
    expect(project.lint('--since', 'migrations/20250201000000_b.sql').stdout).toContain('in 2 files.');
  });

  it('is a mistake where it names nothing', () => {
    project = createProject({ ...FILES, 'sql-lint.config.json': '{ "since": "nothing.sql" }' });
    expect(project.lint()).toMatchObject({
      status: 2,
      stderr: 'sql-lint: "since" names "nothing.sql", which is neither a migration of the project nor a version\n',
    });
  });
});

it('the first example of docs/configuration.md is read in a project as npm init begins it', () => {
  const [, name, text] = /```js\n\/\/ (\S+)\n([^]*?)```/.exec(readFileSync('docs/configuration.md', 'utf8'))!;
  project = createProject({
    'package.json': '{ "name": "a", "version": "1.0.0", "type": "commonjs" }',
    [name!]: text!,
    'supabase/migrations/20250101000000_a.sql': GUARDED,
  });
  mkdirSync(join(project.path, 'node_modules'));
  const packed = dirname(dirname(packedCommand()));
  symlinkSync(packed, join(project.path, 'node_modules/idempotent-sql-lint'), 'dir');
  expect(project.lint()).toMatchObject({
    stderr: '',
    stdout: expect.stringContaining(`preset supabase (${name!}), PostgreSQL 15`) as string,
  });
});

describe('writing nothing', () => {
  it('says so, and exits with 1 where --diff and --check would change a file', () => {
    project = createProject({ 'm/1.sql': BARE });
    expect(project.lint('--fix-dry-run', 'm')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('✔ 1 file would be fixed; nothing was written. 1 file checked') as string,
    });
    expect(project.lint('--check', 'm')).toMatchObject({
      status: 1,
      stderr: 'sql-lint: --fix would change m/1.sql\n',
    });
    expect(project.lint('--diff', 'm').status).toBe(1);
    expect(project.read('m/1.sql')).toBe(BARE);
    project.write('m/1.sql', GUARDED);
    expect(project.lint('--diff', 'm')).toMatchObject({ status: 0, stdout: '' });
    expect(project.lint('--check', 'm')).toMatchObject({ status: 0, stderr: '' });
  });

  it('--stdin --diff prints a patch that can be applied', () => {
    project = createProject({ 'm/1.sql': BARE });
    const patch = spawnSync(
      process.execPath,
      [packedCommand(), '--stdin', '--stdin-filename', 'm/1.sql', '--diff', '--rule', 'no-bare-create: warn'],
      { cwd: project.path, input: BARE, encoding: 'utf8' },
    ).stdout;
    project.write('p.diff', patch);
    project.run('git', 'apply', 'p.diff');
    expect(project.read('m/1.sql')).toBe(GUARDED);
  });
});

describe('verify', () => {
  it('does not pass where nothing can be verified, and says how long it took', () => {
    project = createProject({ 'migrations/1.sql': 'CREATE EXTENSION IF NOT EXISTS postgis;\n' });
    const { status, stdout } = project.lint('verify');
    expect(stdout).toMatch(/1 file: 0 can run twice, 0 failed, 1 not verifiable, in \d+\.\d s\n$/);
    expect(status).toBe(1);
    project.write('migrations/2.sql', GUARDED);
    expect(project.lint('verify').status).toBe(0);
  }, 60_000);

  it('proves only what is new, by git or by the place in the folder', () => {
    project = createProject({ 'migrations/0001_a.sql': BARE });
    project.branch();
    expect(project.lint('verify').status).toBe(1);
    expect(project.lint('verify', '--changed')).toMatchObject({ status: 0, stdout: 'There is no file to verify.\n' });
    project.write('migrations/0002_b.sql', GUARDED);
    for (const args of [['--changed'], ['--since', 'main'], ['--since', '0002']])
      expect(project.lint('verify', ...args)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('1 file: 1 can run twice') as string,
      });
    expect(project.lint('verify', '--since', 'nothing.sql')).toMatchObject({
      status: 2,
      stderr: 'sql-lint: --since names "nothing.sql", which is neither a migration of the project nor a version\n',
    });
    expect(project.lint('verify', '--since', 'main', '--changed').stderr).toContain('exclude each other');
  }, 60_000);

  it('shows from its first moment on that it works', async () => {
    project = createProject({ 'migrations/1.sql': GUARDED });
    const screen = await project.terminal(['verify'], []);
    expect(screen).toMatch(/░ 0\/1 0 s the migrations are read/);
    expect(screen).toMatch(/PostgreSQL starts/);
  }, 60_000);
});

describe('on a terminal', () => {
  const LONG = `${'a_long_name_'.repeat(4)}x`;
  const SQL = `create table ${LONG} (id int);\nalter table ${LONG}\n  add column a int,\n  add column b int;\ndrop table c;\n`;

  it('wraps at words, and no line is longer than the terminal is wide', async () => {
    project = createProject({ [`m/${'deep/'.repeat(14)}1.sql`]: SQL });
    const screen = await project.terminal(['m', '--no-color', '--format', 'full'], [], { columns: 60 });
    const lines = screen.split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines).toContainEqual(expect.stringMatching(/^m\/deep\/.*….*\/1\.sql$/));
    expect(screen).toMatchSnapshot();
  });

  it('prints links where the terminal knows them', async () => {
    project = createProject({ 'm/1.sql': BARE });
    const at = 'https://github.com/idempotent-sql-lint/idempotent-sql-lint/blob/main/docs/rules/no-bare-create.md';
    const link = `\u001b]8;;${at}\u0007no-bare-create\u001b]8;;\u0007`;
    expect(await project.terminal(['m'], [], { env: { TERM_PROGRAM: 'WezTerm' } })).toContain(link);
    expect(await project.terminal(['m'], [], { env: { TERM_PROGRAM: 'other', VTE_VERSION: '' } })).not.toContain(
      ']8;;',
    );
    expect(project.lint('m').stdout).not.toContain('\u001b');
  });

  it.each([
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{}, true],
  ])('colours with %j: %j', async (env, colored) => {
    project = createProject({ 'm/1.sql': BARE });
    expect((await project.terminal(['m'], [], { env })).includes('\u001b[31m')).toBe(colored);
  });
});

describe('code frames', () => {
  it.each([
    [
      'a carriage return in the line',
      'create table t (a int);\rdrop table old;\n',
      /\n {4}1 │ create table t \(a int\);\\u000ddrop table old;\n {6}│ \^{22}\n/,
    ],
    [
      'characters that nobody sees',
      'create table t (a int);/*\u200b*/ drop table old;\n',
      /\/\*\\u200b\*\/ drop table old;\n {6}│ {35}\^{14}\n/,
    ],
    ['wide characters', 'create table if not exists t (a int); /* 漢字 */ drop table old;\n', / {49}\^{14}\n/],
    [
      'a statement of several lines',
      'alter table t\n  alter column b set default 1,\n  add column a int;\n',
      / {4}1 │ alter table t\n {6}│ …\n {4}3 │ {3}add column a int;\n {6}│ {3}\^{16}\n/,
    ],
  ])('with %s', (_, sql, expected) => {
    project = createProject({ 'm/1.sql': sql });
    expect(project.lint('m', '--format', 'full').stdout).toMatch(expected);
  });
});
