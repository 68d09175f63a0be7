/** The worst day: disks that are full, runs that are killed, files that change, readers that go. Each test failed before its protection was there. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSource, writeSource } from '../../src/cli/files.ts';

const CLI = resolve('dist/cli.js');
const isRoot = process.getuid?.() === 0;
const isWindows = process.platform === 'win32';
/** Somebody whom the modes of files bind; root is bound by none. */
const NOBODY = 65534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sql-lint-faults-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const BARE = 'CREATE TABLE notes (id int);\n';
const FIXED = 'CREATE TABLE IF NOT EXISTS notes (id int);\n';

const write = (name: string, content = BARE): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
/** Everything in the folder, hidden or not. */
const names = () => readdirSync(folder).sort();

function run(args: readonly string[], options: { uid?: number } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
    ...options,
  });
  return { status, stdout, stderr };
}

/** Runs a line of shell, in which $CLI is the command. */
function shell(line: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', NODE: process.execPath, CLI },
  });
  return { status, stdout, stderr };
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((done) =>
    child.once('exit', (code) => {
      done(code);
    }),
  );

describe.skipIf(isWindows)('where a fix cannot be written', () => {
  test('for lack of space, the file is as it was, and nothing lies beside it', () => {
    const text = `${BARE}-- ${'x'.repeat(40_000)}\n`;
    write('a.sql', text);
    // A limit on the size of files is met in the middle of writing, as a full disk is.
    const { status, stderr } = shell('trap "" XFSZ; ulimit -f 16; "$NODE" "$CLI" --fix --no-history a.sql');
    expect(status).toBe(2);
    expect(stderr).toMatch(/a\.sql: cannot be written \((EFBIG|ENOSPC)\); it was left as it is/);
    expect(read('a.sql')).toBe(text);
    expect(names()).toEqual(['a.sql']);
  });

  test('for lack of rights, the same', () => {
    write('a.sql');
    chmodSync(join(folder, 'a.sql'), 0o444);
    if (isRoot) chmodSync(folder, 0o777);
    const first = run(['--fix', 'a.sql'], isRoot ? { uid: NOBODY } : {});
    expect([first.status, read('a.sql'), names()]).toEqual([2, BARE, ['a.sql']]);
    expect(first.stderr).toMatch(/a\.sql: cannot be written \(EACCES\); it was left as it is/);
    // The file may be written, but nothing can be put beside it.
    chmodSync(join(folder, 'a.sql'), 0o666);
    chmodSync(folder, 0o555);
    const second = run(['--fix', 'a.sql'], isRoot ? { uid: NOBODY } : {});
    chmodSync(folder, 0o755);
    expect([second.status, read('a.sql')]).toEqual([2, BARE]);
    expect(second.stderr).toContain('cannot be written (EACCES)');
  });

  test('a report that cannot be written is said, with exit code 2', () => {
    write('a.sql');
    const { status, stderr } = run(['--format', 'json=a.sql/report.json', 'a.sql']);
    expect(status).toBe(2);
    expect(stderr).toContain('the report cannot be written');
  });
});

describe('what a fix leaves of a file', () => {
  test.skipIf(isWindows).each([0o600, 0o640, 0o666, 0o755])('is its mode %o', (mode) => {
    write('a.sql');
    chmodSync(join(folder, 'a.sql'), mode);
    if (isRoot) chownSync(join(folder, 'a.sql'), NOBODY, NOBODY);
    expect(run(['--fix', 'a.sql']).status).toBe(0);
    expect(statSync(join(folder, 'a.sql')).mode & 0o777).toBe(mode);
    if (isRoot) expect(statSync(join(folder, 'a.sql')).uid).toBe(NOBODY);
  });

  test('is what somebody else wrote in the meantime', () => {
    const path = write('a.sql');
    for (const other of ['-- another text\n', `\uFEFF${BARE}`]) {
      writeFileSync(path, BARE);
      const source = readSource(path);
      writeFileSync(path, other);
      expect(() => {
        writeSource(source, FIXED);
      }).toThrow(/a\.sql: cannot be written \(it changed while it was linted; run again\); it was left as it is/);
      expect(read('a.sql')).toBe(other);
    }
    expect(names()).toEqual(['a.sql']);
  });

  test('is all of it or nothing when the run is killed, and a later run clears up', async () => {
    const count = 150;
    const text = (k: number) => `CREATE TABLE notes_${k} (id int);\n-- ${'x'.repeat(5000)}\n`;
    const fixed = (k: number) => text(k).replace('TABLE', 'TABLE IF NOT EXISTS');
    const reset = () => {
      for (let k = 0; k < count; k++) write(`${k}.sql`, text(k));
    };
    reset();
    const began = performance.now();
    expect(run(['--fix', '--no-history', '.']).status).toBe(0);
    const whole = performance.now() - began;
    let between = 0;
    // Files are written in the later part of a run.
    for (const part of [0.4, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9]) {
      reset();
      const child = spawn(process.execPath, [CLI, '--fix', '--no-history', '.'], { cwd: folder, stdio: 'ignore' });
      const end = ended(child);
      await wait(part * whole);
      child.kill('SIGKILL');
      await end;
      let done = 0;
      for (let k = 0; k < count; k++) {
        const now = read(`${k}.sql`);
        expect([text(k), fixed(k)]).toContain(now);
        if (now === fixed(k)) done++;
      }
      if (done > 0 && done < count) between++;
    }
    expect(between).toBeGreaterThan(0);
    const left = join(folder, '.0.sql.1.abc.sql-lint');
    writeFileSync(left, 'half of a');
    utimesSync(left, 0, 0);
    write('last.sql');
    expect(run(['--fix', '--no-history', 'last.sql']).status).toBe(0);
    expect(names()).not.toContain('.0.sql.1.abc.sql-lint');
  });

  test('is the same when two runs fix it at the same time', async () => {
    const count = 150;
    for (let k = 0; k < count; k++) write(`${k}.sql`);
    const codes = await Promise.all(
      [1, 2].map(() =>
        ended(spawn(process.execPath, [CLI, '--fix', '--no-history', '.'], { cwd: folder, stdio: 'ignore' })),
      ),
    );
    for (let k = 0; k < count; k++) expect(read(`${k}.sql`)).toBe(FIXED);
    // The one that came second to a file says that it changed.
    for (const code of codes) expect([0, 2]).toContain(code);
    expect(names()).toHaveLength(count);
  });
});

describe.skipIf(isWindows)('links', () => {
  test('are followed where they are named, and never out of a folder or by a glob', () => {
    const outside = mkdtempSync(join(tmpdir(), 'sql-lint-outside-'));
    try {
      writeFileSync(join(outside, 'secret.sql'), BARE);
      write('a.sql');
      symlinkSync(join(outside, 'secret.sql'), join(folder, 'file.sql'));
      symlinkSync(outside, join(folder, 'folder'));
      symlinkSync('.', join(folder, 'loop'));
      for (const args of [['.'], ['**/*.sql'], ['*.sql']]) {
        expect(run(['--fix', ...args]).status).toBe(0);
        expect(readFileSync(join(outside, 'secret.sql'), 'utf8')).toBe(BARE);
      }
      expect(read('a.sql')).toBe(FIXED);
      expect(run(['--fix', 'file.sql']).status).toBe(0);
      expect(readFileSync(join(outside, 'secret.sql'), 'utf8')).toBe(FIXED);
      expect(lstatSync(join(folder, 'file.sql')).isSymbolicLink()).toBe(true);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  test('that lead nowhere, or in a circle, are said', () => {
    symlinkSync('nowhere.sql', join(folder, 'a.sql'));
    symlinkSync('b.sql', join(folder, 'b.sql'));
    for (const name of ['a.sql', 'b.sql'])
      expect(run(['--fix', name])).toMatchObject({ status: 2, stderr: `sql-lint: ${name}: no such file or folder\n` });
  });
});

describe.skipIf(isWindows)('where the reader goes', () => {
  test.each(['stylish', 'json', 'compact'])(
    'what is left to do is done, and the exit code stays true: %s',
    (format) => {
      for (let k = 0; k < 400; k++) write(`${k}.sql`, `UPDATE notes SET id = id + ${k};\n`.repeat(20));
      const { stdout, stderr } = shell(
        `"$NODE" "$CLI" --no-history --format ${format} . 2>err | head -c 100 > out; echo "\${PIPESTATUS[0]}"`,
      );
      expect([stdout, stderr, read('err')]).toEqual(['1\n', '', '']);
    },
  );

  test('the same for standard error', () => {
    for (let k = 0; k < 300; k++) writeFileSync(join(folder, `${k}.sql`), Buffer.from([0xff]));
    expect(shell('"$NODE" "$CLI" . 2>&1 >/dev/null | head -c 10 > out; echo "${PIPESTATUS[0]}"').stdout).toBe('2\n');
  });
});

describe('what is large or many', () => {
  test('20,000 files, with few that may be open at a time', { timeout: 120_000 }, () => {
    for (let k = 0; k < 20_000; k++) write(`${k}.sql`, k % 100 === 0 ? BARE : FIXED);
    const { status, stderr } = isWindows
      ? run(['--fix', '--no-history', '.'])
      : shell('ulimit -n 256; "$NODE" "$CLI" --fix --no-history .');
    expect([status, stderr]).toEqual([0, '']);
    expect(read('100.sql')).toBe(FIXED);
  });

  test('a file of 200 MB is refused in one line, and the others are linted', () => {
    truncateSync(write('large.sql', ''), 200_000_001);
    write('a.sql');
    const { status, stdout, stderr } = run(['.']);
    expect([status, stderr]).toEqual([
      2,
      `sql-lint: ${join(folder, 'large.sql')}: has 201 MB, and no more than 20 MB are read; --max-file-size 201 allows it\n`,
    ]);
    expect(stdout).toContain('no-bare-create');
    expect(run(['verify', 'large.sql'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has 201 MB') as string,
    });
    // Nor does one in the history take the memory.
    write('z.sql', FIXED);
    expect(run(['z.sql'])).toMatchObject({ status: 0, stderr: '' });
  });

  test('the limit can be raised, and lowered', () => {
    write('a.sql', `${BARE}-- ${'x'.repeat(1_100_000)}`);
    expect(run(['--max-file-size', '1', 'a.sql'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--max-file-size 2 allows it') as string,
    });
    expect(run(['--max-file-size', '2', 'a.sql']).status).toBe(1);
    expect(run(['--max-file-size', 'much', 'a.sql'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--max-file-size takes a whole number') as string,
    });
  });
});

describe('control characters in names do not reach the terminal', () => {
  const HOSTILE =
    'CREATE TABLE "a\u001b]0;title\u0007\u009b2J\u202eb" (id int);\nCREATE TABLE "a\u001b]0;title\u0007\u009b2J\u202eb" (id int);\n';
  // eslint-disable-next-line no-control-regex
  const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;
  test.each([[['a.sql']], [['--format', 'compact', 'a.sql']], [['verify', 'a.sql']]])('%j', (args) => {
    write('a.sql', HOSTILE);
    const { stdout, stderr } = run(args);
    expect(stdout).toContain('\\u001b');
    expect(stdout + stderr).not.toMatch(CONTROL);
  });

  test.skipIf(isWindows)('nor those in the names of files', () => {
    mkdirSync(join(folder, 'x'));
    write('x/a\u001b[2J.sql');
    writeFileSync(join(folder, 'x/b\u001b[2J.sql'), Buffer.from([0xff]));
    const { status, stdout, stderr } = run(['x']);
    expect(status).toBe(2);
    expect(stdout + stderr).toContain('\\u001b');
    expect(stdout + stderr).not.toMatch(CONTROL);
  });
});
