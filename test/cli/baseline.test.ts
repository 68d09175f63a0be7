/** Findings that are known, and the choice of what is fixed. */
import { afterEach, describe, expect, it } from 'vitest';
import { createProject, type Project } from '../support/project.ts';

let project: Project;
afterEach(() => project.remove());

const OLD = 'create table a (id int);\ndrop table z;\n';
const NAME = 'sql-lint-baseline.json';
const said = (...args: string[]) =>
  project
    .lint('--format', 'compact', ...args)
    .stdout.split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/^(\S+?:\d+).*\[([\w-]+)\]$/, '$1 $2'));

describe('a baseline', () => {
  it('names what is known: by content, not by line, and as often as it is known', () => {
    project = createProject({ 'migrations/1.sql': OLD });
    expect(project.lint('--update-baseline')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`${NAME} names what is known now\n  2 known findings left out`) as string,
    });
    expect(said()).toEqual([]);
    project.write('migrations/1.sql', `-- a comment\n\n${OLD.replace('(id int)', '(id   int)')}`);
    expect(said()).toEqual([]);
    project.write('migrations/1.sql', `${OLD}drop table z;\ncreate table a (id bigint);\n`);
    expect(said('--rule', 'no-unknown-name: off')).toEqual([
      'migrations/1.sql:3 no-bare-drop',
      'migrations/1.sql:4 no-silent-collision',
    ]);
    project.write('migrations/1.sql', OLD);
    project.write('migrations/2.sql', 'create table b (id int);\n');
    expect(said()).toEqual(['migrations/2.sql:1 no-bare-create']);
    expect(said('--no-baseline')).toHaveLength(3);
  });

  it('keeps --fix from what is known', () => {
    project = createProject({ 'migrations/1.sql': OLD });
    project.lint('--update-baseline');
    project.write('migrations/1.sql', `${OLD}create table b (id int);\n`);
    expect(project.lint('--fix').status).toBe(0);
    expect(project.read('migrations/1.sql')).toBe(`${OLD}create table if not exists b (id int);\n`);
    expect(project.lint('--stdin', '--stdin-filename', 'migrations/1.sql', '--fix').status).toBe(0);
  });

  it('says what is gone, and --update-baseline forgets it, of files that are linted or gone', () => {
    const of = (name: string) => `create table ${name} (id int);\ndrop table old_${name};\n`;
    project = createProject({ 'migrations/1.sql': of('a'), 'migrations/2.sql': of('b'), 'migrations/3.sql': of('c') });
    project.lint('--update-baseline');
    project.write('migrations/1.sql', 'select 1;\n');
    project.run('rm', 'migrations/3.sql');
    const all = () => Object.keys((JSON.parse(project.read(NAME)) as { findings: object }).findings);
    expect(project.lint().stdout).toContain(`2 findings of ${NAME} no longer there; --update-baseline takes them out`);
    expect(project.lint('--quiet').stdout).not.toContain('no longer there');
    expect(all()).toEqual(['migrations/1.sql', 'migrations/2.sql', 'migrations/3.sql']);
    project.lint('--update-baseline', 'migrations/1.sql');
    expect(all()).toEqual(['migrations/2.sql']);
  });

  it('is named, or stands beside the configuration', () => {
    project = createProject({ 'a/migrations/1.sql': OLD, 'a/sql-lint.config.json': '{}' });
    project.lint('a', '--baseline', 'known.json', '--update-baseline');
    expect(project.read('known.json')).toContain('"a/migrations/1.sql"');
    expect(said('a')).toHaveLength(2);
    expect(said('a', '--baseline', 'known.json')).toEqual([]);
    project.write('known.json', '[]');
    expect(project.lint('a', '--baseline', 'known.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('known.json: is no baseline; sql-lint --update-baseline writes one') as string,
    });
  });

  it('is in SARIF as what is switched off outside of the source', () => {
    project = createProject({ 'migrations/1.sql': 'drop table z;\n' });
    project.lint('--update-baseline');
    const { runs } = JSON.parse(project.lint('--format', 'sarif').stdout) as {
      runs: [{ results: { suppressions: unknown }[] }];
    };
    expect(runs[0].results.map((r) => r.suppressions)).toEqual([[{ kind: 'external' }]]);
  });

  it.each([['--fix'], ['--quiet'], ['--rule-only', 'no-bare-drop'], ['--no-baseline']])(
    'is not updated with %s',
    (...args) => {
      project = createProject({ 'migrations/1.sql': OLD });
      expect(project.lint('--update-baseline', ...args)).toMatchObject({ status: 2, stdout: '' });
    },
  );
});

describe('--interactive', () => {
  const SQL = `${OLD}drop table y;\ncreate table b (id int);\ncreate table c (id int);\n`;

  it('shows each change and asks: yes, no, all of this rule, quit', async () => {
    project = createProject({ '1.sql': SQL });
    const screen = await project.terminal(
      ['--fix', '--interactive', '--no-color', '1.sql'],
      [
        ['[y] ', 'a'],
        ['[y] ', 'maybe'],
        ['[y] ', 'n'],
        ['[y] ', ''],
      ],
    );
    expect(screen).toContain('  - create table a (id int);\r\n  + create table if not exists a (id int);');
    expect(project.read('1.sql')).toBe(
      SQL.replaceAll('create table', 'create table if not exists').replace('table y', 'table if exists y'),
    );
    expect(screen).toContain('1 error, 0 warnings in 1 file. Fixed 1 file.');
  }, 30_000);

  it('writes what was agreed to before q', async () => {
    project = createProject({ '1.sql': SQL });
    await project.terminal(
      ['--fix', '-i', '1.sql'],
      [
        ['[y] ', 'y'],
        ['[y] ', 'q'],
      ],
    );
    expect(project.read('1.sql')).toBe(SQL.replace('table a', 'table if not exists a'));
  }, 30_000);

  it.each([
    [['--fix', '-i'], '--interactive asks, and this is not a terminal'],
    [['-i'], '--interactive goes with --fix, on files'],
  ])('%j is a mistake', (args, message) => {
    project = createProject({ '1.sql': SQL });
    expect(project.lint(...args, '1.sql').stderr).toBe(`sql-lint: ${message}\n`);
    expect(project.read('1.sql')).toBe(SQL);
  });
});

describe('the choice of what is fixed', () => {
  it('--rule-only reports and fixes one rule, also one that is off', () => {
    project = createProject({ '1.sql': OLD });
    expect(said('--rule-only', 'no-bare-drop', '1.sql')).toEqual(['1.sql:2 no-bare-drop']);
    expect(said('--rule-only', 'require-primary-key,no-bare-drop', '1.sql')).toEqual([
      '1.sql:1 require-primary-key',
      '1.sql:2 no-bare-drop',
    ]);
    expect(project.lint('--rule-only', 'no-bare-drop', '--fix', '1.sql').status).toBe(0);
    expect(project.read('1.sql')).toBe(OLD.replace('drop table', 'drop table if exists'));
  });

  it('--fix --rule NAME fixes one rule, and reports all', () => {
    project = createProject({ '1.sql': OLD });
    expect(said('--fix', '--rule', 'no-bare-create', '1.sql')).toEqual(['1.sql:2 no-bare-drop']);
    expect(project.read('1.sql')).toBe(OLD.replace('table a', 'table if not exists a'));
  });

  it('--fix-type directive fixes only comments without an effect', () => {
    project = createProject({ '1.sql': `-- sql-lint-disable-next-line no-bare-add\n${OLD}` });
    expect(said('--fix', '--fix-type', 'directive', '1.sql')).toHaveLength(2);
    expect(project.read('1.sql')).toBe(OLD);
  });

  it.each([
    [['--rule-only', 'no-bare-crate'], 'unknown rule "no-bare-crate"; did you mean "no-bare-create"?'],
    [['--fix', '--rule', 'no-bare-crate'], 'unknown rule "no-bare-crate"'],
    [['--rule', 'no-bare-create'], "--rule takes 'NAME: SEVERITY'"],
    [['--fix', '--fix-type', 'problems'], 'unknown type of fixes "problems"; did you mean "problem"?'],
    [['--fix-type', 'problem'], '--fix-type needs --fix'],
  ])('%j', (args, message) => {
    project = createProject({ '1.sql': OLD });
    expect(project.lint(...args, '1.sql')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(message) as string,
    });
  });
});
