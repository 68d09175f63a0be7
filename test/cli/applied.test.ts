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
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '.'],
    ['commit', '-qm', 'a'],
    ['checkout', '-qb', 'b'],
  ])
    project.run('git', ...args);
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
