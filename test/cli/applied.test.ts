/** Files that may have been applied, in repositories with a branch that pull requests go into. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProject, type Project } from '../support/project.ts';

const OLD = 'db/migration/V1__a.sql';
const NEW = 'db/migration/V2__b.sql';
const BARE = 'create table a (id int);\n';
const FIXED = 'create table if not exists a (id int);\n';

let project: Project;
beforeEach(() => {
  project = createProject({ [OLD]: BARE });
  project.branch();
  project.write(NEW, 'drop table z;\n');
});
afterEach(() => project.remove());

const config = (value: object) => project.write('sql-lint.config.json', JSON.stringify(value));
const NOTE =
  /1 file changed that may be applied already\. What Flyway then does: it refuses to run until flyway repair/;

describe('protectApplied', () => {
  it('says of each changed file what comes of it, where the tool compares files', () => {
    expect(project.lint('--fix').stdout).toMatch(NOTE);
    expect(project.read(OLD)).toBe(FIXED);
    expect(project.read(NEW)).toBe('drop table if exists z;\n');
  });

  it('says nothing where it is off, where only a new file changes, or the tool does not compare', () => {
    config({ protectApplied: 'off' });
    expect(project.lint('--fix-dry-run').stdout).not.toContain('may be applied');
    config({});
    expect(project.lint('--fix-dry-run', NEW).stdout).not.toContain('may be applied');
    config({ tool: 'goose' });
    expect(project.lint('--fix-dry-run').stdout).not.toContain('may be applied');
  });

  it('refuse leaves them alone, also with --prove and --staged', () => {
    config({ protectApplied: 'refuse' });
    expect(project.lint('--fix').stdout).toContain('1 file may be applied and left alone ("protectApplied": "refuse")');
    expect(project.lint('--fix', '--prove').status).toBe(1);
    project.write(OLD, `${BARE}drop table y;\n`);
    project.run('git', 'add', '.');
    project.lint('--fix', '--staged');
    expect(project.read(OLD)).toBe(`${BARE}drop table y;\n`);
    expect(project.read(NEW)).toBe('drop table if exists z;\n');
  }, 60_000);

  it('is nothing outside of a repository', () => {
    project.run('rm', '-rf', '.git');
    config({ protectApplied: 'refuse' });
    project.lint('--fix');
    expect(project.read(OLD)).toBe(FIXED);
  });
});

describe("the tool's own files", () => {
  const NO_GIT = { 'sql-lint.config.json': '{ "protectApplied": "refuse" }' };
  let other: Project;
  afterEach(() => other.remove());

  it('of graphile-migrate say that a committed file is not to be edited', () => {
    const committed = '--! Previous: -\n--! Hash: sha1:0\n\ncreate table a (id int);\n';
    other = createProject({
      'migrations/committed/000001.sql': committed,
      'migrations/current.sql': 'create table b (id int);\n',
    });
    expect(other.lint('--fix-dry-run').stdout).toMatch(
      /1 file would be changed that may be applied already\. What graphile-migrate then does: a committed file that has run/,
    );
    other.write('sql-lint.config.json', NO_GIT['sql-lint.config.json']);
    expect(other.lint('--fix').stdout).toContain('1 file may be applied and left alone ("protectApplied": "refuse")');
    expect(other.read('migrations/committed/000001.sql')).toBe(committed);
    expect(other.read('migrations/current.sql')).toContain('if not exists');
  });

  it('of Sqitch say which changes a tag has released', () => {
    other = createProject({
      ...NO_GIT,
      'sqitch.plan':
        '%syntax-version=1.0.0\n%project=x\n\none 2025-01-10T09:00:00Z A <a@b.c>\n@v1 2025-01-11T09:00:00Z A <a@b.c>\ntwo 2025-01-12T09:00:00Z A <a@b.c>\n',
      'deploy/one.sql': BARE,
      'deploy/two.sql': 'drop table z;\n',
    });
    other.lint('--fix');
    expect(other.read('deploy/one.sql')).toBe(BARE);
    expect(other.read('deploy/two.sql')).toBe('drop table if exists z;\n');
  });

  it('of Atlas hold a checksum, which is to be written anew', () => {
    other = createProject({
      ...NO_GIT,
      'migrations/1_a.sql': BARE,
      'migrations/2_b.sql': 'drop table z;\n',
      'migrations/atlas.sum': 'h1:x\n1_a.sql h1:y\n',
    });
    expect(other.lint('--fix').stdout).toContain(
      '1 file changed whose checksum is recorded beside them. What Atlas then does: it refuses to run until atlas ' +
        'migrate hash has written atlas.sum anew',
    );
    expect(other.read('migrations/1_a.sql')).toBe(FIXED);
  });
});

describe('no-edited-migration', () => {
  const said = () => project.lint('--format', 'compact', '--rule-only', 'no-edited-migration').stdout;

  it('reports files that were changed after they were merged, committed or not', () => {
    expect(said()).toBe('');
    project.write(OLD, `${FIXED}select 1;\n`);
    expect(said()).toMatch(
      /^db\/migration\/V1__a\.sql:1:1: error: This migration is in "main" and was changed since\..* What Flyway then does: it refuses/,
    );
    project.run('git', 'commit', '-qam', 'b');
    expect(said()).toContain('V1__a.sql:1:1');
    project.write(OLD, BARE);
    expect(said()).toBe('');
  });

  it('is off unless it is switched on, and may be switched off by a comment', () => {
    project.write(OLD, `${FIXED}select 1;\n`);
    expect(project.lint().stdout).not.toContain('no-edited-migration');
    project.write(OLD, `-- sql-lint-disable-file no-edited-migration -- nobody has it\n${FIXED}`);
    expect(said()).toBe('');
  });
});
