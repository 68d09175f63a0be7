/** Which files are squashed, where the squash is written, and what becomes of the other files. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { liveProject } from '../../src/cli/live-project.ts';
import { changesOf, placeOf, squashedFiles, writeSquash } from '../../src/cli/squashed-files.ts';
import { ConfigFinder } from '../../src/config/load.ts';
import { UserError } from '../../src/errors.ts';
import { headOf } from '../../src/schema/squash/head.ts';
import { createProject, type Project } from '../support/project.ts';

vi.setConfig({ testTimeout: 60_000 });

const A = 'create table a (id int primary key);';
const B = 'create table b (id int primary key);';
const C = 'create table c (id int primary key);';

const SQUASH = `${headOf([{ path: '1_a.sql', text: A }])}\n\n${A}\n`;

interface Where {
  to?: string;
  out?: string;
  archive?: boolean;
  delete?: boolean;
}

async function inProject(
  files: Readonly<Record<string, string>>,
  work: (project: Project) => Promise<void> | void,
): Promise<void> {
  const project = createProject(files);
  try {
    await work(project);
  } finally {
    project.remove();
  }
}

/** Writes a squash as the command does. @returns where, and what was done; paths are below the project */
async function write({ path }: Project, folder: string, { out, ...values }: Where): Promise<string[]> {
  const live = await liveProject([join(path, folder)], new ConfigFinder());
  const squashed = squashedFiles(live, values.to);
  const target = out === undefined ? placeOf(live.project, squashed.at(-1)!) : join(path, out);
  const changes = changesOf(live.project, squashed, target, { ...values, ...(out !== undefined && { out }) });
  const done = changes === undefined ? [] : writeSquash(SQUASH, target, changes);
  const below = `${relative(process.cwd(), path)}/`;
  return [relative(path, target), ...done.map((line) => line.replace(below, ''))];
}

const namesIn = (project: Project, folder: string): string[] =>
  readdirSync(join(project.path, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.'))
    .sort();

async function refused(written: Promise<unknown>, why: string): Promise<void> {
  const error: unknown = await written.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain(why);
}

describe('the squash has the version of the last file, and takes its place', () => {
  it('diesel: what is in the folder of a migration goes with it', () =>
    inProject(
      {
        'diesel.toml': '',
        'migrations/2024-01-01-000000_a/up.sql': A,
        'migrations/2024-01-01-000000_a/down.sql': 'drop table a;',
        'migrations/2024-01-02-000000_b/up.sql': B,
        'migrations/2024-01-02-000000_b/metadata.toml': 'run_in_transaction = true\n',
      },
      async (project) => {
        const at = 'migrations/2024-01-02-000000_squashed/up.sql';
        const done = [at, `${at} was written`, '4 files moved to archive'];
        expect(await write(project, 'migrations', { archive: true })).toEqual(done);
        expect(readdirSync(join(project.path, 'migrations'))).toEqual(['2024-01-02-000000_squashed']);
        expect(project.read('archive/2024-01-01-000000_a/down.sql')).toBe('drop table a;');
        expect(project.read(at)).toBe(SQUASH);
      },
    ));

  it('Prisma: no folder without a migration stays', () =>
    inProject(
      {
        'prisma/migrations/migration_lock.toml': '',
        'prisma/migrations/20240101000000_a/migration.sql': A,
        'prisma/migrations/20240102000000_b/migration.sql': B,
        'prisma/migrations/20240103000000_c/migration.sql': C,
      },
      async (project) => {
        const done = await write(project, 'prisma/migrations', { to: '20240102000000', delete: true });
        expect(done).toContain('2 files deleted');
        const left = ['20240102000000_squashed', '20240103000000_c', 'migration_lock.toml'];
        expect(readdirSync(join(project.path, 'prisma/migrations')).sort()).toEqual(left);
      },
    ));

  it('golang-migrate: the ways back go with their migrations', () =>
    inProject(
      {
        'migrations/1_a.up.sql': A,
        'migrations/1_a.down.sql': 'drop table a;',
        'migrations/2_b.up.sql': B,
        'migrations/2_b.down.sql': 'drop table b;',
      },
      async (project) => {
        expect(await write(project, 'migrations', { archive: true })).toContain('4 files moved to archive');
        expect(namesIn(project, 'migrations')).toEqual(['2_squashed.up.sql']);
      },
    ));

  it('Flyway: a folder below is no part of the name, and what runs at every change stays', () =>
    inProject(
      {
        'flyway.toml': '',
        'sql/V1__a.sql': A,
        'sql/later/V2__2fa.sql': B,
        'sql/R__view.sql': 'create or replace view v as select id from a;',
      },
      (project) => {
        const { stdout, status } = project.lint('squash', 'sql', '--delete');
        expect(stdout).toContain('sql/later/V2__squashed.sql was written\n2 files deleted\n');
        expect(status, stdout).toBe(0);
        expect(namesIn(project, 'sql')).toEqual(['R__view.sql', 'later/V2__squashed.sql']);
        expect(project.read('sql/later/V2__squashed.sql')).not.toContain('view');
      },
    ));

  it('takes no digits of the name for a part of the version', () =>
    inProject(
      { 'supabase/migrations/20240101_a.sql': A, 'supabase/migrations/20240102_2fa.sql': B },
      async (project) => {
        const at = 'supabase/migrations/20240102_squashed.sql';
        expect(await write(project, 'supabase/migrations', { to: '20240102' })).toEqual([at]);
      },
    ));
});

describe('nothing is written', () => {
  it('where the squash would run behind files that it does not stand for', () =>
    inProject({ 'migrations/a.sql': A, 'migrations/b.sql': B, 'migrations/c.sql': C }, async (project) => {
      await refused(
        write(project, 'migrations', { to: 'b.sql', archive: true }),
        'migrations/squashed.sql would not run in the place of the migrations',
      );
      expect(namesIn(project, 'migrations')).toEqual(['a.sql', 'b.sql', 'c.sql']);
      await write(project, 'migrations', { delete: true });
      expect(namesIn(project, 'migrations')).toEqual(['squashed.sql']);
    }));

  it('where the tool has checksums of its files', () =>
    inProject(
      {
        'atlas.hcl': '',
        'migrations/atlas.sum': 'h1:x=\n1_a.sql h1:y=\n2_b.sql h1:z=\n',
        'migrations/1_a.sql': A,
        'migrations/2_b.sql': B,
      },
      (project) => refused(write(project, 'migrations', { delete: true }), 'Atlas keeps a list of its files'),
    ));

  it('over a file that stays', () =>
    inProject(
      { 'migrations/1_a.sql': A, 'migrations/2_b.sql': B, 'migrations/3_c.sql': C, 'notes.txt': 'mine' },
      async (project) => {
        for (const out of ['migrations/1_a.sql', 'migrations/3_c.sql', 'notes.txt', 'migrations'])
          await refused(write(project, 'migrations', { to: '2', out }), `${out} is there already`);
        project.write('migrations/2_squashed.sql', 'select 1;');
        await refused(
          write(project, 'migrations', { to: '2_b.sql', archive: true }),
          '2_squashed.sql is there already',
        );
        expect([project.read('migrations/1_a.sql'), project.read('notes.txt')]).toEqual([A, 'mine']);
        // A squash that is no migration may be made anew.
        for (let k = 0; k < 2; k++)
          expect(await write(project, 'migrations', { out: 'one.sql' })).toEqual(['one.sql', 'one.sql was written']);
      },
    ));

  it('where a file cannot be moved; those that have moved come back', () =>
    inProject(
      {
        'prisma/migrations/20240101000000_a/migration.sql': A,
        'prisma/migrations/20240102000000_b/migration.sql': B,
        // A file is where a folder has to be.
        'prisma/archive/20240102000000_b': '',
      },
      async (project) => {
        await refused(
          write(project, 'prisma/migrations', { archive: true }),
          '20240102000000_squashed/migration.sql cannot be written',
        );
        const left = ['20240101000000_a/migration.sql', '20240102000000_b/migration.sql'];
        expect(namesIn(project, 'prisma/migrations')).toEqual(left);
        expect(existsSync(join(project.path, 'prisma/archive/20240101000000_a/migration.sql'))).toBe(false);
      },
    ));
});
