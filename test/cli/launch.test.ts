import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
let env: NodeJS.ProcessEnv;
const dist = () => join(folder, 'package', 'dist');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sql-lint-launch-'));
  for (const name of ['cli.js', 'command.cjs', 'later.cjs', 'import.cjs', 'libpg-query.wasm'])
    cpSync(resolve('dist', name), join(dist(), name));
  cpSync('package.json', join(folder, 'package', 'package.json'));
  symlinkSync(resolve('node_modules'), join(folder, 'package', 'node_modules'), 'dir');
  writeFileSync(join(folder, 'a.sql'), 'CREATE TABLE a (id int);\n');
  env = { ...process.env };
  delete env.NODE_DISABLE_COMPILE_CACHE;
});
afterEach(() => {
  chmodSync(dist(), 0o755);
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(dist(), 'cli.js'), ...args], { cwd: folder, encoding: 'utf8', env });

function lint() {
  const { status, stdout, stderr } = run('--diff', 'a.sql');
  expect(stderr).toBe('');
  expect(stdout).toContain('+CREATE TABLE IF NOT EXISTS a (id int);');
  expect(status).toBe(1);
}

const kept = (file = 'command.cjs') => readdirSync(dist()).filter((name) => name.startsWith(`${file}.`));

test('what is compiled is kept, and taken again', () => {
  lint();
  expect(kept()).toHaveLength(1);
  const [name] = kept();
  const { ino } = statSync(join(dist(), name!));
  lint();
  expect(kept()).toEqual([name]);
  // It was not written again, so it was accepted.
  expect(statSync(join(dist(), name!)).ino).toBe(ino);
});

test('what few runs need is read by them alone, and kept as well', () => {
  lint();
  expect(run('a.sql').stdout).toContain('✖ 1 error');
  expect(kept('later.cjs')).toEqual([]);
  expect(JSON.parse(run('--no-cache', '--format', 'json', 'a.sql').stdout)).toHaveLength(1);
  expect(kept('later.cjs')).toHaveLength(1);
  expect(JSON.parse(run('--no-cache', '--format', 'json', 'a.sql').stdout)).toHaveLength(1);
});

test('what a run without parsing has compiled is not kept', () => {
  expect(spawnSync(process.execPath, [join(dist(), 'cli.js'), '--version'], { env }).status).toBe(0);
  expect(kept()).toEqual([]);
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  ['something else', (bytes: Buffer) => Buffer.alloc(bytes.length, 'x')],
])('what is kept and was %s is compiled anew', (_, damage) => {
  lint();
  const path = join(dist(), kept()[0]!);
  const whole = readFileSync(path);
  writeFileSync(path, damage(whole));
  lint();
  expect(readFileSync(path).length).toBeGreaterThan(whole.length / 2);
  lint();
});

test('a command that was put in the place of another is compiled anew', () => {
  lint();
  // V8 tells one source from another by its length alone.
  utimesSync(join(dist(), 'command.cjs'), 0, 0);
  lint();
  expect(kept()).toHaveLength(2);
});

test('NODE_DISABLE_COMPILE_CACHE keeps nothing', () => {
  env.NODE_DISABLE_COMPILE_CACHE = '1';
  lint();
  expect(kept()).toEqual([]);
});

// Whoever may do everything can write there all the same.
test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'a package that cannot be written to works',
  () => {
    chmodSync(dist(), 0o555);
    lint();
    expect(kept()).toEqual([]);
  },
);
