/** The page shows what the command writes. */
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { createProject } from '../support/project.ts';

vi.setConfig({ testTimeout: 120_000 });

const [, before, after] = readFileSync('docs/squash.md', 'utf8')
  .split(/^```sql\n([^]*?)^```$/m)
  .filter((_, k) => k === 0 || k % 2 === 1);

it('writes what the page shows, and where the files are to go', () => {
  const files = before!.split(/^-- (\d_\w+\.sql)\n/m).slice(1);
  const project = createProject();
  try {
    for (let k = 0; k < files.length; k += 2) project.write(`migrations/${files[k]!}`, files[k + 1]!);
    const looked = project.lint('squash', 'migrations');
    expect(looked).toMatchObject({ status: 0, stderr: '' });
    expect(looked.stdout).toContain('Nothing was written. It belongs into migrations/3_squashed.sql');
    expect(project.read('migrations/1_notes.sql')).toBe(files[1]);
    expect(project.lint('squash', 'migrations', '--out', 'one.sql').status).toBe(0);
    expect(project.read('one.sql')).toBe(after);
    const parts = project.lint('squash', 'migrations', '--to', '2', '--delete');
    expect(parts.stdout).toContain('migrations/2_squashed.sql was written\n2 files deleted');
    expect(project.read('migrations/2_squashed.sql')).not.toContain('plans');
    expect(project.lint('migrations/2_squashed.sql')).toMatchObject({ status: 0 });
    expect(project.lint('squash', 'migrations', '--to', '7')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--to 7: there is no such migration') as string,
    });
    project.write('archive/3_plans.sql', '-- of an earlier squash');
    const taken = project.lint('squash', 'migrations', '--archive');
    expect(taken).toMatchObject({ status: 2, stdout: '' });
    expect(taken.stderr).toContain('archive/3_plans.sql is there already');
    expect(project.read('migrations/3_plans.sql')).toBe(files[5]);
    project.run('rm', 'archive/3_plans.sql');
    project.write('migrations/4_broken.sql', 'create table plans (id int);');
    const broken = project.lint('squash', 'migrations', '--archive');
    expect(broken.status).toBe(1);
    expect(broken.stdout).toContain('migrations/4_broken.sql does not run on the embedded PostgreSQL');
    expect(project.read('migrations/4_broken.sql')).toBe('create table plans (id int);');
  } finally {
    project.remove();
  }
});
