import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../src/cli/tasks.ts';
import { share } from '../../src/cli/threads.ts';
import { settingsFor } from '../../src/config/settings.ts';
import { nodeDisk } from '../../src/disk/node.ts';
import { Projects } from '../../src/project/find.ts';
import { packedCommand } from '../support/project.ts';

const CLI = packedCommand();
let folder: string;

/** Enough SQL for threads to pay; each migration speaks of what the one before it has made. */
const migration = (n: number) =>
  `CREATE TABLE t_${n} (id int PRIMARY KEY, parent int REFERENCES t_${n - 1});\nINSERT INTO t_${n} VALUES (1, NULL);\n${n % 7 === 0 ? `DROP TABLE t_${n - 1} CASCADE;\n` : ''}${n % 50 === 0 ? 'SELEC 1;\n' : ''}-- ${'x'.repeat(9000)}\n`;

const run = (args: readonly string[], node: readonly string[] = []) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, CLI, '--no-cache', ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return { status, stdout, stderr };
};

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sql-lint-threads-')));
  for (const name of ['a', 'b']) {
    mkdirSync(join(folder, name));
    for (let n = 1; n <= 100; n++)
      writeFileSync(join(folder, name, `${String(n).padStart(3, '0')}_step.sql`), migration(n));
  }
  writeFileSync(join(folder, 'b', '050_latin.sql'), Buffer.from([0x2d, 0x2d, 0xe4, 0x0a]));
  writeFileSync(join(folder, 'b', '099_latin.sql'), Buffer.from([0x2d, 0x2d, 0xe4, 0x0a]));
  cpSync(join(folder, 'a'), join(folder, 'c'), { recursive: true });
  writeFileSync(
    join(folder, 'sql-lint.config.json'),
    JSON.stringify({ overrides: [{ files: ['c'], rules: { 'no-bare-insert': 'off' } }] }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('several threads', () => {
  it.each([
    [['--format', 'json']],
    [['--no-history', '--quiet']],
    [['--format', 'compact', '--rule', 'no-bare-create: warn']],
  ])('say what one says, in its order, with %j', (args) => {
    const alone = run([...args, '--threads', '1', 'a', 'b', 'c']);
    expect(alone.status).toBe(2);
    expect(alone.stderr).toMatch(/050_latin\.sql: is not UTF-8[^]*099_latin\.sql: is not UTF-8/);
    for (const threads of ['2', '5']) expect(run([...args, '--threads', threads, 'a', 'b', 'c'])).toEqual(alone);
  });

  it('end with 2 where one of them dies', () => {
    const dies =
      'data:text/javascript,import { isMainThread } from "node:worker_threads"; if (!isMainThread) process.exit(0);';
    const { status, stdout, stderr } = run(['--threads', '2', 'a', 'c'], ['--import', dies]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('a thread ended with 0 before it had anything to say');
  });

  it('are as many as are asked for, and at least one', () => {
    const { status, stderr } = run(['--threads', '0', 'a']);
    expect(status).toBe(2);
    expect(stderr).toContain('--threads takes a whole number from 1 to 256, not "0"');
  });
});

describe('shares', () => {
  const settings = settingsFor('x.sql', undefined);
  const tasks = (history: boolean): Task[] =>
    ['a', 'b'].flatMap((name) =>
      Array.from({ length: 100 }, (_, n) => ({
        path: join(folder, name, `${String(n + 1).padStart(3, '0')}_step.sql`),
        settings: { ...settings, history },
      })),
    );

  it('hold every file once, in order', () => {
    for (const count of [1, 2, 3, 7, 300]) {
      const shares = share(tasks(true), count, () => 1, new Projects(nodeDisk));
      expect(shares.flat()).toEqual(tasks(true));
      expect(shares.length).toBeLessThanOrEqual(count);
      expect(shares.every((s) => s.length > 0)).toBe(true);
    }
    expect(share([], 2, () => 1, new Projects(nodeDisk))).toEqual([]);
  });

  it('are cut between folders where that is even, and later in a folder whose beginning must be read again', () => {
    expect(share(tasks(true), 2, () => 1, new Projects(nodeDisk)).map((s) => s.length)).toEqual([100, 100]);
    const one = share(tasks(true).slice(0, 100), 2, () => 1, new Projects(nodeDisk)).map((s) => s.length);
    expect(one[0]).toBeGreaterThan(60);
    expect(share(tasks(false).slice(0, 100), 2, () => 1, new Projects(nodeDisk)).map((s) => s.length)).toEqual([
      50, 50,
    ]);
  });
});
